/**
 * JSON Schema → rules. Properties come in declared order, those that are not required may be left out, others follow. What
 * cannot be held is refused with its path; what is valid may have to be written plainly (no needless escapes in strings with
 * a pattern and in undeclared keys, numbers with bounds without an exponent).
 */
import type { JsonSchema } from "../../message.ts";
import { fromEntries, isObject, sayingOf, withoutAnnotations, type SchemaObject } from "../schema.ts";
import { decimalRange, type Bound } from "./decimal-range.ts";
import {
  choice,
  empty,
  isNothing,
  nothing,
  oneOf,
  optional,
  repeat,
  rule,
  sequence,
  star,
  text,
  type Expression,
  type RuleSet,
} from "./expression.ts";
import { JsonText, otherKey, quoted } from "./json-text.ts";
import { ofLength } from "./lengths.ts";
import { LoweringError, type Refusals } from "./lowering-error.ts";
import { searchPattern, wholePattern } from "./regular-expression.ts";
import { isEqual, list, SchemaMerger, typeOf } from "./schema-merge.ts";
import { stringFormats } from "./string-formats.ts";

/** Keywords that cannot be held, wherever they stand. */
const beyond = [
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "contains",
  "minContains",
  "maxContains",
  "propertyNames",
  "unevaluatedItems",
  "$dynamicRef",
  "$recursiveRef",
];

/** What such a keyword may say, for it says nothing. */
const trivial: { readonly [keyword: string]: boolean } = { not: false, propertyNames: true, unevaluatedItems: true };

const types = ["string", "number", "boolean", "null", "object", "array"];

/** Alternatives of one value, patterns and items, written out. */
const mostItems = 2_000;

export interface SchemaRulesOptions {
  readonly rules: RuleSet;
  readonly refusals: Refusals;
  /** The longest white space between JSON's tokens. */
  readonly longestGap: number;
}

/** The rules of one schema. Every schema in it becomes a rule of its own, so that references may lead back. */
export class SchemaRules {
  readonly #rules: RuleSet;
  readonly #refusals: Refusals;
  readonly #json: JsonText;
  readonly #merger: SchemaMerger;
  readonly #known = new Map<JsonSchema, { readonly name: string; isPossible: boolean }>();
  readonly #root: JsonSchema;
  /** The schemas that led to this one with nothing written between. */
  #through: JsonSchema[] = [];

  constructor(schema: JsonSchema, { rules, refusals, longestGap }: SchemaRulesOptions) {
    this.#root = withoutAnnotations(schema);
    this.#rules = rules;
    this.#refusals = refusals;
    this.#json = new JsonText(rules, longestGap);
    this.#merger = new SchemaMerger(this.#root, refusals);
  }

  /** A value of the whole schema. */
  start(path: string): Expression {
    const value = this.#value(this.#root, path);
    if (isNothing(value)) throw new LoweringError(path, "no value satisfies the schema");
    return value;
  }

