import { blank, call, key, literal, marker, name, optional, tagged, trim, value, type Format } from "../format.ts";

/** What GLM's calls have in common; `gap` stands between the tags, before the calls and behind the reasoning. */
const glm = (gap: string): Pick<Format, "reasoning" | "calls" | "ids" | "specialTokens"> => ({
  reasoning: [
    {
      ...(gap !== "" && { lead: gap }),
      open: [marker("<think>")],
      close: [marker("</think>"), ...(gap === "" ? [] : [trim(gap)])],
      endsAt: ["calls"],
    },
  ],
  calls: {
    lead: gap,
    parallel: true,
    nodes: [
      call(
        marker("<tool_call>"),
        // Some put the name on a line of its own.
        optional(literal("\n")),
        name(),
        blank(gap),
        tagged(
          marker("<arg_key>"),
          key(),
          marker("</arg_key>"),
          blank(gap),
          marker("<arg_value>"),
          value(),
          marker("</arg_value>"),
          blank(gap),
        ),
        marker("</tool_call>", { optional: "the last block may end with the turn" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: [
    "<tool_call>",
    "</tool_call>",
    "<arg_key>",
    "</arg_key>",
    "<arg_value>",
    "</arg_value>",
    "<think>",
    "</think>",
  ],
});

const lines = glm("\n");

const turns = {
  turn: ["<|assistant|>"],
  end: ["<|user|>", "<|observation|>", "<|endoftext|>"],
} as const;

/**
 * Name, then a key tag and a value tag a parameter, one a line; copies of the template have lost the line breaks.
 * Source: the chat templates of GLM-4.5 and GLM-4.6.
 */
export const glm45: Format = {
  ...lines,
  ...turns,
  name: "glm45",
  aliases: ["glm_4_5"],
  models: ["zai-org/GLM-4.5*", "zai-org/GLM-4.6*"],
  calls: { ...lines.calls!, spellings: [glm("").calls!.nodes] },
};

/** GLM-4.5's tags without line breaks. Source: the chat templates of GLM-4.7 and GLM-5. */
export const glm47: Format = {
  ...glm(""),
  ...turns,
  name: "glm47",
  aliases: ["glm_4_7"],
  models: ["zai-org/GLM-4.7*", "zai-org/GLM-5*"],
};

/** GLM-4.7's calls; the models write them with line breaks as well. Source: SGLang's parser for Ling 3 and its tests. */
export const ling3: Format = {
  ...glm47,
  name: "ling3",
  aliases: ["ling_3"],
  models: ["inclusionAI/Ling-3*"],
  turn: ["<role>ASSISTANT</role>"],
  end: ["<|role_end|>"],
};

/** GLM-4.7's calls. Source: the chat template of Poolside's Laguna, as clients of the model describe it. */
export const poolside_v1: Format = {
  ...glm47,
  name: "poolside_v1",
  aliases: ["laguna"],
  models: ["poolside/Laguna-*"],
  turn: ["<assistant>\n", "<assistant>"],
  end: ["</assistant>"],
};
