import { blank, call, json, literal, marker, name, repeat, type Format } from "../format.ts";

/** A list of objects with one key, the tool's name. Source: the tool section of Apertus' chat format. */
export const apertus: Format = {
  name: "apertus",
  models: ["swiss-ai/Apertus-*"],
  turn: ["<|assistant_start|>"],
  end: ["<|assistant_end|>"],
  reasoning: [{ open: [marker("<|inner_prefix|>")], close: [marker("<|inner_suffix|>")], endsAt: ["calls"] }],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<|tools_prefix|>"),
      blank(),
      literal("["),
      blank(),
      repeat(
        [
          call(
            literal("{"),
            blank(),
            literal('"'),
            name(),
            literal('"'),
            blank(),
            literal(":"),
            blank(" "),
            json(),
            blank(),
            literal("}"),
          ),
        ],
        { separator: ", " },
      ),
      blank(),
      literal("]", { optional: "left out at the end of the turn at times" }),
      blank(),
      marker("<|tools_suffix|>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|tools_prefix|>", "<|tools_suffix|>", "<|inner_prefix|>", "<|inner_suffix|>"],
};
