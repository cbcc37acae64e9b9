import { asApiError } from "../error.ts";
import type { TurnEnd, TurnEvent } from "../turn.ts";
import type { TurnMeter } from "./metrics.ts";

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;

/** The turn, with what it does counted. A client that leaves is no failure of anybody's. */
export async function* metered(turn: Turn, meter: TurnMeter, signal: AbortSignal): Turn {
  try {
    for (;;) {
      const step = await turn.next();
      if (step.done) {
        meter.end(step.value);
        return step.value;
      }
      meter.events(step.value);
      yield step.value;
    }
  } catch (error) {
    if (!signal.aborted) meter.failed(asApiError(error));
    throw error;
  } finally {
    await turn.return(undefined as never);
  }
}
