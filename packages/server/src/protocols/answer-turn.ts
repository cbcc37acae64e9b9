import { asApiError, type ApiError } from "../error.ts";
import { eventStream, type KeepAlive } from "../event-stream.ts";
import type { Gateway } from "../gateway.ts";
import { runTurn, type TurnEnd, type TurnEvent, type TurnRequest } from "../turn.ts";
import { within } from "../within.ts";

/** How a protocol writes a turn as server-sent events; each method returns their text, or nothing. */
export interface TurnWriter {
  /** What can be said before the model has. Called once, first. */
  open(): string;
  events(batch: readonly TurnEvent[]): string;
  end(end: TurnEnd): string;
  /** The status line has gone out, so that the error is an event of its own. */
  error(error: ApiError): string;
  /** Sent while the model is silent; with it, a model that is slow to begin is answered before it does. */
  readonly keepAlive?: KeepAlive;
}

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;
type Step = IteratorResult<readonly TurnEvent[], TurnEnd>;

/** Runs a turn and answers with its events. Throws `ApiError` for what goes wrong before the answer starts. */
export async function streamTurn(
  http: Request,
  gateway: Gateway,
  turn: TurnRequest,
  writer: TurnWriter,
): Promise<Response> {
  const lifetime = gateway.openLifetime(http.signal);
  const events = runTurn(turn, lifetime.signal);
  // The status is decided by the first thing that happens: an engine that refuses makes it an error, not a broken stream.
  const first = events.next();
  try {
    await (writer.keepAlive ? within(first, writer.keepAlive.interval) : first);
  } catch (error) {
    lifetime.end();
    throw error;
  }
  const texts = write(first, events, writer, { report: gateway.report, end: lifetime.end });
  return eventStream(texts, lifetime.leave, writer.keepAlive);
}

/** Runs a turn to its end, handing each batch of events on. */
export async function collectTurn(
  http: Request,
  gateway: Gateway,
  turn: TurnRequest,
  add: (batch: readonly TurnEvent[]) => void,
): Promise<TurnEnd> {
  const lifetime = gateway.openLifetime(http.signal);
  try {
    const events = runTurn(turn, lifetime.signal);
    for (;;) {
      const step = await events.next();
      if (step.done) return step.value;
      add(step.value);
    }
  } finally {
    lifetime.end();
  }
}

async function* write(
  first: Promise<Step>,
  events: Turn,
  writer: TurnWriter,
  { report, end }: { report(error: unknown): void; end(): void },
): AsyncGenerator<string, void> {
  try {
    const opening = writer.open();
    if (opening !== "") yield opening;
    let step = await first;
    while (!step.done) {
      const text = writer.events(step.value);
      if (text !== "") yield text;
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
