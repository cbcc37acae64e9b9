/** JSON Schemas on their way into a grammar: without words for the model, with their references in reach. */
import type { JsonSchema } from "../message.ts";
import { ConstrainError } from "./constrain-error.ts";
import type { JsonSchemaFormat } from "./structural-tag.ts";

export type SchemaObject = Exclude<JsonSchema, boolean>;

export const isObject = (value: unknown): value is SchemaObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * White space that may stand between two tokens of JSON: enough for a pretty-printed answer some levels deep, and an end
 * to the blanks that a model without anything to say writes until its budget is gone.
 */
const whiteSpaceLimit = 16;

export const anyObject: JsonSchema = { type: "object", additionalProperties: true };

/** Keywords whose value is a schema, a list of schemas, a schema by name. All others that count are kept as they are. */
const schemaKeywords: ReadonlySet<string> = new Set([
  "items",
  "additionalItems",
  "additionalProperties",
  "unevaluatedItems",
  "unevaluatedProperties",
  "contains",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
  "anyOf",
  "oneOf",
  "allOf",
  "prefixItems",
]);
const schemaMaps: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
  "dependencies",
]);
const plainKeywords: ReadonlySet<string> = new Set([
  "$ref",
  "$id",
  "$anchor",
  "$schema",
  "$dynamicRef",
  "$dynamicAnchor",
  "type",
  "nullable",
  "enum",
  "const",
  "format",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minItems",
  "maxItems",
  "uniqueItems",
  "minContains",
  "maxContains",
  "minProperties",
  "maxProperties",
  "required",
  "dependentRequired",
]);

/** Whether a keyword says nothing of values, nor of where schemas are. */
export const isAnnotation = (keyword: string): boolean =>
  !plainKeywords.has(keyword) && !schemaKeywords.has(keyword) && !schemaMaps.has(keyword);

/**
 * The schema without what is only said to people and models (descriptions, titles, examples, defaults, unknown keywords):
 * a grammar has no use for it, and a prompt's words must not decide whether it compiles.
 */
export function withoutAnnotations(schema: JsonSchema): JsonSchema {
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (plainKeywords.has(keyword)) return [[keyword, value]];
    if (schemaKeywords.has(keyword)) return [[keyword, Array.isArray(value) ? value.map(inner) : inner(value)]];
    if (!schemaMaps.has(keyword) || !isObject(value)) return [];
    return [[keyword, fromEntries(Object.entries(value).map(([name, each]) => [name, inner(each)]))]];
  });
  return fromEntries(entries);
}

const inner = (value: unknown): unknown => (isObject(value) ? withoutAnnotations(value) : value);

/** `__proto__` is a property like any other. */
export function fromEntries(entries: readonly (readonly [string, unknown])[]): SchemaObject {
  const object: { [key: string]: unknown } = {};
  for (const [key, value] of entries)
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  return object;
}

/** A value of the schema, as JSON. */
export function jsonOf(schema: JsonSchema): JsonSchemaFormat {
  return { type: "json_schema", json_schema: withoutAnnotations(schema), max_whitespace_cnt: whiteSpaceLimit };
}

/** A schema inside a tool's parameters, standing alone: the definitions that it refers to go with it. */
export function standingAlone(schema: JsonSchema, root: JsonSchema, path: string): JsonSchema {
  if (!isObject(schema) || !isObject(root) || schema === root) return schema;
  for (const reference of referencesIn(schema)) {
    if (!/^#\/(?:\$defs|definitions)\//.test(reference)) {
      throw new ConstrainError(path, `the reference ${JSON.stringify(reference)} leads out of $defs`);
    }
  }
  const carried = Object.entries(root).filter(([keyword]) => keyword === "$defs" || keyword === "definitions");
  if (carried.length === 0 || !usesReferences(schema)) return schema;
  return fromEntries([...Object.entries(schema), ...carried]);
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (!isObject(value)) return [];
  const own = typeof value["$ref"] === "string" ? [value["$ref"]] : [];
  return [...own, ...Object.values(value).flatMap(referencesIn)];
}

const usesReferences = (schema: JsonSchema): boolean => referencesIn(schema).length > 0;

const longestChain = 32;

/** Follows references to the schema that they lead to. */
export function resolved(schema: JsonSchema, root: JsonSchema, path: string): JsonSchema {
  let at: JsonSchema = schema;
  for (let i = 0; i < longestChain; i++) {
    if (!isObject(at) || typeof at["$ref"] !== "string") return at;
    const siblings = Object.keys(withoutAnnotations(at)).filter(
      (keyword) => keyword !== "$ref" && !placeKeywords.has(keyword),
    );
    if (siblings.length > 0) throw new ConstrainError(path, `${siblings[0]} beside $ref`);
    at = referenced(at["$ref"], root, path);
  }
  throw new ConstrainError(path, "references that lead in a circle");
}

