import type { Gateway } from "../../gateway.ts";
import { collectChoices, repeated, streamChoices } from "../choices.ts";
import { readJson } from "../read-json.ts";
import { createChunkWriter, type CompletionHead } from "./chunks.ts";
import { withTools } from "./legacy-functions.ts";
import type { MessageStyle } from "./message.ts";
import { parseRequest } from "./request.ts";
import { createCompletionCollector } from "./response.ts";
import { turnRequest } from "./turn-request.ts";

/** `POST /v1/chat/completions`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function chatCompletions(http: Request, gateway: Gateway): Promise<Response> {
  const { request, legacy } = withTools(parseRequest(await readJson(http)));
  const served = await gateway.models.findSpeaker(request.model ?? undefined);
  const { turn, customTools } = turnRequest(request, served, { legacy });
  await gateway.admit(http, turn);
  const { model } = served;
  const head: CompletionHead = {
    id: `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`,
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    ...(model.fingerprint !== undefined && { system_fingerprint: model.fingerprint }),
  };
  const style: MessageStyle = {
    reasoning: request.include_reasoning === false ? "none" : gateway.reasoningField,
    legacy,
    logprobs: request.logprobs ?? false,
    customTools,
  };
  const choices = request.n ?? 1;
  const turns = repeated(turn, choices);
  if (request.stream) {
    const includeUsage = request.stream_options?.include_usage ?? false;
    return streamChoices(http, gateway, turns, createChunkWriter(head, { ...style, includeUsage, choices }));
  }
  const collector = createCompletionCollector(style);
  const ends = await collectChoices(http, gateway, turns, collector.add);
  return Response.json(collector.completion(head, ends));
}
