/** Arguments as Python literals or in Gemma's notation: a grammar built from the schema, down to its last level. */
import type { JsonSchema } from "../message.ts";
import { schemaTypes } from "../values/schema-types.ts";
import { ConstrainError } from "./constrain-error.ts";
import type { LiteralNotation } from "./literal-notation.ts";
import { oneOf, optionally, sequence, type Piece } from "./pieces.ts";
import {
  isObject,
  jsonOf,
  propertiesOf,
  refuseOthers,
  resolved,
  withoutAnnotations,
  type Property,
  type SchemaObject,
} from "./schema.ts";
import type { Format } from "./structural-tag.ts";

/** The arguments with what the notation itself has around them. */
export function literalArguments(notation: LiteralNotation, schema: JsonSchema, path: string): readonly Piece[] {
  const writer = new LiteralGrammar(notation, schema);
  const properties = propertiesOf(resolved(schema, schema, path), path);
  const [open, close] = notation.around;
  return [open, ...(properties ? writer.entries(properties, notation.argument, []) : notation.anyArguments), close];
}

type WriteKey = (name: string) => readonly Piece[];

const numberKeywords: ReadonlySet<string> = new Set([
  "type",
  "nullable",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
]);
const arrayKeywords: ReadonlySet<string> = new Set(["type", "nullable", "items", "prefixItems", "minItems", "maxItems"]);
const wordKeywords: ReadonlySet<string> = new Set(["type", "nullable"]);

class LiteralGrammar {
  readonly #notation: LiteralNotation;
  readonly #root: JsonSchema;

  constructor(notation: LiteralNotation, root: JsonSchema) {
    this.#notation = notation;
    this.#root = root;
  }

