/**
 * What xgrammar's own compiler of schemas holds. It passes over the keywords and combinations that it does not know without a
 * word, so that a schema may be left to it only if all of it is listed here. Found by asking the compilers themselves: see
 * `docs/lowering.md`.
 */
import type { JsonSchema } from "../../message.ts";
import { isAnnotation, isObject, referenced, type SchemaObject } from "../schema.ts";
import { list, typeOf } from "./schema-merge.ts";
import { stringFormats } from "./string-formats.ts";
import type { XgrammarVersion } from "./xgrammar.ts";

/** Of a keyword's value, beside the other keywords, for a version of xgrammar. */
type Test = (value: unknown, schema: SchemaObject, version: XgrammarVersion) => boolean;

/** As text the known versions come in their order. */
const since =
  (first: XgrammarVersion, test: Test): Test =>
  (value, schema, version) =>
    version >= first && test(value, schema, version);

const always: Test = () => true;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
/** Written with an exponent or in more digits, a bound may be read as another. */
const isBound: Test = (value, { type }) =>
  typeof value === "number" &&
  (/^-?\d{1,9}$/.test(`${value}`) || (!namesInteger(type) && /^-?\d{1,6}\.\d{1,6}$/.test(`${value}`)));
const namesInteger = (type: unknown): boolean => [type].flat().includes("integer");

