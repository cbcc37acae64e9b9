import type { JsonSchema } from "@glossa/core";
import type { GenerateRequest } from "../engine.ts";

/**
 * The schema that all of the output has to keep to, for engines that take no other grammar; nothing where calls, reasoning or
 * markup may stand beside the answer, which such a schema would forbid.
 */
export function answerSchema({ constrain }: GenerateRequest, prompt: string): JsonSchema | undefined {
  const format = constrain?.(prompt)?.format;
  return format?.type === "json_schema" && (format.style ?? "json") === "json" ? format.json_schema : undefined;
}
