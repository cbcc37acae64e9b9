import { ApiError, asApiError, invalidRequest } from "../../error.ts";
import { eventStream } from "../../event-stream.ts";
import type { Models } from "../../models.ts";
import { runTurn, type TurnEnd, type TurnEvent } from "../../turn.ts";
import { createChunkWriter, type ChunkWriter, type CompletionHead } from "./chunks.ts";
import { parseRequest } from "./request.ts";
import { createMessageCollector } from "./response.ts";
import { turnRequest } from "./turn-request.ts";

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;

/** `POST /v1/chat/completions`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function chatCompletions(http: Request, models: Models, shutdown: AbortSignal): Promise<Response> {
  const request = parseRequest(await readJson(http));
  const served = await models.find(request.model ?? undefined);
  const turn = turnRequest(request, served);
  const { model } = served;
  const head: CompletionHead = {
    id: `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`,
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    ...(model.fingerprint !== undefined && { system_fingerprint: model.fingerprint }),
  };

  const left = new AbortController();
  const leave = (): void => left.abort(clientLeft());
  if (http.signal.aborted) leave();
  else http.signal.addEventListener("abort", leave, { once: true });
  const events = runTurn(turn, AbortSignal.any([shutdown, left.signal]));
  if (!request.stream) return Response.json(await collect(events, head));

  // The status is decided by the first thing that happens: an engine that refuses makes it an error, not a broken stream.
  const first = await events.next();
  const writer = createChunkWriter(head, { includeUsage: request.stream_options?.include_usage ?? false });
  return eventStream(chunks(first, events, writer), leave);
}

async function collect(events: Turn, head: CompletionHead): Promise<unknown> {
  const collector = createMessageCollector();
  for (;;) {
    const step = await events.next();
    if (step.done) return collector.completion(head, step.value);
    collector.add(step.value);
  }
}

async function* chunks(
  first: IteratorResult<readonly TurnEvent[], TurnEnd>,
  events: Turn,
  writer: ChunkWriter,
): AsyncGenerator<string, void> {
  try {
    let step = first;
    while (!step.done) {
      yield writer.events(step.value);
      step = await events.next();
    }
    yield writer.end(step.value);
  } catch (error) {
    yield writer.error(asApiError(error));
  }
}

/** Nobody reads it; it tells the log that nothing went wrong here. */
function clientLeft(): ApiError {
  return new ApiError("The client left before the answer was complete.", {
    status: 499,
    type: "invalid_request_error",
    code: "client_left",
  });
}

async function readJson(http: Request): Promise<unknown> {
  const text = await http.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : String(error);
    throw invalidRequest(`The request body is not JSON: ${reason}.`, null, "invalid_json");
  }
}