  /** Properties in declared order, those that may be absent optional, a separator between any two that are there. */
  entries(properties: readonly Property[], key: WriteKey, references: readonly string[]): readonly Piece[] {
    const written = properties.map(({ name, schema, path, required }) => ({
      required,
      pieces: [...key(name), this.value(schema, path, references)],
    }));
    const behind = (index: number): readonly Piece[] =>
      written.slice(index).flatMap(({ required, pieces }): readonly Piece[] => {
        const entry = [this.#notation.separator, ...pieces];
        return required ? entry : optionally(...entry);
      });
    const lastFirst = written.findIndex(({ required }) => required);
    const firsts = lastFirst === -1 ? written : written.slice(0, lastFirst + 1);
    if (firsts.length === 0) return [];
    const alternatives = oneOf(firsts.map(({ pieces }, index) => sequence(...pieces, ...behind(index + 1))));
    return lastFirst === -1 ? optionally(alternatives) : [alternatives];
  }

  value(schema: JsonSchema, path: string, references: readonly string[]): Format {
    const inside = isObject(schema) && typeof schema["$ref"] === "string" ? [...references, schema["$ref"]] : references;
    if (new Set(inside).size < inside.length) {
      throw new ConstrainError(path, `the schema refers to itself (${inside.at(-1)}), which this notation's grammar cannot follow`);
    }
    const found = withoutAnnotations(resolved(schema, this.#root, path));
    if (found === false) throw new ConstrainError(path, "the schema false, which nothing satisfies");
    if (found === true || Object.keys(found).length === 0) return this.#notation.anyValue;
    const values = found["enum"] ?? (Object.hasOwn(found, "const") ? [found["const"]] : undefined);
    if (Array.isArray(values)) {
      refuseOthers(found, new Set(["enum", "const", "type", "nullable"]), path);
      return oneOf(values.flatMap((value: unknown) => this.#notation.constant(value, path)));
    }
    const branches = found["anyOf"] ?? found["oneOf"] ?? found["allOf"];
    if (Array.isArray(branches)) return this.#branches(found, branches as readonly JsonSchema[], path, inside);
    const names = this.#typeNames(found, path);
    if (names.length > 1) {
      return oneOf(names.map((type) => this.#typed({ ...keywordsFor(found, type), type }, type, path, inside)));
    }
    return this.#typed(found, names[0]!, path, inside);
  }

  #branches(schema: SchemaObject, branches: readonly JsonSchema[], path: string, references: readonly string[]): Format {
    refuseOthers(schema, new Set(["anyOf", "oneOf", "allOf", "type", "nullable"]), path);
    const kinds = ["anyOf", "oneOf", "allOf"].filter((keyword) => schema[keyword] !== undefined);
    if (kinds.length > 1) throw new ConstrainError(path, `${kinds[0]} beside ${kinds[1]} cannot be held in this notation`);
    if (kinds[0] === "allOf" && branches.length !== 1) throw new ConstrainError(path, "allOf cannot be held in this notation");
    if (kinds[0] === "oneOf") {
      const types = branches.flatMap((branch) => [...(schemaTypes(this.#root, branch) ?? ["string", "string"])]);
      if (new Set(types).size < types.length) {
        throw new ConstrainError(path, "oneOf with alternatives of the same type cannot be held in this notation");
      }
    }
    return oneOf(branches.map((branch, index) => this.value(branch, `${path}.${kinds[0]}[${index}]`, references)));
  }

  #typeNames(schema: SchemaObject, path: string): readonly string[] {
    const declared = schema["type"];
    const names = Array.isArray(declared) ? (declared as string[]) : typeof declared === "string" ? [declared] : [];
    if (schema["nullable"] === true && names.length > 0) return [...new Set([...names, "null"])];
    if (names.length > 0) return names;
    const implied = schemaTypes(this.#root, schema);
    if (!implied) throw new ConstrainError(path, "a schema that names no type cannot be held in this notation");
    return [...implied];
  }

  #typed(schema: SchemaObject, type: string, path: string, references: readonly string[]): Format {
    const { words } = this.#notation;
    switch (type) {
      case "string":
        return this.#notation.string(schema, path);
      case "integer":
      case "number":
        refuseOthers(schema, numberKeywords, path);
        return jsonOf({ ...schema, type });
      case "boolean":
        refuseOthers(schema, wordKeywords, path);
        return oneOf([sequence(words.true), sequence(words.false)]);
      case "null":
        refuseOthers(schema, wordKeywords, path);
        return sequence(words.null);
      case "array":
        return this.#array(schema, path, references);
      case "object": {
        const properties = propertiesOf(schema, path);
        return properties ? sequence("{", ...this.entries(properties, this.#notation.key, references), "}") : this.#notation.anyObject;
      }
      default:
        throw new ConstrainError(path, `the type ${JSON.stringify(type)} is unknown`);
    }
  }

  #array(schema: SchemaObject, path: string, references: readonly string[]): Format {
    refuseOthers(schema, arrayKeywords, path);
    if (schema["prefixItems"] !== undefined || Array.isArray(schema["items"])) {
      throw new ConstrainError(path, "items by position cannot be held in this notation");
    }
    const item = this.value((schema["items"] ?? true) as JsonSchema, `${path}.items`, references);
    const least = typeof schema["minItems"] === "number" ? schema["minItems"] : 0;
    const most = typeof schema["maxItems"] === "number" ? schema["maxItems"] : undefined;
    if (most === 0) return sequence("[]");
    const next = sequence(this.#notation.separator, item);
    const others: Format =
      least <= 1 && most === undefined
        ? { type: "star", content: next }
        : { type: "repeat", min: Math.max(0, least - 1), max: most === undefined ? -1 : most - 1, content: next };
    const items = [item, ...(most === 1 ? [] : [others])];
    return sequence("[", ...(least === 0 ? optionally(...items) : items), "]");
  }
}

/** Keywords that speak of one type only; the others speak of any. */
const keywordTypes: { readonly [keyword: string]: readonly string[] } = {
  ...each(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], ["number", "integer"]),
  ...each(["pattern", "minLength", "maxLength", "format"], ["string"]),
  ...each(["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"], ["array"]),
  ...each(["properties", "required", "additionalProperties", "minProperties", "maxProperties", "patternProperties"], ["object"]),
};

function each(keywords: readonly string[], types: readonly string[]): { readonly [keyword: string]: readonly string[] } {
  return Object.fromEntries(keywords.map((keyword) => [keyword, types]));
}

/** What a schema of several types says of one of them. */
function keywordsFor(schema: SchemaObject, type: string): SchemaObject {
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => keyword !== "nullable" && (keywordTypes[keyword]?.includes(type) ?? true)),
  );
}
