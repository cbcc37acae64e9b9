import { blank, call, key, marker, name, tagged, trim, value, type Format } from "../format.ts";

/**
 * Name, then a key tag and a value tag a parameter, with (4.5) or without (4.7) line breaks between.
 * Source: the chat templates of GLM-4.5 and GLM-4.7.
 */
export const glm45: Format = {
  name: "glm45",
  aliases: ["glm47", "glm_4_5", "glm_4_7"],
  models: ["zai-org/GLM-4.5*", "zai-org/GLM-4.6*", "zai-org/GLM-4.7*", "zai-org/GLM-5*"],
  turn: ["<|assistant|>"],
  end: ["<|user|>", "<|observation|>", "<|endoftext|>"],
  reasoning: [{ open: [marker("<think>")], close: [marker("</think>"), trim("\n")], endsAt: ["calls"] }],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      call(
        marker("<tool_call>"),
        name(),
        blank("\n"),
        tagged(
          marker("<arg_key>"),
          key(),
          marker("</arg_key>"),
          blank("\n"),
          marker("<arg_value>"),
          value(),
          marker("</arg_value>"),
          blank("\n"),
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
};

/** GLM-4.7's calls; the models write them with line breaks and without. Source: SGLang's parser for Ling 3 and its tests. */
export const ling3: Format = {
  ...glm45,
  name: "ling3",
  aliases: ["ling_3"],
  models: ["inclusionAI/Ling-3*"],
  turn: ["<role>ASSISTANT</role>"],
  end: ["<|role_end|>"],
};

/** GLM-4.7's calls. Source: the chat template of Poolside's Laguna, as clients of the model describe it. */
export const poolside_v1: Format = {
  ...glm45,
  name: "poolside_v1",
  aliases: ["laguna"],
  models: ["poolside/Laguna-*"],
  turn: ["<assistant>\n", "<assistant>"],
  end: ["</assistant>"],
};
