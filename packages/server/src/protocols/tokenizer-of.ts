import type { EngineTokenizer } from "../engines/engine.ts";
import { ApiError } from "../error.ts";
import type { ServedModel } from "../models.ts";

/** What can say of a model's tokens. Throws `ApiError` where its engine can't be asked. */
export function tokenizerOf({ model, engine }: ServedModel): EngineTokenizer {
  if (engine.tokenizer) return engine.tokenizer;
  throw new ApiError(`The engine of the model ${model.id} can't be asked for tokens.`, {
    status: 501,
    type: "invalid_request_error",
    param: "model",
    code: "unsupported_endpoint",
  });
}
