import {
  blank,
  call,
  key,
  marker,
  name,
  repeat,
  tagged,
  trim,
  value,
  type Block,
  type Format,
  type Marker,
  type Node,
} from "../format.ts";

/** What published checkpoints put behind the word in every tag; each has one, or none. */
const suffixes = [":opensource", ":6124c78e"];

type Tag = (word: string, options?: Pick<Marker, "optional">) => Marker;

/** With any suffix. */
const tag: Tag = (word, options = {}) =>
  marker(`<${word}>`, { aliases: suffixes.map((suffix) => `<${word}${suffix}>`), ...options });

const suffixed =
  (suffix: string): Tag =>
  (word, options = {}) =>
    marker(`<${word}${suffix}>`, options);

const section = (tag: Tag, hasSeparator: boolean): readonly Node[] => [
  tag("tool_calls"),
  blank("\n"),
  repeat(
    [
      call(
        tag("tool_call"),
        name(),
        ...(hasSeparator ? [tag("tool_sep", { optional: "quantized checkpoints skip it at times" })] : []),
        blank("\n"),
        tagged(
          tag("arg_key"),
          key(),
          tag("/arg_key"),
          blank("\n"),
          tag("arg_value"),
          value(),
          tag("/arg_value"),
          blank("\n"),
        ),
        tag("/tool_call", { optional: "the turn may end without it" }),
      ),
    ],
    { separator: "\n" },
  ),
  blank("\n"),
  tag("/tool_calls", { optional: "the turn may end without it" }),
];

const calls = (hasSeparator: boolean): NonNullable<Format["calls"]> => ({
  lead: "\n",
  parallel: true,
  nodes: section(tag, hasSeparator),
  spellings: suffixes.map((suffix) => section(suffixed(suffix), hasSeparator)),
});

const thought = (tag: Tag): Block => ({
  open: [tag("think"), trim("\n")],
  close: [trim("\n"), tag("/think"), trim("\n\n")],
  endsAt: ["calls"],
});

const words = ["tool_calls", "tool_call", "arg_key", "arg_value", "think"];

/**
 * GLM's key and value tags in a section, with a separator behind the name.
 * Source: vLLM's and SGLang's parsers for Hunyuan 3, and outputs of the checkpoints, whose tags have a suffix.
 */
export const hy_v3: Format = {
  name: "hy_v3",
  aliases: ["hy3"],
  models: ["tencent/Hy3*"],
  turn: ["<｜hy_Assistant｜>"],
  end: ["<｜hy_place▁holder▁no▁2｜>"],
  reasoning: ["", ...suffixes].map((suffix) => thought(suffixed(suffix))),
  calls: calls(true),
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: [...words.flatMap((word) => [`<${word}>`, `</${word}>`]), "<tool_sep>"],
};

/** Hunyuan 3's tags without the separator. Source: vLLM's and SGLang's parsers for Hunyuan 4. */
export const hy_v4: Format = {
  ...hy_v3,
  name: "hy_v4",
  aliases: ["hy4"],
  models: ["tencent/Hy4*"],
  calls: calls(false),
  specialTokens: words.flatMap((word) => [`<${word}>`, `</${word}>`]),
};
