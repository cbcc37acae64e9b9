import { markers, tokensOf } from "./chatml-checkpoint.ts";
import { sendEvents, startFakeServer, type FakeServer } from "./fake-server.ts";
import type { FakeEngineOptions } from "./fake-sglang.ts";

/**
 * A stand-in for Text Generation Inference, written from its OpenAPI document (`docs/openapi.json` of 2.4.1-dev0, whose schemas its
 * answers keep to) and the rules by which its router refuses a request, up to 3.3. Never held against the real one.
 */
export function startFakeTgi({ output, answer }: FakeEngineOptions): Promise<FakeServer> {
  return startFakeServer({
    "/info": () => ({
      model_id: "Qwen/Qwen3-8B",
      max_concurrent_requests: 128,
      max_best_of: 2,
      max_stop_sequences: 4,
      max_input_tokens: 4095,
      max_total_tokens: 4096,
      validation_workers: 2,
      max_client_batch_size: 4,
      router: "text-generation-router",
      version: "3.3.0",
    }),
    "/generate_stream": (body, response, request) => {
      if (answer) return answer(body, response, request);
      const { inputs, parameters } = body;
      const refusal = refuse(parameters);
      if (refusal !== undefined) {
        sendEvents(response, [{ error: `Input validation error: ${refusal}`, error_type: "validation" }]);
        return undefined;
      }
      const limit = parameters.max_new_tokens === undefined ? 100 : (parameters.max_new_tokens ?? Infinity);
      const tokens = tokensOf(output(inputs)).slice(0, limit);
      sendEvents(
        response,
        tokens.map(({ text, id }, at) => {
          const last = at === tokens.length - 1;
          const finish_reason = text === "<|im_end|>" ? "eos_token" : "length";
          return {
            index: at + 1,
            token: { id, text, logprob: -0.1, special: markers.has(text) },
            generated_text: last ? "(without special tokens)" : null,
            details: last ? { finish_reason, generated_tokens: tokens.length, input_length: 11, seed: null } : null,
          };
        }),
      );
      return undefined;
    },
  });
}

function refuse({
  temperature,
  top_p,
  top_k,
  max_new_tokens,
  grammar,
  frequency_penalty = 0,
}: any): string | undefined {
  if (temperature !== undefined && temperature <= 0) return "`temperature` must be strictly positive";
  if (top_p !== undefined && !(top_p > 0 && top_p < 1)) return "`top_p` must be > 0.0 and < 1.0";
  if (top_k !== undefined && top_k <= 0) return "`top_k` must be strictly positive";
  if (!(frequency_penalty >= -2 && frequency_penalty <= 2)) return "`frequency_penalty` must be >= -2.0 and <= 2.0";
  if (max_new_tokens > 4000) {
    return `\`inputs\` tokens + \`max_new_tokens\` must be <= 4096. Given: 97 \`inputs\` tokens and ${max_new_tokens} \`max_new_tokens\``;
  }
  if (max_new_tokens === 0) return "`max_new_tokens` must be strictly positive";
  if (grammar && grammar.value.properties === undefined) return "Grammar must have a 'properties' field";
  return undefined;
}
