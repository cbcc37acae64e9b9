import { blank, call, marker, trim, wrapper, type Format } from "../format.ts";
import { chatml } from "./turns.ts";

/**
 * JSON in tags, an answer in tags of its own; the prompt opens the reasoning.
 * Source: the chat template of ERNIE-4.5-21B-A3B-Thinking, and how vLLM reads it.
 */
export const ernie45: Format = {
  name: "ernie45",
  models: ["baidu/ERNIE-4.5-*-Thinking*"],
  turn: chatml.turn,
  end: ["<|im_end|>", "</s>"],
  reasoning: [
    {
      open: [marker("<think>"), trim("\n")],
      close: [trim("\n"), marker("</think>"), trim("\n\n")],
      endsAt: ["calls", "text"],
    },
  ],
  text: [
    {
      open: [marker("<response>"), trim("\n")],
      close: [trim("\n"), marker("</response>"), trim("\n")],
    },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      call(
        marker("<tool_call>"),
        blank("\n"),
        wrapper({ name: ["name"], arguments: ["arguments"] }),
        blank("\n"),
        marker("</tool_call>", { optional: "the last block may end with the turn" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<think>", "</think>", "<response>", "</response>", "<tool_call>", "</tool_call>"],
};
