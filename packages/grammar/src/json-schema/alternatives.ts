import { GrammarError } from "../error.ts";
import { allTypes, both, type Conjunction, possibleTypes, typeBits, unconstrained } from "./conjunction.ts";
import { disjoint } from "./disjoint.ts";
import { ownConstraints } from "./keywords.ts";
import { negate } from "./negation.ts";
import {
  isSchemaObject,
  type JsonValue,
  type Located,
  pointerStep,
  type SchemaObject,
  type SchemaSource,
} from "./source.ts";
import { combinations, judgesUnevaluated, silenced, withUnevaluated } from "./unevaluated.ts";

/** More alternatives than this for one value are refused. */
const limit = 2000;

type Schema = boolean | SchemaObject;

/**
 * Turns schemas that must all hold into alternatives, one of which must: `$ref` resolved, `allOf`, `anyOf`, `oneOf`,
 * `not`, `if` and the dependencies multiplied out. What is below properties and items is left for when it is reached.
 */
export class AlternativeReader {
  readonly #source: SchemaSource;
  /** Where it matters which schemas have looked at a value: those of an `anyOf` in all combinations. */
  readonly #combined: boolean;
  readonly #known = new Map<number, readonly Conjunction[]>();
  readonly #open = new Set<number>();
  /** Schemas of ours that say what a keyword means, by the schema that they were made for. */
  readonly #made = new Map<string, Schema>();

  #combining: AlternativeReader | undefined;

  constructor(source: SchemaSource, combined = false) {
    this.#source = source;
    this.#combined = combined;
  }

  /** No schemas: anything goes. */
  of(schemas: readonly Located[]): readonly Conjunction[] {
    const unique = [...new Map(schemas.map((schema) => [schema.id, schema])).values()];
    if (unique.length === 1) return this.#one(unique[0] as Located);
    return unique.reduce((all, schema) => this.#multiply(all, this.#one(schema), schema), [
      unconstrained(unique[0] ?? this.#source.root),
    ] as readonly Conjunction[]);
  }

