import { ApiError } from "../../error.ts";
import type { Gateway } from "../../gateway.ts";
import { collectTurn, streamTurn } from "../answer-turn.ts";
import { readJson } from "../read-json.ts";
import { createMessageWriter } from "./events.ts";
import { createMessageCollector, type MessageHead } from "./message.ts";
import { parseMessagesRequest, parsePromptRequest } from "./request.ts";
import { promptOf, turnRequest } from "./turn-request.ts";

/** `POST /v1/messages`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function messages(http: Request, gateway: Gateway): Promise<Response> {
  const request = parseMessagesRequest(await readJson(http));
  const served = await gateway.models.find(request.model);
  const turn = turnRequest(request, served);
  const head: MessageHead = { id: `msg_${crypto.randomUUID().replaceAll("-", "")}`, model: served.model.id };
  const omitThinking = request.thinking?.display === "omitted";
  if (request.stream) {
    const writer = createMessageWriter(head, { omitThinking, pingInterval: gateway.pingInterval });
    return streamTurn(http, gateway, gateway.start(turn), writer);
  }
  const collector = createMessageCollector({ omitThinking });
  const end = await collectTurn(http, gateway, gateway.start(turn), collector.add);
  return new Response(collector.message(head, end), { headers: { "content-type": "application/json" } });
}

/** `POST /v1/messages/count_tokens`: the tokens of the prompt, where the model's engine can tell. */
export async function countMessageTokens(http: Request, gateway: Gateway): Promise<Response> {
  const request = parsePromptRequest(await readJson(http));
  const served = await gateway.models.find(request.model);
  const { engine, model } = served;
  if (!engine.tokenizer) {
    throw new ApiError(`count_tokens: the engine of the model ${model.id} can't count tokens`, {
      status: 501,
      type: "invalid_request_error",
      code: "unsupported_endpoint",
    });
  }
  const lifetime = gateway.openLifetime(http.signal);
  try {
    const tokens = await engine.tokenizer.promptTokens(promptOf(request, served), lifetime.signal);
    return Response.json({ input_tokens: tokens.length });
  } finally {
    lifetime.end();
  }
}
