import { blank, call, choice, key, marker, name, tagged, trim, value, wrapper, type Format } from "../format.ts";

/**
 * JSON in tags; later checkpoints write the name, then a key tag and a value tag a parameter. The prompt of a thinking
 * model may open the reasoning. Source: the model cards of LongCat-Flash-Chat and LongCat-Flash-Thinking; the later
 * notation as other engines read it.
 */
export const longcat: Format = {
  name: "longcat",
  models: ["meituan-longcat/LongCat-*"],
  turn: [" ASSISTANT:"],
  end: ["</longcat_s>"],
  reasoning: [
    {
      open: [marker("<longcat_think>"), trim("\n")],
      close: [trim("\n"), marker("</longcat_think>"), trim("\n")],
      endsAt: ["calls"],
    },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      call(
        marker("<longcat_tool_call>"),
        blank("\n"),
        choice(
          [wrapper({ name: ["name"], arguments: ["arguments"] }), blank("\n")],
          [
            name(),
            blank("\n"),
            tagged(
              marker("<longcat_arg_key>"),
              key(),
              marker("</longcat_arg_key>"),
              blank("\n"),
              marker("<longcat_arg_value>"),
              value(),
              marker("</longcat_arg_value>"),
              blank("\n"),
            ),
          ],
        ),
        marker("</longcat_tool_call>", { optional: "the last block may end with the turn" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<longcat_tool_call>", "</longcat_tool_call>", "<longcat_think>", "</longcat_think>"],
};
