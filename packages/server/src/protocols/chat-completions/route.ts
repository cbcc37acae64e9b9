import { checkBudget, warned } from "../../budget.ts";
import { asApiError, invalidRequest } from "../../error.ts";
import { eventStream } from "../../event-stream.ts";
import type { Gateway } from "../../gateway.ts";
import { runTurn, type TurnEnd, type TurnEvent } from "../../turn.ts";
import { createChunkWriter, type ChunkWriter, type CompletionHead } from "./chunks.ts";
import { parseRequest } from "./request.ts";
import { createMessageCollector, type ChatCompletion } from "./response.ts";
import { turnRequest } from "./turn-request.ts";

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;
type Step = IteratorResult<readonly TurnEvent[], TurnEnd>;

/** `POST /v1/chat/completions`. Throws `ApiError` for what goes wrong before the answer starts. */
export async function chatCompletions(http: Request, gateway: Gateway): Promise<Response> {
  const request = parseRequest(await readJson(http));
  const served = await gateway.models.find(request.model ?? undefined);
  const turn = turnRequest(request, served);
  const warnings = await checkBudget(turn);
  for (const warning of warnings) gateway.warn(`${served.model.id}: ${warning}`);
  const { model } = served;
  const head: CompletionHead = {
    id: `chatcmpl-${crypto.randomUUID().replaceAll("-", "")}`,
    created: Math.floor(Date.now() / 1000),
    model: model.id,
    ...(model.fingerprint !== undefined && { system_fingerprint: model.fingerprint }),
  };

  const lifetime = gateway.openLifetime(http.signal);
  const events = runTurn(turn, lifetime.signal);
  if (!request.stream) return warned(Response.json(await collect(events, head).finally(lifetime.end)), warnings);

  // The status is decided by the first thing that happens: an engine that refuses makes it an error, not a broken stream.
  let first: Step;
  try {
    first = await events.next();
  } catch (error) {
    lifetime.end();
    throw error;
  }
  const writer = createChunkWriter(head, { includeUsage: request.stream_options?.include_usage ?? false });
  const texts = chunks(first, events, writer, { report: gateway.report, end: lifetime.end });
  return warned(eventStream(texts, lifetime.leave), warnings);
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
  { report, end }: { report(error: unknown): void; end(): void },
): AsyncGenerator<string, void> {
  try {
    let step = first;
    while (!step.done) {
      yield writer.events(step.value);
      step = await events.next();
    }
    yield writer.end(step.value);
  } catch (error) {
    report(error);
    yield writer.error(asApiError(error));
  } finally {
    end();
    // A client that leaves between two pieces leaves a turn that waits to be asked for the next.
    await events.return(undefined as never);
  }
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
