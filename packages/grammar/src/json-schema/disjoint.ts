import { hasText, intersection } from "../automata/product.ts";
import {
  canonical,
  type Conjunction,
  itemSchemas,
  type NumberConstraints,
  type ObjectConstraints,
  propertySchemas,
  typeBits,
  typeOf,
} from "./conjunction.ts";
import type { Located, SchemaSource } from "./source.ts";
import { fitsString, matchesPattern, stringChars } from "./strings.ts";

type Alternatives = (schemas: readonly Located[]) => readonly Conjunction[] | undefined;

/** How deep properties are looked into for a difference. */
const deepest = 3;

/** Whether no value satisfies both, as far as it can be seen: false means "may overlap". */
export function disjoint(
  a: Conjunction,
  b: Conjunction,
  alternatives: Alternatives,
  source: SchemaSource,
  depth = 0,
): boolean {
  const types = a.types & b.types;
  if (types === 0) return true;
  if (a.values !== undefined && b.values !== undefined) {
    const others = new Set(b.values.map(canonical));
    return !a.values.some((value) => others.has(canonical(value)));
  }
  const [listed, other] = a.values === undefined ? [b, a] : [a, b];
  if (listed.values !== undefined) {
    return listed.values.every(
      (value) =>
        (typeOf(value) & other.types) === 0 || (typeof value === "string" && !fitsString(value, other, source)),
    );
  }
  if (types & (typeBits.null | typeBits.boolean)) return false;
  if (types & typeBits.string && !stringsDisjoint(a, b, source)) return false;
  if (types & typeBits.number && !numbersDisjoint(a.number, b.number)) return false;
  if (types & typeBits.array && !arraysDisjoint(a, b, alternatives, source, depth)) return false;
  return (types & typeBits.object) === 0 || objectsDisjoint(a.object, b.object, alternatives, source, depth);
}

function stringsDisjoint(a: Conjunction, b: Conjunction, source: SchemaSource): boolean {
  if (a.string.most < b.string.least || b.string.most < a.string.least) return true;
  if (a.string.patterns.length === 0 || b.string.patterns.length === 0) return false;
  const withoutLength = (each: Conjunction): Conjunction => ({
    ...each,
    string: { ...each.string, least: 0, most: Infinity },
  });
  return !hasText(intersection([stringChars(withoutLength(a), source), stringChars(withoutLength(b), source)]));
}

function numbersDisjoint(a: NumberConstraints, b: NumberConstraints): boolean {
  const apart = (low: NumberConstraints, high: NumberConstraints): boolean => {
    if (low.upper === undefined || high.lower === undefined) return false;
    if (low.upper.value === high.lower.value) return low.upper.exclusive || high.lower.exclusive;
    return low.upper.value < high.lower.value;
  };
  return apart(a, b) || apart(b, a);
}

function arraysDisjoint(
  a: Conjunction,
  b: Conjunction,
  alternatives: Alternatives,
  source: SchemaSource,
  depth: number,
): boolean {
  if (a.array.most < b.array.least || b.array.most < a.array.least) return true;
  if (depth >= deepest || (a.array.least === 0 && b.array.least === 0)) return false;
  return schemasDisjoint(itemSchemas(a.array, 0), itemSchemas(b.array, 0), alternatives, source, depth);
}

/** A property that one demands and for which no value suits both. */
function objectsDisjoint(
  a: ObjectConstraints,
  b: ObjectConstraints,
  alternatives: Alternatives,
  source: SchemaSource,
  depth: number,
): boolean {
  if (depth >= deepest) return false;
  return [...new Set([...a.required, ...b.required])].some((name) =>
    schemasDisjoint(
      propertySchemas(a, name, (pattern) => matchesPattern(name, pattern, source)),
      propertySchemas(b, name, (pattern) => matchesPattern(name, pattern, source)),
      alternatives,
      source,
      depth,
    ),
  );
}

function schemasDisjoint(
  a: readonly Located[],
  b: readonly Located[],
  alternatives: Alternatives,
  source: SchemaSource,
  depth: number,
): boolean {
  const left = alternatives(a);
  const right = alternatives(b);
  if (left === undefined || right === undefined) return false;
  return left.every((one) => right.every((other) => disjoint(one, other, alternatives, source, depth + 1)));
}
