import { blank, call, key, literal, marker, name, optional, tagged, trim, value, type Format } from "../format.ts";
import { chatml } from "./turns.ts";

/**
 * A tag a parameter with the name as an attribute, no tag around the call; a value may be a CDATA section.
 * Source: vLLM's and SGLang's parsers for MiniCPM5 and their tests; the attribute glued to the tag is an output of theirs.
 */
export const minicpm5: Format = {
  name: "minicpm5",
  aliases: ["minicpm5_xml"],
  models: ["openbmb/MiniCPM5-*"],
  ...chatml,
  reasoning: [
    { open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n\n")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      call(
        literal('<function name="', { aliases: ['<functionname="'] }),
        name(),
        literal('">'),
        blank(),
        tagged(
          literal('<param name="', { aliases: ['<paramname="'] }),
          key(),
          literal('">'),
          optional(literal("<![CDATA[")),
          value(),
          literal("</param>", { aliases: ["]]></param>"] }),
          blank(),
        ),
        literal("</function>", { optional: "the output may stop after the last parameter" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<think>", "</think>"],
};
