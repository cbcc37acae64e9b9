import { excerpt } from "../laws/difference.ts";

/** The known faults by their names, which stay, with what to do. */
export const remedies = {
  "doubled-bos": "write bos_token once in the template",
  "doubled-bos-tokenizer":
    "tokenise the prompt without special tokens (add_special_tokens: false), or take bos_token out of the template",
  "lost-generation-prompt": "write what opens an answer behind {% if add_generation_prompt %}",
  "generation-prompt-differs": "open an answer as the template opens those in the history, to the last character",
  "generation-prompt-always": "write what opens an answer only where add_generation_prompt is set",
  "answer-not-ended": "end answers and calls with the token at which the engine stops",
  "conversation-refused": "let the template take it, or keep such conversations from the model",
  "system-dropped": "write the content of system messages wherever the conversation stands",
  "thinking-without-effect": "look at the variable by the name that requests have for it, enable_thinking or thinking",
  "tools-ignored": "write the tools into the prompt, or offer this model none",
  "tools-incomplete": "write names, descriptions and parameters of all tools",
  "tools-refused": "take any JSON Schema: {{ tool | tojson }} does",
  "tools-not-json": "print tools with {{ tool | tojson }}, which sets the quotes and escapes what is inside",
  "python-tools": "print tools as JSON: {{ tool | tojson }}",
  "calls-dropped": "write message.tool_calls, also where content is empty",
  "arguments-refused": "take arguments that are an object: {{ arguments | tojson }} unless they are text",
  "arguments-dropped": "write the arguments of calls",
  "python-arguments": "print arguments as JSON: {{ arguments | tojson }}",
  "arguments-encoded-twice": "encode arguments once: text that is JSON already stays as it is",
  "misspelt-repr": 'write {{ "%r" | format(value) }} or {{ value | tojson }} in place of "%sr"',
  "single-call": "write all of message.tool_calls, or ask for one call at a time (parallel_tool_calls: false)",
  "content-dropped": "write message.content beside message.tool_calls",
  "call-id-length": "write ids of the length that the model knows, and take those of other lengths",
  "call-id-mismatch": "write the same id at the call and at its result",
  "results-dropped": "write messages with the role tool",
  "results-encoded-twice": "write results that are text as they are, without tojson",
  "results-not-json": "within JSON, write results with {{ content | tojson }} unless they are JSON themselves",
  "round-trip": "have the template write calls as the model does, or name the right format (--format)",
  "special-markers": "have the engine keep special tokens in its output (skip_special_tokens: false)",
  differs: "make the two alike, or let it be: --allow differs",
} as const;

export type FaultCode = keyof typeof remedies;

/** Something that is wrong. */
export interface Fault {
  readonly code: FaultCode;
  /** What was seen, in one line. */
  readonly seen: string;
  /** The conversation in which it was seen. */
  readonly conversation?: string;
}

/** A fault, with the stretch of the prompt that shows it. */
export function fault(code: FaultCode, seen: string, conversation?: { readonly title: string }): Fault {
  return conversation ? { code, seen, conversation: conversation.title } : { code, seen };
}

/** The prompt around a word of it, or its end where the word is not there. */
export function around(text: string, word: string): string {
  const at = text.indexOf(word);
  return excerpt(text, at < 0 ? text.length : at);
}
