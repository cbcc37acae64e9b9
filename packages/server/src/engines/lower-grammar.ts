import { lower, LoweringError, type Lowerings, type LowerOptions, type LowerTarget } from "@glossa/core";
import { invalidRequest } from "../error.ts";
import type { GenerateRequest } from "./engine.ts";

/**
 * The turn's grammar in the engine's language; nothing if the turn needs none. Where a tool's schema can't be said in it, that
 * tool takes any object, about which `constrain` tells the client. Throws a 400 where not even that helps, and where a schema
 * was to be held to the letter.
 */
export function lowerGrammar<Target extends LowerTarget>(
  { constrain }: GenerateRequest,
  prompt: string | undefined,
  target: Target,
  options: LowerOptions = {},
): Lowerings[Target] | undefined {
  const tag = constrain?.(prompt);
  if (!tag) return undefined;
  try {
    return lower(tag, target, options).lowered;
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
  }
  const relaxed = constrain?.(prompt, true);
  if (!relaxed) return undefined;
  try {
    return lower(relaxed, target, options).lowered;
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    const message = `The engine's grammars can't hold what this request asks for: ${error.message}`;
    throw invalidRequest(message, null, "unsupported_schema");
  }
}
