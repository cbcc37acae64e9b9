import {
  blank,
  call,
  json,
  key,
  literal,
  marker,
  name,
  repeat,
  tagged,
  trim,
  type,
  value,
  type Format,
} from "../format.ts";
import { deepseek } from "./turns.ts";

const base = {
  ...deepseek,
  ids: { kind: "random", prefix: "call_", length: 24 },
} as const satisfies Partial<Format>;

const sectionClose = marker("<｜tool▁calls▁end｜>", { optional: "the turn may end without it" });

/**
 * JSON in a fenced block, inside two layers of markers; the prompt of R1 opens the reasoning.
 * Source: the chat templates of DeepSeek R1-0528 and V3-0324.
 */
export const deepseek_r1: Format = {
  ...base,
  name: "deepseek_r1",
  aliases: ["deepseek_v3"],
  models: ["deepseek-ai/DeepSeek-R1*", "deepseek-ai/DeepSeek-V3", "deepseek-ai/DeepSeek-V3-0324"],
  reasoning: [
    { open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n\n")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      marker("<｜tool▁calls▁begin｜>"),
      blank(),
      repeat(
        [
          call(
            marker("<｜tool▁call▁begin｜>"),
            literal("function", { optional: "some outputs go straight to the separator" }),
            marker("<｜tool▁sep｜>"),
            name(),
            blank("\n"),
            literal("```json", { optional: "the fence is left out at times" }),
            blank("\n"),
            json(),
            blank("\n"),
            literal("```", { optional: "the fence is left out at times" }),
            blank(),
            marker("<｜tool▁call▁end｜>", { optional: "the turn may end without it" }),
          ),
        ],
        { separator: "\n" },
      ),
      blank(),
      sectionClose,
    ],
  },
  specialTokens: [
    "<｜tool▁calls▁begin｜>",
    "<｜tool▁calls▁end｜>",
    "<｜tool▁call▁begin｜>",
    "<｜tool▁call▁end｜>",
    "<｜tool▁sep｜>",
    "<think>",
    "</think>",
  ],
};

const thinking: NonNullable<Format["reasoning"]> = [
  { open: [marker("<think>")], close: [marker("</think>")], endsAt: ["calls"] },
];

/** Name, separator, bare JSON. Source: the chat template of DeepSeek V3.1. */
export const deepseek_v31: Format = {
  ...base,
  name: "deepseek_v31",
  aliases: ["deepseek_v3_1"],
  models: ["deepseek-ai/DeepSeek-V3.1*"],
  reasoning: thinking,
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<｜tool▁calls▁begin｜>"),
      blank(),
      repeat(
        [
          call(
            marker("<｜tool▁call▁begin｜>"),
            name(),
            marker("<｜tool▁sep｜>"),
            json(),
            marker("<｜tool▁call▁end｜>", { optional: "the turn may end without it" }),
          ),
        ],
        { separator: "" },
      ),
      blank(),
      sectionClose,
    ],
  },
  specialTokens: deepseek_r1.specialTokens!,
};

/** `gap`: what stands between the sentinel and the word of a tag. */
const dsml = (section: string, gap = ""): NonNullable<Format["calls"]> => ({
  lead: "\n\n",
  parallel: true,
  nodes: [
    marker(`<｜DSML｜${gap}${section}>`, { optional: "left out in long contexts" }),
    blank("\n"),
    repeat(
      [
        call(
          marker(`<｜DSML｜${gap}invoke name="`),
          name(),
          literal('">'),
          blank("\n"),
          tagged(
            marker(`<｜DSML｜${gap}parameter name="`),
            key(),
            literal('" string="'),
            type({ true: "raw", false: "json" }, { string: "true" }),
            literal('">'),
            value(),
            marker(`</｜DSML｜${gap}parameter>`),
            blank("\n"),
          ),
          marker(`</｜DSML｜${gap}invoke>`, { optional: "the output may stop after the last parameter" }),
        ),
      ],
      { separator: "\n" },
    ),
    blank("\n"),
    marker(`</｜DSML｜${gap}${section}>`, { optional: "the turn may end without it" }),
  ],
});

/** Typed parameters: `string="true"` is raw text, `"false"` is JSON. Source: the encoding notes shipped with DeepSeek V3.2. */
export const deepseek_v32: Format = {
  ...base,
  name: "deepseek_v32",
  aliases: ["deepseek_v3_2"],
  models: ["deepseek-ai/DeepSeek-V3.2*"],
  reasoning: thinking,
  calls: dsml("function_calls"),
  specialTokens: ["｜DSML｜", "<think>", "</think>"],
};

/** V3.2's notation in a section of another name. Source: the encoding notes shipped with DeepSeek V4. */
export const deepseek_v4: Format = {
  ...deepseek_v32,
  name: "deepseek_v4",
  aliases: [],
  models: ["deepseek-ai/DeepSeek-V4*"],
  calls: dsml("tool_calls"),
};

/** V4's notation with a blank behind the sentinel. Source: the encoding notes shipped with DeepSeek V4.1. */
export const deepseek_v41: Format = {
  ...deepseek_v32,
  name: "deepseek_v41",
  aliases: [],
  models: ["deepseek-ai/DeepSeek-V4.1*"],
  calls: dsml("calls", " "),
};
