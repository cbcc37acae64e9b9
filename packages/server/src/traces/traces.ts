import type { ApiError } from "../error.ts";
import type { TurnEnd, TurnRequest } from "../turn.ts";

/** Turns as spans of a trace, told to whoever collects them. Nothing of what is said is in them. */
export interface Traces {
  /** Answers a request as part of the trace that its headers name. */
  within<T>(http: Request, answer: () => T): T;
  /** A turn begins; nothing where nobody collects it. */
  turn(turn: TurnRequest): TurnSpan | undefined;
}

/** One turn, as it goes. It ends once, by one of the three. */
export interface TurnSpan {
  /** Makes what the function does part of the turn: the requests to its engine. */
  run<T>(step: () => T): T;
  end(end: TurnEnd): void;
  failed(error: ApiError): void;
  /** The client did not wait for the end. */
  left(): void;
}