  #multiply(a: readonly Conjunction[], b: readonly Conjunction[], at: Located): readonly Conjunction[] {
    const product: Conjunction[] = [];
    for (const left of a) {
      for (const right of b) {
        const joined = both(left, right);
        if (joined !== undefined) product.push(joined);
        if (product.length > limit)
          throw new GrammarError(at.path, "anyOf", `it multiplies out to more than ${limit} alternatives`);
      }
    }
    return product;
  }

  #one(at: Located): readonly Conjunction[] {
    if (at.schema === true) return [unconstrained(at)];
    if (at.schema === false) return [];
    const known = this.#known.get(at.id);
    if (known !== undefined) return known;
    if (this.#open.has(at.id))
      throw new GrammarError(at.path, "$ref", "it refers to itself without a property or item in between");
    this.#open.add(at.id);
    try {
      const alternatives = this.#evaluate(at, at.schema);
      this.#known.set(at.id, alternatives);
      return alternatives;
    } finally {
      this.#open.delete(at.id);
    }
  }

  #evaluate(at: Located, schema: SchemaObject): readonly Conjunction[] {
    if (!judgesUnevaluated(schema, this.#combined)) return this.#read(at, schema);
    const reader = this.#combined ? this : (this.#combining ??= new AlternativeReader(this.#source, true));
    return withUnevaluated(reader.#read(at, schema), at, this.#source);
  }

  #read(at: Located, schema: SchemaObject): readonly Conjunction[] {
    const source = this.#source;
    if (schema["$ref"] !== undefined && source.ignoresSiblingsOfRef)
      return this.#one(source.resolve(schema["$ref"], at));
    const own = possibleTypes(ownConstraints(at, source));
    let all: readonly Conjunction[] = own === undefined ? [] : [own];
    const and = (more: readonly Conjunction[]): void => {
      all = this.#multiply(all, more, at);
    };
    if (schema["$ref"] !== undefined) and(this.#one(source.resolve(schema["$ref"], at)));
    if (schema["$dynamicRef"] !== undefined) and(this.#one(source.resolveDynamic(schema["$dynamicRef"], at)));
    for (const each of this.#listed(at, "allOf")) and(this.#one(each));
    if (schema["anyOf"] !== undefined) and(this.#anyOf(at));
    if (schema["oneOf"] !== undefined) all = this.#exactlyOne(at, all);
    if (schema["not"] !== undefined) and(this.#not(at, schema["not"]));
    if (schema["if"] !== undefined) and(this.#conditional(at, schema));
    for (const keyword of ["dependencies", "dependentRequired", "dependentSchemas"]) {
      if (isSchemaObject(schema[keyword]))
        for (const [name, needed] of Object.entries(schema[keyword])) and(this.#dependency(at, keyword, name, needed));
    }
    return all;
  }

  #anyOf(at: Located): readonly Conjunction[] {
    const branches = this.#listed(at, "anyOf");
    if (!this.#combined) return branches.flatMap((each) => this.#one(each));
    const sets = combinations(branches);
    if (sets === undefined) {
      this.#source.refuse(at, "anyOf", "beside unevaluated properties or items it has too many schemas to combine");
      return branches.flatMap((each) => this.#one(each));
    }
    return sets.flatMap((set) => this.of(set));
  }

  #listed(at: Located, keyword: string): Located[] {
    const list = (at.schema as SchemaObject)[keyword];
    if (list === undefined) return [];
    if (!Array.isArray(list)) throw new GrammarError(at.path, keyword, "its value is not a list");
    return list.map((_each, index) => this.#source.below(at, keyword, index));
  }

  /** A schema of ours in place of a keyword, located beside it so that references in it resolve alike. */
  #makeOnce(at: Located, name: string, make: () => Schema | undefined): Located | undefined {
    const key = `${at.id} ${name}`;
    let schema = this.#made.get(key);
    if (schema === undefined) {
      schema = make();
      if (schema === undefined) return undefined;
      this.#made.set(key, schema);
    }
    return this.#source.locate(schema, pointerStep(at.path, name), at);
  }

  /** The values that the schema forbids; undefined where no schema of ours says that. */
  negationOf(at: Located): Located | undefined {
    return this.#negation(at, at.schema, "not");
  }

  #negation(at: Located, schema: Schema, name: string): Located | undefined {
    const { assertsFormat } = this.#source;
    const context = { assertsFormat, resolve: (reference: unknown) => this.#source.resolve(reference, at).schema };
    return this.#makeOnce(at, name, () => negate(schema, context));
  }

  /** `oneOf`: where two alternatives may overlap, each is taken without the others, if that can be said. */
  #exactlyOne(at: Located, outer: readonly Conjunction[]): readonly Conjunction[] {
    const branches = this.#listed(at, "oneOf");
    // What stands beside `oneOf` holds too, and may be what keeps its alternatives apart.
    const alternatives = branches.map((branch) => this.#multiply(outer, this.#one(branch), at));
    const overlaps = branches.map((_branch, i) =>
      branches.flatMap((_other, j) =>
        i !== j && !this.#apart(alternatives[i] ?? [], alternatives[j] ?? []) ? [j] : [],
      ),
    );
    if (overlaps.every((others) => others.length === 0)) return alternatives.flat();
    const exact: Conjunction[] = [];
    for (let i = 0; i < branches.length; i++) {
      let alone = alternatives[i] as readonly Conjunction[];
      for (const j of overlaps[i] as number[]) {
        const other = branches[j] as Located;
        const without = this.negationOf(other);
        if (without === undefined) {
          this.#source.refuse(
            at,
            "oneOf",
            `alternatives ${i} and ${j} may both hold, and one without the other can't be said`,
          );
          return alternatives.flat();
        }
        alone = this.#multiply(alone, silenced(this.#one(without)), at);
      }
      exact.push(...alone);
    }
    return exact;
  }

  #apart(a: readonly Conjunction[], b: readonly Conjunction[]): boolean {
    return a.every((one) => b.every((other) => disjoint(one, other, (schemas) => this.#peek(schemas), this.#source)));
  }

  /** The alternatives, or undefined where they are just being read: recursion is no error when only looking for a difference. */
  #peek(schemas: readonly Located[]): readonly Conjunction[] | undefined {
    try {
      return this.of(schemas);
    } catch (error) {
      if (error instanceof GrammarError) return undefined;
      throw error;
    }
  }

  #not(at: Located, schema: unknown): readonly Conjunction[] {
    if (typeof schema !== "boolean" && !isSchemaObject(schema))
      throw new GrammarError(at.path, "not", "its value is not a schema");
    const basic = this.#basicNegation(at, schema);
    if (basic !== undefined) return [basic];
    const negated = this.#negation(at, schema, "not");
    if (negated !== undefined) return silenced(this.#one(negated));
    return [{ ...unconstrained(at), forbidden: [{ schema: this.#source.below(at, "not"), at }] }];
  }

  /** The negations that a conjunction has a place for; all others are put in terms of them. */
  #basicNegation(at: Located, schema: Schema): Conjunction | undefined {
    if (!isSchemaObject(schema)) return undefined;
    const [keyword, ...more] = Object.keys(schema);
    if (more.length > 0) return undefined;
    const plain = unconstrained(at);
    if (keyword === "pattern" && typeof schema["pattern"] === "string") {
      return {
        ...plain,
        types: typeBits.string,
        string: { ...plain.string, patterns: [{ source: schema["pattern"], negated: true, at }] },
      };
    }
    if (keyword === "type" && schema["type"] === "integer") return { ...plain, types: allTypes & ~typeBits.integer };
    if (
      keyword === "enum" &&
      Array.isArray(schema["enum"]) &&
      schema["enum"].every((each) => typeof each !== "object" || each === null)
    ) {
      return { ...plain, excluded: schema["enum"] as JsonValue[] };
    }
    return undefined;
  }

  #conditional(at: Located, schema: SchemaObject): readonly Conjunction[] {
    const condition = this.#source.below(at, "if");
    if (schema["then"] === undefined && schema["else"] === undefined) {
      const none = [unconstrained(at)];
      return this.#combined ? [...none, ...this.#one(condition)] : none;
    }
    const otherwise = this.negationOf(condition);
    if (otherwise === undefined) {
      this.#source.refuse(at, "if", "the opposite of its condition can't be said");
      return [unconstrained(at)];
    }
    const branch = (keyword: string, when: readonly Conjunction[]): readonly Conjunction[] =>
      schema[keyword] === undefined ? when : this.#multiply(when, this.#one(this.#source.below(at, keyword)), at);
    return [...branch("then", this.#one(condition)), ...branch("else", silenced(this.#one(otherwise)))];
  }

  /** Either the property is absent, or it is there and what it needs holds. */
  #dependency(at: Located, keyword: string, name: string, needed: unknown): readonly Conjunction[] {
    const absent = this.#makeOnce(at, `${keyword} absent ${name}`, () => ({
      properties: { [name]: false },
    })) as Located;
    const names = typeof needed === "string" ? [needed] : needed;
    const present = this.#makeOnce(at, `${keyword} present ${name}`, () => ({
      type: "object",
      required: Array.isArray(names) ? [name, ...(names as string[])] : [name],
    })) as Located;
    const schemas = Array.isArray(names) ? [present] : [present, this.#source.below(at, keyword, name)];
    return [...this.#one(absent), ...this.of(schemas)];
  }
}
