/** The declaration language as a JSON Schema: for editors, and for whoever writes declarations with a program. */
import { kinds, objects, type Fields, type Shape } from "./language.ts";

type Schema = { readonly [keyword: string]: unknown };

/**
 * A JSON Schema (2020-12) of formats. It says which fields there are; what nodes mean together (a call has a name, a
 * value has a key) is more than a schema can say, and `parseFormat` checks that too.
 */
export function formatSchema(): Schema {
  const defs: Record<string, Schema> = {};
  for (const [family, members] of Object.entries(kinds)) {
    defs[family] = { anyOf: Object.keys(members).map((kind) => reference(defName(family, kind))) };
    for (const [kind, { says, fields }] of Object.entries(members))
      defs[defName(family, kind)] = objectSchema(says, fields, kind);
  }
  for (const [name, { says, fields }] of Object.entries(objects))
    if (name !== "format") defs[name] = objectSchema(says, fields);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Glossa format",
    ...objectSchema(objects.format.says, objects.format.fields),
    $defs: defs,
  };
}

const defName = (family: string, kind: string): string => (family === "node" ? kind : `${family}.${kind}`);

const reference = (name: string): Schema => ({ $ref: `#/$defs/${name}` });

function objectSchema(says: string, fields: Fields, kind?: string): Schema {
  const names = Object.keys(fields).filter((name) => fields[name]!.required);
  return {
    description: says,
    type: "object",
    properties: {
      ...(kind !== undefined && { kind: { const: kind } }),
      ...Object.fromEntries(
        Object.entries(fields).map(([name, field]) => [name, { description: field.says, ...schemaOf(field.shape) }]),
      ),
    },
    required: kind === undefined ? names : ["kind", ...names],
    additionalProperties: false,
  };
}

function schemaOf(shape: Shape): Schema {
  switch (shape.type) {
    case "text":
      return {
        type: "string",
        ...(!shape.empty && { minLength: 1 }),
        ...(shape.pattern && { pattern: shape.pattern.source }),
      };
    case "flag":
      return { type: "boolean" };
    case "count":
      return { type: "integer", minimum: shape.least, maximum: shape.most };
    case "word":
      return { enum: shape.words };
    case "list":
      return {
        type: "array",
        items: schemaOf(shape.item),
        ...(shape.least > 0 && { minItems: shape.least }),
        ...(shape.distinct && { uniqueItems: true }),
      };
    case "map":
      return {
        type: "object",
        propertyNames: shape.keys ? { enum: shape.keys } : { minLength: 1 },
        additionalProperties: schemaOf(shape.value),
        ...(shape.least > 0 && { minProperties: shape.least }),
      };
    case "object":
      return reference(shape.object);
    case "kinds":
      return reference(shape.kinds);
  }
}
