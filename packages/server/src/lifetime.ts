import { ApiError } from "./error.ts";

/** How long a turn may run: until its end, or until the client leaves or the gateway stops. */
export interface Lifetime {
  readonly signal: AbortSignal;
  leave(): void;
  /** The turn is over; nothing is listened for any more. */
  end(): void;
}

/** Opens the lifetime of a turn for a client, whose signal says when it has left. */
export type OpenLifetime = (client: AbortSignal) => Lifetime;

/** One listener on `shutdown` for all turns: they come by the thousand, and it lives as long as the process. */
export function createLifetimes(shutdown: AbortSignal | undefined): OpenLifetime {
  const running = new Set<AbortController>();
  shutdown?.addEventListener("abort", () => {
    for (const turn of running) turn.abort(shutdown.reason);
  });

  return (client) => {
    const turn = new AbortController();
    const end = (): void => {
      running.delete(turn);
      client.removeEventListener("abort", leave);
    };
    const leave = (): void => {
      turn.abort(clientLeft());
      end();
    };
    running.add(turn);
    client.addEventListener("abort", leave);
    if (client.aborted) leave();
    if (shutdown?.aborted) turn.abort(shutdown.reason);
    return { signal: turn.signal, leave, end };
  };
}

/** Nobody reads it; it tells whoever keeps a log that nothing went wrong here. */
function clientLeft(): ApiError {
  return new ApiError("The client left before the answer was complete.", {
    status: 499,
    type: "invalid_request_error",
    code: "client_left",
  });
}
