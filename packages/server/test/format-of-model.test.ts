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
  for (const format of formats) {
    for (const pattern of format.models ?? []) {
      expect(formatOfModel(pattern.replaceAll("*", "x"))?.name, pattern).toBe(format.name);
    }
  }
});

test("a fallback is used where nothing fits", () => {
  expect(formatOfModel("my-own-model", "mistral")?.name).toBe("mistral");
  expect(() => formatOfModel("my-own-model", "no such format")).toThrow("no such format");
});
