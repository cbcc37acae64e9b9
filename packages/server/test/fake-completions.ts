import { chatmlTokenizer, markers, tokensOf } from "./chatml-checkpoint.ts";
import { fail, sendEvents, startFakeServer, type FakeServer } from "./fake-server.ts";
import type { FakeEngineOptions } from "./fake-sglang.ts";

export interface FakeCompletionsOptions extends FakeEngineOptions {
  /** Whether a prompt may be ids. */
  readonly takesTokens?: boolean;
}

/**
 * A stand-in for an endpoint with OpenAI's text completions, written from OpenAI's API reference and vLLM's documentation of the
 * fields that it adds (as of 0.33). Never held against a real one; `llama-server.test.ts` has llama.cpp's.
 */
export function startFakeCompletions({
  output,
  answer,
  takesTokens = true,
}: FakeCompletionsOptions): Promise<FakeServer> {
  return startFakeServer({
    "/v1/models": () => ({ object: "list", data: [{ id: "default", owned_by: "test", max_model_len: 4096 }] }),
    "/v1/completions": (body, response, request) => {
      const { prompt } = body;
      if (body.stream === false) {
        if (!takesTokens) return fail(response, 400, "Input should be a valid string");
        const usage = { prompt_tokens: prompt.length, completion_tokens: 1, total_tokens: prompt.length + 1 };
        return { object: "text_completion", choices: [{ index: 0, text: "x", finish_reason: "length" }], usage };
      }
      if (answer) return answer(body, response, request);
      if (body.temperature < 0) return fail(response, 400, "temperature must be non-negative");
      const limit = body.max_tokens === undefined ? 16 : (body.max_tokens ?? Infinity);
      const tokens = tokensOf(output(typeof prompt === "string" ? prompt : chatmlTokenizer.decode(prompt))).slice(
        0,
        limit,
      );
      const stopped = tokens.at(-1)?.text === "<|im_end|>";
      const event = (text: string, finish_reason: string | null): object => ({
        id: "x",
        object: "text_completion",
        created: 1,
        model: "default",
        choices: [
          {
            index: 0,
            text,
            logprobs: null,
            finish_reason,
          },
        ],
      });
      const shown = (stopped ? tokens.slice(0, -1) : tokens).filter(
        ({ text }) => body.skip_special_tokens === false || !markers.has(text),
      );
      const usage = { prompt_tokens: 11, completion_tokens: tokens.length, total_tokens: 11 + tokens.length };
      sendEvents(response, [
        ...shown.map(({ text }) => event(text, null)),
        event("", stopped ? "stop" : "length"),
        ...(body.stream_options?.include_usage ? [{ ...event("", null), choices: [], usage }] : []),
        "[DONE]",
      ]);
      return undefined;
    },
  });
}
