import { ApiError, engineError, invalidRequest } from "../../error.ts";
import type { EmbeddingsRequest } from "../engine.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/** `/v1/embeddings` of a server that has it, as it is: the request by the model's own name, the answer unread. */
export function upstreamEmbeddings(
  upstream: Upstream,
): (request: EmbeddingsRequest, signal: AbortSignal) => Promise<Readonly<Record<string, unknown>>> {
  return async ({ model, body }, signal) => {
    const answer = await requestJson(upstream, "/v1/embeddings", { body: { ...body, model: model.id }, signal }).catch(
      (error: unknown) => {
        if (!(error instanceof ApiError && makesNone(error))) throw error;
        const message = `The engine ${upstream.name} makes no embeddings with this model.`;
        throw invalidRequest(message, "model", "unsupported_endpoint");
      },
    );
    if (isRecord(answer)) return answer;
    throw engineError(`The engine ${upstream.name} answered /v1/embeddings with no object.`, "engine_protocol");
  };
}

/** vLLM has no such address where its model writes text, SGLang says so in words; an unknown model's error has a field. */
function makesNone({ status, param, message }: ApiError): boolean {
  return (
    (status === 404 && param === null) || message.startsWith("This model does not appear to be an embedding model")
  );
}
