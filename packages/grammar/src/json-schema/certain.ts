import { typeBits, typeOf } from "./conjunction.ts";
import { isSchemaObject, type JsonValue, type SchemaObject } from "./source.ts";

/** How deep a schema may be nested, and how many schemas there may be in it, for it to be looked at. */
const deepest = 32;
const most = 2000;

/** Beyond it numbers are not exact. */
const largest = 2 ** 53;

/** They constrain nothing. */
const annotations: ReadonlySet<string> = new Set([
  "title",
  "description",
  "default",
  "examples",
  "deprecated",
  "readOnly",
  "writeOnly",
  "$comment",
]);

/**
 * Whether a glance tells that a schema has values, that nothing in it is refused and nothing relaxed: the plain schemas that most
 * tools have. Such a one need not be read before it is reached. False says nothing.
 */
export function isCertain(schema: unknown): boolean {
  return new Glance().isCertain(schema, 0);
}

class Glance {
  #count = 0;

  isCertain(schema: unknown, depth: number): boolean {
    if (schema === true) return true;
    if (!isSchemaObject(schema) || depth > deepest || ++this.#count > most) return false;
    return Object.keys(schema).every((keyword) => annotations.has(keyword) || this.#isPlain(schema, keyword, depth));
  }

  #isPlain(schema: SchemaObject, keyword: string, depth: number): boolean {
    const value = schema[keyword];
    switch (keyword) {
      case "type":
        return typesOf(value) !== 0;
      case "enum":
        return isList(schema, value);
      case "properties":
        return isSchemaObject(value) && Object.values(value).every((each) => this.isCertain(each, depth + 1));
      case "required":
        return Array.isArray(value) && value.every((name) => isDeclared(schema, name));
      case "additionalProperties":
        return value === false || this.isCertain(value, depth + 1);
      case "items":
        return this.isCertain(value, depth + 1);
      case "minItems":
      case "maxItems":
        return isRange(schema["minItems"], schema["maxItems"], isCount, 0);
      case "minLength":
      case "maxLength":
        return isRange(schema["minLength"], schema["maxLength"], isCount, 0);
      case "minimum":
      case "maximum":
        // Wide enough for a whole number in between.
        return isRange(schema["minimum"], schema["maximum"], isNumber, 1);
      default:
        return false;
    }
  }
}

/** The bits of a type or a list of types; 0 where it is neither, or an empty list. */
function typesOf(value: unknown): number {
  let bits = 0;
  for (const type of Array.isArray(value) ? (value as unknown[]) : [value]) {
    if (typeof type !== "string" || !Object.hasOwn(typeBits, type)) return 0;
    bits |= typeBits[type as keyof typeof typeBits];
  }
  return bits;
}

/** A list with a value of the type, and with nothing beside it that its values would have to satisfy. */
function isList(schema: SchemaObject, values: unknown): boolean {
  if (!Array.isArray(values) || values.some((each) => typeof each === "object" && each !== null)) return false;
  if (!Object.keys(schema).every((keyword) => keyword === "type" || keyword === "enum" || annotations.has(keyword)))
    return false;
  const types = schema["type"] === undefined ? -1 : typesOf(schema["type"]);
  return values.some((each) => (typeOf(each as JsonValue) & types) !== 0);
}

function isDeclared(schema: SchemaObject, name: unknown): boolean {
  const { properties } = schema;
  return typeof name === "string" && isSchemaObject(properties) && Object.hasOwn(properties, name);
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
const isNumber = (value: unknown): boolean => typeof value === "number" && Math.abs(value) <= largest;

/** Whether the bounds that are there are bounds, and if both are, at least so far apart. */
function isRange(least: unknown, most: unknown, isBound: (value: unknown) => boolean, apart: number): boolean {
  if (least === undefined) return isBound(most);
  if (most === undefined) return isBound(least);
  return isBound(least) && isBound(most) && (most as number) - (least as number) >= apart;
}
