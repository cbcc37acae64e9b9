import { blank, literal, marker, type Format } from "../format.ts";
import { callList } from "./lists.ts";

const keys = { name: ["name"], arguments: ["arguments", "parameters"] };

const base = {
  turn: ["<|assistant|>"],
  end: ["<|end|>", "<|endoftext|>"],
  ids: { kind: "random", prefix: "call_", length: 24 },
} as const satisfies Partial<Format>;

/** A JSON list behind the word `functools`. Source: vLLM's example template for Phi-4-mini and its parser. */
export const phi4_mini_json: Format = {
  ...base,
  name: "phi4_mini_json",
  aliases: ["phi4_mini"],
  models: ["microsoft/Phi-4-mini-instruct"],
  calls: { lead: "", parallel: true, nodes: [literal("functools"), ...callList(keys)] },
};

/** A JSON list between the special tokens of the vocabulary. Source: the added tokens of Phi-4-mini and its model card. */
export const phi4_mini_tag: Format = {
  ...base,
  name: "phi4_mini_tag",
  models: ["microsoft/Phi-4-multimodal-instruct"],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<|tool_call|>"),
      blank(),
      ...callList(keys),
      blank(),
      marker("<|/tool_call|>", { optional: "the turn may end without it" }),
    ],
  },
  specialTokens: ["<|tool_call|>", "<|/tool_call|>"],
};
