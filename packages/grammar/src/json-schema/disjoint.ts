import { toDecimal } from "../automata/decimal-range.ts";
import { type Conjunction, itemSchemas, type NumberConstraints, type ObjectConstraints, propertySchemas, typeBits, typeOf } from "./conjunction.ts";
import { canonical } from "./conjunction.ts";
import type { Located } from "./source.ts";

type Alternatives = (schemas: readonly Located[]) => readonly Conjunction[];

/** How deep properties are looked into for a difference. */
const deepest = 3;

/** Whether no value satisfies both, as far as it can be seen: false means "may overlap". */
export function disjoint(a: Conjunction, b: Conjunction, alternatives: Alternatives, depth = 0): boolean {
  const types = a.types & b.types;
  if (types === 0) return true;
  if (a.values !== undefined && b.values !== undefined) {
    const others = new Set(b.values.map(canonical));
    return !a.values.some((value) => others.has(canonical(value)));
  }
  const [listed, other] = a.values === undefined ? [b, a] : [a, b];
  if (listed.values !== undefined) return listed.values.every((value) => (typeOf(value) & other.types) === 0);
  if (types & ~(typeBits.object | typeBits.number | typeBits.array)) return false;
  if (types & typeBits.number && !numbersDisjoint(a.number, b.number)) return false;
  if (types & typeBits.array && !arraysDisjoint(a, b, alternatives, depth)) return false;
  return (types & typeBits.object) === 0 || objectsDisjoint(a.object, b.object, alternatives, depth);
}

function numbersDisjoint(a: NumberConstraints, b: NumberConstraints): boolean {
  const apart = (low: NumberConstraints, high: NumberConstraints): boolean => {
    if (low.upper === undefined || high.lower === undefined) return false;
    if (low.upper.value === high.lower.value) return low.upper.exclusive || high.lower.exclusive;
    return low.upper.value < high.lower.value;
  };
  return apart(a, b) || apart(b, a);
}

function arraysDisjoint(a: Conjunction, b: Conjunction, alternatives: Alternatives, depth: number): boolean {
  if (a.array.most < b.array.least || b.array.most < a.array.least) return true;
  if (depth >= deepest || (a.array.least === 0 && b.array.least === 0)) return false;
  return schemasDisjoint(itemSchemas(a.array, 0), itemSchemas(b.array, 0), alternatives, depth);
}

/** A property that one demands and for which no value suits both. */
function objectsDisjoint(a: ObjectConstraints, b: ObjectConstraints, alternatives: Alternatives, depth: number): boolean {
  if (depth >= deepest) return false;
  if ([...a.layers, ...b.layers].some((layer) => layer.patterns.length > 0)) return false;
  return [...new Set([...a.required, ...b.required])].some((name) =>
    schemasDisjoint(
      propertySchemas(a, name, () => false),
      propertySchemas(b, name, () => false),
      alternatives,
      depth,
    ),
  );
}

function schemasDisjoint(a: readonly Located[], b: readonly Located[], alternatives: Alternatives, depth: number): boolean {
  // Without constraints everything is possible; only a schema that allows nothing is apart from that.
  const left = alternatives(a);
  const right = alternatives(b);
  return left.every((one) => right.every((other) => disjoint(one, other, alternatives, depth + 1)));
}

/** Whether a number is a multiple of another, judged on their decimal digits. */
export function isMultiple(value: number, of: number): boolean {
  const [a, b] = [toDecimal(value), toDecimal(of)];
  const scale = Math.max(a.fraction.length, b.fraction.length);
  return BigInt(a.whole + a.fraction.padEnd(scale, "0")) % BigInt(b.whole + b.fraction.padEnd(scale, "0")) === 0n;
}
