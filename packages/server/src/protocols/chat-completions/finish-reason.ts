import type { TurnEnd } from "../../turn.ts";

export type FinishReason = "stop" | "length" | "tool_calls" | "function_call" | "content_filter";

/** An output that was cut off is incomplete whatever it holds; `tool_calls` only with a call. */
export function finishReason({ reason, called }: TurnEnd, legacy = false): FinishReason {
  if (reason !== "stop") return reason;
  if (!called) return "stop";
  return legacy ? "function_call" : "tool_calls";
}

export interface CompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens: number };
  readonly completion_tokens_details?: { readonly reasoning_tokens: number };
}

/**
 * Of all choices together, their prompt counted once. Absent where the engine does not say: a guess would be billed as a fact.
 */
export function completionUsage(ends: readonly TurnEnd[]): CompletionUsage | undefined {
  const usages = ends.flatMap(({ usage }) => usage ?? []);
  const [first] = usages;
  if (!first || usages.length < ends.length) return undefined;
  const { promptTokens, cachedTokens } = first;
  const completionTokens = usages.reduce((sum, usage) => sum + usage.completionTokens, 0);
  const reasoningTokens = usages.reduce((sum, usage) => sum + (usage.reasoningTokens ?? 0), 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { prompt_tokens_details: { cached_tokens: cachedTokens } }),
    ...(reasoningTokens > 0 && { completion_tokens_details: { reasoning_tokens: reasoningTokens } }),
  };
}
