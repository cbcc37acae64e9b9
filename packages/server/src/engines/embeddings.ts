import { engineError } from "../error.ts";
import type { EmbeddingsRequest } from "./engine.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/** `/v1/embeddings` of a server that has it, as it is: the request by the model's own name, the answer unread. */
export function upstreamEmbeddings(
  upstream: Upstream,
): (request: EmbeddingsRequest, signal: AbortSignal) => Promise<Readonly<Record<string, unknown>>> {
  return async ({ model, body }, signal) => {
    const answer = await requestJson(upstream, "/v1/embeddings", { body: { ...body, model: model.id }, signal });
    if (isRecord(answer)) return answer;
    throw engineError(`The engine ${upstream.name} answered /v1/embeddings with no object.`, "engine_protocol");
  };
}
