import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const source = new URL("../src/", import.meta.url);
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));

test("only node.ts and what it is made of know Node, and nothing else imports them", () => {
  expect(files.length).toBeGreaterThan(50);
  const text = (path: string): string => readFileSync(new URL(path.replaceAll("\\", "/"), source), "utf8");
  const isNode = (path: string): boolean => /^node(?:\.ts|[\\/])/.test(path);
  const others = files.filter((path) => !isNode(path));
  expect(files.filter(isNode).length).toBe(2);
  expect(others.filter((path) => /from "node:|\b(?:Buffer|process)\./.test(text(path)))).toEqual([]);
  expect(others.filter((path) => /from "(?:\.\.?\/)+node[./]/.test(text(path)))).toEqual([]);
});
