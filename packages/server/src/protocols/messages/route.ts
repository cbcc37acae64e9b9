import type { Gateway } from "../../gateway.ts";
import { collectTurn, streamTurn } from "../answer-turn.ts";
import { readJson } from "../read-json.ts";
import { tokenizerOf } from "../tokenizer-of.ts";
import { createMessageWriter } from "./events.ts";
import { createMessageCollector, type MessageHead } from "./message.ts";
import { parseMessagesRequest, parsePromptRequest } from "./request.ts";
import { promptOf, turnRequest } from "./turn-request.ts";

/** `POST /v1/messages`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function messages(http: Request, gateway: Gateway): Promise<Response> {
  const request = parseMessagesRequest(await readJson(http));
  const served = await gateway.models.findSpeaker(request.model);
  const turn = turnRequest(request, served);
  await gateway.admit(http, turn);
  const head: MessageHead = { id: `msg_${crypto.randomUUID().replaceAll("-", "")}`, model: served.model.id };
  const omitThinking = request.thinking?.display === "omitted";
  if (request.stream) {
    const writer = createMessageWriter(head, { omitThinking, pingInterval: gateway.pingInterval });
    return streamTurn(http, gateway, gateway.start(http, turn), writer);
  }
  const collector = createMessageCollector({ omitThinking });
  const end = await collectTurn(http, gateway, gateway.start(http, turn), collector.add);
  return new Response(collector.message(head, end), { headers: { "content-type": "application/json" } });
}

/** `POST /v1/messages/count_tokens`: the tokens of the prompt, where the model's engine can tell. */
export async function countMessageTokens(http: Request, gateway: Gateway): Promise<Response> {
  const request = parsePromptRequest(await readJson(http));
  const served = await gateway.models.findSpeaker(request.model);
  const tokens = await tokenizerOf(served).promptTokens(promptOf(request, served), http.signal);
  return Response.json({ input_tokens: tokens.length });
}
