import { blank, call, key, literal, marker, name, repeat, tagged, trim, value, type Format } from "../format.ts";

/**
 * One section, an `<invoke>` a call, raw values typed by the schema; the prompt opens the reasoning.
 * Source: the chat template of MiniMax-M2.
 */
export const minimax_m2: Format = {
  name: "minimax_m2",
  models: ["MiniMaxAI/MiniMax-M2*"],
  turn: ["]~b]ai\n"],
  end: ["[e~["],
  reasoning: [
    { open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n\n")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      marker("<minimax:tool_call>"),
      blank("\n"),
      repeat(
        [
          call(
            literal('<invoke name="'),
            name(),
            literal('">'),
            blank("\n"),
            tagged(
              literal('<parameter name="'),
              key(),
              literal('">'),
              value(),
              literal("</parameter>", { optional: "left out before `</invoke>` at times" }),
              blank("\n"),
            ),
            literal("</invoke>", { optional: "the output may stop after the last parameter" }),
          ),
        ],
        { separator: "\n" },
      ),
      blank("\n"),
      marker("</minimax:tool_call>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<minimax:tool_call>", "</minimax:tool_call>", "<think>", "</think>"],
};
