import { formatPattern } from "./formats.ts";
import { isSchemaObject, type JsonValue, type SchemaObject } from "./source.ts";

type Schema = boolean | SchemaObject;

/** Keywords that say something about validity for which there is no opposite here. All unknown ones say nothing. */
const opaque: ReadonlySet<string> = new Set([
  "$dynamicRef",
  "$recursiveRef",
  "additionalItems",
  "dependencies",
  "dependentSchemas",
  "disallow",
  "divisibleBy",
  "extends",
  "if",
  "multipleOf",
  "prefixItems",
  "unevaluatedItems",
  "unevaluatedProperties",
  "uniqueItems",
]);

export interface NegationContext {
  resolve(reference: unknown): Schema;
  readonly assertsFormat: boolean;
}

/** The values that a schema allows are those that its negation forbids; undefined where no schema we enforce says that. */
export function negate(schema: Schema, context: NegationContext): Schema | undefined {
  if (typeof schema === "boolean") return !schema;
  const alternatives: Schema[] = [];
  for (const keyword of Object.keys(schema)) {
    const negated = negateKeyword(keyword, schema[keyword], schema, context);
    if (negated === undefined) return undefined;
    alternatives.push(...negated);
  }
  if (alternatives.length === 0) return false;
  return alternatives.length === 1 ? (alternatives[0] as Schema) : { anyOf: alternatives };
}

/** The ways in which a value can break one keyword: alternatives, any of which may hold. */
function negateKeyword(
  keyword: string,
  value: unknown,
  schema: SchemaObject,
  context: NegationContext,
): readonly Schema[] | undefined {
  switch (keyword) {
    case "type":
      return otherTypes(value);
    case "enum":
      return Array.isArray(value) ? [otherThan(value as JsonValue[])] : undefined;
    case "const":
      return [otherThan([value as JsonValue])];
    case "required":
      if (!Array.isArray(value)) return undefined;
      return value.map((name: string) => ({ type: "object", properties: { [name]: false } }));
    case "properties": {
      if (!isSchemaObject(value)) return undefined;
      const broken: Schema[] = [];
      for (const [name, property] of Object.entries(value)) {
        if (typeof property !== "boolean" && !isSchemaObject(property)) return undefined;
        const negated = negate(property, context);
        if (negated === undefined) return undefined;
        if (negated !== false) broken.push({ type: "object", required: [name], properties: { [name]: negated } });
      }
      return broken;
    }
    case "minLength":
      return value === 0 ? [] : [{ type: "string", maxLength: Number(value) - 1 }];
    case "maxLength":
      return [{ type: "string", minLength: Number(value) + 1 }];
    case "minItems":
      return value === 0 ? [] : [{ type: "array", maxItems: Number(value) - 1 }];
    case "maxItems":
      return [{ type: "array", minItems: Number(value) + 1 }];
    case "minProperties":
      return value === 0 ? [] : [{ type: "object", maxProperties: Number(value) - 1 }];
    case "maxProperties":
      return [{ type: "object", minProperties: Number(value) + 1 }];
    case "items": {
      // Behind `prefixItems` it is not all items that it speaks of.
      if (schema["prefixItems"] !== undefined || (typeof value !== "boolean" && !isSchemaObject(value)))
        return undefined;
      const negated = negate(value, context);
      if (negated === undefined) return undefined;
      return negated === false ? [] : [{ type: "array", contains: negated }];
    }
    case "contains": {
      if (schema["minContains"] !== undefined || schema["maxContains"] !== undefined) return undefined;
      const negated = typeof value === "boolean" || isSchemaObject(value) ? negate(value, context) : undefined;
      return negated === undefined ? undefined : [{ type: "array", items: negated }];
    }
    case "pattern":
      return [{ type: "string", not: { pattern: value } }];
    case "format": {
      // What is no constraint can't be broken.
      const format = context.assertsFormat ? formatPattern(value) : undefined;
      if (format === undefined) return [];
      const other = { type: "string", not: { pattern: format.pattern } };
      return format.maxLength === Infinity ? [other] : [other, { type: "string", minLength: format.maxLength + 1 }];
    }
    case "minimum":
      return typeof schema["exclusiveMinimum"] === "boolean"
        ? undefined
        : [{ type: "number", exclusiveMaximum: value }];
    case "maximum":
      return typeof schema["exclusiveMaximum"] === "boolean"
        ? undefined
        : [{ type: "number", exclusiveMinimum: value }];
    case "exclusiveMinimum":
      return typeof value === "boolean" ? undefined : [{ type: "number", maximum: value }];
    case "exclusiveMaximum":
      return typeof value === "boolean" ? undefined : [{ type: "number", minimum: value }];
    case "not":
      return typeof value === "boolean" || isSchemaObject(value) ? [value] : undefined;
    case "anyOf": {
      const negated = negateAll(value, context);
      return negated === undefined ? undefined : [{ allOf: negated }];
    }
    case "allOf":
      return negateAll(value, context);
    case "oneOf": {
      const negated = negateAll(value, context);
      if (negated === undefined) return undefined;
      const pairs = (value as readonly Schema[]).flatMap((one, i, all) =>
        all.slice(i + 1).map((other) => ({ allOf: [one, other] })),
      );
      return [{ allOf: negated }, ...pairs];
    }
    case "$ref": {
      const negated = negate(context.resolve(value), context);
      return negated === undefined ? undefined : [negated];
    }
    case "propertyNames": {
      if (value === false) return [{ type: "object", minProperties: 1 }];
      const others = typeof value === "boolean" || isSchemaObject(value) ? negate(value, context) : undefined;
      return others === undefined ? undefined : someKeyOf(others);
    }
    case "dependentRequired":
      if (!isSchemaObject(value) || !Object.values(value).every(Array.isArray)) return undefined;
      return Object.entries(value).flatMap(([name, needed]) =>
        (needed as readonly string[]).map((each) => ({
          type: "object",
          required: [name],
          properties: { [each]: false },
        })),
      );
    case "additionalProperties":
    case "patternProperties":
      // What is true of all is never broken.
      return Object.values(keyword === "additionalProperties" ? { value } : (value as object)).every(
        (each) => each === true,
      )
        ? []
        : undefined;
    default:
      return opaque.has(keyword) ? undefined : [];
  }
}

