import { blank, call, marker, wrapper, type Format } from "../format.ts";

const keys = { name: ["name"], arguments: ["arguments"] };

/**
 * The turn goes on as one of another role, with one JSON object; later tokenizers have a token for it.
 * Source: the chat templates of GigaChat3-10B-A1.8B and GigaChat3.1.
 */
export const gigachat3: Format = {
  name: "gigachat3",
  models: ["ai-sage/GigaChat3-*"],
  turn: ["assistant<|role_sep|>\n"],
  end: ["</s>", "<|message_sep|>"],
  calls: {
    lead: "",
    parallel: false,
    nodes: [
      call(
        marker("<|message_sep|>\n\nfunction call<|role_sep|>", {
          aliases: ["function call<|role_sep|>", "<|message_sep|>\n\n<|function_call|>", "<|function_call|>"],
        }),
        blank("\n"),
        wrapper(keys),
      ),
    ],
    spellings: [[call(marker("<|function_call|>"), wrapper(keys))]],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|role_sep|>", "<|message_sep|>", "<|function_call|>"],
};
