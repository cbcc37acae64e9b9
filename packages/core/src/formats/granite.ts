import {
  blank,
  call,
  literal,
  marker,
  repeat,
  trim,
  wrapper,
  type Format,
  type Node,
  type Wrapper,
} from "../format.ts";

const list = (order: NonNullable<Wrapper["order"]>): readonly Node[] => [
  blank(),
  literal("["),
  blank(),
  repeat([call(wrapper({ name: ["name"], arguments: ["arguments"], order }))], { separator: ", " }),
  blank(),
  literal("]", { optional: "left out at the end of the turn at times" }),
];

/**
 * A JSON list behind a marker, `<|tool_call|>` in 3.0, `<tool_call>` and the arguments first from 3.1 on; reasoning
 * between English phrases in 3.2.
 * Source: the chat templates of Granite 3.x.
 */
export const granite: Format = {
  name: "granite",
  aliases: ["granite_3", "granite_3_1"],
  models: ["ibm-granite/granite-3*"],
  turn: ["<|start_of_role|>assistant<|end_of_role|>"],
  end: ["<|end_of_text|>"],
  reasoning: [
    {
      open: [marker("Here is my thought process:", { aliases: ["Here's my thought process:"] }), trim("\n")],
      close: [trim("\n"), marker("Here is my response:", { aliases: ["Here's my response:"] }), trim("\n")],
    },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [marker("<|tool_call|>", { aliases: ["<tool_call>"] }), ...list(["name", "arguments"])],
    spellings: [[marker("<tool_call>"), ...list(["arguments", "name"])]],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|tool_call|>"],
};

/** A marker before each call's JSON, none behind. Source: the model card of Granite 20B FunctionCalling. */
export const granite_20b_fc: Format = {
  name: "granite_20b_fc",
  aliases: ["granite-20b-fc"],
  models: ["ibm-granite/granite-20b-functioncalling"],
  turn: ["ASSISTANT:"],
  end: ["<|endoftext|>"],
  calls: {
    lead: " ",
    parallel: true,
    nodes: [
      call(marker("<function_call>"), blank(" "), wrapper({ name: ["name"], arguments: ["arguments", "parameters"] })),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
