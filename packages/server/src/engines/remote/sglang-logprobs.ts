import type { Tokenizer } from "@glossa/chat/tokenizer";
import { tokenOfId, tokenOfText, type TokenLogprob, type TokenProbability } from "../token-logprobs.ts";

/** The tokens of an event that the events before it have not told. */
export type SglangLogprobs = (meta: Readonly<Record<string, unknown>>) => readonly TokenLogprob[];

/**
 * Reads `output_token_logprobs`, `[logprob, id, text or null]` each, and `output_top_logprobs`, a list of the same for each token. An
 * event has those of all tokens so far, or with `--incremental-streaming-output` of what has come since the last; which of both is told
 * by the count of tokens.
 */
export function createSglangLogprobs(tokenizer: Tokenizer | undefined): SglangLogprobs {
  let seen = 0;

  function told(entry: unknown): TokenProbability | undefined {
    if (!Array.isArray(entry)) return undefined;
    const [logprob, id, text] = entry as unknown[];
    if (typeof logprob !== "number" || typeof id !== "number") return undefined;
    return tokenOfId(tokenizer, id, logprob) ?? tokenOfText(typeof text === "string" ? text : "", logprob);
  }

  return ({ output_token_logprobs: list, output_top_logprobs: likeliest, completion_tokens: total }) => {
    if (!Array.isArray(list)) return [];
    const from = list.length === total ? seen : 0;
    seen = typeof total === "number" ? total : seen + list.length;
    return list.slice(from).flatMap((entry: unknown, index) => {
      const token = told(entry);
      const others: unknown = Array.isArray(likeliest) ? likeliest[from + index] : undefined;
      return token ? [{ ...token, top: Array.isArray(others) ? others.flatMap((each) => told(each) ?? []) : [] }] : [];
    });
  };
}
