import { readCheckpoint, type Checkpoint } from "@glossa/chat";
import { createTokenizer } from "@glossa/chat/tokenizer";

/** The tokens of this vocabulary that are markers. */
export const markers: ReadonlyMap<string, number> = new Map([
  ["<|im_end|>", 1000],
  ["<tool_call>", 1001],
  ["</tool_call>", 1002],
  ["<think>", 1003],
  ["</think>", 1004],
]);

const template = `{{ bos_token }}{% if tools %}<|im_start|>system
{% for tool in tools %}{{ tool | tojson }}
{% endfor %}<|im_end|>
{% endif %}{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content or '' }}{% for call in message.tool_calls or [] %}<tool_call>{{ call.function.arguments.city }}</tool_call>{% endfor %}<|im_end|>
{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% if enable_thinking is defined %}{{ '<think>\\n' if enable_thinking else '<think>\\n\\n</think>\\n\\n' }}{% endif %}{% endif %}`;

/** GPT-2's printable characters for bytes, in the order of the bytes: the vocabulary, with no merges. */
const bytes = Array.from({ length: 256 }, (_, byte) => {
  const isPrintable = (at: number): boolean => (at >= 33 && at <= 126) || (at >= 161 && at <= 172) || at >= 174;
  if (isPrintable(byte)) return String.fromCharCode(byte);
  return String.fromCharCode(256 + Array.from({ length: byte }, (_, at) => at).filter((at) => !isPrintable(at)).length);
});

export const beginningId = 998;
const startId = 999;
const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };

/** A checkpoint of a made-up model that writes like Qwen3, whose template opens with a beginning-of-text token. */
export function chatmlCheckpoint({ addsBeginning = true }: { readonly addsBeginning?: boolean } = {}): Checkpoint {
  const added = [["<s>", beginningId], ["<|im_start|>", startId], ...markers] as const;
  return readCheckpoint({
    "chat_template.jinja": template,
    "tokenizer_config.json": JSON.stringify({ bos_token: "<s>", eos_token: "<|im_end|>" }),
    "tokenizer.json": JSON.stringify({
      added_tokens: added.map(([content, id]) => ({ id, content, special: true })),
      normalizer: null,
      pre_tokenizer: level,
      decoder: level,
      model: { type: "BPE", vocab: Object.fromEntries(bytes.map((token, id) => [token, id])), merges: [] },
      post_processor: {
        type: "Sequence",
        processors: [
          level,
          {
            type: "TemplateProcessing",
            single: [
              ...(addsBeginning ? [{ SpecialToken: { id: "<s>", type_id: 0 } }] : []),
              { Sequence: { id: "A", type_id: 0 } },
            ],
            special_tokens: { "<s>": { id: "<s>", ids: [beginningId], tokens: ["<s>"] } },
          },
        ],
      },
    }),
  });
}

/** The tokenizer of that model, which the stand-ins read prompts with. */
export const chatmlTokenizer = createTokenizer(chatmlCheckpoint());

/** The tokens of an output: the markers, and every other character by itself. */
export function tokensOf(output: string): readonly { readonly text: string; readonly id: number }[] {
  const texts = output.match(/<\/?(?:tool_call|think)>|<\|im_end\|>|[^]/gu) ?? [];
  return texts.map((text) => ({ text, id: markers.get(text) ?? text.codePointAt(0)! % 1000 }));
}
