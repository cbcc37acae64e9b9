import type { ContentPart } from "../engines/engine.ts";
import type { TurnDiagnostic } from "../turn.ts";

/**
 * What stands for an image or a file in a tool's result, where the model takes text only: an agent that has looked at one would
 * have every later turn refused. What a user shows is refused, since the answer would be about something else.
 */
export const leftOutMedia: ContentPart = { type: "text", text: "[left out: this model takes text only]" };

export const leftOutNote = (field: string, model: string): TurnDiagnostic => ({
  kind: "ignored-item",
  message: `${field} is left out: the model ${model} takes text only.`,
});
