import { blank, call, key, literal, marker, name, repeat, tagged, trim, type, value, type Format } from "../format.ts";

/**
 * DeepSeek V3.2's notation under another word: `string="true"` is raw text, `"false"` is JSON.
 * Source: vLLM's and SGLang's parsers for GigaChat 3.5 and their tests, which have it with line breaks and without.
 */
export const gigachat35: Format = {
  name: "gigachat35",
  models: ["ai-sage/GigaChat3.5-*"],
  turn: ["assistant<|role_sep|>\n"],
  end: ["<|message_sep|>", "</s>"],
  reasoning: [{ open: [marker("<think>")], close: [marker("</think>"), trim("\n\n")], endsAt: ["calls"] }],
  calls: {
    lead: "\n\n",
    parallel: true,
    nodes: [
      marker("<｜GCML｜tool_calls>"),
      blank("\n"),
      repeat(
        [
          call(
            marker('<｜GCML｜invoke name="'),
            name(),
            literal('">'),
            blank("\n"),
            tagged(
              marker('<｜GCML｜parameter name="'),
              key(),
              literal('" string="'),
              type({ true: "raw", false: "json" }, { string: "true" }),
              literal('">'),
              value(),
              marker("</｜GCML｜parameter>"),
              blank("\n"),
            ),
            marker("</｜GCML｜invoke>", { optional: "the output may stop after the last parameter" }),
          ),
        ],
        { separator: "\n" },
      ),
      blank("\n"),
      marker("</｜GCML｜tool_calls>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<think>", "</think>"],
};
