import { GrammarError } from "../error.ts";
import { canonical, type Conjunction, type ObjectLayer, typeBits, unconstrained } from "./conjunction.ts";
import { formatPattern } from "./formats.ts";
import { isSchemaObject, type JsonValue, type Located, type SchemaObject, type SchemaSource } from "./source.ts";

/** Keywords that validate but that no rule here enforces. */
const unsupported: ReadonlySet<string> = new Set(["$recursiveRef", "disallow", "extends", "divisibleBy"]);

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

interface Draft {
  types: number;
  values: JsonValue[] | undefined;
  string: Mutable<Conjunction["string"]>;
  number: Mutable<Conjunction["number"]>;
  array: Mutable<Conjunction["array"]>;
  object: Mutable<Conjunction["object"]>;
}

function wrong(at: Located, keyword: string, what: string): never {
  throw new GrammarError(at.path, keyword, `its value is not ${what}`);
}

function count(value: unknown, at: Located, keyword: string): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0
    ? value
    : wrong(at, keyword, "a whole number");
}

function amount(value: unknown, at: Located, keyword: string): number {
  return typeof value === "number" && Number.isFinite(value) ? value : wrong(at, keyword, "a number");
}

function strings(value: unknown, at: Located, keyword: string): readonly string[] {
  if (!Array.isArray(value) || value.some((each) => typeof each !== "string"))
    return wrong(at, keyword, "a list of strings");
  return value as readonly string[];
}

function object(value: unknown, at: Located, keyword: string): SchemaObject {
  return isSchemaObject(value) ? value : wrong(at, keyword, "an object");
}

function types(value: unknown, at: Located): number {
  let bits = 0;
  for (const type of Array.isArray(value) ? value : [value]) {
    if (typeof type !== "string" || !Object.hasOwn(typeBits, type))
      wrong(at, "type", `a type (${Object.keys(typeBits).join(", ")})`);
    bits |= typeBits[type as keyof typeof typeBits];
  }
  return bits;
}

type Reader = (draft: Draft, value: unknown, at: Located, source: SchemaSource) => void;

/** The keywords of one schema object that speak about the value itself; those that combine schemas are in `alternatives.ts`. */
const readers: { readonly [keyword: string]: Reader } = {
  type: (draft, value, at) => {
    draft.types &= types(value, at);
  },
  enum: (draft, value, at) => {
    if (!Array.isArray(value)) wrong(at, "enum", "a list");
    draft.values = value as JsonValue[];
  },
  minLength: (draft, value, at) => {
    draft.string.least = count(value, at, "minLength");
  },
  maxLength: (draft, value, at) => {
    draft.string.most = count(value, at, "maxLength");
  },
  pattern: (draft, value, at) => {
    if (typeof value !== "string") wrong(at, "pattern", "a string");
    draft.string.patterns = [{ source: value, at }];
  },
  format: (draft, value, at, source) => {
    const format = source.assertsFormat ? formatPattern(value) : undefined;
    if (format === undefined) {
      source.relax(at, "format");
      return;
    }
    draft.string.patterns = [...draft.string.patterns, { source: format.pattern, at }];
    draft.string.most = Math.min(draft.string.most, format.maxLength);
  },
  minimum: (draft, value, at) => {
    // Draft 4 has the exclusion as a flag beside the bound.
    const exclusive = (at.schema as SchemaObject)["exclusiveMinimum"] === true;
    draft.number.lower = { value: amount(value, at, "minimum"), exclusive };
  },
  maximum: (draft, value, at) => {
    const exclusive = (at.schema as SchemaObject)["exclusiveMaximum"] === true;
    draft.number.upper = { value: amount(value, at, "maximum"), exclusive };
  },
  exclusiveMinimum: (draft, value, at) => {
    if (typeof value === "boolean") return;
    const bound = { value: amount(value, at, "exclusiveMinimum"), exclusive: true };
    if (draft.number.lower === undefined || draft.number.lower.value <= bound.value) draft.number.lower = bound;
  },
  exclusiveMaximum: (draft, value, at) => {
    if (typeof value === "boolean") return;
    const bound = { value: amount(value, at, "exclusiveMaximum"), exclusive: true };
    if (draft.number.upper === undefined || draft.number.upper.value >= bound.value) draft.number.upper = bound;
  },
  multipleOf: (draft, value, at) => {
    const multiple = amount(value, at, "multipleOf");
    if (multiple <= 0) wrong(at, "multipleOf", "greater than 0");
    draft.number.multiples = [multiple];
  },
  minItems: (draft, value, at) => {
    draft.array.least = count(value, at, "minItems");
  },
  maxItems: (draft, value, at) => {
    draft.array.most = count(value, at, "maxItems");
  },
  uniqueItems: (draft, value) => {
    draft.array.unique = value === true && draft.array.most > 1;
  },
  contains: (draft, _value, at, source) => {
    const { minContains = 1, maxContains = Infinity } = at.schema as SchemaObject;
    const least = count(minContains, at, "minContains");
    const most = maxContains === Infinity ? Infinity : count(maxContains, at, "maxContains");
    draft.array.contains = [{ schema: source.below(at, "contains"), least, most }];
  },
  minProperties: (draft, value, at) => {
    draft.object.least = count(value, at, "minProperties");
  },
  maxProperties: (draft, value, at) => {
    draft.object.most = count(value, at, "maxProperties");
  },
  required: (draft, value, at) => {
    draft.object.required = [...new Set(strings(value, at, "required"))];
  },
  propertyNames: (draft, _value, at, source) => {
    draft.object.names = [source.below(at, "propertyNames")];
  },
};

