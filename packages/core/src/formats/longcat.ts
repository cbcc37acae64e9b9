import {
  blank,
  call,
  choice,
  key,
  marker,
  name,
  tagged,
  trim,
  value,
  wrapper,
  type Format,
  type Node,
} from "../format.ts";

const opener = marker("<longcat_tool_call>");
const closer = marker("</longcat_tool_call>", { optional: "the last block may end with the turn" });
const keys = { name: ["name"], arguments: ["arguments"] };

/** A name and its parameters; `gap`: what stands between two tags. */
const named = (gap: string): readonly Node[] => [
  name(),
  blank(gap),
  tagged(
    marker("<longcat_arg_key>"),
    key(),
    marker("</longcat_arg_key>"),
    blank(gap),
    marker("<longcat_arg_value>"),
    value(),
    marker("</longcat_arg_value>"),
    blank(gap),
  ),
];

/**
 * JSON in tags; later checkpoints write the name, then a key tag and a value tag a parameter. The prompt of a thinking
 * model may open the reasoning. Source: the model cards of LongCat-Flash-Chat and LongCat-Flash-Thinking; the later
 * notation as LongCat-Flash (line by line) and LongCat-2.0 (in one line) are seen to write it.
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
    nodes: [call(opener, blank("\n"), choice([wrapper(keys), blank("\n")], named("\n")), closer)],
    spellings: [[call(opener, ...named("\n"), closer)], [call(opener, ...named(""), closer)]],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<longcat_tool_call>", "</longcat_tool_call>", "<longcat_think>", "</longcat_think>"],
};
