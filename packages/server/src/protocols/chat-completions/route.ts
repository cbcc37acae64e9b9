import type { Gateway } from "../../gateway.ts";
import { collectTurn, streamTurn } from "../answer-turn.ts";
import { readJson } from "../read-json.ts";
import { createChunkWriter, type CompletionHead } from "./chunks.ts";
import { parseRequest } from "./request.ts";
import { createMessageCollector } from "./response.ts";
import { turnRequest } from "./turn-request.ts";

/** `POST /v1/chat/completions`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function chatCompletions(http: Request, gateway: Gateway): Promise<Response> {
  const request = parseRequest(await readJson(http));
  const served = await gateway.models.find(request.model ?? undefined);
  const turn = turnRequest(request, served);
  const { model } = served;
  const head: CompletionHead = {
    id: `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`,
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    ...(model.fingerprint !== undefined && { system_fingerprint: model.fingerprint }),
  };
  if (request.stream) {
    const writer = createChunkWriter(head, { includeUsage: request.stream_options?.include_usage ?? false });
    return streamTurn(http, gateway, turn, writer);
  }
  const collector = createMessageCollector();
  const end = await collectTurn(http, gateway, turn, collector.add);
  return Response.json(collector.completion(head, end));
}