  /** `nothing` if it is plain to see that no value satisfies the schema. */
  #value(schema: JsonSchema, path: string): Expression {
    if (schema === true || (isObject(schema) && Object.keys(schema).length === 0)) return this.#json.value;
    if (!isObject(schema)) return nothing;
    const known = this.#known.get(schema);
    if (known) return known.isPossible ? rule(known.name) : nothing;
    const name = this.#rules.reserve(path.slice(path.lastIndexOf(".") + 1));
    const made = { name, isPossible: true };
    this.#known.set(schema, made);
    const body = this.#body(schema, path);
    made.isPossible = !isNothing(body);
    this.#rules.rules.set(name, body);
    return made.isPossible ? rule(name) : nothing;
  }

  #body(schema: SchemaObject, path: string): Expression {
    const keywords = Object.keys(schema).filter((keyword) => !places.has(keyword));
    if (keywords.length === 1) {
      const [only] = keywords;
      if (only === "$ref") return this.#straight(schema, this.#merger.resolve(String(schema["$ref"]), path), path);
      if (only === "anyOf" || only === "oneOf") {
        const branches = list(schema[only]);
        if (only === "oneOf") this.#merger.demandDisjoint(branches, path);
        return choice(...branches.map((each, index) => this.#straight(schema, each, `${path}.${only}[${index}]`)));
      }
    }
    const through = this.#through;
    this.#through = [];
    const value = choice(...this.#merger.alternatives(schema, path).map((each) => this.#plain(each, path)));
    this.#through = through;
    return value;
  }

  /** A value of the one schema is one of the other, with nothing around it. */
  #straight(from: JsonSchema, to: JsonSchema, path: string): Expression {
    if (to === from || this.#through.includes(to)) throw new LoweringError(path, "references that lead in a circle");
    this.#through.push(from);
    const value = this.#value(to, path);
    this.#through.pop();
    return value;
  }

  /** A schema without alternatives and references at its top. */
  #plain(schema: SchemaObject, path: string): Expression {
    for (const keyword of beyond) {
      if (schema[keyword] !== undefined && schema[keyword] !== trivial[keyword]) {
        this.#refusals.refuse(`${path}.${keyword}`, "cannot be said");
      }
    }
    const declared = schema["type"];
    const named = declared === undefined ? types : [declared].flat().map(String);
    const wanted = schema["nullable"] === true ? [...new Set([...named, "null"])] : named;
    const values = schema["enum"] ?? (Object.hasOwn(schema, "const") ? [schema["const"]] : undefined);
    if (Array.isArray(values)) return this.#listed(schema, wanted, values, path);
    return choice(...wanted.map((type) => this.#typed(sayingOf(schema, type), type, path)));
  }

  #listed(schema: SchemaObject, wanted: readonly string[], values: readonly unknown[], path: string): Expression {
    const beside = Object.keys(schema).filter((keyword) => !plainBeside.has(keyword) && !places.has(keyword));
    const relevant = beside.filter((keyword) => {
      const said = fromEntries([[keyword, schema[keyword]]]);
      return values.some((value) => Object.keys(sayingOf(said, typeOf(value))).length > 1);
    });
    if (relevant.length > 0) this.#refusals.refuse(`${path}.${relevant[0]}`, "beside enum or const");
    const both = Object.hasOwn(schema, "const") ? values.filter((value) => isEqual(value, schema["const"])) : values;
    const fitting = both.filter((value) => {
      const type = typeOf(value);
      return wanted.includes(type) || (type === "number" && wanted.includes("integer") && Number.isInteger(value));
    });
    return choice(...fitting.map((value) => this.#json.constant(value)));
  }

  #typed(schema: SchemaObject, type: string, path: string): Expression {
    switch (type) {
      case "string":
        return this.#string(schema, path);
      case "number":
      case "integer":
        return this.#number(schema, type === "integer", path);
      case "boolean":
        return choice(text("true"), text("false"));
      case "null":
        return text("null");
      case "array":
        return this.#array(schema, path);
      case "object":
        return this.#object(schema, path);
      default:
        throw new LoweringError(`${path}.type`, `the type ${JSON.stringify(type)} is unknown`);
    }
  }

  #string(schema: SchemaObject, path: string): Expression {
    const least = numberOf(schema["minLength"]) ?? 0;
    const most = numberOf(schema["maxLength"]) ?? Infinity;
    const { pattern } = schema;
    const format = typeof schema["format"] === "string" ? stringFormats.get(schema["format"]) : undefined;
    const isCounted = least > 0 || most !== Infinity;
    const patterned = (whole: Expression, keyword: string): Expression => {
      const counted = ofLength(whole, least, most);
      if (!counted) this.#refusals.refuse(`${path}.${keyword}`, `a ${keyword} together with a length`);
      return isNothing(counted ?? whole) ? nothing : quoted(this.#json.escaped(counted ?? whole));
    };
    if (typeof pattern === "string") {
      if (format !== undefined) this.#refusals.refuse(`${path}.pattern`, "a pattern together with a format");
      return patterned(searchPattern(pattern, `${path}.pattern`), "pattern");
    }
    if (format !== undefined) return patterned(wholePattern(format, `${path}.format`), "format");
    if (most < least) return nothing;
    return isCounted ? quoted(repeat(this.#json.character, least, most)) : this.#json.string;
  }

  #number(schema: SchemaObject, isInteger: boolean, path: string): Expression {
    const lower = tightest(schema["minimum"], schema["exclusiveMinimum"], Math.max);
    const upper = tightest(schema["maximum"], schema["exclusiveMaximum"], Math.min);
    const step = numberOf(schema["multipleOf"]);
    const whole = isInteger || step === 1;
    if (step !== undefined && step !== 1 && !(isInteger && Number.isInteger(1 / step))) {
      const places = /^0\.(0*)1$|^1e-(\d+)$/.exec(String(step));
      if (places && !lower && !upper && !isInteger) return this.#decimal(Number(places[2] ?? places[1]!.length + 1));
      this.#refusals.refuse(`${path}.multipleOf`, "multiples of a number other than 1, 0.1, 0.01 and so on");
    }
    if (!lower && !upper) return whole ? this.#json.integer : this.#json.number;
    const range = decimalRange(lower, upper, whole);
    if (range) return range;
    this.#refusals.refuse(`${path}.${lower ? "minimum" : "maximum"}`, "a bound that is written with an exponent");
    return whole ? this.#json.integer : this.#json.number;
  }

  /** Numbers of so many decimal places. */
  #decimal(places: number): Expression {
    const digit = oneOf([[0x30, 0x39]]);
    const fraction = sequence(text("."), repeat(digit, 1, places), star(text("0")));
    return sequence(this.#json.integer, optional(fraction));
  }

  #array(schema: SchemaObject, path: string): Expression {
    // In the drafts before 2020 a list of `items` is what is `prefixItems` now.
    const isListed = Array.isArray(schema["items"]);
    const prefix = list(isListed ? schema["items"] : schema["prefixItems"]);
    const rest = (isListed ? schema["additionalItems"] : schema["items"]) as JsonSchema | undefined;
    const least = numberOf(schema["minItems"]) ?? 0;
    const limit = numberOf(schema["maxItems"]) ?? Infinity;
    if (schema["uniqueItems"] === true && limit > 1) this.#refusals.refuse(`${path}.uniqueItems`, "cannot be said");
    if (Math.max(least, limit === Infinity ? 0 : limit) > mostItems) {
      throw new LoweringError(`${path}.${least > mostItems ? "minItems" : "maxItems"}`, `more than ${mostItems} items`);
    }
    const { comma, gap } = this.#json;
    const other = this.#value(rest ?? true, `${path}.items`);
    const items = prefix.map((each, index) => this.#value(each, `${path}.prefixItems[${index}]`));
    const impossible = items.findIndex(isNothing);
    const fixed = impossible < 0 ? items.length : impossible;
    const most = impossible >= 0 ? Math.min(limit, impossible) : isNothing(other) ? Math.min(limit, fixed) : limit;
    if (least > most) return nothing;
    const close = text("]");
    /** What may follow so many items. */
    const behind = (count: number): Expression => {
      const end = sequence(gap, close);
      if (count >= most) return end;
      if (count >= fixed) {
        return sequence(repeat(sequence(comma, other), Math.max(0, least - count), most - count), end);
      }
      const more = sequence(comma, items[count]!, behind(count + 1));
      return count >= least ? choice(more, end) : more;
    };
    const first = most === 0 ? nothing : fixed > 0 ? items[0]! : other;
    const filled = isNothing(first) ? nothing : sequence(first, behind(1));
    return sequence(text("["), gap, choice(filled, ...(least === 0 ? [close] : [])));
  }

  #object(schema: SchemaObject, path: string): Expression {
    const named = isObject(schema["properties"]) ? Object.entries(schema["properties"]) : [];
    const required = list(schema["required"]).map(String);
    const { key, others } = this.#others(schema, named, path);
    const missing = [...new Set(required)].filter((name) => !named.some(([each]) => each === name));
    const declared = [...named, ...missing.map((name): [string, unknown] => [name, others])];
    const { comma, colon, gap } = this.#json;
    const properties = declared.flatMap(([name, value]) => {
      const written = this.#value(value as JsonSchema, `${path}.properties.${name}`);
      const isRequired = required.includes(name);
      if (isNothing(written) && !isRequired) return [];
      const entry = isNothing(written) ? nothing : sequence(text(JSON.stringify(name)), colon, written);
      return [{ entry, isRequired, name }];
    });
    if (properties.some(({ entry }) => isNothing(entry))) return nothing;
    const other = this.#value(others, `${path}.additionalProperties`);
    const more = isNothing(other) ? nothing : sequence(key ?? otherKey(declared.map(([name]) => name)), colon, other);
    const { least, most } = this.#counts(schema, properties, !isNothing(more), path);
    if (most === 0)
      return least > 0 || properties.some(({ isRequired }) => isRequired)
        ? nothing
        : sequence(text("{"), gap, text("}"));
    const memo = new Map<string, Expression>();
    /** What may follow once the properties before `index` are past. */
    const rest = (index: number, isFirst: boolean): Expression => {
      const at = `${index}/${isFirst}`;
      const known = memo.get(at);
      if (known) return known;
      const made = index === properties.length ? end(isFirst) : entries(index, isFirst);
      const isShared = made.kind === "choice" && !isNothing(made) && index > 0;
      const shared = isShared ? this.#rules.define(`${path.slice(path.lastIndexOf(".") + 1)}-rest`, made) : made;
      memo.set(at, shared);
      return shared;
    };
    const entries = (index: number, isFirst: boolean): Expression => {
      const { entry, isRequired } = properties[index]!;
      const here = sequence(...(isFirst ? [] : [comma]), entry, rest(index + 1, false));
      return isRequired ? here : choice(here, rest(index + 1, isFirst));
    };
    const end = (isFirst: boolean): Expression => {
      const close = text("}");
      const count = Math.max(0, most - properties.length);
      const further = repeat(sequence(comma, more), 0, count);
      if (!isFirst) return sequence(isNothing(more) ? empty : further, gap, close);
      const isFull = isNothing(more) || count === 0;
      const some = isFull ? nothing : sequence(more, repeat(sequence(comma, more), 0, count - 1), gap, close);
      return choice(some, ...(least === 0 ? [close] : []));
    };
    const body = rest(0, true);
    return isNothing(body) ? nothing : sequence(text("{"), gap, body);
  }

  /** What undeclared properties hold, and which names they have where a pattern says so. */
  #others(
    schema: SchemaObject,
    named: readonly (readonly [string, unknown])[],
    path: string,
  ): { readonly key?: Expression; readonly others: JsonSchema } {
    const others = (schema["additionalProperties"] ?? true) as JsonSchema;
    const patterns = isObject(schema["patternProperties"]) ? Object.entries(schema["patternProperties"]) : [];
    if (patterns.length === 0) return { others };
    const [[pattern, value]] = patterns as [[string, JsonSchema]];
    const place = `${path}.patternProperties`;
    const names = [...named.map(([name]) => name), ...list(schema["required"]).map(String)];
    if (patterns.length > 1 || others !== false || names.some((name) => mayMatch(pattern, name))) {
      this.#refusals.refuse(place, "patterns beside other properties that they may speak of");
      return { others };
    }
    if (list(schema["required"]).some((name) => !named.some(([each]) => each === String(name)))) {
      return { others: false };
    }
    return { key: quoted(this.#json.escaped(searchPattern(pattern, place))), others: value };
  }

  /** The bounds of the number of properties, where they say more than the properties do. */
  #counts(
    schema: SchemaObject,
    properties: readonly { readonly isRequired: boolean }[],
    isOpen: boolean,
    path: string,
  ): { readonly least: number; readonly most: number } {
    const must = properties.filter(({ isRequired }) => isRequired).length;
    const least = numberOf(schema["minProperties"]) ?? 0;
    const most = numberOf(schema["maxProperties"]) ?? Infinity;
    // Two undeclared properties of one name count once, so that no more than one can be demanded.
    if (least > Math.max(1, must)) this.#refusals.refuse(`${path}.minProperties`, "more than the required ones");
    const isExact = must === properties.length && most >= must;
    const isWide = !isOpen && most >= properties.length;
    if (most === 0 || most === Infinity || isWide || isExact) return { least, most };
    this.#refusals.refuse(`${path}.maxProperties`, "fewer than there are properties");
    return { least, most: Infinity };
  }
}

/** What only says where a schema is found. */
const places: ReadonlySet<string> = new Set(["$schema", "$id", "$anchor", "$defs", "definitions", "$dynamicAnchor"]);
const plainBeside: ReadonlySet<string> = new Set(["type", "nullable", "enum", "const"]);

function mayMatch(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, "u").test(name);
  } catch {
    return true;
  }
}

const numberOf = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

function tightest(closed: unknown, open: unknown, tighter: (a: number, b: number) => number): Bound | undefined {
  // In draft 4 `exclusiveMinimum` is a flag beside `minimum`.
  if (typeof open === "boolean") return typeof closed === "number" ? { value: closed, open } : undefined;
  if (typeof closed !== "number") return typeof open === "number" ? { value: open, open: true } : undefined;
  if (typeof open !== "number") return { value: closed, open: false };
  return { value: tighter(closed, open), open: tighter(closed, open) === open };
}
