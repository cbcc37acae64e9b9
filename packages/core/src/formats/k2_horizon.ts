import {
  blank,
  call,
  choice,
  key,
  marker,
  name,
  optional,
  repeat,
  tagged,
  trim,
  type,
  value,
  wrapper,
  type Block,
  type Format,
  type Node,
} from "../format.ts";

const thinking = (tag: string): Block => ({
  open: [marker(`<ifm|${tag}>`), trim("\n")],
  close: [trim("\n"), marker(`</ifm|${tag}>`), trim("\n")],
  endsAt: ["calls"],
});

/** The request may ask for a word with the type of every value; it is read where it stands and not written. */
const argumentType: Node = optional(
  marker("<ifm|arg_type>"),
  type({
    string: "raw",
    str: "raw",
    number: "json",
    integer: "json",
    boolean: "json",
    null: "json",
    object: "json",
    array: "json",
  }),
  marker("</ifm|arg_type>"),
  blank("\n"),
);

/**
 * Key and value tags, with or without a type between, or a JSON object in the call's tags, as the request asks for; a
 * reasoning tag for each effort, opened by the prompt.
 * Source: vLLM's and SGLang's parsers for K2 Horizon, and prompts and outputs in tests of clients of the model.
 */
export const k2_horizon: Format = {
  name: "k2_horizon",
  aliases: ["k2_v3"],
  models: ["LLM360/K2-Horizon*"],
  turn: ["<|ifm|im_start|>assistant\n"],
  end: ["<|ifm|im_end|>"],
  reasoning: [thinking("think"), thinking("think_fast"), thinking("think_faster")],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<ifm|tool_calls>", { optional: "vLLM's parser has it as optional" }),
      blank("\n"),
      repeat(
        [
          call(
            marker("<ifm|tool_call>"),
            blank(),
            choice(
              [
                name(),
                blank("\n"),
                tagged(
                  marker("<ifm|arg_key>"),
                  key(),
                  marker("</ifm|arg_key>"),
                  blank("\n"),
                  argumentType,
                  marker("<ifm|arg_value>"),
                  value(),
                  marker("</ifm|arg_value>"),
                  blank("\n"),
                ),
              ],
              [wrapper({ name: ["name"], arguments: ["arguments"] }), blank()],
            ),
            marker("</ifm|tool_call>", { optional: "the turn may end without it" }),
          ),
        ],
        { separator: "\n" },
      ),
      blank("\n"),
      marker("</ifm|tool_calls>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: [
    "<ifm|tool_calls>",
    "</ifm|tool_calls>",
    "<ifm|tool_call>",
    "</ifm|tool_call>",
    "<ifm|arg_key>",
    "</ifm|arg_key>",
    "<ifm|arg_type>",
    "</ifm|arg_type>",
    "<ifm|arg_value>",
    "</ifm|arg_value>",
    "<ifm|think>",
    "</ifm|think>",
    "<ifm|think_fast>",
    "</ifm|think_fast>",
    "<ifm|think_faster>",
    "</ifm|think_faster>",
  ],
};
