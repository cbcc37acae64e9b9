import { blank, call, literal, marker, name, python, repeat, type Format } from "../format.ts";
import { chatml } from "./turns.ts";

/** A list of Python calls between two tokens, text perhaps behind it. Source: the chat template of LFM2.5. */
export const lfm2: Format = {
  name: "lfm2",
  aliases: ["lfm2_5"],
  models: ["LiquidAI/LFM2-*", "LiquidAI/LFM2.5-*"],
  ...chatml,
  reasoning: [{ open: [marker("<think>")], close: [marker("</think>")], endsAt: ["calls"] }],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<|tool_call_start|>"),
      blank(),
      literal("["),
      blank(),
      repeat([call(name(), literal("("), python(), literal(")"))], { separator: ", " }),
      blank(),
      literal("]", { optional: "left out at the end of the turn at times" }),
      blank(),
      marker("<|tool_call_end|>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|tool_call_start|>", "<|tool_call_end|>", "<think>", "</think>"],
};
