import { formats } from "@glossa/core";
import { expect, test } from "vitest";
import { formatOfModel } from "../src/engines/format-of-model.ts";

test.each([
  ["Qwen/Qwen3-8B", "hermes"],
  ["qwen3-8b", "hermes"],
  ["/models/Qwen2.5-7B-Instruct", "hermes"],
  ["Qwen/Qwen3-Coder-30B-A3B-Instruct", "qwen3_coder"],
  ["moonshotai/Kimi-K2-Instruct", "kimi_k2"],
  ["gpt-oss-20b", "openai"],
  ["my-own-model", undefined],
  ["", undefined],
])("%s speaks %s", (model, format) => {
  expect(formatOfModel(model)?.name).toBe(format);
});

test("every format is found by each of its own patterns, or a more precise one by another format", () => {
  const patterns = formats.flatMap(({ name, models = [] }) => models.map((pattern) => ({ name, pattern })));
  expect(patterns.length).toBeGreaterThan(20);
  const found = patterns.map(({ pattern }) => ({ pattern, name: formatOfModel(pattern.replaceAll("*", "x"))?.name }));
  expect(found).toEqual(patterns.map(({ pattern, name }) => ({ pattern, name })));
});
