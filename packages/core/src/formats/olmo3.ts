import { blank, call, literal, marker, name, python, repeat, trim, type Format } from "../format.ts";
import { chatml } from "./turns.ts";

/**
 * Python calls, one a line, between tags; the words true, false and null are read as well.
 * Source: the chat template of Olmo 3; the prompt of its Think models opens the reasoning.
 */
export const olmo3: Format = {
  name: "olmo3",
  models: ["allenai/Olmo-3*"],
  ...chatml,
  reasoning: [
    { open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n\n")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<function_calls>"),
      blank(),
      repeat([call(name(), literal("("), python(), literal(")"))], { separator: "\n" }),
      blank(),
      marker("</function_calls>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
