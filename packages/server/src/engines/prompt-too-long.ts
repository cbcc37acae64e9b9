import { invalidRequest, type ApiError } from "../error.ts";
import type { GenerateRequest } from "./engine.ts";

/** A prompt that leaves no token of the context for an answer. */
export function promptTooLong({ model, rawPrompt }: GenerateRequest, tokens: number, contextLength: number): ApiError {
  const message = `The prompt has ${tokens} tokens; the model ${model.id} takes ${contextLength} with the answer.`;
  return invalidRequest(message, rawPrompt === undefined ? "messages" : "prompt", "context_length_exceeded");
}
