/** Arguments as Python literals or in Gemma's notation: a grammar built from the schema, down to its last level. */
import type { JsonSchema } from "../message.ts";
import { byName } from "../values/key-order.ts";
import { schemaTypes } from "../values/schema-types.ts";
import { ConstrainError } from "./constrain-error.ts";
import type { LiteralNotation, WriteKey } from "./literal-notation.ts";
import { oneOf, optionally, sequence, sizeOf, type Piece } from "./pieces.ts";
import {
  isObject,
  jsonOf,
  propertiesOf,
  refuseOthers,
  resolved,
  sayingOf,
  valuesOf,
  withoutAnnotations,
  type Property,
  type SchemaObject,
} from "./schema.ts";
import type { Format } from "./structural-tag.ts";

/** The arguments with what the notation itself has around them. */
export function literalArguments(notation: LiteralNotation, schema: JsonSchema, path: string): readonly Piece[] {
  const writer = new LiteralGrammar(notation, schema);
  const { declared, others } = propertiesOf(resolved(schema, schema, path), path);
  const [open, close] = notation.around;
  if (others === true) return [open, ...notation.anyArguments, close];
  const entries =
    others === undefined
      ? writer.entries(declared, notation.argument, [])
      : writer.anyEntries(others, notation.anyArgument, `${path}.additionalProperties`, []);
  if (!entries) {
    const missing = declared.find((each) => each.required && !writer.value(each.schema, each.path, []));
    throw new ConstrainError(missing?.path ?? path, "no value satisfies the schema");
  }
  return [open, ...entries, close];
}

const numberKeywords: ReadonlySet<string> = new Set([
  "type",
  "nullable",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
]);
const arrayKeywords: ReadonlySet<string> = new Set([
  "type",
  "nullable",
  "items",
  "prefixItems",
  // It speaks of what stands behind items by position, which are refused.
  "additionalItems",
  "minItems",
  "maxItems",
]);
const wordKeywords: ReadonlySet<string> = new Set(["type", "nullable"]);

/** Formats in one object, written out. Without rules to share, a schema multiplies out. */
const largest = 5_000;

class LiteralGrammar {
  readonly #notation: LiteralNotation;
  readonly #root: JsonSchema;

  constructor(notation: LiteralNotation, root: JsonSchema) {
    this.#notation = notation;
    this.#root = root;
  }

  /**
   * Properties in declared order, or in that of their names where the notation sorts them, those that may be absent optional, a separator between any two that are there.
   * Undefined if a required one has no value.
   */
  entries(properties: readonly Property[], key: WriteKey, references: readonly string[]): readonly Piece[] | undefined {
    const written: { readonly required: boolean; readonly pieces: readonly Piece[] }[] = [];
    const ordered = this.#notation.sorted ? properties.toSorted((a, b) => byName(a.name, b.name)) : properties;
    for (const { name, schema, path, required } of ordered) {
      const start = key(name);
      if (!start && required) throw new ConstrainError(path, "the name cannot be written in this notation");
      const value = start && this.value(schema, path, references);
      if (value) written.push({ required, pieces: [...start, value] });
      else if (required) return undefined;
    }
    const { separator } = this.#notation;
    const size = written
      .flatMap(({ pieces }) => pieces)
      .reduce((sum, piece) => sum + (typeof piece === "string" ? 1 : sizeOf(piece)), 0);
    if (size * Math.sqrt(written.length) > largest) {
      const [{ path }] = properties as readonly [Property];
      throw new ConstrainError(
        path.slice(0, path.lastIndexOf(".properties.")),
        "the schema is too large for a grammar in this notation",
      );
    }
    const must = written.findIndex(({ required }) => required);
    if (must === -1)
      return optionally(
        ...some(
          written.map(({ pieces }) => pieces),
          separator,
        ),
      );
    // Around one that is there the separators are certain: before it they stand behind what may be absent, then before it.
    return written.flatMap(({ required, pieces }, index): readonly Piece[] => {
      const entry = index < must ? [...pieces, separator] : index > must ? [separator, ...pieces] : pieces;
      return required ? entry : optionally(...entry);
    });
  }