/** What a reference leads to: a schema, which may be a reference itself. */
export function referenced(reference: string, root: JsonSchema, path: string): JsonSchema {
  const fail = (): never => {
    throw new ConstrainError(path, `the reference ${JSON.stringify(reference)} leads nowhere in this schema`);
  };
  if (reference === "#") return root;
  if (!reference.startsWith("#/")) return fail();
  let at: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return fail();
    at = (at as { readonly [key: string]: unknown })[key];
  }
  return typeof at === "boolean" || isObject(at) ? at : fail();
}

/** Keywords that speak of one type only; the others speak of any. */
const typeOfKeyword: { readonly [keyword: string]: readonly string[] } = {
  ...speakingOf(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], ["number", "integer"]),
  ...speakingOf(["pattern", "minLength", "maxLength", "format"], ["string"]),
  ...speakingOf(["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"], ["array"]),
  ...speakingOf(
    ["minProperties", "maxProperties", "patternProperties", "propertyNames", "dependentRequired"],
    ["object"],
  ),
  ...speakingOf(["properties", "required", "additionalProperties", "unevaluatedProperties"], ["object"]),
};

function speakingOf(
  keywords: readonly string[],
  types: readonly string[],
): { readonly [keyword: string]: readonly string[] } {
  return Object.fromEntries(keywords.map((keyword) => [keyword, types]));
}

/** What a schema says of one type. */
export function sayingOf(schema: SchemaObject, type: string): SchemaObject {
  const entries = Object.entries(schema).filter(
    ([keyword]) => keyword !== "type" && keyword !== "nullable" && (typeOfKeyword[keyword]?.includes(type) ?? true),
  );
  return fromEntries([["type", type], ...entries]);
}

/** The values that a schema lists, those that its own type allows; undefined if it lists none. */
export function valuesOf(schema: SchemaObject): readonly unknown[] | undefined {
  const listed = schema["enum"] ?? (Object.hasOwn(schema, "const") ? [schema["const"]] : undefined);
  if (!Array.isArray(listed)) return undefined;
  const declared = schema["type"];
  const types = Array.isArray(declared) ? (declared as string[]) : typeof declared === "string" ? [declared] : [];
  return listed.filter(
    (value: unknown) =>
      types.length === 0 ||
      types.some((type) => isOfType(value, type)) ||
      (value === null && schema["nullable"] === true),
  );
}

function isOfType(value: unknown, type: string): boolean {
  if (type === "null") return value === null;
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isObject(value);
  return type === "integer" ? Number.isInteger(value) : typeof value === type;
}

export interface Property {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
  readonly path: string;
}

/** Keywords that an object's properties are built from; any other that counts is refused, not ignored. */
const objectKeywords: ReadonlySet<string> = new Set([
  "type",
  "nullable",
  "properties",
  "required",
  "additionalProperties",
  "unevaluatedProperties",
  "minProperties",
  "maxProperties",
]);

export interface Properties {
  readonly declared: readonly Property[];
  /** What properties of other names hold, where none is declared; undefined if there are none. */
  readonly others: JsonSchema | undefined;
}

/**
 * The properties that an object's grammar is built from. Where some are declared, no others are offered: what a schema
 * merely does not forbid is no help to a model.
 */
export function propertiesOf(schema: JsonSchema, path: string): Properties {
  if (schema === false) throw new ConstrainError(path, "the schema false, which nothing satisfies");
  if (schema === true) return { declared: [], others: true };
  refuseOthers(schema, objectKeywords, path);
  const named = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
  const required = Array.isArray(schema["required"]) ? (schema["required"] as unknown[]).map(String) : [];
  const others = (schema["additionalProperties"] ?? schema["unevaluatedProperties"] ?? true) as JsonSchema;
  const missing = required.filter((name) => !named.some(([key]) => key === name));
  const declared = [...named, ...missing.map((name) => [name, others] as const)].map(([name, each]): Property => ({
    name,
    schema: each as JsonSchema,
    required: required.includes(name),
    path: `${path}.properties.${name}`,
  }));
  const least = schema["minProperties"];
  const most = schema["maxProperties"];
  if (typeof least === "number" && least > required.length) refuse("minProperties", path);
  if (typeof most === "number" && (most < declared.length || declared.length === 0)) refuse("maxProperties", path);
  const isOpen = declared.length === 0 && others !== false;
  const isAny = isObject(others) && Object.keys(withoutAnnotations(others)).length === 0;
  return { declared, others: isOpen ? (isAny ? true : others) : undefined };
}

function refuse(keyword: string, path: string): never {
  throw new ConstrainError(path, `${keyword} cannot be held in this notation`);
}

/** What only says where a schema is found. */
const placeKeywords: ReadonlySet<string> = new Set(["$schema", "$id", "$anchor", "$defs", "definitions"]);

/** Refuses a schema that says something which the grammar would not hold. */
export function refuseOthers(schema: SchemaObject, known: ReadonlySet<string>, path: string): void {
  for (const keyword of Object.keys(withoutAnnotations(schema))) {
    if (!known.has(keyword) && !placeKeywords.has(keyword)) refuse(keyword, path);
  }
}
