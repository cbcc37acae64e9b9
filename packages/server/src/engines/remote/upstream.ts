import { createParser } from "eventsource-parser";
import { ApiError, engineError } from "../../error.ts";
import { send, type HttpAnswer } from "./http.ts";

/** A remote engine's address and credentials. */
export interface Upstream {
  /** The engine's name in messages: its address stays out of what clients see. */
  readonly name: string;
  /** Up to and without `/v1`. */
  readonly origin: string;
  readonly apiKey?: string;
  readonly connectTimeout?: number;
}

/** What every engine at an address takes. */
export interface ConnectOptions {
  /** How long a connection to it may take to be made, in milliseconds; then it does not answer. Default 10,000. */
  readonly connectTimeout?: number;
}

interface UpstreamOptions extends ConnectOptions {
  readonly url: string;
  readonly apiKey?: string;
}

/**
 * Takes `http://host:8000`, `http://host:8000/v1` and both with a slash. Throws `TypeError` on anything else; what it says holds
 * no credentials.
 */
export function createUpstream(name: string, { url, apiKey, connectTimeout }: UpstreamOptions): Upstream {
  const { protocol, origin, pathname, username, password, search } = new URL(url);
  if (username !== "" || password !== "" || search !== "")
    throw new TypeError("an address with credentials or a query, which would not be sent: give the key as apiKey");
  if (protocol !== "http:" && protocol !== "https:") throw new TypeError(`not an http address: ${url}`);
  const path = pathname.replace(/\/+$/, "").replace(/\/v1$/, "");
  return {
    name,
    origin: origin + path,
    ...(apiKey !== undefined && { apiKey }),
    ...(connectTimeout !== undefined && { connectTimeout }),
  };
}

/** An event longer than this is an engine gone wrong. */
const maxEventLength = 16 * 1024 * 1024;
const maxErrorLength = 64 * 1024;

/** Sends a request; an answer other than 2xx is thrown as the `ApiError` that the client should see. */
export async function request(
  upstream: Upstream,
  path: string,
  init: { readonly body?: unknown; readonly accept?: string; readonly signal?: AbortSignal },
): Promise<HttpAnswer> {
  // Without the latter a server may choose to compress.
  const headers: Record<string, string> = { accept: init.accept ?? "application/json", "accept-encoding": "identity" };
  if (upstream.apiKey !== undefined) headers["authorization"] = `Bearer ${upstream.apiKey}`;
  if (init.body !== undefined) headers["content-type"] = "application/json";
  let answer: HttpAnswer;
  try {
    answer = await send(new URL(upstream.origin + path), {
      method: init.body === undefined ? "GET" : "POST",
      headers,
      ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
      ...(init.signal && { signal: init.signal }),
      ...(upstream.connectTimeout !== undefined && { connectTimeout: upstream.connectTimeout }),
    });
  } catch (error) {
    if (init.signal?.aborted) throw init.signal.reason;
    throw engineError(`The engine ${upstream.name} does not answer${reasonOf(error)}.`, "engine_unreachable", {
      cause: error,
    });
  }
  if (answer.status < 200 || answer.status > 299) throw await refusal(upstream, answer);
  const encoding = answer.header("content-encoding") ?? "identity";
  if (encoding.toLowerCase() === "identity") return answer;
  answer.release();
  throw engineError(
    `The engine ${upstream.name} compresses its answers, which it was asked not to.`,
    "engine_protocol",
  );
}

/** A JSON answer. */
export async function requestJson(
  upstream: Upstream,
  path: string,
  init: { readonly body?: unknown; readonly signal?: AbortSignal },
): Promise<unknown> {
  const text = await readText(upstream, await request(upstream, path, init), init.signal);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw engineError(
      `The engine ${upstream.name} answered ${path} with something that is not JSON.`,
      "engine_protocol",
      {
        cause: error,
      },
    );
  }
}

/** All of a body. */
export async function readText(upstream: Upstream, answer: HttpAnswer, signal?: AbortSignal): Promise<string> {
  let all = "";
  try {
    for (;;) {
      const text = await readPart(upstream, answer, signal);
      if (text === undefined) return all;
      all += text;
    }
  } finally {
    answer.release();
  }
}

/** The events of an answer, those together that arrived together: nothing is buffered beyond the one that is incomplete. */
export interface AnswerEvents {
  /** The data of the next; nothing at the end. A broken connection is thrown behind the events that came before it. */
  next(): Promise<readonly string[] | undefined>;
  /** Nothing further is wanted. */
  release(): void;
}

