import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const file = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

/** Tests read the sources, so that a failing line is a line of ours and no stale build is judged. */
const source = (name: string): { find: RegExp; replacement: string } => ({
  find: new RegExp(`^@glossa/${name}$`),
  replacement: file(`${name}/src/index.ts`),
});

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@glossa\/core\/formats\/(.*)$/, replacement: file("core/src/formats/$1.ts") },
      { find: /^@glossa\/core\/ebnf$/, replacement: file("core/src/ebnf.ts") },
      { find: /^@glossa\/chat\/(node|tokenizer)$/, replacement: file("chat/src/$1.ts") },
      ...["core", "grammar", "chat", "models", "demo-engine", "server"].map(source),
    ],
  },
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
