import { blank, call, literal, marker, name, python, repeat, trim, type Format } from "../format.ts";
import { chatml } from "./turns.ts";

/** Python calls, one a line, in a fenced block between markers. Source: the chat template of MiniCPM3-4B. */
export const minicpm3: Format = {
  name: "minicpm3",
  models: ["openbmb/MiniCPM3-*"],
  ...chatml,
  reasoning: [
    {
      open: [marker("<|thought_start|>"), trim("\n")],
      close: [trim("\n"), marker("<|thought_end|>"), trim("\n")],
      endsAt: ["calls"],
    },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<|tool_call_start|>"),
      blank("\n"),
      literal("```python", { optional: "the fence is left out at times" }),
      blank("\n"),
      repeat([call(name(), literal("("), python(), literal(")"))], { separator: "\n" }),
      blank("\n"),
      literal("```", { optional: "the fence is left out at times" }),
      blank("\n"),
      marker("<|tool_call_end|>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|thought_start|>", "<|thought_end|>", "<|tool_call_start|>", "<|tool_call_end|>"],
};