/** The data of server-sent events. */
export function eventData(upstream: Upstream, answer: HttpAnswer, signal: AbortSignal): AnswerEvents {
  let complete: string[] = [];
  let oversized = false;
  const parser = createParser({
    maxBufferSize: maxEventLength,
    onEvent: (event) => complete.push(event.data),
    onError: (error) => {
      // Unknown fields and bad retry values are to be ignored, says the standard.
      if (error.type === "max-buffer-size-exceeded") oversized = true;
    },
  });
  return {
    async next() {
      while (complete.length === 0) {
        const text = await readPart(upstream, answer, signal);
        if (text === undefined) return undefined;
        parser.feed(text);
        if (oversized) throw endless(upstream);
      }
      const batch = complete;
      complete = [];
      return batch;
    },
    release: answer.release,
  };
}

/** Lines (NDJSON), the empty ones left out. */
export function lines(upstream: Upstream, answer: HttpAnswer, signal: AbortSignal): AnswerEvents {
  let open = "";
  return {
    async next() {
      for (;;) {
        const text = await readPart(upstream, answer, signal);
        const parts = text === undefined ? ["", ""] : text.split(/\r?\n/);
        parts[0] = open + parts[0];
        open = parts.pop()!;
        if (open.length > maxEventLength) throw endless(upstream);
        const batch = parts.filter((line) => line !== "");
        if (batch.length > 0) return batch;
        if (text === undefined) return undefined;
      }
    },
    release: answer.release,
  };
}

async function readPart(
  upstream: Upstream,
  answer: HttpAnswer,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    return await answer.read();
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw engineError(`The engine ${upstream.name} broke off${reasonOf(error)}.`, "engine_disconnected", {
      cause: error,
    });
  }
}

function endless(upstream: Upstream): ApiError {
  return engineError(`The engine ${upstream.name} sent an endless event.`, "engine_protocol");
}

/** An answer that ends before it is complete. */
export function closedEarly({ name }: Upstream): ApiError {
  return engineError(`The engine ${name} closed its answer before the end.`, "engine_disconnected");
}

/** A prompt that does not fit, in the words of vLLM, SGLang and TGI, which have no code for it. */
const isTooLong =
  /^This model's maximum context length is \d|(?:is longer than|exceeds) the model's (?:maximum )?context length|`inputs`(?: tokens \+ `max_new_tokens`)? must (?:be <=|have less than) \d/;

/** An error object inside an answer, in any of the shapes in use. */
export function errorIn(upstream: Upstream, body: unknown, status: number, retryAfter?: string | null): ApiError {
  const outer = isRecord(body) ? body : {};
  const inner = isRecord(outer["error"]) ? outer["error"] : outer;
  const text = [inner["message"], outer["error"], outer["detail"]].find((value) => typeof value === "string");
  const message =
    typeof text === "string" && text !== ""
      ? withoutKey(text, upstream)
      : `The engine ${upstream.name} answered with status ${status}.`;
  const code = typeof inner["code"] === "string" ? inner["code"] : null;
  const param = typeof inner["param"] === "string" ? inner["param"] : null;

  // What the client can mend is told to it as it is; the gateway's own credentials and the engine's health are not its fault.
  if (status === 401 || status === 403) {
    return engineError(`The engine ${upstream.name} refuses the gateway's credentials.`, "engine_credentials");
  }
  if (status === 429) {
    const options = { status, type: "rate_limit_error", code: code ?? "rate_limit_exceeded" } as const;
    return new ApiError(message, retryAfter ? { ...options, retryAfter } : options);
  }
  if (isTooLong.test(message)) {
    return new ApiError(message, {
      status: 400,
      type: "invalid_request_error",
      code: "context_length_exceeded",
      param: "messages",
    });
  }
  if (status === 404) return new ApiError(message, { status, type: "not_found_error", code, param });
  // With 424 TGI tells of a fault of its own.
  if (status >= 400 && status < 500 && status !== 424)
    return new ApiError(message, { status, type: "invalid_request_error", code, param });
  return engineError(message, code ?? "engine_failed", {
    status: status === 503 || status === 504 ? status : 502,
    ...(status === 503 && retryAfter && { retryAfter }),
  });
}

/** Some servers quote the key that they were sent. */
function withoutKey(text: string, { apiKey }: Upstream): string {
  return apiKey === undefined || apiKey === "" ? text : text.replaceAll(apiKey, "…");
}

async function refusal(upstream: Upstream, answer: HttpAnswer): Promise<ApiError> {
  const text = await readStart(answer, maxErrorLength).catch(() => "");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // HTML of a proxy in between, or nothing: the status alone speaks.
  }
  return errorIn(upstream, body, answer.status, answer.header("retry-after"));
}

async function readStart(answer: HttpAnswer, limit: number): Promise<string> {
  let text = "";
  for (;;) {
    const part = await answer.read();
    if (part === undefined) return text;
    text += part;
    if (text.length > limit) {
      answer.release();
      return text.slice(0, limit);
    }
  }
}

/** The system's word for a network failure, without the address that its message may hold. */
function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return ` (${cause.code})`;
  }
  return "";
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
