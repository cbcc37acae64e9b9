import {
  lower,
  LoweringError,
  type Lowerings,
  type LowerOptions,
  type LowerTarget,
  type StructuralTag,
} from "@glossa/core";
import { invalidRequest } from "../../error.ts";
import { keepYoungest } from "../../youngest.ts";
import type { GenerateRequest, Relax } from "../engine.ts";

/** The same tools come again with every turn of a conversation; the grammar of a hundred takes tens of milliseconds. */
const kept = keepYoungest<unknown>(32);

function lowered<Target extends LowerTarget>(
  tag: StructuralTag,
  target: Target,
  options: LowerOptions,
): Lowerings[Target] {
  const key = JSON.stringify([target, options, tag]);
  const found = kept(key, () => loweringOf(tag, target, options));
  if (found instanceof LoweringError) throw found;
  return found as Lowerings[Target];
}

/** What it comes to, or why to nothing. */
function loweringOf(tag: StructuralTag, target: LowerTarget, options: LowerOptions): unknown {
  try {
    return lower(tag, target, options).lowered;
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    return error;
  }
}

/**
 * The turn's grammar in the engine's language; nothing if the turn needs none. Where a tool's schema can't be said in it, that
 * tool takes any object, or what xgrammar's own compiler holds of the schema, about which `constrain` tells the client. Throws a
 * 400 where not even that helps, and where a schema was to be held to the letter. `relax` as for `constrain`.
 */
export function lowerGrammar<Target extends LowerTarget>(
  { constrain }: GenerateRequest,
  prompt: string | undefined,
  target: Target,
  options: LowerOptions = {},
  relax?: Relax,
): Lowerings[Target] | undefined {
  const tag = constrain?.(prompt, relax);
  if (!tag) return undefined;
  try {
    return lowered(tag, target, options);
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
  }
  const relaxed = constrain?.(prompt, {});
  if (!relaxed) return undefined;
  try {
    // xgrammar's own schemas hold some of what is left, about which the client has been told.
    return lowered(relaxed, target, target === "xgrammar" ? { ...options, lenient: true } : options);
  } catch (error) {
    if (!(error instanceof LoweringError)) throw error;
    const message = `The engine's grammars can't hold what this request asks for: ${error.message}`;
    throw invalidRequest(message, null, "unsupported_schema");
  }
}
