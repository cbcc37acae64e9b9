const encoder = new TextEncoder();

/**
 * A response of server-sent events. Each text is sent when it is there, and the next is asked for only when the client has
 * taken it; `leave` is called when the client goes before the end.
 */
export function eventStream(texts: AsyncIterator<string, unknown>, leave: () => void): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await texts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
      cancel() {
        leave();
        // Waits for the step under way, which `leave` has brought to an end; nobody waits for this.
        void texts.return?.();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      // Proxies in front buffer whole answers unless told not to.
      "x-accel-buffering": "no",
    },
  });
}
