import type { Gateway } from "../../gateway.ts";
import { collectTurn, streamTurn } from "../answer-turn.ts";
import { readJson } from "../read-json.ts";
import { tokenizerOf } from "../tokenizer-of.ts";
import { answerMessages } from "./conversation.ts";
import { createResponseWriter } from "./events.ts";
import { receivedItems } from "./input-items.ts";
import { newId } from "./items.ts";
import { createOutput } from "./output.ts";
import { parseRequest } from "./request.ts";
import { endedResponse, newResponse, type ResponseObject } from "./response.ts";
import { stored, type ResponseStore } from "./store.ts";
import { responseTurn } from "./turn-request.ts";

/** `POST /v1/responses`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function createResponse(http: Request, gateway: Gateway, store: ResponseStore): Promise<Response> {
  const body = (await readJson(http)) as Readonly<Record<string, unknown>>;
  const request = parseRequest(body);
  const served = await gateway.models.findSpeaker(request.model ?? undefined);
  const { turn, conversation, declared } = responseTurn(request, served, store);
  await gateway.admit(http, turn);
  const response = newResponse(newId("resp"), served.model.id, request);
  const output = createOutput({
    uses: declared.uses,
    summarize: typeof request.reasoning?.summary === "string",
    encrypt: request.include?.includes("reasoning.encrypted_content") ?? false,
  });

  function keep(ended: ResponseObject): void {
    if (request.store === false || ended.status === "failed") return;
    const previous = request.previous_response_id ?? undefined;
    try {
      store.keep(ended, {
        input: receivedItems(body["input"]),
        conversation: [...conversation, ...answerMessages(ended.output)],
        previous,
      });
    } catch (error) {
      // The client has its answer; that it can't be come back to is for whoever runs the gateway.
      gateway.report(error);
    }
  }

  if (request.stream)
    return streamTurn(http, gateway, gateway.start(http, turn), createResponseWriter(response, output, keep));
  const end = await collectTurn(http, gateway, gateway.start(http, turn), (batch) =>
    batch.forEach((event) => output.add(event)),
  );
  output.end(end.reason !== "stop");
  const ended = endedResponse(response, output.items, end);
  keep(ended);
  return Response.json(ended);
}

/** `POST /v1/responses/input_tokens`: the tokens of the prompt, where the model's engine can tell. */
export async function countResponseTokens(http: Request, gateway: Gateway, store: ResponseStore): Promise<Response> {
  const request = parseRequest(await readJson(http));
  const served = await gateway.models.findSpeaker(request.model ?? undefined);
  const { turn } = responseTurn(request, served, store);
  const tokens = await tokenizerOf(served).promptTokens(turn, http.signal);
  return Response.json({ object: "response.input_tokens", input_tokens: tokens.length });
}

/** `GET /v1/responses/{id}` */
export function getResponse(store: ResponseStore, id: string): Response {
  return Response.json(stored(store.response(id), id));
}

/** `DELETE /v1/responses/{id}` */
export function deleteResponse(store: ResponseStore, id: string): Response {
  stored(store.response(id), id);
  store.delete(id);
  return Response.json({ id, object: "response", deleted: true });
}