const itemKeywords = ["prefixItems", "items", "additionalItems"];
const propertyKeywords = ["properties", "patternProperties", "additionalProperties"];

function readItems(draft: Draft, at: Located, source: SchemaSource): void {
  const schema = at.schema as SchemaObject;
  // Before 2020-12 a list in `items` is what `prefixItems` is now, and `additionalItems` what `items` is.
  const old = Array.isArray(schema["items"]);
  const prefixKeyword = old ? "items" : "prefixItems";
  const restKeyword = old ? "additionalItems" : "items";
  const listed = schema[prefixKeyword];
  if (listed !== undefined && !Array.isArray(listed)) wrong(at, prefixKeyword, "a list");
  const prefix = (listed ?? []).map((_each: unknown, index: number) => source.below(at, prefixKeyword, index));
  const rest = schema[restKeyword] === undefined ? undefined : source.below(at, restKeyword);
  if (prefix.length > 0 || rest !== undefined) draft.array.layers = [{ prefix, rest }];
}

function readProperties(draft: Draft, at: Located, source: SchemaSource): void {
  const schema = at.schema as SchemaObject;
  const properties = new Map<string, Located>();
  for (const name of Object.keys(object(schema["properties"] ?? {}, at, "properties"))) {
    properties.set(name, source.below(at, "properties", name));
  }
  const patterns = Object.keys(object(schema["patternProperties"] ?? {}, at, "patternProperties")).map((pattern) => ({
    source: pattern,
    at,
    value: source.below(at, "patternProperties", pattern),
  }));
  const additional =
    schema["additionalProperties"] === undefined ? undefined : source.below(at, "additionalProperties");
  const layer: ObjectLayer = { properties, patterns, additional };
  draft.object.layers = [layer];
}

/** The constraints of a schema object's own keywords. */
export function ownConstraints(at: Located, source: SchemaSource): Conjunction {
  const schema = at.schema as SchemaObject;
  const plain = unconstrained(at);
  const draft: Draft = {
    types: plain.types,
    values: undefined,
    string: { ...plain.string },
    number: { ...plain.number },
    array: { ...plain.array },
    object: { ...plain.object },
  };
  for (const keyword of Object.keys(readers)) {
    if (schema[keyword] !== undefined) (readers[keyword] as Reader)(draft, schema[keyword], at, source);
  }
  if (schema["const"] !== undefined) {
    const only = schema["const"] as JsonValue;
    draft.values =
      draft.values === undefined ? [only] : draft.values.filter((value) => canonical(value) === canonical(only));
  }
  if (itemKeywords.some((keyword) => schema[keyword] !== undefined)) readItems(draft, at, source);
  if (propertyKeywords.some((keyword) => schema[keyword] !== undefined)) readProperties(draft, at, source);
  for (const keyword of Object.keys(schema)) {
    if (unsupported.has(keyword)) source.refuse(at, keyword, "it is not enforced");
  }
  return { ...draft, excluded: [], forbidden: [], at };
}
