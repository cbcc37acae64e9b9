import type { ByteAutomaton } from "../automata/byte-automaton.ts";
import { anyChars, type CharAutomaton } from "../automata/char-automaton.ts";
import { jsonString } from "../automata/json-string.ts";
import { hasText } from "../automata/product.ts";
import { WatchedString } from "../automata/watched-string.ts";
import { WordSet } from "../automata/word-set.ts";
import { GrammarError } from "../error.ts";
import { choice, literal, type Node, nothing, rule, text } from "../ir.ts";
import { AlternativeReader } from "./alternatives.ts";
import { arrayNode, type ItemCompiler, longestArray, type ValueCompiler } from "./arrays.ts";
import { type Conjunction, itemSchemas, typeBits } from "./conjunction.ts";
import { type JsonLayout, jsonLayout } from "./layout.ts";
import { numberChars, numberNode, spellings } from "./numbers.ts";
import { objectNode } from "./objects.ts";
import { PropertyPlan } from "./properties.ts";
import { type JsonValue, type Located, type Relaxed, SchemaSource, type SourceOptions } from "./source.ts";
import { stringChars } from "./strings.ts";
import { ValueChecker } from "./satisfies.ts";
import { stringsNode, valuesNode } from "./values.ts";

export interface JsonSchemaOptions extends SourceOptions {
  /** Properties in any order, each still at most once and the required ones present. */
  readonly anyOrder?: boolean;
  /** At most so many characters of white space in a row. Without it: a blank, or a line end and an indentation. */
  readonly maxWhitespace?: number | null;
  /** Texts that no string without a pattern and no key contains, as it is written. */
  readonly excludes?: readonly string[];
  /**
   * Property names, and strings that the schema lists, are escaped only where they must be, as `JSON.stringify` does, and
   * integers have no fraction and no exponent. For decoding: a model that is free to write `"m\\u0069nutes"` sometimes does.
   */
  readonly plain?: boolean;
}

/** More different values than this in one schema are refused: the schemas multiply out. */
const ruleLimit = 50_000;

/**
 * Translates a JSON Schema. Every reachable schema is read at once, so that what is refused is refused early, unless it is certain
 * that nothing is; its texts come lazily.
 */
export class SchemaCompiler implements ItemCompiler {
  readonly layout: JsonLayout;
  readonly source: SchemaSource;
  readonly anyOrder: boolean;
  readonly excludes: readonly string[];
  readonly #plain: boolean;
  readonly #alternatives: AlternativeReader;
  readonly values: ValueChecker;
  readonly #rules = new Map<string, Node>();
  readonly #queue: (() => Node)[] = [];
  #readsAll = true;
  readonly #possible = new Map<string, boolean>();
  readonly #plans = new Map<Conjunction, PropertyPlan>();

  constructor(schema: unknown, path: string, options: JsonSchemaOptions, relaxed: Relaxed[]) {
    this.layout = jsonLayout(options.maxWhitespace);
    this.anyOrder = options.anyOrder ?? false;
    this.excludes = options.excludes ?? [];
    this.#plain = options.plain ?? false;
    this.source = new SchemaSource(schema, path, options, relaxed);
    this.#alternatives = new AlternativeReader(this.source);
    this.values = new ValueChecker((schemas) => this.#alternatives.of(schemas), this.source);
  }

  /** The node of the whole document. `certain`: see `isCertain`. */
  compile(certain = false): Node {
    this.#readsAll = !certain;
    const root = this.value([this.source.root]);
    if (!certain) this.readAll();
    return root;
  }

  /** Reads everything that has been asked for, and what that asks for. */
  readAll(): void {
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) next();
    if (!this.possible([this.source.root]))
      throw new GrammarError(this.source.root.path, "schema", "no value satisfies it");
  }

  alternatives(schemas: readonly Located[]): readonly Conjunction[] {
    const alternatives = this.#alternatives.of(schemas);
    for (const { values, forbidden } of alternatives) {
      if (values !== undefined) continue;
      for (const { at } of forbidden) this.source.refuse(at, "not", "the opposite of this schema can't be said");
    }
    return alternatives;
  }

  listed(conjunction: Conjunction): readonly JsonValue[] {
    return this.values.fitting(conjunction);
  }

  negationOf(schema: Located): Located | undefined {
    return this.#alternatives.negationOf(schema);
  }

