import type { ApiError } from "../error.ts";
import type { ServedModel } from "../models.ts";
import type { TurnEnd, TurnEvent, TurnRequest } from "../turn.ts";

/** What happens in the gateway, told to whoever counts it. */
export interface Metrics {
  /** A request has its status; `model` is known where it got as far as a turn. */
  answered(request: { readonly protocol: string; readonly model?: string; readonly status: number }): void;
  /** A turn of a model begins. */
  turn(turn: TurnRequest): TurnMeter;
  /** Everything counted so far, as a scraper takes it. */
  scrape(models: readonly ServedModel[]): Promise<Response>;
}

/** One turn, as it goes. */
export interface TurnMeter {
  events(batch: readonly TurnEvent[]): void;
  end(end: TurnEnd): void;
  failed(error: ApiError): void;
}
