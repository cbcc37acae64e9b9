import type { Format } from "@glossa/core";
import type { Engine, Recording } from "@glossa/server";

/**
 * Engines know formats by name, and a declaration from a file has none among them. Until `inFormat` says what the models
 * speak they are taken for this one: it has no special tokens, which an engine might ask its server for.
 */
export const STAND_IN = "pythonic";

/** The engine with its models in a format from a file. */
export function inFormat(engine: Engine, format: Format, speaks: (model: string) => boolean = () => true): Engine {
  return {
    ...engine,
    models: async (signal) =>
      (await engine.models(signal)).map((model) => (speaks(model.id) ? { ...model, format } : model)),
  };
}

/** Whether the recordings that are served as this model leave their format to the command line. */
export function leavesFormatOpen(recordings: readonly Recording[], model: string): boolean {
  const first = recordings.find((each) => (each.model ?? (each.format ? `replay-${each.format}` : "replay")) === model);
  return first !== undefined && first.format === undefined;
}
