import { blank, call, json, literal, marker, name, repeat, trim, wrapper, type Format } from "../format.ts";
import { chatml } from "./turns.ts";

/**
 * JSON in `<tool_call>` tags, with `<think>` reasoning where the model thinks: the prompt of a thinking model opens it,
 * `enable_thinking: false` closes it. A call may open inside the reasoning and ends it.
 * Source: the chat templates of Hermes 2 Pro, Hermes 3, Qwen2.5, QwQ, Qwen3 and Qwen3-Thinking-2507.
 */
export const hermes: Format = {
  name: "hermes",
  aliases: ["qwen3", "qwen25", "qwq", "granite4"],
  models: [
    "NousResearch/Hermes-*",
    "NousResearch/DeepHermes-*",
    "Qwen/Qwen2.5-*",
    "Qwen/QwQ-*",
    "Qwen/Qwen3-*",
    "katanemo/Arch-Function-*",
    "ibm-granite/granite-4*",
  ],
  ...chatml,
  reasoning: [
    {
      open: [marker("<think>"), trim("\n")],
      close: [trim("\n"), marker("</think>"), trim("\n\n")],
      endsAt: ["calls"],
    },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      marker("<tool_call>"),
      blank("\n"),
      repeat([call(wrapper({ name: ["name"], arguments: ["arguments", "parameters"] }))], {
        separator: "\n",
        single: "models write several objects in one block at times",
      }),
      blank("\n"),
      marker("</tool_call>", { optional: "the last block may end with the turn" }),
    ],
    // Hermes 2 Pro's template has the arguments first.
    spellings: [
      [
        marker("<tool_call>"),
        blank("\n"),
        call(literal('{ "arguments": '), json(), literal(', "name": "'), name(), literal('"}')),
        blank("\n"),
        marker("</tool_call>"),
      ],
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<tool_call>", "</tool_call>", "<think>", "</think>"],
};
