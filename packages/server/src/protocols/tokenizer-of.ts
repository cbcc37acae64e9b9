import type { EngineTokenizer } from "../engines/engine.ts";
import { invalidRequest } from "../error.ts";
import type { ServedModel } from "../models.ts";

/** What can say of a model's tokens. Throws `ApiError` where its engine can't be asked. */
export function tokenizerOf({ model, engine }: ServedModel): EngineTokenizer {
  if (engine.tokenizer) return engine.tokenizer;
  // Not a 501, which clients would try again.
  throw invalidRequest(
    `The engine of the model ${model.id} can't be asked for tokens.`,
    "model",
    "unsupported_endpoint",
  );
}
