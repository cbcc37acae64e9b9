import { readCheckpoint, type Checkpoint } from "@glossa/chat";

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

/** A checkpoint of a made-up model that writes like Qwen3, whose template opens with a beginning-of-text token. */
export function chatmlCheckpoint({ addsBeginning = true }: { readonly addsBeginning?: boolean } = {}): Checkpoint {
  return readCheckpoint({
    "chat_template.jinja": template,
    "tokenizer_config.json": JSON.stringify({ bos_token: "<s>", eos_token: "<|im_end|>" }),
    "tokenizer.json": JSON.stringify({
      added_tokens: [...markers].map(([content, id]) => ({ id, content, special: true })),
      post_processor: {
        type: "Sequence",
        processors: [
          { type: "ByteLevel" },
          {
            type: "TemplateProcessing",
            single: [
              ...(addsBeginning ? [{ SpecialToken: { id: "<s>", type_id: 0 } }] : []),
              { Sequence: { id: "A" } },
            ],
          },
        ],
      },
    }),
  });
}

/** The tokens of an output: the markers, and every other character by itself. */
export function tokensOf(output: string): readonly { readonly text: string; readonly id: number }[] {
  const texts = output.match(/<\/?(?:tool_call|think)>|<\|im_end\|>|[^]/gu) ?? [];
  return texts.map((text) => ({ text, id: markers.get(text) ?? text.codePointAt(0)! % 1000 }));
}
