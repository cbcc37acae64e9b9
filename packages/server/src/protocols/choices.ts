import type { Gateway } from "../gateway.ts";
import type { TurnEnd, TurnEvent, TurnRequest } from "../turn.ts";
import { collectTurn, streamTurn, type StartTurn, type Turn, type TurnWriter } from "./answer-turn.ts";

/** What one of several turns of a request has said, or how it ended. */
export type ChoiceEvent =
  | { readonly index: number; readonly batch: readonly TurnEvent[] }
  | { readonly index: number; readonly end: TurnEnd };

/** The same turn so many times: each has a seed of its own, or they would all be the same. */
export function repeated(turn: TurnRequest, times: number): readonly TurnRequest[] {
  const { seed } = turn.sampling;
  return Array.from({ length: times }, (_, index) =>
    seed === undefined || index === 0 ? turn : { ...turn, sampling: { ...turn.sampling, seed: seed + index } },
  );
}

/** Runs the turns of a request and answers with what they say. Throws `ApiError` for what goes wrong before the answer starts. */
export function streamChoices(
  http: Request,
  gateway: Gateway,
  turns: readonly TurnRequest[],
  writer: TurnWriter<ChoiceEvent, readonly TurnEnd[]>,
): Promise<Response> {
  const [only] = turns;
  if (!only || turns.length > 1)
    return streamTurn(http, gateway, sideBySide(turns.map((turn) => gateway.start(http, turn))), writer);
  // The usual case, which needs nobody in between.
  return streamTurn(http, gateway, gateway.start(http, only), {
    ...writer,
    events: (batch) => writer.events({ index: 0, batch }),
    end: (end) => writer.events({ index: 0, end }) + writer.end([end]),
  });
}

/** Runs the turns of a request to their ends, handing on what they say. */
export async function collectChoices(
  http: Request,
  gateway: Gateway,
  turns: readonly TurnRequest[],
  add: (event: ChoiceEvent) => void,
): Promise<readonly TurnEnd[]> {
  const [only] = turns;
  if (!only || turns.length > 1)
    return collectTurn(http, gateway, sideBySide(turns.map((turn) => gateway.start(http, turn))), add);
  return [await collectTurn(http, gateway, gateway.start(http, only), (batch) => add({ index: 0, batch }))];
}

/**
 * Runs turns side by side: yields what each says as soon as it does, and returns how they ended, in the order in which they
 * were given. One that fails ends all.
 */
function sideBySide(turns: readonly StartTurn[]): StartTurn<ChoiceEvent, readonly TurnEnd[]> {
  return (signal) => several(turns, signal);
}

async function* several(starts: readonly StartTurn[], signal: AbortSignal): Turn<ChoiceEvent, readonly TurnEnd[]> {
  const own = new AbortController();
  const turns = starts.map((start) => start(AbortSignal.any([signal, own.signal])));
  const ends: TurnEnd[] = [];
  const ready: { readonly index: number; readonly step: IteratorResult<readonly TurnEvent[], TurnEnd> }[] = [];
  let failed: { readonly error: unknown } | undefined;
  let wake = (): void => undefined;

  function ask(index: number): void {
    turns[index]!.next()
      .then(
        (step) => void ready.push({ index, step }),
        (error: unknown) => void (failed ??= { error }),
      )
      .finally(() => wake());
  }

  try {
    for (const index of turns.keys()) ask(index);
    for (let running = turns.length; running > 0;) {
      const item = ready.shift();
      if (!item) {
        if (failed) throw failed.error;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      const { index, step } = item;
      if (step.done) {
        running--;
        ends[index] = step.value;
        yield { index, end: step.value };
      } else {
        yield { index, batch: step.value };
        ask(index);
      }
    }
    return ends;
  } finally {
    own.abort();
    await Promise.all(turns.map((turn) => turn.return(undefined as never)));
  }
}
