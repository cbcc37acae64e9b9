import type { TurnEnd } from "../../turn.ts";

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter";

/** An output that was cut off is incomplete whatever it holds; `tool_calls` only with a call. */
export function finishReason({ reason, called }: TurnEnd): FinishReason {
  if (reason !== "stop") return reason;
  return called ? "tool_calls" : "stop";
}

export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
}

/** Absent where the engine does not say: a guess would be billed as a fact. */
export function completionUsage({ usage }: TurnEnd): CompletionUsage | undefined {
  if (!usage) return undefined;
  const { promptTokens, completionTokens, cachedTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
  };
}
