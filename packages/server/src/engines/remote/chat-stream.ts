import { engineError } from "../../error.ts";
import type { Finish, Piece, Usage } from "../engine.ts";
import type { HttpAnswer } from "./http.ts";
import { parseObject } from "./event-object.ts";
import { readEvents } from "./read-events.ts";
import { openaiLogprobs } from "../token-logprobs.ts";
import { closedEarly, eventData, isRecord, readText, type Upstream } from "./upstream.ts";

/**
 * Reads the answer of a chat completions endpoint: `content` is raw output; reasoning and calls that the endpoint has
 * parsed by itself are handed on as what they are; with `topLogprobs`, the content's tokens too. An endpoint that ignores
 * `stream` and answers with one object is read too.
 */
export function readChatStream(
  upstream: Upstream,
  answer: HttpAnswer,
  signal: AbortSignal,
  topLogprobs?: number,
): AsyncGenerator<readonly Piece[], Finish> {
  const type = answer.header("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "application/json") return readWhole(upstream, answer, signal, topLogprobs);
  if (type !== "text/event-stream") {
    answer.release();
    throw engineError(
      `The engine ${upstream.name} answered with ${type || "no content type"}, not with events.`,
      "engine_protocol",
    );
  }

  let reason: Finish["reason"] | undefined;
  let usage: Usage | undefined;
  const finish = (): Finish => ({ reason: reason ?? "stop", ...(usage && { usage }) });
  return readEvents(eventData(upstream, answer, signal), {
    event(data, pieces) {
      if (data === "[DONE]") return finish();
      const chunk = parseObject(upstream, data);
      usage = usageOf(chunk["usage"]) ?? usage;
      if (typeof chunk["prompt_text"] === "string") pieces.push({ type: "prompt", text: chunk["prompt_text"] });
      const choice = firstChoice(chunk);
      if (!choice) return undefined;
      addPieces(pieces, choice, messageOf(choice, choice["delta"]), { usage, topLogprobs });
      reason = finishReason(choice["finish_reason"]) ?? reason;
      return undefined;
    },
    end() {
      if (reason !== undefined) return finish();
      throw closedEarly(upstream);
    },
  });
}

async function* readWhole(
  upstream: Upstream,
  answer: HttpAnswer,
  signal: AbortSignal,
  topLogprobs: number | undefined,
): AsyncGenerator<readonly Piece[], Finish> {
  const text = await readText(upstream, answer, signal);
  const body = parseObject(upstream, text);
  const choice = firstChoice(body);
  if (!choice) throw engineError(`The engine ${upstream.name} answered without a choice.`, "engine_protocol");
  const usage = usageOf(body["usage"]);
  const pieces: Piece[] = [];
  addPieces(pieces, choice, messageOf(choice, choice["message"]), { usage, topLogprobs });
  yield pieces;
  return { reason: finishReason(choice["finish_reason"]) ?? "stop", ...(usage && { usage }) };
}

export function firstChoice(body: Record<string, unknown>): Record<string, unknown> | undefined {
  const choices = body["choices"];
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return isRecord(choice) ? choice : undefined;
}

/** The text of a completion has no message around it. */
function messageOf({ text }: Record<string, unknown>, message: unknown): unknown {
  return typeof text === "string" ? { content: text } : message;
}

function addPieces(
  pieces: Piece[],
  choice: Record<string, unknown>,
  message: unknown,
  { usage, topLogprobs }: { readonly usage: Usage | undefined; readonly topLogprobs: number | undefined },
): void {
  if (!isRecord(message)) return;
  const reasoning = message["reasoning_content"] ?? message["reasoning"];
  if (typeof reasoning === "string" && reasoning !== "") pieces.push({ type: "reasoning", text: reasoning });
  const content = message["content"];
  const calls = message["tool_calls"];
  const parsed = (typeof reasoning === "string" && reasoning !== "") || (Array.isArray(calls) && calls.length > 0);
  const given = topLogprobs === undefined ? [] : openaiLogprobs(choice["logprobs"], topLogprobs);
  // Of a delta of reasoning or of calls, the tokens are theirs. Without a text they are those of a character that is not complete.
  const logprobs = parsed && !content ? [] : given;
  if (typeof content === "string" && (content !== "" || logprobs.length > 0)) {
    const tokens = choice["token_ids"];
    pieces.push({
      type: "text",
      text: content,
      ...(Array.isArray(tokens) && tokens.every((id) => Number.isInteger(id)) && { tokens: tokens as number[] }),
      ...(usage && { usage }),
      ...(logprobs.length > 0 && { logprobs }),
    });
  }
  if (!Array.isArray(calls)) return;
  for (const [position, call] of calls.entries()) {
    if (!isRecord(call)) continue;
    const called = isRecord(call["function"]) ? call["function"] : {};
    pieces.push({
      type: "call",
      index: typeof call["index"] === "number" ? call["index"] : position,
      ...(typeof call["id"] === "string" && { id: call["id"] }),
      ...(typeof called["name"] === "string" && { name: called["name"] }),
      ...(typeof called["arguments"] === "string" && { arguments: called["arguments"] }),
    });
  }
}

export function finishReason(reason: unknown): Finish["reason"] | undefined {
  if (typeof reason !== "string") return undefined;
  return reason === "length" || reason === "content_filter" ? reason : "stop";
}

export function usageOf(usage: unknown): Usage | undefined {
  if (!isRecord(usage)) return undefined;
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens, prompt_tokens_details: details } = usage;
  const completion = usage["completion_tokens_details"];
  // Ollama writes two zeros beside each piece of a completion, and the counts behind the last.
  if (typeof promptTokens !== "number" || (promptTokens === 0 && completionTokens === 0)) return undefined;
  const cachedTokens = isRecord(details) ? details["cached_tokens"] : undefined;
  const reasoningTokens = isRecord(completion) ? completion["reasoning_tokens"] : undefined;
  return {
    promptTokens,
    completionTokens: typeof completionTokens === "number" ? completionTokens : 0,
    ...(typeof cachedTokens === "number" && { cachedTokens }),
    ...(typeof reasoningTokens === "number" && { reasoningTokens }),
  };
}
