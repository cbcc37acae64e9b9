import { append, type TurnEnd, type TurnEvent } from "./turn.ts";
import { late, within } from "./within.ts";

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;

/**
 * The turn with what it says within so many milliseconds put together, so that a client gets few large deltas instead of many
 * small ones. The first goes out at once: nobody waits for the answer to begin.
 */
export function coalesce(turn: Turn, milliseconds: number): Turn {
  return milliseconds > 0 ? gathered(turn, milliseconds) : turn;
}

async function* gathered(turn: Turn, milliseconds: number): Turn {
  try {
    let step = await turn.next();
    if (!step.done) {
      yield step.value;
      step = await turn.next();
    }
    while (!step.done) {
      const batch = [...step.value];
      const end = performance.now() + milliseconds;
      let pending = next(turn);
      for (let left = milliseconds; left > 0; left = end - performance.now()) {
        // A turn that fails has said what it said before: that goes out first.
        const more = await within(pending, left).catch((): typeof late => late);
        if (more === late || more.done) break;
        for (const event of more.value) append(batch, event);
        pending = next(turn);
      }
      yield batch;
      step = await pending;
    }
    return step.value;
  } finally {
    await turn.return(undefined as never);
  }
}

/** The next step. If it fails while the client still reads what came before, that is told to whoever asks for it, and ends no process. */
function next(turn: Turn): ReturnType<Turn["next"]> {
  const step = turn.next();
  step.catch(() => undefined);
  return step;
}