  /** Any number of properties, all of one schema. */
  anyEntries(schema: JsonSchema, key: Piece, path: string, references: readonly string[]): readonly Piece[] {
    const value = this.value(schema, path, references);
    if (!value) return [];
    return optionally(key, value, { type: "star", content: sequence(this.#notation.separator, key, value) });
  }

  /** Undefined if no value satisfies the schema. */
  value(schema: JsonSchema, path: string, references: readonly string[]): Format | undefined {
    const inside =
      isObject(schema) && typeof schema["$ref"] === "string" ? [...references, schema["$ref"]] : references;
    if (new Set(inside).size < inside.length) {
      throw new ConstrainError(
        path,
        `the schema refers to itself (${inside.at(-1)}), which this notation's grammar cannot follow`,
      );
    }
    const found = withoutAnnotations(resolved(schema, this.#root, path));
    if (found === false) return undefined;
    if (found === true || Object.keys(found).length === 0) return this.#notation.anyValue;
    const values = valuesOf(found);
    if (values) {
      const formats = values.flatMap((value) => this.#notation.constant(value, path));
      return formats.length > 0 ? oneOf(formats) : undefined;
    }
    const branches = found["anyOf"] ?? found["oneOf"] ?? found["allOf"];
    if (Array.isArray(branches)) return this.#branches(found, branches as readonly JsonSchema[], path, inside);
    return anyOf(this.#typeNames(found, path).map((type) => this.#typed(sayingOf(found, type), type, path, inside)));
  }

  #branches(
    schema: SchemaObject,
    branches: readonly JsonSchema[],
    path: string,
    references: readonly string[],
  ): Format | undefined {
    refuseOthers(schema, new Set(["anyOf", "oneOf", "allOf", "type", "nullable"]), path);
    const kinds = ["anyOf", "oneOf", "allOf"].filter((keyword) => schema[keyword] !== undefined);
    if (kinds.length > 1)
      throw new ConstrainError(path, `${kinds[0]} beside ${kinds[1]} cannot be held in this notation`);
    if (kinds[0] === "allOf" && branches.length !== 1)
      throw new ConstrainError(path, "allOf cannot be held in this notation");
    if (kinds[0] === "oneOf") {
      const types = branches.flatMap((branch) => [...(schemaTypes(this.#root, branch) ?? ["string", "string"])]);
      if (new Set(types).size < types.length) {
        throw new ConstrainError(path, "oneOf with alternatives of the same type cannot be held in this notation");
      }
    }
    return anyOf(branches.map((branch, index) => this.value(branch, `${path}.${kinds[0]}[${index}]`, references)));
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

  #typed(schema: SchemaObject, type: string, path: string, references: readonly string[]): Format | undefined {
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
        const { declared, others } = propertiesOf(schema, path);
        if (others === true) return this.#notation.anyObject;
        const entries =
          others === undefined
            ? this.entries(declared, this.#notation.key, references)
            : this.anyEntries(others, this.#notation.anyKey, `${path}.additionalProperties`, references);
        return entries && sequence("{", ...entries, "}");
      }
      default:
        throw new ConstrainError(path, `the type ${JSON.stringify(type)} is unknown`);
    }
  }

  #array(schema: SchemaObject, path: string, references: readonly string[]): Format | undefined {
    refuseOthers(schema, arrayKeywords, path);
    if (schema["prefixItems"] !== undefined || Array.isArray(schema["items"])) {
      throw new ConstrainError(path, "items by position cannot be held in this notation");
    }
    const item = this.value((schema["items"] ?? true) as JsonSchema, `${path}.items`, references);
    const least = typeof schema["minItems"] === "number" ? schema["minItems"] : 0;
    const most = typeof schema["maxItems"] === "number" ? schema["maxItems"] : undefined;
    if (most === 0 || !item) return least === 0 ? sequence("[]") : undefined;
    const next = sequence(this.#notation.separator, item);
    const others: Format =
      least <= 1 && most === undefined
        ? { type: "star", content: next }
        : { type: "repeat", min: Math.max(0, least - 1), max: most === undefined ? -1 : most - 1, content: next };
    const items = [item, ...(most === 1 ? [] : [others])];
    return sequence("[", ...(least === 0 ? optionally(...items) : items), "]");
  }
}

function anyOf(formats: readonly (Format | undefined)[]): Format | undefined {
  const satisfied = formats.filter((format) => format !== undefined);
  return satisfied.length > 0 ? oneOf(satisfied) : undefined;
}

/**
 * At least one of the entries, in order, with separators between: some of the first half and perhaps some of the second,
 * or some of the second alone. By halves an entry is written out less often than by which of them comes first.
 */
function some(entries: readonly (readonly Piece[])[], separator: Piece): readonly Piece[] {
  if (entries.length < 2) return entries[0] ?? [];
  const middle = entries.length >> 1;
  const first = some(entries.slice(0, middle), separator);
  const second = some(entries.slice(middle), separator);
  return [oneOf([sequence(...first, ...optionally(separator, ...second)), sequence(...second)])];
}
