import type { ServerResponse } from "node:http";
import { expect } from "vitest";
import { chunk, doneEvent, openEvents, startUpstream, usageChunk, type Upstream } from "./scripted-upstream.ts";

/**
 * A stand-in for vLLM, held against the real 0.32.0 (its build for the processor, the demo model, both grammar backends): the
 * events, refusals and answers are what that one wrote, with `--enable-prompt-tokens-details`. It refuses what the real one
 * refuses, and does with special tokens, tools and the prompt what the real one does.
 */
export interface FakeVllm extends Upstream {
  /** Bodies of `/tokenize`. */
  readonly tokenized: any[];
  /** Texts of `/tokenize`. */
  readonly tokenizedMarkers: readonly string[];
  /** What is asked from now on is another server's. */
  becomes(version: string): void;
}

export interface FakeVllmOptions {
  /** What the model writes, special tokens in it, as a function of the request. */
  readonly output: (body: any) => { readonly pieces: readonly string[]; readonly finish?: string };
  /** The rendered prompt. */
  readonly prompt?: string;
  /** Whether this version knows `return_prompt_text`. Default true. */
  readonly promptText?: boolean;
  /** Whether `/tokenize` and `/detokenize` can be reached. Default true. */
  readonly tokenizer?: boolean;
  /** How `/tokenize` refuses messages, as Ray Serve's does. Default: it takes them. */
  readonly refusesMessages?: { readonly status: number; readonly body: unknown };
  readonly models?: readonly string[];
  /** What its grammar backend says of what it does not take; default: it takes everything of the right form. */
  readonly refuseGrammar?: (grammar: string) => string | undefined;
  /** `--structured-outputs-config.backend`. Default `xgrammar`. */
  readonly backend?: "xgrammar" | "guidance";
}

/** The tokens of this vocabulary that are markers; every other character is a token of its own. */
const specialIds = new Map([
  ["<tool_call>", 2_000_001],
  ["</tool_call>", 2_000_002],
  ["<think>", 2_000_003],
  ["</think>", 2_000_004],
]);
const endId = 2_000_005;
const specialToken = /<\/?(?:tool_call|think)>|<\|im_(?:start|end)\|>/g;

export async function startFakeVllm({
  output,
  prompt = "<|im_start|>assistant\n",
  promptText = true,
  tokenizer = true,
  refusesMessages,
  models = ["Qwen/Qwen3-8B"],
  refuseGrammar = () => undefined,
  backend = "xgrammar",
}: FakeVllmOptions): Promise<FakeVllm> {
  const tokenized: any[] = [];
  const tokenizedMarkers: string[] = [];
  let version = "0.32.0";
  const upstream = await startUpstream((response, request, body) => {
    if (!tokenizer && request.url?.endsWith("tokenize")) {
      response.statusCode = 404;
      return json(response, { detail: "Not Found" });
    }
    if (request.url === "/version") return json(response, { version });
    if (request.url === "/tokenize" && typeof body.prompt === "string") {
      tokenizedMarkers.push(body.prompt);
      const id = specialIds.get(body.prompt);
      const tokens = id === undefined ? [...body.prompt].map((character) => character.codePointAt(0)) : [id];
      return json(response, { count: tokens.length, max_model_len: 4096, tokens, token_strs: null });
    }
    if (request.url === "/tokenize") {
      tokenized.push(body);
      if (refusesMessages) {
        response.statusCode = refusesMessages.status;
        return json(response, refusesMessages.body);
      }
      expect(body.messages).toBeInstanceOf(Array);
      const tokens = [...prompt].map((character) => character.codePointAt(0) ?? 0);
      return json(response, { count: tokens.length, max_model_len: 4096, tokens, token_strs: null });
    }
    if (request.url === "/detokenize") {
      return json(response, { prompt: String.fromCodePoint(...(body.tokens as number[])) });
    }
    expect(request.url).toBe("/v1/chat/completions");
    const refusal = refuse(body, models, refuseGrammar);
    if (refusal) {
      response.statusCode = refusal.code;
      return json(response, { error: refusal });
    }
    const { pieces, finish = "stop" } = output(body);
    openEvents(response);
    const fault = refuseStructure(body.structured_outputs ?? {}, backend, refuseGrammar);
    if (fault !== undefined) {
      // What its grammar backend refuses, it refuses by the first event of a stream.
      response.write(`data: ${JSON.stringify({ error: badRequest(fault) })}\n\n`);
      response.end(doneEvent);
      return;
    }
    const continuous = body.stream_options?.continuous_usage_stats;
    let count = 0;
    const event = (
      delta: object,
      ids: readonly (number | undefined)[],
      reason: string | null,
      extra: object = {},
    ): void => {
      const usage = { prompt_tokens: 11, total_tokens: 11 + count, completion_tokens: count };
      const sent = JSON.parse(chunk(delta, reason, { ...extra, ...(continuous && { usage }) }).slice(6));
      if (reason !== null) sent.choices[0].stop_reason = null;
      if (body.return_token_ids && ids.length > 0) sent.choices[0].token_ids = ids;
      response.write(`data: ${JSON.stringify(sent)}\n\n`);
    };
    event({ role: "assistant", content: "" }, [], null, {
      ...(body.return_token_ids && { prompt_token_ids: [...prompt].map((character) => character.codePointAt(0)) }),
      ...(promptText &&
        (body.return_prompt_text || body.return_token_ids) && {
          prompt_text: body.return_prompt_text ? prompt : null,
        }),
    });
    // The end of the turn has an id and no text; the last event has both the last text and the reason.
    const ended = pieces.at(-1) === "<|im_end|>";
    const shown = ended ? pieces.slice(0, -1) : pieces;
    for (const [at, piece] of shown.entries()) {
      const content = body.skip_special_tokens === false ? piece : piece.replaceAll(specialToken, "");
      const last = at === shown.length - 1;
      const ids = specialIds.has(piece)
        ? [specialIds.get(piece)]
        : [...piece].map((character) => character.codePointAt(0));
      count += last && ended ? 2 : 1;
      event({ content }, last && ended ? [...ids, endId] : ids, last ? finish : null);
    }
    if (shown.length === 0) event({ content: "" }, [endId], finish);
    if (body.stream_options?.include_usage) response.write(usageChunk);
    response.end(doneEvent);
  }, models);
  return { ...upstream, tokenized, tokenizedMarkers, becomes: (other) => void (version = other) };
}

