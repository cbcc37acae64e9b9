import { renderPrompt, type PromptOptions } from "../render-prompt.ts";
import { followOutsideText } from "./outside-text.ts";
import type { Tokenizer } from "./tokenizer.ts";

export interface EncodePromptOptions extends PromptOptions {
  readonly tokenizer: Tokenizer;
  /**
   * Lets text of messages, tools and documents that spells a control token be that token, as transformers does. Default
   * false: only what the template writes controls the model. For templates whose callers put markers into messages.
   */
  readonly controlTokensInText?: boolean | undefined;
  /** What the answer begins with, put behind the prompt: text like that of a message. */
  readonly answerStart?: string | undefined;
}

export interface EncodedPrompt {
  /** What `renderPrompt` gives, and the answer's start behind it. */
  readonly text: string;
  readonly ids: readonly number[];
}

/**
 * The prompt for a conversation as token ids. What somebody wrote into a message, a tool, a result or a document stays
 * text: `<|im_end|>` in it is some ordinary tokens and ends nothing, also where it is put together from two messages or
 * from a message and the template. The text is the same either way, and so are the ids where nobody spells a token. Throws
 * `TemplateError`.
 */
export function encodePrompt(
  messages: readonly unknown[],
  { tokenizer, controlTokensInText = false, answerStart = "", ...options }: EncodePromptOptions,
): EncodedPrompt {
  const prompt = renderPrompt(messages, options);
  const text = prompt + answerStart;
  if (controlTokensInText) return { text, ids: tokenizer.encode(text) };
  const { isTemplate } = followOutsideText(prompt, messages, options, tokenizer.specialTokens);
  const control = (start: number, end: number): boolean => end <= prompt.length && isTemplate(start, end);
  return { text, ids: tokenizer.encode(text, { control }) };
}
