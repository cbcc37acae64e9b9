/** Arguments with markup around every parameter: a tag a parameter, its value raw or JSON as the schema has it. */
import type { JsonType, Node, Tagged, Type } from "../format.ts";
import type { JsonSchema } from "../message.ts";
import { typeWord } from "../render/call-text.ts";
import { escapeText } from "../values/escapes.ts";
import { schemaTypes } from "../values/schema-types.ts";
import { ConstrainError } from "./constrain-error.ts";
import { excludes } from "./markers.ts";
import { nestedGrammar, type NestedRoot } from "./nested-ebnf.ts";
import { oneOf, optionally, sequence, tag, type Piece } from "./pieces.ts";
import { firstCharacters, rawText, textUnit } from "./raw-text.ts";
import { inClass } from "./regex.ts";
import {
  fromEntries,
  isObject,
  jsonOf,
  propertiesOf,
  refuseOthers,
  resolved,
  sayingOf,
  standingAlone,
  valuesOf,
  withoutAnnotations,
  type SchemaObject,
} from "./schema.ts";
import type { Format } from "./structural-tag.ts";
import { closersOf, escapesOf, firstText, keyPattern, piecesOf } from "./tagged-markup.ts";

/** One way of writing a value, with the word that tells which. */
interface Variant {
  readonly word: string | undefined;
  readonly content: readonly Piece[];
}

export interface TaggedOptions {
  /**
   * As a `style` of a structural tag has it: constants as JSON writes them only, and where a closing tag repeats the name,
   * none that the schema does not declare. Default: as models write it.
   */
  readonly asStyle?: boolean;
}

/** `following`: texts that may stand behind the last parameter. */
export function taggedArguments(
  notation: Tagged,
  following: readonly string[],
  schema: JsonSchema,
  path: string,
  options: TaggedOptions = {},
): readonly Piece[] {
  try {
    return new ParameterWriter(notation, following, schema, options).members(schema, path);
  } catch (error) {
    // What refers to itself has no end as pieces. The styles know less of strings, and no object of any keys.
    if (!(error instanceof CircularSchema) || notation.style === undefined) throw error;
    return [{ ...jsonOf(schema), style: notation.style }];
  }
}

class CircularSchema extends ConstrainError {
  constructor(path: string) {
    super(path, "a schema that refers to itself cannot be held in this notation");
  }
}

class ParameterWriter {
  readonly #notation: Tagged;
  readonly #type: Type | undefined;
  readonly #excluded: readonly string[];
  readonly #root: JsonSchema;
  readonly #asStyle: boolean;
  /** The schemas whose values hold the value that is being written. */
  readonly #around: JsonSchema[] = [];

  constructor(notation: Tagged, following: readonly string[], root: JsonSchema, { asStyle = false }: TaggedOptions) {
    const { parameter, item } = notation;
    this.#notation = notation;
    this.#type = parameter.find((node) => node.kind === "type");
    // Where no word tells, a tag at the start of a text would be read as what the value holds.
    const openers = item && !this.#type ? [...firstText(parameter), ...firstText(item)] : [];
    this.#excluded = excludes([...closersOf(parameter, following), ...openers]);
    this.#root = root;
    this.#asStyle = asStyle;
  }

