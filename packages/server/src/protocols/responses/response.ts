import type { ApiError } from "../../error.ts";
import type { TurnDiagnostic, TurnEnd } from "../../turn.ts";
import type { OutputItem } from "./items.ts";
import type { ResponsesRequest } from "./request.ts";

export interface ResponseObject {
  readonly id: string;
  readonly object: "response";
  readonly created_at: number;
  readonly completed_at: number | null;
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly incomplete_details: { readonly reason: "max_output_tokens" | "content_filter" } | null;
  readonly model: string;
  readonly output: readonly OutputItem[];
  readonly usage: ResponseUsage | null;
  /** Not OpenAI's; there only if there is something to tell. */
  readonly glossa?: { readonly diagnostics: readonly TurnDiagnostic[] };
  /** What the request asked for. */
  readonly [field: string]: unknown;
}

export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

/** A response before the model has said anything: its name, and what was asked for with the defaults filled in. */
export function newResponse(id: string, model: string, request: ResponsesRequest): ResponseObject {
  const { reasoning, text } = request;
  return {
    id,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    completed_at: null,
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    metadata: request.metadata ?? {},
    model,
    output: [],
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: request.previous_response_id ?? null,
    reasoning: { effort: reasoning?.effort ?? null, summary: reasoning?.summary ?? null },
    store: request.store ?? true,
    temperature: request.temperature ?? null,
    text: { ...text, format: text?.format ?? { type: "text" } },
    tool_choice: request.tool_choice ?? "auto",
    tools: request.tools ?? [],
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? null,
    truncation: "disabled",
    usage: null,
    user: request.user ?? null,
  };
}

/** The response when the model is done with it. An output that was cut off is incomplete, whatever it holds. */
export function endedResponse(response: ResponseObject, output: readonly OutputItem[], end: TurnEnd): ResponseObject {
  const reason = end.reason === "length" ? "max_output_tokens" : end.reason;
  return {
    ...response,
    completed_at: reason === "stop" ? Math.floor(Date.now() / 1000) : null,
    status: reason === "stop" ? "completed" : "incomplete",
    incomplete_details: reason === "stop" ? null : { reason },
    output,
    usage: responseUsage(end),
    ...(end.diagnostics.length > 0 && { glossa: { diagnostics: end.diagnostics } }),
  };
}

/** The response if the engine fails in its midst: what came before is kept. */
export function failedResponse(
  response: ResponseObject,
  output: readonly OutputItem[],
  { status, message }: ApiError,
): ResponseObject {
  const code = status === 429 ? "rate_limit_exceeded" : status < 500 ? "invalid_prompt" : "server_error";
  return { ...response, status: "failed", error: { code, message }, output };
}

/** Null where the engine does not say: a guess would be billed as a fact. */
function responseUsage({ usage }: TurnEnd): ResponseUsage | null {
  if (!usage) return null;
  const { promptTokens, completionTokens, cachedTokens = 0, reasoningTokens = 0 } = usage;
  return {
    input_tokens: promptTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: completionTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens },
    total_tokens: promptTokens + completionTokens,
  };
}
