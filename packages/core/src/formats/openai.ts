import { call, choice, json, literal, marker, name, skip, type Format, type Node } from "../format.ts";

const start = "<|start|>assistant";
const boundaries = ["<|start|>", "<|end|>", "<|call|>", "<|return|>"];
const anything = ["calls", "text", "reasoning"] as const;
const stop = marker("<|call|>", { aliases: ["<|end|>"], optional: "it is the stop token", silent: true });

/** A call whose recipient is in the role part; `type` says how its arguments are written. */
const toRole = (type: readonly Node[]): readonly Node[] => [
  call(
    literal(" to="),
    literal("functions."),
    name(),
    marker("<|channel|>"),
    literal("commentary "),
    ...type,
    marker("<|message|>"),
    json(),
    stop,
  ),
];

/**
 * Harmony: every message has a channel, a call a recipient, which stands in the channel part or in the role part.
 * Source: the chat template of gpt-oss and OpenAI's description of the harmony response format.
 */
export const openai: Format = {
  name: "openai",
  aliases: ["harmony", "openai_gptoss", "gpt_oss"],
  models: ["openai/gpt-oss-*"],
  turn: [start],
  end: ["<|return|>", "<|call|>", "<|end|>"],
  reasoning: [
    { lead: start, open: [marker("<|channel|>analysis<|message|>")], close: [marker("<|end|>")], endsAt: anything },
  ],
  text: [
    {
      lead: start,
      open: [marker("<|channel|>final<|message|>")],
      close: [marker("<|return|>", { aliases: ["<|end|>"] })],
      endsAt: anything,
    },
    // A commentary message without recipient is a preamble that the user sees; any other channel is shown as well.
    {
      lead: start,
      open: [
        marker("<|channel|>"),
        skip("commentary", { starts: [], not: ["<|channel|>", ...boundaries] }),
        marker("<|message|>"),
      ],
      close: [marker("<|end|>", { aliases: ["<|return|>"] })],
      endsAt: anything,
    },
    // A header that breaks off: what follows is shown rather than lost.
    { open: [marker("<|channel|>")], close: [marker("<|end|>", { aliases: ["<|return|>"] })], endsAt: anything },
  ],
  calls: {
    lead: start,
    parallel: true,
    nodes: [
      call(
        choice([marker("<|channel|>commentary to=")], [marker("<|channel|>analysis to=")], [literal(" to=")]),
        literal("functions.", { optional: "built-in tools have no namespace", silent: true }),
        name(),
        skip(" <|constrain|>json", { starts: [" ", "<|"], not: boundaries }),
        marker("<|message|>"),
        json(),
        stop,
      ),
    ],
    spellings: [toRole([literal("json")]), toRole([marker("<|constrain|>"), literal("json")])],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|start|>", "<|channel|>", "<|message|>", "<|constrain|>", "<|end|>", "<|call|>", "<|return|>"],
};
