import { utf8Text } from "../automata/byte-automaton.ts";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import { type Bound, decimalRange, isMultiple, type NumberRange } from "../automata/decimal-range.ts";
import { ScientificNumbers } from "../automata/scientific.ts";
import { choice, literal, type Node, text } from "../ir.ts";
import { regexAutomaton } from "../regex/automaton.ts";
import { type Conjunction, typeBits } from "./conjunction.ts";
import type { SchemaSource } from "./source.ts";

const whole = "-?(?:0|[1-9][0-9]*)";
const integers: CharAutomaton = regexAutomaton(whole, false, "", "integer");

const numbers: CharAutomaton = regexAutomaton(
  "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
  false,
  "",
  "number",
);

/** An integer in all its spellings, `3`, `3.0`, `3e2`, `1.5e1`, `20e-1`: what JSON Schema calls one. */
const integersOfAnySpelling: readonly CharAutomaton[] = [
  regexAutomaton(`${whole}(?:\\.0+)?`, false, "", "integer"),
  new ScientificNumbers({ lower: undefined, upper: undefined, integer: true, fraction: false, multiples: [] }),
];

/** The numbers that a conjunction allows. `plain`: without an exponent, and integers as integers. */
export function numberNode(conjunction: Conjunction, source: SchemaSource, plain: boolean): Node {
  const { lower, upper, multiples } = conjunction.number;
  const kind = (conjunction.types & typeBits.number) === typeBits.integer ? "an integer" : "a number";
  const bounded = lower !== undefined || upper !== undefined || multiples.length > 0;
  const label = bounded ? `${kind} in range` : kind;
  return choice(numberChars(conjunction, source, plain).map((chars) => text(label, utf8Text(chars))));
}

/** The same as automata, each for a part of the numbers or of their spellings. */
export function numberChars(conjunction: Conjunction, source: SchemaSource, plain: boolean): readonly CharAutomaton[] {
  const { lower, upper, multiples } = conjunction.number;
  const integer = (conjunction.types & typeBits.number) === typeBits.integer;
  const fraction = (conjunction.types & typeBits.integer) === 0;
  const dividing = multiples.filter((each) => !(integer && each === 1));
  const excluded = conjunction.excluded.filter((value) => typeof value === "number");
  if (lower === undefined && upper === undefined && dividing.length === 0 && excluded.length === 0 && !fraction)
    return integer ? (plain ? [integers] : integersOfAnySpelling) : [numbers];
  const parts: CharAutomaton[] = [];
  for (const bounds of without(excluded, lower, upper)) {
    const range: NumberRange = { ...bounds, integer, zeros: !plain, fraction, multiples: dividing };
    const written = decimalRange(range);
    if (written === undefined && plain && integer) {
      source.refuse(conjunction.at, dividing.length > 0 ? "multipleOf" : "minimum", "the digits can't be enumerated");
      return [integers];
    }
    if (written !== undefined && written !== "empty") parts.push(written);
    if (written === undefined || (written !== "empty" && !plain))
      parts.push(...scientific(range, written === undefined));
  }
  return parts;
}

function scientific(range: NumberRange, optional: boolean): readonly CharAutomaton[] {
  const chars = new ScientificNumbers(range, optional);
  return chars.next(chars.start).length === 0 ? [] : [chars];
}

/** All spellings of one number; `plain`: the one that `JSON.stringify` has. */
export function spellings(value: number, plain: boolean): Node {
  const label = JSON.stringify(value);
  if (plain) return literal(label);
  const bound: Bound = { value, exclusive: false };
  const range = { lower: bound, upper: bound, integer: false, zeros: true, fraction: false, multiples: [] };
  const written = decimalRange(range);
  const parts = [...(written === undefined || written === "empty" ? [] : [written]), ...scientific(range, false)];
  return choice(parts.map((chars) => text(label, utf8Text(chars))));
}

interface Bounds {
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
}

/** The ranges that are left between single numbers. */
function without(excluded: readonly number[], lower: Bound | undefined, upper: Bound | undefined): readonly Bounds[] {
  const cuts = [...new Set(excluded)].sort((a, b) => a - b);
  const ranges: Bounds[] = [];
  let from = lower;
  for (const value of cuts) {
    if ((lower !== undefined && value < lower.value) || (upper !== undefined && value > upper.value)) continue;
    const cut: Bound = { value, exclusive: true };
    ranges.push({ lower: from, upper: cut });
    from = cut;
  }
  ranges.push({ lower: from, upper });
  return ranges;
}

/** Whether a number fits the bounds and multiples. */
export function fitsNumber(value: number, conjunction: Conjunction): boolean {
  const { lower, upper, multiples } = conjunction.number;
  if (lower !== undefined && (lower.exclusive ? value <= lower.value : value < lower.value)) return false;
  if (upper !== undefined && (upper.exclusive ? value >= upper.value : value > upper.value)) return false;
  return multiples.every((multiple) => isMultiple(value, multiple));
}
