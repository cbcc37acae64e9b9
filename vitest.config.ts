import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests read the sources, so that a failing line is a line of ours and no stale build is judged. */
const source = (name: string): string =>
  fileURLToPath(new URL(`./packages/${name}/src/index.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "@glossa/core": source("core"),
      "@glossa/grammar": source("grammar"),
      "@glossa/demo-engine": source("demo-engine"),
      "@glossa/server": source("server"),
    },
  },
  test: {
    include: ["packages/*/test/**/*.test.ts"],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
