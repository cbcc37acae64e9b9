import { blank, call, json, marker, name, repeat, type Format } from "../format.ts";

/**
 * A pair of markers around everything. None but the end of the turn is one token of the vocabulary.
 * Source: the tool and reasoning parsers that ship with PLaMo 3.
 */
export const plamo3: Format = {
  name: "plamo3",
  models: ["pfnet/plamo-3-*"],
  turn: ["<|plamo:op|>assistant\n"],
  end: ["<|plamo:tag|>"],
  reasoning: [
    {
      open: [marker("<|plamo:begin_think:plamo|>")],
      close: [marker("<|plamo:end_think:plamo|>")],
      endsAt: ["calls"],
    },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<|plamo:begin_tool_requests:plamo|>"),
      blank(),
      repeat(
        [
          call(
            marker("<|plamo:begin_tool_request:plamo|>"),
            marker("<|plamo:begin_tool_name:plamo|>"),
            name(),
            marker("<|plamo:end_tool_name:plamo|>"),
            marker("<|plamo:begin_tool_arguments:plamo|>"),
            marker("<|plamo:constrain|>json", { optional: "some outputs name no notation", silent: true }),
            marker("<|plamo:msg|>"),
            blank(),
            json(),
            blank(),
            marker("<|plamo:end_tool_arguments:plamo|>", { optional: "the turn may end without it" }),
            marker("<|plamo:end_tool_request:plamo|>", { optional: "the turn may end without it" }),
          ),
        ],
        { separator: "" },
      ),
      blank(),
      marker("<|plamo:end_tool_requests:plamo|>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