  value(schemas: readonly Located[]): Node {
    const key = keyOf(schemas);
    const known = this.#rules.get(key);
    if (known !== undefined) return known;
    if (this.#rules.size >= ruleLimit)
      throw new GrammarError(this.source.root.path, "schema", `it has more than ${ruleLimit} different values`);
    const made = rule(schemas[0]?.path ?? "any value", () => this.json(this.alternatives(schemas)));
    this.#rules.set(key, made);
    if (this.#readsAll) this.#queue.push(made.body);
    return made;
  }

  string(chars: CharAutomaton): ByteAutomaton {
    return this.excludes.length > 0 ? new WatchedString(chars, this.excludes) : jsonString(chars);
  }

  name(chars: CharAutomaton): ByteAutomaton {
    return this.excludes.length > 0
      ? new WatchedString(chars, this.excludes, this.#plain)
      : jsonString(chars, this.#plain);
  }

  number(value: number): Node {
    return spellings(value, this.#plain);
  }

  numbers(conjunction: Conjunction): readonly CharAutomaton[] {
    return numberChars(conjunction, this.source, this.#plain);
  }

  /** The alternatives as JSON. */
  json(alternatives: readonly Conjunction[]): Node {
    const words = new Set<string>();
    const others: Node[] = [];
    for (const conjunction of alternatives) {
      if (conjunction.values === undefined) {
        others.push(...this.#byType(conjunction));
        continue;
      }
      const values: JsonValue[] = [];
      for (const value of this.values.fitting(conjunction)) {
        if (typeof value !== "string") values.push(value);
        else if (!this.excludes.some((each) => JSON.stringify(value).slice(1, -1).includes(each))) words.add(value);
      }
      if (values.length > 0) others.push(valuesNode(values, this));
    }
    return choice(words.size > 0 ? [stringsNode([...words], this), ...others] : others);
  }

  #byType(conjunction: Conjunction): Node[] {
    const { types, excluded } = conjunction;
    const nodes: Node[] = [];
    if (types & typeBits.null && !excluded.includes(null)) nodes.push(literal("null"));
    if (types & typeBits.boolean) {
      for (const value of [true, false]) if (!excluded.includes(value)) nodes.push(literal(String(value)));
    }
    if (types & typeBits.number) nodes.push(numberNode(conjunction, this.source, this.#plain));
    if (types & typeBits.string) {
      const chars = stringChars(conjunction, this.source);
      const patterned = conjunction.string.patterns.length > 0;
      if (hasText(chars)) nodes.push(text("a string", patterned ? jsonString(chars) : this.string(chars)));
    }
    if (types & typeBits.array) nodes.push(arrayNode(conjunction, this));
    if (types & typeBits.object) nodes.push(objectNode(conjunction, this.planOf(conjunction), this, this.anyOrder));
    return nodes.filter((node) => node !== nothing);
  }

  planOf(conjunction: Conjunction): PropertyPlan {
    const known = this.#plans.get(conjunction);
    if (known !== undefined) return known;
    const plan = this.makePlan(conjunction, anyChars, this);
    this.#plans.set(conjunction, plan);
    for (const declared of plan.declared) this.value(declared.schemas);
    if (plan.open) for (const schemas of plan.otherSchemas()) this.value(schemas);
    return plan;
  }

  /** A plan for a notation that can't write every key, or that writes values in its own way. */
  makePlan(conjunction: Conjunction, otherChars: CharAutomaton, values: ValueCompiler): PropertyPlan {
    return new PropertyPlan(conjunction, this.#nameChars(conjunction), otherChars, values, this.source);
  }

  #nameChars(conjunction: Conjunction): CharAutomaton {
    const { names } = conjunction.object;
    if (names.length === 0) return anyChars;
    const strings = this.alternatives(names).filter((each) => each.types & typeBits.string);
    if (strings.length !== 1 || strings[0]?.values !== undefined) {
      if (strings.every((each) => each.values !== undefined)) {
        const words = strings.flatMap((each) => this.values.fitting(each));
        return new WordSet(words.filter((word) => typeof word === "string"));
      }
      this.source.refuse(names[0] as Located, "propertyNames", "its alternatives are not joined");
      return anyChars;
    }
    return stringChars(strings[0] as Conjunction, this.source);
  }

  possible(schemas: readonly Located[]): boolean {
    const key = keyOf(schemas);
    const known = this.#possible.get(key);
    if (known !== undefined) return known;
    // Recursion comes back here while the answer is open: taken for possible, as a finite value may leave it out.
    this.#possible.set(key, true);
    const possible = this.alternatives(schemas).some((conjunction) => this.#isPossible(conjunction));
    this.#possible.set(key, possible);
    return possible;
  }

  #isPossible(conjunction: Conjunction): boolean {
    if (conjunction.values !== undefined) return this.values.fitting(conjunction).length > 0;
    const { types, string, array } = conjunction;
    if (types & (typeBits.null | typeBits.boolean)) return true;
    if (types & typeBits.number && numberNode(conjunction, this.source, this.#plain) !== nothing) return true;
    if (types & typeBits.string && string.least <= string.most && hasText(stringChars(conjunction, this.source)))
      return true;
    if (types & typeBits.array && (array.least === 0 || this.#longEnough(conjunction))) return true;
    return (types & typeBits.object) !== 0 && this.#possibleObject(conjunction);
  }

  #longEnough(conjunction: Conjunction): boolean {
    return (
      longestArray(conjunction, this) >= conjunction.array.least && this.possible(itemSchemas(conjunction.array, 0))
    );
  }

  #possibleObject(conjunction: Conjunction): boolean {
    const { least, most, required } = conjunction.object;
    if (least > most || required.length > most) return false;
    if (required.length === 0 && least === 0) return true;
    const plan = this.planOf(conjunction);
    return plan.possible && (plan.open || plan.declared.length >= least);
  }
}

function keyOf(schemas: readonly Located[]): string {
  return [...new Set(schemas.map((schema) => schema.id))]
    .filter((id) => id !== 1)
    .sort((a, b) => a - b)
    .join();
}
