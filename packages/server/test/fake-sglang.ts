import { chatmlTokenizer, tokensOf, markers } from "./chatml-checkpoint.ts";
import { fail, sendEvents, startFakeServer, type FakeServer, type Route } from "./fake-server.ts";

export interface FakeEngineOptions {
  /** What the model writes, with the end of its turn where it comes to it, as a function of the prompt. */
  readonly output: (prompt: string) => string;
  /** Answers in the model's place: faults. */
  readonly answer?: Route | undefined;
}

export interface FakeSglangOptions extends FakeEngineOptions {
  /** `--incremental-streaming-output`: events hold what is new and not all so far. */
  readonly incremental?: boolean;
}

/**
 * A stand-in for SGLang, written from its public documentation ("Sampling Parameters", "SGLang Native APIs", as of 0.5) and the
 * definitions of `GenerateReqInput`, `SamplingParams` and the answers' `meta_info`. Never held against the real one.
 */
export function startFakeSglang({ output, answer, incremental = false }: FakeSglangOptions): Promise<FakeServer> {
  return startFakeServer({
    "/v1/models": () => ({ object: "list", data: [{ id: "default", owned_by: "sglang", max_model_len: 4096 }] }),
    "/get_model_info": () => ({ model_path: "Qwen/Qwen3-8B", tokenizer_path: "Qwen/Qwen3-8B", is_generation: true }),
    "/generate": (body, response, request) => {
      if (answer) return answer(body, response, request);
      if ((body.text === undefined) === (body.input_ids === undefined)) {
        return fail(response, 400, "Either text, input_ids or input_embeds should be provided.");
      }
      const params = body.sampling_params;
      const refusal = refuse(params);
      if (refusal !== undefined) return fail(response, 400, refusal);
      const limit = params.max_new_tokens === undefined ? 128 : (params.max_new_tokens ?? Infinity);
      const tokens = tokensOf(output(body.input_ids ? chatmlTokenizer.decode(body.input_ids) : body.text)).slice(
        0,
        limit,
      );
      const stopped = tokens.at(-1)?.text === "<|im_end|>";
      const shown = tokens.map(({ text }, at) => {
        if (stopped && at === tokens.length - 1 && !params.no_stop_trim) return "";
        return params.skip_special_tokens !== false && markers.has(text) ? "" : text;
      });
      const events = tokens.map((_, at) => {
        const last = at === tokens.length - 1;
        return {
          text: incremental ? shown[at] : shown.slice(0, at + 1).join(""),
          output_ids: tokens.slice(incremental ? at : 0, at + 1).map(({ id }) => id),
          meta_info: {
            id: "x",
            finish_reason: !last ? null : stopped ? { type: "stop", matched: 1000 } : { type: "length", length: limit },
            prompt_tokens: 11,
            completion_tokens: at + 1,
            cached_tokens: 3,
          },
        };
      });
      sendEvents(response, [...events, "[DONE]"]);
      return undefined;
    },
  });
}

function refuse(params: any): string | undefined {
  if (params.temperature < 0) return `temperature must be a non-negative finite number, got ${params.temperature}.`;
  if (params.top_p !== undefined && !(params.top_p > 0 && params.top_p <= 1)) return "top_p must be in (0, 1].";
  const grammars = [params.json_schema, params.regex, params.ebnf].filter((grammar) => grammar !== undefined);
  if (grammars.length > 1) return "Only one of regex, json_schema, or ebnf can be set.";
  const tag = params.structural_tag;
  if (tag !== undefined && (typeof tag !== "string" || JSON.parse(tag).type !== "structural_tag")) {
    return "Invalid structural tag.";
  }
  return undefined;
}
