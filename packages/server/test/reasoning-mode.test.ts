import { getFormat } from "@glossa/core";
import { expect, test } from "vitest";
import { reasoningMode } from "../src/reasoning-mode.ts";

const history =
  "<|im_start|>user\nWhy <think> twice?<|im_end|>\n<|im_start|>assistant\n<think>\nHm.\n</think>\n\nBecause.<|im_end|>\n";

test.each([
  ["hermes", `${history}<|im_start|>assistant\n`, "optional"],
  ["hermes", `${history}<|im_start|>assistant\n<think>\n`, "open"],
  ["hermes", `${history}<|im_start|>assistant\n<think>\n\n</think>\n\n`, "off"],
  ["hermes", "assistant\n<think>\n", "open"],
  ["hermes", "", "optional"],
  ["deepseek_r1", "<｜User｜>?<｜Assistant｜><think>\n", "open"],
  ["deepseek_r1", "<｜User｜>?<｜Assistant｜>", "optional"],
  ["llama3_json", "<|start_header_id|>assistant<|end_header_id|>\n\n", "off"],
] as const)("%s behind %j: %s", (format, prompt, mode) => {
  expect(reasoningMode(getFormat(format), prompt)).toBe(mode);
});
