import type { OpenLifetime } from "./lifetime.ts";
import type { Models } from "./models.ts";

/** What every protocol works with. */
export interface Gateway {
  readonly models: Models;
  readonly openLifetime: OpenLifetime;
  /** Milliseconds of silence after which a protocol that has pings sends one. */
  readonly pingInterval: number;
  /** Takes a failure to whoever runs the gateway, if it is the gateway's own; clients and engines fail by themselves. */
  report(error: unknown): void;
  /** Tells whoever runs the gateway what they should know of a request. */
  warn(message: string): void;
}
