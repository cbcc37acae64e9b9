import { asApiError } from "../error.ts";
import type { TurnEnd, TurnEvent } from "../turn.ts";
import type { TurnSpan } from "./traces.ts";

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;

/** The turn, as a span. */
export async function* traced(turn: Turn, span: TurnSpan, signal: AbortSignal): Turn {
  let ended = false;
  try {
    for (;;) {
      const step = await span.run(() => turn.next());
      if (step.done) {
        ended = true;
        span.end(step.value);
        return step.value;
      }
      yield step.value;
    }
  } catch (error) {
    const failure = asApiError(signal.aborted ? signal.reason : error);
    if (failure.code !== "client_left") {
      ended = true;
      span.failed(failure);
    }
    throw error;
  } finally {
    if (!ended) span.left();
    await turn.return(undefined as never);
  }
}
