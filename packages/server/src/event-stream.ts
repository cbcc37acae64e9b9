import { late, within } from "./within.ts";

const encoder = new TextEncoder();

/** A text that is sent whenever there was nothing else to send for so many milliseconds. */
export interface KeepAlive {
  readonly interval: number;
  readonly text: string;
}

/**
 * Server-sent events. Each text is sent when it is there, and the next is asked for only when the client has taken it; `leave` is
 * called when the client goes before the end.
 */
export interface EventTexts {
  readonly texts: AsyncIterator<string, unknown>;
  readonly leave: () => void;
  readonly keepAlive?: KeepAlive;
}

const streamed = new WeakMap<Response, EventTexts>();

/** What a response of `eventStream` has to send, for a server that can write it by itself; its body is not touched then. */
export function eventTexts(response: Response): EventTexts | undefined {
  return streamed.get(response);
}

/** A response of server-sent events. */
export function eventStream(events: EventTexts): Response {
  const { texts, leave, keepAlive } = events;
  let pending: Promise<IteratorResult<string, unknown>> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        pending ??= texts.next();
        const step = await (keepAlive ? within(pending, keepAlive.interval) : pending);
        if (step === late) {
          controller.enqueue(encoder.encode(keepAlive?.text));
          return;
        }
        pending = undefined;
        if (step.done) controller.close();
        else controller.enqueue(encoder.encode(step.value));
      },
      cancel() {
        leave();
        // Waits for the step under way, which `leave` has brought to an end; nobody waits for this.
        void texts.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  const response = new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      // Proxies in front buffer whole answers unless told not to.
      "x-accel-buffering": "no",
    },
  });
  streamed.set(response, events);
  return response;
}
