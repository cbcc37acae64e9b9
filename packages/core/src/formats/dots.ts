import {
  blank,
  call,
  choice,
  key,
  literal,
  marker,
  name,
  repeat,
  tagged,
  trim,
  value,
  wrapper,
  type Format,
} from "../format.ts";

/**
 * One section, an `<invoke>` a call; a JSON object, or a list of them, in its place is read as well.
 * Source: what SGLang's parser for dots reads; the turn's markers as in the chat template of dots.llm1.
 */
export const dots: Format = {
  name: "dots",
  models: ["rednote-hilab/dots.*"],
  turn: ["<|response|>"],
  end: ["<|endofresponse|>"],
  reasoning: [
    { open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n\n")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<dots_function_call>"),
      blank(),
      choice(
        [
          repeat(
            [
              call(
                literal('<invoke name="'),
                name(),
                literal('">'),
                blank(),
                tagged(
                  literal('<parameter name="'),
                  key(),
                  literal('">'),
                  value(),
                  literal("</parameter>", { optional: "left out before `</invoke>` at times" }),
                  blank(),
                ),
                literal("</invoke>", { optional: "the output may stop after the last parameter" }),
              ),
            ],
            { separator: "" },
          ),
        ],
        [call(wrapper({ name: ["name"], arguments: ["arguments", "parameters"] }))],
        [
          literal("["),
          blank(),
          repeat([call(wrapper({ name: ["name"], arguments: ["arguments", "parameters"] }))], { separator: ", " }),
          blank(),
          literal("]", { optional: "left out at the end of the turn at times" }),
        ],
      ),
      blank(),
      marker("</dots_function_call>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<think>", "</think>"],
};
