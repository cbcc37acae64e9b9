import type { TurnEnd, TurnEvent, TurnRequest } from "../turn.ts";
import type { StartTurn, Turn } from "./answer-turn.ts";

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

/**
 * Runs the turns side by side: yields what each says as soon as it does, and returns how they ended, in the order in which they
 * were given. One that fails ends all.
 */
export function runChoices(turns: readonly StartTurn[]): StartTurn<ChoiceEvent, readonly TurnEnd[]> {
  const [only] = turns;
  return (signal) => (only && turns.length === 1 ? one(only(signal)) : several(turns, signal));
}

async function* one(turn: Turn): Turn<ChoiceEvent, readonly TurnEnd[]> {
  try {
    for (;;) {
      const step = await turn.next();
      if (step.done) {
        yield { index: 0, end: step.value };
        return [step.value];
      }
      yield { index: 0, batch: step.value };
    }
  } finally {
    await turn.return(undefined as never);
  }
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
