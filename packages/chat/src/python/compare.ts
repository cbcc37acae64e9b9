import { fail } from "../template/error.ts";
import { Dict, DictView } from "./dict.ts";
import { textOf } from "./markup.ts";
import { compareNumbers, isNumber } from "./number.ts";
import { Range } from "./range.ts";
import { iterate } from "./sequence.ts";
import { plain } from "./stand-ins.ts";
import { compareText } from "./text.ts";
import { PythonObject, Tuple, typeName, Undefined, type List, type Value } from "./value.ts";

/** `a == b`. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  const text = textOf(a);
  if (text !== undefined) {
    const other = textOf(b);
    return other !== undefined && plain(text) === plain(other);
  }
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0;
  if (a === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && equalItems(a, b);
  if (a instanceof Tuple) return b instanceof Tuple && equalItems(a.items, b.items);
  if (a instanceof Dict) {
    if (!(b instanceof Dict) || a.length !== b.length) return false;
    for (const [key, value] of a.entries()) {
      const other = b.get(key);
      if (other === undefined || !equal(value, other)) return false;
    }
    return true;
  }
  if (a instanceof DictView && b instanceof DictView) return equalViews(a, b);
  if (a instanceof Range) return b instanceof Range && a.equalsRange(b);
  return a instanceof PythonObject && a.equals(b);
}

/** Keys and items compare as sets; values only with themselves. */
function equalViews(a: DictView, b: DictView): boolean {
  if (a.kind === "values" || b.kind === "values" || a.length !== b.length) return false;
  return [...iterate(a)].every((item) => contains(b, item));
}

function equalItems(a: List, b: List): boolean {
  return a.length === b.length && a.every((item, index) => equal(item, b[index]!));
}

export type Comparison = "<" | "<=" | ">" | ">=";

/** `a < b` and its kin. */
export function ordered(operator: Comparison, a: Value, b: Value): boolean {
  if (isNumber(a) && isNumber(b)) return holds(operator, compareNumbers(a, b));
  const [left, right] = [textOf(a), textOf(b)];
  if (left !== undefined && right !== undefined) return holds(operator, compareText(left, right));
  if (Array.isArray(a) && Array.isArray(b)) return orderedItems(operator, a, b);
  if (a instanceof Tuple && b instanceof Tuple) return orderedItems(operator, a.items, b.items);
  if (a instanceof Undefined) return a.raise();
  if (b instanceof Undefined) return b.raise();
  return fail("TypeError", `'${operator}' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

function orderedItems(operator: Comparison, a: List, b: List): boolean {
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (!equal(a[index]!, b[index]!)) return ordered(operator, a[index]!, b[index]!);
  }
  return holds(operator, a.length - b.length);
}

function holds(operator: Comparison, sign: number): boolean {
  switch (operator) {
    case "<":
      return sign < 0;
    case "<=":
      return sign <= 0;
    case ">":
      return sign > 0;
    case ">=":
      return sign >= 0;
  }
}

/** `item in container`. */
export function contains(container: Value, item: Value): boolean {
  const text = textOf(container);
  if (text !== undefined) {
    const part = textOf(item);
    if (part === undefined)
      return fail("TypeError", `'in <string>' requires string as left operand, not ${typeName(item)}`);
    return plain(text).includes(plain(part));
  }
  if (container instanceof Dict) return container.has(item);
  if (container instanceof DictView && container.kind === "keys") return container.dict.has(item);
  if (container === null || isNumber(container) || (container instanceof PythonObject && !container.iterate())) {
    return fail("TypeError", `argument of type '${typeName(container)}' is not iterable`);
  }
  for (const candidate of iterate(container)) if (equal(candidate, item)) return true;
  return false;
}

/** A copy in order; equal items keep theirs, in reverse too. The keys are compared with `<` alone, as `sorted` does. */
export function sorted(items: List, key: (item: Value) => Value, reverse: boolean): Value[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  const sign = reverse ? -1 : 1;
  // One comparison with `<` tells only one side, but a total order needs no more than the two.
  keyed.sort((a, b) => (ordered("<", a.key, b.key) ? -sign : ordered("<", b.key, a.key) ? sign : 0));
  return keyed.map(({ item }) => item);
}
