import type { Bound } from "../automata/decimal-range.ts";
import type { JsonValue, Located } from "./source.ts";

/* The types as bits. "number" is integers and fractions together. */
export const typeBits = { null: 1, boolean: 2, integer: 4, number: 12, string: 16, array: 32, object: 64 } as const;
export const allTypes = 127;

export interface Pattern {
  readonly source: string;
  /** The text must not match. */
  readonly negated?: boolean;
  readonly at: Located;
}

export interface StringConstraints {
  readonly least: number;
  readonly most: number;
  readonly patterns: readonly Pattern[];
}

export interface NumberConstraints {
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly multiples: readonly number[];
}

/** One schema's view of the items. */
export interface ArrayLayer {
  readonly prefix: readonly Located[];
  readonly rest: Located | undefined;
  /** It comes of a negation, and so counts as none for `unevaluatedItems`. */
  readonly silent?: true;
}

/** How many items satisfy a schema. */
export interface Contains {
  readonly schema: Located;
  readonly least: number;
  readonly most: number;
}

export interface ArrayConstraints {
  readonly least: number;
  readonly most: number;
  readonly layers: readonly ArrayLayer[];
  /** No two items are equal. */
  readonly unique: boolean;
  readonly contains: readonly Contains[];
}

/** One schema's view of the properties; `additional` is for those that it neither declares nor has a pattern for. */
export interface ObjectLayer {
  readonly properties: ReadonlyMap<string, Located>;
  readonly patterns: readonly (Pattern & { readonly value: Located })[];
  readonly additional: Located | undefined;
  /** It comes of a negation, and so counts as none for `unevaluatedProperties`. */
  readonly silent?: true;
}

export interface ObjectConstraints {
  readonly least: number;
  readonly most: number;
  readonly required: readonly string[];
  readonly layers: readonly ObjectLayer[];
  readonly names: readonly Located[];
}

export interface Forbidden {
  readonly schema: Located;
  /** Where the `not` stands. */
  readonly at: Located;
}

/** Constraints that all hold. A schema is a list of these, one of which must hold. */
export interface Conjunction {
  readonly types: number;
  /** From `enum` and `const`. */
  readonly values: readonly JsonValue[] | undefined;
  /** From `not` with `enum` or `const`. */
  readonly excluded: readonly JsonValue[];
  /** From `not` with schemas whose opposite can't be said: only for values that are listed it can be kept. */
  readonly forbidden: readonly Forbidden[];
  readonly string: StringConstraints;
  readonly number: NumberConstraints;
  readonly array: ArrayConstraints;
  readonly object: ObjectConstraints;
  /** A schema that it came from, for messages. */
  readonly at: Located;
}

export function unconstrained(at: Located): Conjunction {
  return {
    types: allTypes,
    values: undefined,
    excluded: [],
    forbidden: [],
    string: { least: 0, most: Infinity, patterns: [] },
    number: { lower: undefined, upper: undefined, multiples: [] },
    array: { least: 0, most: Infinity, layers: [], unique: false, contains: [] },
    object: { least: 0, most: Infinity, required: [], layers: [], names: [] },
    at,
  };
}

/** A text that is the same for equal JSON values, whatever the order of their keys. */
export function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join()}}`;
}

export function typeOf(value: JsonValue): number {
  if (value === null) return typeBits.null;
  if (typeof value === "number")
    return Number.isInteger(value) ? typeBits.integer : typeBits.number & ~typeBits.integer;
  if (Array.isArray(value)) return typeBits.array;
  return typeBits[typeof value as "boolean" | "string" | "object"];
}

function tighter(a: Bound | undefined, b: Bound | undefined, sign: 1 | -1): Bound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  if (a.value === b.value) return a.exclusive ? a : b;
  return a.value * sign > b.value * sign ? a : b;
}

/** The conjunction without the types whose bounds contradict one another; undefined where none is left. */
export function possibleTypes(conjunction: Conjunction): Conjunction | undefined {
  let { types } = conjunction;
  if (conjunction.string.least > conjunction.string.most) types &= ~typeBits.string;
  if (conjunction.array.least > conjunction.array.most) types &= ~typeBits.array;
  if (conjunction.object.least > conjunction.object.most) types &= ~typeBits.object;
  return types === 0 || conjunction.values?.length === 0 ? undefined : { ...conjunction, types };
}

/** Both hold; undefined where that can be seen to be impossible. */
export function both(a: Conjunction, b: Conjunction): Conjunction | undefined {
  const types = a.types & b.types;
  let values = a.values ?? b.values;
  if (a.values !== undefined && b.values !== undefined) {
    const allowed = new Set(b.values.map(canonical));
    values = a.values.filter((value) => allowed.has(canonical(value)));
  }
  return possibleTypes({
    types,
    values,
    excluded: [...a.excluded, ...b.excluded],
    forbidden: [...a.forbidden, ...b.forbidden],
    string: {
      least: Math.max(a.string.least, b.string.least),
      most: Math.min(a.string.most, b.string.most),
      patterns: [...a.string.patterns, ...b.string.patterns],
    },
    number: {
      lower: tighter(a.number.lower, b.number.lower, 1),
      upper: tighter(a.number.upper, b.number.upper, -1),
      multiples: [...new Set([...a.number.multiples, ...b.number.multiples])],
    },
    array: {
      least: Math.max(a.array.least, b.array.least),
      most: Math.min(a.array.most, b.array.most),
      layers: [...a.array.layers, ...b.array.layers],
      unique: a.array.unique || b.array.unique,
      contains: [...a.array.contains, ...b.array.contains],
    },
    object: {
      least: Math.max(a.object.least, b.object.least),
      most: Math.min(a.object.most, b.object.most),
      required: [...new Set([...a.object.required, ...b.object.required])],
      layers: [...a.object.layers, ...b.object.layers],
      names: [...a.object.names, ...b.object.names],
    },
    at: a.at,
  });
}

/** What is counted among the items; a count that may be any is none. */
export const counts = (array: ArrayConstraints): readonly Contains[] =>
  array.contains.filter(({ least, most }) => least > 0 || most < Infinity);

/** The schemas that item `index` must satisfy. */
export function itemSchemas(array: ArrayConstraints, index: number): Located[] {
  return array.layers.flatMap((layer) => layer.prefix[index] ?? layer.rest ?? []);
}

/** The schemas that the value of a property must satisfy; `matches` judges the layers' patterns. */
export function propertySchemas(
  object: ObjectConstraints,
  name: string | undefined,
  matches: (pattern: Pattern) => boolean,
): Located[] {
  return object.layers.flatMap((layer) => {
    const own = layer.patterns.filter(matches).map((pattern) => pattern.value);
    const declared = name === undefined ? undefined : layer.properties.get(name);
    if (declared !== undefined) own.push(declared);
    if (own.length > 0) return own;
    return layer.additional ?? [];
  });
}
