import { asApiError, type ApiError } from "../error.ts";
import { eventStream, type KeepAlive } from "../event-stream.ts";
import type { Gateway } from "../gateway.ts";
import type { TurnEnd, TurnEvent } from "../turn.ts";
import { within } from "../within.ts";

/** A turn under way: batches of events, and how it ended. Leaving early, by `return` or by the signal, cancels the engine. */
export type Turn<Batch = readonly TurnEvent[], End = TurnEnd> = AsyncGenerator<Batch, End>;

/** Starts a turn, which the signal ends. */
export type StartTurn<Batch = readonly TurnEvent[], End = TurnEnd> = (signal: AbortSignal) => Turn<Batch, End>;

/** How a protocol writes a turn as server-sent events; each method returns their text, or nothing. */
export interface TurnWriter<Batch = readonly TurnEvent[], End = TurnEnd> {
  /** What can be said before the model has. Called once, first. */
  open(): string;
  events(batch: Batch): string;
  end(end: End): string;
  /** The status line has gone out, so that the error is an event of its own. */
  error(error: ApiError): string;
  /** Sent while the model is silent; with it, a model that is slow to begin is answered before it does. */
  readonly keepAlive?: KeepAlive;
}

/** Runs a turn and answers with its events. Throws `ApiError` for what goes wrong before the answer starts. */
export async function streamTurn<Batch, End>(
  http: Request,
  gateway: Gateway,
  start: StartTurn<Batch, End>,
  writer: TurnWriter<Batch, End>,
): Promise<Response> {
  const lifetime = gateway.openLifetime(http.signal);
  const turn = start(lifetime.signal);
  // The status is decided by the first thing that happens: an engine that refuses makes it an error, not a broken stream.
  const first = turn.next();
  try {
    await (writer.keepAlive ? within(first, writer.keepAlive.interval) : first);
  } catch (error) {
    lifetime.end();
    throw error;
  }
  const texts = write(first, turn, writer, { report: gateway.report, end: lifetime.end });
  const leave = (): void => {
    lifetime.leave();
    // Who leaves before the first text is asked for leaves a turn whose texts nobody has begun to write.
    void turn.return(undefined as never).catch(() => undefined);
  };
  const { keepAlive } = writer;
  return eventStream({ texts, leave, ...(keepAlive && { keepAlive }) });
}

/** Runs a turn to its end, handing each batch of events on. */
export async function collectTurn<Batch, End>(
  http: Request,
  gateway: Gateway,
  start: StartTurn<Batch, End>,
  add: (batch: Batch) => void,
): Promise<End> {
  const lifetime = gateway.openLifetime(http.signal);
  try {
    const turn = start(lifetime.signal);
    for (;;) {
      const step = await turn.next();
      if (step.done) return step.value;
      add(step.value);
    }
  } finally {
    lifetime.end();
  }
}

async function* write<Batch, End>(
  first: Promise<IteratorResult<Batch, End>>,
  turn: Turn<Batch, End>,
  writer: TurnWriter<Batch, End>,
  { report, end }: { report(error: unknown): void; end(): void },
): AsyncGenerator<string, void> {
  try {
    const opening = writer.open();
    if (opening !== "") yield opening;
    let step = await first;
    while (!step.done) {
      const text = writer.events(step.value);
      if (text !== "") yield text;
      step = await turn.next();
    }
    yield writer.end(step.value);
  } catch (error) {
    report(error);
    yield writer.error(asApiError(error));
  } finally {
    end();
    // A client that leaves between two pieces leaves a turn that waits to be asked for the next.
    await turn.return(undefined as never);
  }
}
