import { canonical, type Conjunction, itemSchemas, propertySchemas, typeOf } from "./conjunction.ts";
import { fitsNumber } from "./numbers.ts";
import type { JsonValue, Located, SchemaSource } from "./source.ts";
import { fitsString, matchesPattern } from "./strings.ts";

type Alternatives = (schemas: readonly Located[]) => readonly Conjunction[];

/** Whether a value that a schema lists (`enum`, `const`) satisfies what stands beside the list, all the way down. */
export class ValueChecker {
  readonly #alternatives: Alternatives;
  readonly #source: SchemaSource;

  constructor(alternatives: Alternatives, source: SchemaSource) {
    this.#alternatives = alternatives;
    this.#source = source;
  }

  /** Those of the conjunction's listed values that the rest of it leaves. */
  fitting(conjunction: Conjunction): readonly JsonValue[] {
    return (conjunction.values ?? []).filter((value) => this.#fits(value, conjunction));
  }

  #satisfies(value: JsonValue, schemas: readonly Located[]): boolean {
    return this.#alternatives(schemas).some((conjunction) => {
      const listed = conjunction.values?.some((each) => canonical(each) === canonical(value)) ?? true;
      return listed && this.#fits(value, conjunction);
    });
  }

  #fits(value: JsonValue, conjunction: Conjunction): boolean {
    if ((typeOf(value) & conjunction.types) === 0) return false;
    if (conjunction.excluded.some((each) => canonical(each) === canonical(value))) return false;
    if (conjunction.forbidden.some(({ schema }) => this.#satisfies(value, [schema]))) return false;
    if (typeof value === "string") return fitsString(value, conjunction, this.#source);
    if (typeof value === "number") return fitsNumber(value, conjunction);
    if (Array.isArray(value)) {
      const { least, most, unique, contains } = conjunction.array;
      if (value.length < least || value.length > most) return false;
      if (unique && new Set(value.map(canonical)).size < value.length) return false;
      for (const each of contains) {
        const hits = value.filter((item: JsonValue) => this.#satisfies(item, [each.schema])).length;
        if (hits < each.least || hits > each.most) return false;
      }
      return value.every((item: JsonValue, index) => this.#satisfies(item, itemSchemas(conjunction.array, index)));
    }
    return (
      typeof value !== "object" ||
      value === null ||
      this.#fitsObject(value as { readonly [key: string]: JsonValue }, conjunction)
    );
  }

  #fitsObject(value: { readonly [key: string]: JsonValue }, conjunction: Conjunction): boolean {
    const { least, most, required, names } = conjunction.object;
    const keys = Object.keys(value);
    if (keys.length < least || keys.length > most || !required.every((key) => keys.includes(key))) return false;
    return keys.every((key) => {
      if (!this.#satisfies(key, names)) return false;
      const schemas = propertySchemas(conjunction.object, key, (pattern) => matchesPattern(key, pattern, this.#source));
      return this.#satisfies(value[key] as JsonValue, schemas);
    });
  }
}