/** No halves of characters, no character that the compiler wants escaped, and before 0.2.3 none that JSON wants escaped. */
const isPlainText = (value: string, version: XgrammarVersion): boolean =>
  !(version < "0.2.3" ? /[\ud800-\udfff\0-\x1f"\\\x7f]/ : /[\ud800-\udfff\x7f]/).test(value);
const isPlainValue: Test = (value, { type }, version) =>
  (value === null ||
    typeof value === "boolean" ||
    (typeof value === "string" && isPlainText(value, version)) ||
    Number.isSafeInteger(value)) &&
  (type === undefined || isOfType(value, [type].flat()));
const isOfType = (value: unknown, types: readonly unknown[]): boolean =>
  types.includes(typeOf(value)) || (typeof value === "number" && types.includes("integer"));

const heldTypes: ReadonlySet<unknown> = new Set(["string", "number", "integer", "boolean", "null", "object", "array"]);

/** Before, bounds are taken for other ones. */
const bounds = {
  minimum: since("0.2.3", isBound),
  maximum: since("0.2.3", isBound),
  exclusiveMinimum: since("0.2.3", isBound),
  exclusiveMaximum: since("0.2.3", isBound),
};

/** How many properties a closed object may have, 0 for one that is not closed. */
function mostOf({ properties, additionalProperties, maxProperties }: SchemaObject): number {
  if (additionalProperties !== false || !isObject(properties)) return 0;
  return Math.min(Object.keys(properties).length, typeof maxProperties === "number" ? maxProperties : Infinity);
}

/** Type → keyword → which of its values are held. Beside a type nothing else is. */
const typed: { readonly [type: string]: { readonly [keyword: string]: Test } } = {
  // Lengths count no escapes, so that a line break has no place; patterns are read against the escaped text.
  string: { format: (value) => typeof value === "string" && !stringFormats.has(value) },
  number: bounds,
  integer: {
    ...bounds,
    // Beside bounds it is not known to hold.
    multipleOf: since(
      "0.2.8",
      (value, schema) =>
        isCount(value) &&
        value !== 0 &&
        (value as number) <= 1_000 &&
        !Object.keys(bounds).some((key) => Object.hasOwn(schema, key)) &&
        schema["type"] === "integer",
    ),
  },
  boolean: {},
  null: {},
  array: {
    items: (value) => isObject(value) || value === true,
    // Without `items` a list with bounds has no items at all.
    minItems: (value, { items, maxItems }) =>
      isCount(value) && items !== undefined && (typeof maxItems !== "number" || (value as number) <= maxItems),
    maxItems: (value, { items }) => isCount(value) && items !== undefined,
  },
  object: {
    properties: (value, _, version) =>
      isObject(value) && Object.keys(value).every((name) => isPlainText(name, version)),
    required: (value, { properties }) =>
      list(value).every((name) => isObject(properties) && Object.hasOwn(properties, String(name))),
    minProperties: since("0.2.3", (value, schema) => isCount(value) && (value as number) <= mostOf(schema)),
    maxProperties: since(
      "0.2.3",
      (value, schema) =>
        isCount(value) && value !== 0 && list(schema["required"]).length <= (value as number) && mostOf(schema) > 0,
    ),
    // An undeclared name could spell a declared one with escapes.
    additionalProperties: (value, { properties }) =>
      value === false || !isObject(properties) || Object.keys(properties).length === 0,
  },
};

/** What stands alone, or beside a type where it lists values. */
const alone: { readonly [keyword: string]: Test } = {
  anyOf: (value) => list(value).length > 0,
  $ref: (value) => typeof value === "string" && /^#(?:\/[^~%]*)?$/.test(value),
};
const listed: { readonly [keyword: string]: Test } = {
  const: isPlainValue,
  enum: (value, schema, version) =>
    list(value).length > 0 && list(value).every((each) => isPlainValue(each, schema, version)),
};

const places: ReadonlySet<string> = new Set(["$schema", "$defs", "definitions"]);

/** Where in the schema the first keyword stands that xgrammar's compiler does not hold: `.properties.city.pattern`; nothing if it holds all. */
export function unheldBy(schema: JsonSchema, version: XgrammarVersion): string | undefined {
  return new Reader(schema, version).at(schema, "", []);
}

class Reader {
  readonly #root: JsonSchema;
  readonly #version: XgrammarVersion;
  /** Those that have been read, or are being read, so that references may lead back. */
  readonly #seen = new Set<JsonSchema>();

  constructor(root: JsonSchema, version: XgrammarVersion) {
    this.#root = root;
    this.#version = version;
  }

  /** `through`: the schemas that led here with nothing written between. */
  at(schema: JsonSchema, path: string, through: readonly JsonSchema[]): string | undefined {
    if (schema === true) return undefined;
    if (!isObject(schema) || through.includes(schema)) return path;
    if (this.#seen.has(schema)) return undefined;
    const keywords = Object.keys(schema).filter(
      (keyword) => !places.has(keyword) && !isAnnotation(keyword) && !(keyword === "$id" && schema === this.#root),
    );
    const [only] = keywords;
    const isAlone = keywords.length === 1 && Object.hasOwn(alone, only!);
    if (!isAlone) this.#seen.add(schema);
    const tests = isAlone ? alone : testsOf(schema);
    const unheld = keywords.find(
      (keyword) => !tests || !(tests[keyword]?.(schema[keyword], schema, this.#version) ?? false),
    );
    if (unheld !== undefined) return `${path}.${unheld}`;
    if (only === "$ref" && isAlone) {
      return this.at(this.#target(String(schema["$ref"])), `${path}.$ref`, [...through, schema]);
    }
    for (const [place, each] of inner(schema)) {
      const found = this.at(each, path + place, isAlone ? [...through, schema] : []);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #target(reference: string): JsonSchema {
    try {
      return referenced(reference, this.#root, "");
    } catch {
      return false;
    }
  }
}

/** The tests of the keywords that may stand in such a schema; nothing where its types are not known. */
function testsOf(schema: SchemaObject): { readonly [keyword: string]: Test } | undefined {
  const isListed = Object.hasOwn(schema, "enum") || Object.hasOwn(schema, "const");
  const { type } = schema;
  if (type === undefined)
    return isListed && Object.hasOwn(schema, "enum") !== Object.hasOwn(schema, "const") ? listed : {};
  const types = [type].flat();
  if (types.length === 0 || !types.every((each) => heldTypes.has(each))) return undefined;
  if (isListed)
    return Object.hasOwn(schema, "enum") && Object.hasOwn(schema, "const") ? {} : { type: always, ...listed };
  // Two bounds of one side would both have to hold.
  const isTwice = ["inimum", "aximum"].some(
    (end) => Object.hasOwn(schema, `m${end}`) && Object.hasOwn(schema, `exclusiveM${end}`),
  );
  if (isTwice) return { type: always };
  return Object.assign({ type: always }, ...types.map((each) => typed[String(each)]));
}

function* inner(schema: SchemaObject): Generator<readonly [string, JsonSchema]> {
  if (schema["items"] !== undefined) yield [".items", schema["items"] as JsonSchema];
  if (schema["additionalProperties"] !== undefined && schema["additionalProperties"] !== false) {
    yield [".additionalProperties", schema["additionalProperties"] as JsonSchema];
  }
  for (const [index, each] of list(schema["anyOf"]).entries()) yield [`.anyOf[${index}]`, each as JsonSchema];
  if (isObject(schema["properties"])) {
    for (const [name, each] of Object.entries(schema["properties"])) yield [`.properties.${name}`, each as JsonSchema];
  }
}
