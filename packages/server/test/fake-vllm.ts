import type { ServerResponse } from "node:http";
import { expect } from "vitest";
import { chunk, doneEvent, openEvents, startUpstream, usageChunk, type Upstream } from "./scripted-upstream.ts";

/**
 * A stand-in for vLLM, written from its public API documentation (OpenAI-compatible server, tool calling, structured outputs,
 * the request model of the chat endpoint, `/tokenize` and `/detokenize`; as of 0.33). It refuses what the real one
 * refuses, and does with special tokens, tools and the prompt what the real one does.
 */
export interface FakeVllm extends Upstream {
  /** Bodies of `/tokenize`. */
  readonly tokenized: any[];
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
}

/** The tokens of this vocabulary that are markers; every other character is a token of its own. */
const specialIds = new Map([
  ["<tool_call>", 2_000_001],
  ["</tool_call>", 2_000_002],
  ["<think>", 2_000_003],
  ["</think>", 2_000_004],
]);
const specialToken = /<\/?(?:tool_call|think)>|<\|im_(?:start|end)\|>/g;

export async function startFakeVllm({
  output,
  prompt = "<|im_start|>assistant\n",
  promptText = true,
  tokenizer = true,
  refusesMessages,
  models = ["Qwen/Qwen3-8B"],
}: FakeVllmOptions): Promise<FakeVllm> {
  const tokenized: any[] = [];
  const upstream = await startUpstream((response, request, body) => {
    if (!tokenizer && request.url?.endsWith("tokenize")) {
      response.statusCode = 404;
      return json(response, { detail: "Not Found" });
    }
    if (request.url === "/tokenize" && typeof body.prompt === "string") {
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
    const refusal = refuse(body);
    if (refusal) {
      response.statusCode = 400;
      return json(response, { error: { message: refusal, type: "BadRequestError", param: null, code: 400 } });
    }
    const { pieces, finish = "stop" } = output(body);
    openEvents(response);
    const extra = body.return_prompt_text && promptText ? { prompt_text: prompt } : {};
    response.write(chunk({ role: "assistant", content: "" }, null, extra));
    let count = 0;
    for (const piece of pieces) {
      // The end of the turn is never sent; other special tokens only if asked for.
      const content = (body.skip_special_tokens === false ? piece : piece.replaceAll(specialToken, "")).replaceAll(
        "<|im_end|>",
        "",
      );
      const usage = { prompt_tokens: 11, completion_tokens: ++count, total_tokens: 11 + count };
      const ids = specialIds.has(piece)
        ? [specialIds.get(piece)]
        : [...piece].map((character) => character.codePointAt(0));
      const event = JSON.parse(
        chunk({ content }, null, body.stream_options?.continuous_usage_stats ? { usage } : {}).slice(6),
      );
      if (body.return_token_ids) event.choices[0].token_ids = ids;
      response.write(`data: ${JSON.stringify(event)}\n\n`);
    }
    response.write(chunk({ content: "" }, finish));
    if (body.stream_options?.include_usage) response.write(usageChunk);
    response.end(doneEvent);
  }, models);
  return { ...upstream, tokenized };
}

function refuse(body: any): string | undefined {
  if (body.tools?.length === 0) return "`tools` must not be an empty array.";
  if (body.tool_choice !== undefined && body.tool_choice !== "none") {
    if (!body.tools) return "When using `tool_choice`, `tools` must be set.";
    return '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';
  }
  if (body.tools && body.tool_choice !== "none") {
    return '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set';
  }
  if (body.stream_options && !body.stream) return "Stream options can only be defined when `stream=True`.";
  const tag = body.structured_outputs?.structural_tag;
  if (tag !== undefined && (typeof tag !== "string" || JSON.parse(tag).type !== "structural_tag")) {
    return "Invalid structured_outputs structural_tag specification.";
  }
  const grammar = body.structured_outputs?.grammar;
  if (grammar !== undefined && (typeof grammar !== "string" || !/^start: /m.test(grammar))) {
    return "Invalid grammar specification.";
  }
  if (Object.keys(body.structured_outputs ?? {}).length > 1) return "You can only use one kind of constraints.";
  return undefined;
}

function json(response: ServerResponse, body: unknown): void {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}