interface Refusal {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: number;
}

function badRequest(message: string, param: string | null = null): Refusal {
  return { message, type: "BadRequestError", param, code: 400 };
}

function refuse(
  body: any,
  models: readonly string[],
  refuseGrammar: (grammar: string) => string | undefined,
): Refusal | undefined {
  if (!models.includes(body.model)) {
    const message = `The model \`${body.model}\` does not exist. Valid aliases: ${models.join(", ")}.`;
    return { message, type: "NotFoundError", param: "model", code: 404 };
  }
  if (body.tools?.length === 0) {
    const message = "`tools` must not be an empty array. Either provide at least one tool or omit the field entirely. ";
    return badRequest(`${message}(parameter=tools)`, "tools");
  }
  if (body.tools && body.tool_choice !== "none") {
    return badRequest('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set');
  }
  if (body.stream_options && !body.stream) {
    const message = "Stream options can only be defined when `stream=True`. (parameter=stream_options)";
    return badRequest(message, "stream_options");
  }
  if (body.max_tokens > 4096) {
    const message = `max_tokens=${body.max_tokens} cannot be greater than max_model_len=4096. Please request fewer output tokens.`;
    return badRequest(`${message} (parameter=max_tokens, value=${body.max_tokens})`, "max_tokens");
  }
  if (JSON.stringify(body.messages).length > 100_000) {
    const message =
      "This model's maximum context length is 4096 tokens. However, your prompt contains at least 4097 input tokens, which exceeds " +
      "this limit even without any output tokens. Please reduce the length of the input prompt. (parameter=input_tokens, value=4097)";
    return badRequest(message, "input_tokens");
  }
  const structured = body.structured_outputs ?? {};
  if (Object.keys(structured).length > 1) {
    return badRequest("You can only use one kind of constraints for structured outputs ('json', 'regex' or 'choice').");
  }
  const tag = structured.structural_tag;
  const isTag = typeof tag === "string" && JSON.parse(tag).type === "structural_tag";
  if (tag !== undefined && (!isTag || refuseGrammar(tag) !== undefined)) {
    const message = "Invalid structured_outputs structural_tag specification. (parameter=structured_outputs)";
    return badRequest(message, "structured_outputs");
  }
  return undefined;
}

/** What is no grammar by its form, or to the backend, is refused in place of the answer's first event. */
function refuseStructure(
  { structural_tag: tag, grammar }: any,
  backend: "xgrammar" | "guidance",
  refuseGrammar: (grammar: string) => string | undefined,
): string | undefined {
  if (tag !== undefined) return backend === "guidance" ? "Invalid grammar specification: 'triggers'" : undefined;
  if (grammar === undefined) return undefined;
  if (typeof grammar !== "string" || !/^start: /m.test(grammar)) return "Invalid grammar specification.";
  return refuseGrammar(grammar);
}

function json(response: ServerResponse, body: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}
