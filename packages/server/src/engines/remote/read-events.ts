import type { Finish, Piece } from "../engine.ts";
import type { AnswerEvents } from "./upstream.ts";

/** How an engine's events are read. */
export interface EventReader {
  /** Adds what an event says; returns how the turn ended if it says so. */
  event(data: string, pieces: Piece[]): Finish | undefined;
  /** How the turn ended where no event said so. Throws `ApiError` where that is no end. */
  end(): Finish;
}

/**
 * Reads an answer. What arrived together is yielded together: an event is worth little, and each step of a generator costs as
 * much as reading one. Faults are thrown after what came before them.
 */
export async function* readEvents(events: AnswerEvents, reader: EventReader): AsyncGenerator<readonly Piece[], Finish> {
  try {
    for (;;) {
      const batch = await events.next();
      if (!batch) return reader.end();
      const pieces: Piece[] = [];
      let finish: Finish | undefined;
      let failed: { readonly error: unknown } | undefined;
      try {
        for (const data of batch) if ((finish = reader.event(data, pieces))) break;
      } catch (error) {
        failed = { error };
      }
      if (pieces.length > 0) yield pieces;
      if (failed) throw failed.error;
      if (finish) return finish;
    }
  } finally {
    events.release();
  }
}
