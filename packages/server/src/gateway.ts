import type { Model } from "./engines/engine.ts";
import type { OpenLifetime } from "./lifetime.ts";
import type { Models } from "./models.ts";
import type { StartTurn } from "./protocols/answer-turn.ts";
import type { ReasoningField } from "./protocols/chat-completions/message.ts";
import type { TurnRequest } from "./turn.ts";

/** What every protocol works with. */
export interface Gateway {
  readonly models: Models;
  readonly openLifetime: OpenLifetime;
  /** What the log and the metrics say the request was for. */
  askedFor(http: Request, model: Model): void;
  /**
   * Whether the turn's prompt fits its model; what is questionable about it is told to the client, in a header, and to whoever
   * runs the gateway. Throws `ApiError` for what can't fit.
   */
  admit(http: Request, turn: TurnRequest): Promise<void>;
  /** How a turn is run: its deltas put together as the gateway is set up to. */
  start(http: Request, turn: TurnRequest): StartTurn;
  readonly reasoningField: ReasoningField;
  /** Milliseconds of silence after which a protocol that has pings sends one. */
  readonly pingInterval: number;
  /** Takes a failure to whoever runs the gateway, if it is the gateway's own; clients and engines fail by themselves. */
  report(error: unknown): void;
}