  /** The arguments, or the members of an object inside. */
  members(schema: JsonSchema, path: string): readonly Piece[] {
    const { declared, others } = propertiesOf(resolved(schema, this.#root, path), path);
    if (others !== undefined) {
      this.#demandNames(path);
      if (this.#notation.item && isAnything(others)) return [this.#free("members", path)];
      const any = this.#anyMember(others, path);
      return any ? [{ type: "star", content: any }] : [];
    }
    return declared.flatMap(({ name, schema: value, required, path: place }): readonly Piece[] => {
      const written = this.parameter(name, value, place);
      if (written) return required ? [written] : optionally(written);
      if (required) throw new ConstrainError(place, "no value satisfies the schema");
      return [];
    });
  }

  #demandNames(path: string): void {
    const isRepeated = this.#notation.parameter.some((node) => node.kind === "key" && node.again);
    if (this.#asStyle && isRepeated) {
      throw new ConstrainError(path, "names that the schema does not declare cannot be held in this notation");
    }
  }

  /** A parameter or member of any name. */
  #anyMember(schema: JsonSchema, path: string): Format | undefined {
    const nodes = this.#notation.parameter;
    const key: Format = { type: "regex", pattern: keyPattern(nodes, this.#excluded) };
    const variants = this.#variants(schema, `${path}.additionalProperties`);
    return variants.length > 0 ? this.#written(nodes, key, variants) : undefined;
  }

  /** Undefined if no value satisfies the schema. */
  parameter(name: string, schema: JsonSchema, path: string): Format | undefined {
    const variants = this.#variants(schema, path);
    return variants.length > 0
      ? this.#written(this.#notation.parameter, escapeText(name, escapesOf(this.#notation.parameter)), variants)
      : undefined;
  }

  #written(nodes: readonly Node[], key: Piece, variants: readonly Variant[]): Format {
    const words = [...new Set(variants.map(({ word }) => word))];
    return oneOf(
      words.map((word) => {
        const contents = variants.filter((variant) => variant.word === word).map(({ content }) => content);
        const value = contents.length === 1 ? contents[0]! : [oneOf(contents.map((content) => sequence(...content)))];
        return tag(...nodes.flatMap((node) => piecesOf(node, key, word, value)));
      }),
    );
  }

  #variants(schema: JsonSchema, path: string): readonly Variant[] {
    const target = resolved(schema, this.#root, path);
    if (isObject(target) && this.#around.includes(target)) throw new CircularSchema(path);
    this.#around.push(target);
    const variants =
      this.#notation.item && isAnything(withoutAnnotations(target)) ? this.#anyValue(path) : this.#held(target, path);
    this.#around.pop();
    return variants;
  }

  #held(schema: JsonSchema, path: string): readonly Variant[] {
    const { strings, others } = this.#split(schema, path);
    if (this.#type) {
      const type = this.#type;
      const word = this.#word(type, "string", path);
      const raw = strings.map((each) => ({
        word,
        content: type.words[word] === "raw" ? this.#raw(each, path) : [this.#json(each, path)],
      }));
      return [...raw, ...others.flatMap((each) => this.#typed(type, each, path))];
    }
    // Without a word, raw text is read by the schema: a free string says any other value that is free as well.
    const isFree = strings.some((each) => isAnything(each)) && others.every(isAnything);
    const json = isFree
      ? []
      : others.map((each): Variant => ({ word: undefined, content: this.#words(each) ?? this.#other(each, path) }));
    const beside = isFree ? [] : others;
    return [...strings.map((each): Variant => ({ word: undefined, content: this.#raw(each, path, beside) })), ...json];
  }

  #words(schema: JsonSchema): readonly Piece[] | undefined {
    return this.#asStyle ? undefined : rawWords(schema);
  }

  #word(type: Type, jsonType: JsonType, path: string): string {
    const word = typeWord(type, jsonType);
    if (word === undefined) throw new ConstrainError(path, `the format has no word for a value of type ${jsonType}`);
    return word;
  }

  /** A value that is no string: a variant for each word that its types are written with. */
  #typed(type: Type, schema: JsonSchema, path: string): readonly Variant[] {
    const types = schemaTypes(this.#root, schema) ?? nonStrings;
    const words = new Set([...types].map((each) => this.#word(type, each, path)));
    if (words.size === 1) return [{ word: [...words][0]!, content: this.#other(schema, path) }];
    return this.#byType(schema, path).flatMap((each) => this.#typed(type, each, path));
  }

  /** The schema in parts of one type each. */
  #byType(schema: JsonSchema, path: string): readonly JsonSchema[] {
    if (!isObject(schema)) return nonStrings.map((type) => ({ type }));
    const list = valuesOf(schema);
    if (list) return list.map((value) => ({ enum: [value] }));
    const branches = this.#branches(schema, path);
    if (branches) return branches.map((branch) => resolved(branch, this.#root, path));
    const names = schema["type"];
    if (Array.isArray(names)) return names.map((name: string) => sayingOf(schema, name));
    throw new ConstrainError(path, "the format writes the types that the schema allows with different words");
  }

  // Values that nest

  /** A value that is no string: what it holds, where values nest, else JSON. */
  #other(schema: JsonSchema, path: string): readonly Piece[] {
    const types = schemaTypes(this.#root, schema);
    const mayNest = types === undefined || types.has("object") || types.has("array");
    if (this.#notation.item === undefined || !mayNest) return [this.#json(schema, path)];
    const found = isObject(schema) ? schema : {};
    const list = valuesOf(found)?.map(schemaOfValue);
    const parts = list ?? this.#branches(found, path) ?? (types?.size === 1 ? undefined : this.#byType(found, path));
    if (parts) {
      const each = parts.map((part) => this.#other(withoutAnnotations(resolved(part, this.#root, path)), path));
      const written = each.filter((content) => content.length > 0).map((content) => sequence(...content));
      if (written.length === 0) return [];
      return written.length < each.length ? optionally(oneOf(written)) : [oneOf(written)];
    }
    return types!.has("object") ? this.members(found, path) : this.#items(found, path);
  }

  #items(schema: SchemaObject, path: string): readonly Piece[] {
    refuseOthers(schema, arrayKeywords, path);
    const first = (schema["prefixItems"] ?? []) as readonly JsonSchema[];
    const least = typeof schema["minItems"] === "number" ? schema["minItems"] : 0;
    const most = typeof schema["maxItems"] === "number" ? schema["maxItems"] : Infinity;
    const item = (each: JsonSchema, place: string): Format | undefined => {
      const variants = this.#variants(each, place);
      return variants.length > 0 ? this.#written(this.#notation.item!, "", variants) : undefined;
    };
    const other = most > first.length ? item((schema["items"] ?? true) as JsonSchema, `${path}.items`) : undefined;
    const fixed = first.slice(0, most).map((each, index) => item(each, `${path}.prefixItems[${index}]`));
    const impossible = fixed.includes(undefined) ? fixed.indexOf(undefined) : other ? Infinity : fixed.length;
    if (impossible < least) throw new ConstrainError(path, "no array satisfies the schema");
    const from = Math.max(0, least - fixed.length);
    const to = most === Infinity ? -1 : most - fixed.length;
    let pieces: readonly Piece[] =
      other && impossible === Infinity
        ? [
            from === 0 && to < 0
              ? { type: "star", content: other }
              : { type: "repeat", min: from, max: to, content: other },
          ]
        : [];
    for (let i = Math.min(fixed.length, impossible) - 1; i >= 0; i--)
      pieces = i < least ? [fixed[i]!, ...pieces] : optionally(fixed[i]!, ...pieces);
    return pieces;
  }

  /** A value of any type, in each way in which one is written. */
  #anyValue(path: string): readonly Variant[] {
    this.#demandNames(path);
    const text = this.#raw({}, path);
    const type = this.#type;
    if (!type) {
      const inside = (["members", "items"] as const).map((root) => this.#free(root, path));
      return [{ word: undefined, content: [oneOf([sequence(...text), ...inside])] }];
    }
    const content = {
      raw: () => text,
      json: () => [jsonOf({ type: ["number", "boolean", "null"] })],
      object: () => [this.#free("members", path)],
      array: () => [this.#free("items", path)],
    };
    return Object.entries(type.words).map(([word, reading]) => ({ word, content: content[reading]() }));
  }

  #free(root: NestedRoot, path: string): Format {
    const [excluded = "", ...more] = this.#excluded;
    if (more.length > 0) throw new ConstrainError(path, "values of any type cannot be held in this notation");
    return { type: "grammar", grammar: nestedGrammar(this.#notation, excluded, root, path) };
  }

  #json(schema: JsonSchema, path: string): Format {
    return jsonOf(standingAlone(schema, this.#root, path));
  }

  #raw(schema: SchemaObject, path: string, beside: readonly JsonSchema[] = []): readonly Piece[] {
    const values = stringValues(schema);
    if (values) {
      const bad = values.find((value) => this.#excluded.some((closer) => value.includes(closer)));
      if (bad !== undefined)
        throw new ConstrainError(path, `the value ${JSON.stringify(bad)} holds the markup around it`);
      return [oneOf(values.map((value) => ({ type: "const_string", value })))];
    }
    const free = rawText(schema, this.#excluded, path);
    return this.#guarded(free, beside, path);
  }

  /** A string beside other types must not look like a value of one of them: it would be read, and not be checked, as that. */
  #guarded(free: readonly Piece[], beside: readonly JsonSchema[], path: string): readonly Piece[] {
    const types = new Set(
      beside.filter((each) => !isPlain(each)).flatMap((each) => [...(schemaTypes(this.#root, each) ?? [])]),
    );
    const brackets = `${types.has("object") ? "{" : ""}${types.has("array") ? "\\[" : ""}`;
    const number = types.has("number") ? "+.\\d\\-" : "";
    if (brackets === "" && number === "") return free;
    if (free.length !== 1 || typeof free[0] === "string" || free[0]!.type !== "any_text") {
      throw new ConstrainError(path, "a string with limits beside other types");
    }
    const first = inClass(firstCharacters(this.#excluded));
    const word: Piece = { type: "regex", pattern: textUnit(this.#excluded, `${blank}${brackets}${number}`) };
    const behindDigits: Piece = {
      type: "regex",
      pattern: `[-+.\\d][-+.\\w]*(?:[ \\t]+[^${blank}${first}]|[^${blank}${first}+.\\w-])`,
    };
    return [oneOf([sequence(word, free[0]!), ...(number === "" ? [] : [sequence(behindDigits, free[0]!)])])];
  }

  /** The schema as alternatives that are strings and alternatives that are not. */
  #split(
    schema: JsonSchema,
    path: string,
  ): { readonly strings: readonly SchemaObject[]; readonly others: readonly JsonSchema[] } {
    const found = withoutAnnotations(resolved(schema, this.#root, path));
    if (found === false) return { strings: [], others: [] };
    if (found === true || Object.keys(found).length === 0) return { strings: [{}], others: [true] };
    const types = schemaTypes(this.#root, found);
    if (types?.size === 0) return { strings: [], others: [] };
    if (types && !types.has("string")) return { strings: [], others: [found] };
    const list = valuesOf(found);
    if (list) {
      const others = list.filter((value) => typeof value !== "string");
      const strings = list.filter((value) => typeof value === "string");
      return {
        strings: strings.length > 0 ? [{ enum: strings }] : [],
        others: others.length > 0 ? [{ enum: others }] : [],
      };
    }
    const branches = this.#branches(found, path);
    if (branches) {
      const each = branches.map((branch) => this.#split(branch, path));
      return { strings: each.flatMap(({ strings }) => strings), others: each.flatMap(({ others }) => others) };
    }
    const all = found["allOf"];
    if (Array.isArray(all)) {
      if (all.length !== 1) throw new ConstrainError(path, "allOf cannot be held in this notation");
      refuseOthers(found, new Set(["allOf"]), path);
      return this.#split(all[0] as JsonSchema, path);
    }
    const string = sayingOf(found, "string");
    if (types?.size === 1) return { strings: [string], others: [] };
    const names = Array.isArray(found["type"]) ? (found["type"] as string[]) : everyType;
    return {
      strings: [string],
      others: names.filter((name) => name !== "string").map((name) => sayingOf(found, name)),
    };
  }

  /** The alternatives of a schema that says nothing else. */
  #branches(schema: SchemaObject, path: string): readonly JsonSchema[] | undefined {
    const branches = (schema["anyOf"] ?? schema["oneOf"]) as readonly JsonSchema[] | undefined;
    if (!branches) return undefined;
    refuseOthers(schema, new Set(["anyOf", "oneOf", "type", "nullable"]), path);
    if (schema["anyOf"] && schema["oneOf"])
      throw new ConstrainError(path, "anyOf beside oneOf cannot be held in this notation");
    if (schema["oneOf"] && overlap(branches.map((each) => schemaTypes(this.#root, each)))) {
      throw new ConstrainError(path, "oneOf with alternatives of the same type cannot be held in this notation");
    }
    return branches;
  }
}

const nonStrings: readonly JsonType[] = ["number", "boolean", "null", "object", "array"];
const arrayKeywords: ReadonlySet<string> = new Set([
  "type",
  "nullable",
  "items",
  "prefixItems",
  "minItems",
  "maxItems",
]);

/** A schema of one value, in which what that holds can be written in tags of its own. */
function schemaOfValue(value: unknown): JsonSchema {
  if (Array.isArray(value))
    return { type: "array", prefixItems: value.map(schemaOfValue), minItems: value.length, maxItems: value.length };
  if (!isObject(value)) return { const: value };
  const properties = fromEntries(Object.entries(value).map(([key, each]) => [key, schemaOfValue(each)]));
  return { type: "object", properties, required: Object.keys(value), additionalProperties: false };
}

const everyType: readonly string[] = ["string", "number", "boolean", "null", "object", "array"];

function overlap(types: readonly (ReadonlySet<JsonType> | undefined)[]): boolean {
  const all = types.flatMap((set) => [...(set ?? everyType)]);
  return new Set(all).size !== all.length;
}

/** Whether the schema says no more than the type. */
function isPlain(schema: JsonSchema): boolean {
  if (!isObject(schema)) return true;
  const type = [schema["type"]].flat();
  return Object.keys(schema).every((keyword) => keyword === "type") && !type.includes("integer");
}

/** Templates print some values as Python does; models write them so, and they are read so. */
const spellings: { readonly [type: string]: readonly string[] } = {
  boolean: ["true", "false", "True", "False"],
  null: ["null", "None"],
};

function rawWords(schema: JsonSchema): readonly Piece[] | undefined {
  const words = isObject(schema) && isPlain(schema) ? spellings[String(schema["type"])] : undefined;
  return words && [oneOf(words.map((value) => ({ type: "const_string", value })))];
}

const isAnything = (schema: JsonSchema): boolean =>
  schema === true || (isObject(schema) && Object.keys(schema).length === 0);

function stringValues(schema: SchemaObject): readonly string[] | undefined {
  return schema["enum"] as readonly string[] | undefined;
}

/** White space, in a class; `\\s` has more members than every engine likes in a negated one. */
const blank = " \\t\\n\\r";
