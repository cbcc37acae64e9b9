import { chatmlTokenizer, tokensOf, markers } from "./chatml-checkpoint.ts";
import { sendEvents, startFakeServer, type FakeServer, type Route } from "./fake-server.ts";

export interface FakeEngineOptions {
  /** What the model writes, with the end of its turn where it comes to it, as a function of the prompt. */
  readonly output: (prompt: string) => string;
  /** Answers in the model's place: faults. */
  readonly answer?: Route | undefined;
}

export interface FakeSglangOptions extends FakeEngineOptions {
  /** `--incremental-streaming-output`: events hold what is new and not all so far. */
  readonly incremental?: boolean;
  /** What its grammar backend says of what it does not take; default: it takes everything of the right form. */
  readonly refuseGrammar?: (grammar: string) => string | undefined;
}

/** The sampling parameters that it takes; any other is refused. */
const parameters = (
  "max_new_tokens stop stop_token_ids stop_regex temperature top_p top_k min_p frequency_penalty presence_penalty " +
  "repetition_penalty min_new_tokens n json_schema regex ebnf structural_tag ignore_eos skip_special_tokens " +
  "spaces_between_special_tokens no_stop_trim stream_interval logit_bias sampling_seed custom_params beam_width watermark choice"
).split(" ");

/**
 * A stand-in for SGLang, held against the real 0.5.23 (on the processor, the demo model, xgrammar and llguidance): the events,
 * refusals and listings are what that one wrote, less the fields of `meta_info` that tell how it was served.
 */
export function startFakeSglang({
  output,
  answer,
  incremental = false,
  refuseGrammar = () => undefined,
}: FakeSglangOptions): Promise<FakeServer> {
  return startFakeServer({
    "/v1/models": () => ({
      object: "list",
      data: [
        { id: "default", object: "model", owned_by: "sglang", root: "default", parent: null, max_model_len: 4096 },
      ],
    }),
    "/get_model_info": () => ({
      model_path: "Qwen/Qwen3-8B",
      served_model_name: "default",
      tokenizer_path: "Qwen/Qwen3-8B",
      is_generation: true,
    }),
    "/generate": (body, response, request) => {
      if (answer) return answer(body, response, request);
      const params = body.sampling_params;
      const unknown = Object.keys(params).find((name) => !parameters.includes(name));
      if (unknown !== undefined) {
        response.writeHead(400, { "content-type": "application/json" });
        const expected = parameters.map((name) => `\`${name}\``).join(", ");
        response.end(JSON.stringify({ error: `unknown field \`${unknown}\`, expected one of ${expected}` }));
        return undefined;
      }
      const given = (body.text === undefined ? 0 : 1) + (body.input_ids === undefined ? 0 : 1);
      const refusal = given === 1 ? refuse(params) : "Either text, input_ids or input_embeds should be provided.";
      if (refusal !== undefined) {
        // Whoever asks for a stream is refused by its first event.
        const error = { message: refusal, type: "invalid_request_error", code: 400, retryable: false };
        sendEvents(response, [{ error }, "[DONE]"]);
        return undefined;
      }
      const kind = params.structural_tag === undefined ? "ebnf" : "structural_tag";
      const grammarFault = params[kind] === undefined ? undefined : refuseGrammar(params[kind]);
      if (grammarFault !== undefined) {
        sendEvents(response, [refusedGrammar(`Failed to compile ${kind} grammar: ${grammarFault}`), "[DONE]"]);
        return undefined;
      }
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

/** The only event of such an answer: one token comes with it, of a prompt of one, that has nothing to do with the request. */
function refusedGrammar(message: string): object {
  return {
    text: ".",
    output_ids: [22],
    meta_info: {
      id: "x",
      finish_reason: { type: "abort", message, status_code: 400, err_type: "BadRequestError" },
      prompt_tokens: 1,
      completion_tokens: 1,
      cached_tokens: 0,
    },
  };
}

function refuse(params: any): string | undefined {
  if (params.temperature < 0) return `temperature must be a non-negative finite number, got ${params.temperature}.`;
  if (params.top_p !== undefined && !(params.top_p > 0 && params.top_p <= 1)) return "top_p must be in (0, 1].";
  const grammars = [params.json_schema, params.regex, params.ebnf, params.structural_tag];
  if (grammars.filter((grammar) => grammar !== undefined).length > 1) {
    return "Only one of json_schema, regex, ebnf, or structural_tag can be set.";
  }
  if (params.max_new_tokens > 4000) {
    return (
      "Requested token count exceeds the model's maximum context length of 4096 tokens. You requested a total of " +
      `${params.max_new_tokens + 11} tokens: 11 tokens from the input messages and ${params.max_new_tokens} tokens for the completion. ` +
      "Please reduce the number of tokens in the input messages or the completion to fit within the limit."
    );
  }
  const tag = params.structural_tag;
  if (tag !== undefined && (typeof tag !== "string" || JSON.parse(tag).type !== "structural_tag")) {
    return "Invalid structural tag.";
  }
  return undefined;
}
