import { Utf8Text } from "../automata/byte-automaton.ts";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import { decimalRange, isMultiple } from "../automata/decimal-range.ts";
import { type Node, nothing, text } from "../ir.ts";
import { regexAutomaton } from "../regex/automaton.ts";
import { type Conjunction, typeBits } from "./conjunction.ts";
import type { SchemaSource } from "./source.ts";

const integers: CharAutomaton = regexAutomaton("-?(?:0|[1-9][0-9]*)", false, "", "integer");
const numbers: CharAutomaton = regexAutomaton(
  "-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?",
  false,
  "",
  "number",
);

const anyInteger: Node = text("an integer", new Utf8Text(integers));
const anyNumber: Node = text("a number", new Utf8Text(numbers));

/**
 * The numbers that a conjunction allows. With bounds or multiples they are written without an exponent, so that each digit
 * can be judged as it comes.
 */
export function numberNode(conjunction: Conjunction, source: SchemaSource): Node {
  const { lower, upper, multiples } = conjunction.number;
  const integer = (conjunction.types & typeBits.number) === typeBits.integer;
  const fraction = (conjunction.types & typeBits.integer) === 0;
  if (conjunction.excluded.some((value) => typeof value === "number")) {
    source.refuse(conjunction.at, "not", "single numbers are not left out");
  }
  const dividing = multiples.filter((each) => !(integer && each === 1));
  if (lower === undefined && upper === undefined && dividing.length === 0 && !fraction)
    return integer ? anyInteger : anyNumber;
  const range = decimalRange({ lower, upper, integer, fraction, multiples: dividing });
  if (range === "empty") return nothing;
  if (range !== undefined) return text(integer ? "an integer in range" : "a number in range", new Utf8Text(range));
  source.refuse(conjunction.at, dividing.length > 0 ? "multipleOf" : "minimum", "the digits can't be enumerated");
  return integer ? anyInteger : anyNumber;
}

/** Whether a number fits the bounds and multiples. */
export function fitsNumber(value: number, conjunction: Conjunction): boolean {
  const { lower, upper, multiples } = conjunction.number;
  if (lower !== undefined && (lower.exclusive ? value <= lower.value : value < lower.value)) return false;
  if (upper !== undefined && (upper.exclusive ? value >= upper.value : value > upper.value)) return false;
  return multiples.every((multiple) => isMultiple(value, multiple));
}
