import { ApiError, asApiError, invalidRequest } from "../../error.ts";
import { eventStream } from "../../event-stream.ts";
import type { Models } from "../../models.ts";
import { runTurn, type TurnEnd, type TurnEvent } from "../../turn.ts";
import { createChunkWriter, type ChunkWriter, type CompletionHead } from "./chunks.ts";
import { parseRequest } from "./request.ts";
import { createMessageCollector, type ChatCompletion } from "./response.ts";
import { turnRequest } from "./turn-request.ts";

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;
type Step = IteratorResult<readonly TurnEvent[], TurnEnd>;

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

  const lifetime = createLifetime(http.signal, shutdown);
  const events = runTurn(turn, lifetime.signal);
  if (!request.stream) return Response.json(await collect(events, head).finally(lifetime.end));

  // The status is decided by the first thing that happens: an engine that refuses makes it an error, not a broken stream.
  let first: Step;
  try {
    first = await events.next();
  } catch (error) {
    lifetime.end();
    throw error;
  }
  const writer = createChunkWriter(head, { includeUsage: request.stream_options?.include_usage ?? false });
  return eventStream(chunks(first, events, writer, lifetime), lifetime.leave);
}

async function collect(events: Turn, head: CompletionHead): Promise<ChatCompletion> {
  const collector = createMessageCollector();
  for (;;) {
    const step = await events.next();
    if (step.done) return collector.completion(head, step.value);
    collector.add(step.value);
  }
}

async function* chunks(
  first: Step,
  events: Turn,
  writer: ChunkWriter,
  lifetime: Lifetime,
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
  } finally {
    lifetime.end();
  }
}

/** How long a turn may run: until its end, or until the client leaves or the gateway stops. */
interface Lifetime {
  readonly signal: AbortSignal;
  leave(): void;
  /** The turn is over; nothing is listened for any more. */
  end(): void;
}

function createLifetime(client: AbortSignal, shutdown: AbortSignal): Lifetime {
  const turn = new AbortController();
  const listening = new AbortController();
  const leave = (): void => turn.abort(clientLeft());
  const stop = (): void => turn.abort(shutdown.reason);
  client.addEventListener("abort", leave, { signal: listening.signal });
  shutdown.addEventListener("abort", stop, { signal: listening.signal });
  if (client.aborted) leave();
  if (shutdown.aborted) stop();
  return { signal: turn.signal, leave, end: () => listening.abort() };
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