/** Every value that none of these is. */
function otherThan(values: readonly JsonValue[]): Schema {
  const scalars = values.filter((value) => typeof value !== "object" || value === null);
  const others = values.filter((value) => typeof value === "object" && value !== null).map(otherThanCompound);
  const all: Schema[] = scalars.length > 0 ? [{ not: { enum: scalars } }, ...others] : others;
  return all.length === 1 ? (all[0] as Schema) : { allOf: all };
}

/** Of another type or size, or with another item or property. */
function otherThanCompound(value: JsonValue): Schema {
  if (Array.isArray(value)) {
    const { length } = value;
    const sizes = [
      ...(length > 0 ? [{ type: "array", maxItems: length - 1 }] : []),
      { type: "array", minItems: length + 1 },
    ];
    const items = value.map((item: JsonValue, index) => ({
      type: "array",
      minItems: length,
      maxItems: length,
      prefixItems: [...Array.from({ length: index }, () => true), otherThan([item])],
    }));
    return { anyOf: [...otherTypes("array"), ...sizes, ...items] };
  }
  const entries = Object.entries(value as { readonly [key: string]: JsonValue });
  const properties = entries.flatMap(([name, each]) => [
    { type: "object", properties: { [name]: false } },
    { type: "object", required: [name], properties: { [name]: otherThan([each]) } },
  ]);
  return { anyOf: [...otherTypes("object"), { type: "object", minProperties: entries.length + 1 }, ...properties] };
}

/** Objects with a key that is one of those listed; undefined where the keys are not listed. */
function someKeyOf(names: Schema): readonly Schema[] | undefined {
  if (typeof names === "boolean") return names ? [{ type: "object", minProperties: 1 }] : [];
  const [keyword, ...more] = Object.keys(names);
  if (more.length > 0) return undefined;
  const listed = keyword === "enum" ? names["enum"] : keyword === "const" ? [names["const"]] : undefined;
  if (!Array.isArray(listed)) return undefined;
  return listed.filter((name) => typeof name === "string").map((name) => ({ type: "object", required: [name] }));
}

function negateAll(value: unknown, context: NegationContext): Schema[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const negated: Schema[] = [];
  for (const each of value) {
    const one = typeof each === "boolean" || isSchemaObject(each) ? negate(each, context) : undefined;
    if (one === undefined) return undefined;
    negated.push(one);
  }
  return negated;
}

/** All other types; a number that is no integer has no name and is said in two words. */
function otherTypes(value: unknown): Schema[] {
  const named: readonly unknown[] = Array.isArray(value) ? value : [value];
  const others = ["null", "boolean", "number", "string", "array", "object"].filter((type) => !named.includes(type));
  if (!named.includes("integer") || named.includes("number")) return [{ type: others }];
  return [{ type: others.filter((type) => type !== "number") }, { type: "number", not: { type: "integer" } }];
}
