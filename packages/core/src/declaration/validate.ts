import type { Format } from "../format.ts";
import { checkRules } from "./rules.ts";
import { checkStructure } from "./structure.ts";

/**
 * Checks a declaration that comes as data, from a JSON file or a module, and returns it typed: the value itself, not a
 * copy. Throws a `DeclarationError` that names the place, what stands there and what may.
 *
 * What passes is read, written and constrained like a format of our own.
 */
export function parseFormat(value: unknown): Format {
  checkStructure(value);
  const format = value as Format;
  checkRules(format);
  return format;
}
