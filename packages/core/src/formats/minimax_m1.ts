import { blank, call, marker, repeat, trim, wrapper, type Format } from "../format.ts";

/**
 * JSON objects in one pair of tags, one a line. A call inside the reasoning is a draft and stays there.
 * Source: the function-call guide in MiniMax-M1's repository.
 */
export const minimax: Format = {
  name: "minimax",
  aliases: ["minimax_m1"],
  models: ["MiniMaxAI/MiniMax-M1-*"],
  turn: ["<beginning_of_sentence>ai name=assistant\n", "<beginning_of_sentence>ai name=MiniMax AI\n"],
  end: ["<end_of_sentence>", "[e~["],
  reasoning: [{ open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n\n")] }],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      marker("<tool_calls>"),
      blank("\n"),
      repeat([call(wrapper({ name: ["name"], arguments: ["arguments"] }))], { separator: "\n" }),
      blank("\n"),
      marker("</tool_calls>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
