import { blank, choice, literal, optional, type Format } from "../format.ts";
import { callList, indented } from "./lists.ts";
import { chatml } from "./turns.ts";

const keys = { name: ["name"], arguments: ["arguments", "parameters"] };

/** A JSON list, in a fence or bare. Source: the format instruction in the chat template of Hammer 2.1. */
export const hammer: Format = {
  name: "hammer",
  models: ["MadeAgents/Hammer*"],
  ...chatml,
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      choice(
        [
          literal("```"),
          optional(literal("json")),
          blank("\n"),
          ...callList(keys, indented),
          blank("\n"),
          literal("```", { optional: "the turn may end without it" }),
        ],
        callList(keys),
      ),
    ],
    spellings: [[literal("```"), blank("\n"), ...callList(keys), blank("\n"), literal("```")]],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
