import type { ServerResponse } from "node:http";
import type { EventTexts } from "./event-stream.ts";
import { late, within } from "./within.ts";

/** Writes a response of events to a client of Node's server: what its body does, without the web's streams in between. */
export async function writeEvents(
  outgoing: ServerResponse,
  { status, headers }: Response,
  { texts, leave, keepAlive }: EventTexts,
): Promise<void> {
  outgoing.writeHead(status, Object.fromEntries(headers));
  // The head goes with the first text, unless that takes its time.
  const flush = setImmediate(() => outgoing.flushHeaders());
  let pending: Promise<IteratorResult<string, unknown>> | undefined;
  try {
    while (!outgoing.destroyed) {
      pending ??= texts.next();
      const step = await (keepAlive ? within(pending, keepAlive.interval) : pending);
      if (step !== late) pending = undefined;
      clearImmediate(flush);
      if (outgoing.destroyed) break;
      if (step !== late && step.done) return void outgoing.end();
      const text = step === late ? keepAlive!.text : step.value;
      if (!outgoing.write(text)) await drained(outgoing);
    }
    leave();
    void texts.return?.();
  } catch (error) {
    outgoing.destroy(error as Error);
  }
}

/** Until the client has taken what was written, or is gone. */
function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      outgoing.off("drain", done).off("close", done);
      resolve();
    };
    outgoing.on("drain", done).on("close", done);
    if (outgoing.destroyed) done();
  });
}
