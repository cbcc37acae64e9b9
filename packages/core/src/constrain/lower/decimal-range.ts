/**
 * Numbers between bounds, digit by digit, as rules for other engines: small ones, without exponents and `multipleOf`. The
 * decoder of `@glossa/grammar` has automata of its own for them, which know both.
 */
import {
  choice,
  empty,
  isNothing,
  nothing,
  oneOf,
  optional,
  repeat,
  sequence,
  star,
  text,
  type Expression,
} from "./expression.ts";

/** A bound; the number may be the bound itself unless it is `open`. */
export interface Bound {
  readonly value: number;
  readonly open: boolean;
}

interface Decimal {
  readonly whole: string;
  /** Without zeros at its end. */
  readonly fraction: string;
  readonly open: boolean;
}

const anyDigit = oneOf([[0x30, 0x39]]);
const fromTo = (from: number, to: number): Expression => (from > to ? nothing : oneOf([[0x30 + from, 0x30 + to]]));

/** The digits of a number that is not negative; undefined where it is written with an exponent. */
function decimalOf(value: number, open: boolean): Decimal | undefined {
  const found = /^(\d+)(?:\.(\d+))?$/.exec(String(value));
  return found ? { whole: found[1]!, fraction: (found[2] ?? "").replace(/0+$/, ""), open } : undefined;
}

/**
 * The numbers from `lower` to `upper`, written without an exponent; whole ones only where `integer` says so. Undefined
 * where a bound cannot be written in digits.
 */
export function decimalRange(
  lower: Bound | undefined,
  upper: Bound | undefined,
  integer: boolean,
): Expression | undefined {
  const mirrored = (bound: Bound | undefined): Bound | undefined => bound && { ...bound, value: -bound.value };
  const positive = magnitudes(lower, upper, integer);
  const negative = magnitudes(mirrored(upper), mirrored(lower), integer);
  if (!positive || !negative) return undefined;
  return choice(positive, isNothing(negative) ? nothing : sequence(text("-"), negative));
}

/** Of those numbers the ones from zero on, without a sign. */
function magnitudes(lower: Bound | undefined, upper: Bound | undefined, integer: boolean): Expression | undefined {
  if (upper && (upper.value < 0 || (upper.value === 0 && upper.open))) return nothing;
  const isZero = !lower || lower.value < 0;
  const low = isZero ? { whole: "0", fraction: "", open: false } : decimalOf(lower.value, lower.open);
  const high = upper && decimalOf(upper.value, upper.open);
  if (!low || (upper && !high)) return undefined;
  return integer ? wholeNumbers(low, high) : decimals(low, high);
}

function wholeNumbers(low: Decimal, high: Decimal | undefined): Expression {
  const from = BigInt(low.whole) + (low.fraction !== "" || low.open ? 1n : 0n);
  const to = high && BigInt(high.whole) - (high.fraction === "" && high.open ? 1n : 0n);
  return wholeRange(from, to);
}

function decimals(low: Decimal, high: Decimal | undefined): Expression {
  const anyFraction = optional(sequence(text("."), anyDigit, star(anyDigit)));
  const first = BigInt(low.whole);
  const last = high && BigInt(high.whole);
  if (high && last! < first) return nothing;
  const at = (whole: string, fraction: Expression): Expression =>
    isNothing(fraction) ? nothing : sequence(text(whole), fraction);
  if (high && last === first) return at(low.whole, fractions(low, high));
  return choice(
    at(low.whole, fractions(low, undefined)),
    sequence(wholeRange(first + 1n, last === undefined ? undefined : last - 1n), anyFraction),
    ...(high ? [at(high.whole, fractions(undefined, high))] : []),
  );
}

/** The fractions that are not below `low` and not above `high`, with their point; the empty one counts as zero. */
function fractions(low: Decimal | undefined, high: Decimal | undefined): Expression {
  const zeros = star(text("0"));
  /** Behind so many digits, as long as they are those of `low` (`isLow`) or of `high`. */
  const rest = (
    index: number,
    isLow: boolean,
    isHigh: boolean,
  ): { readonly end: boolean; readonly more: Expression } => {
    const lowDone = !isLow || index >= low!.fraction.length;
    const highDone = isHigh && index >= high!.fraction.length;
    if (lowDone && !isHigh) {
      if (isLow && low!.open) {
        // Equal to the bound so far: something that is not zero must come.
        return { end: false, more: sequence(zeros, fromTo(1, 9), star(anyDigit)) };
      }
      return { end: true, more: sequence(anyDigit, star(anyDigit)) };
    }
    if (lowDone && highDone) {
      const fits = !high!.open && !(isLow && low!.open);
      return fits ? { end: true, more: sequence(text("0"), zeros) } : { end: false, more: nothing };
    }
    const least = isLow && !lowDone ? Number(low!.fraction[index]) : 0;
    const most = !isHigh ? 9 : highDone ? 0 : Number(high!.fraction[index]);
    const branches: Expression[] = [];
    for (const digit of new Set([least, most])) {
      if (digit < least || digit > most) continue;
      const next = rest(index + 1, isLow && digit === least, isHigh && digit === most);
      branches.push(sequence(text(String(digit)), choice(...(next.end ? [empty] : []), next.more)));
    }
    const inner = fromTo(least + 1, most - 1);
    if (!isNothing(inner)) branches.push(sequence(inner, star(anyDigit)));
    // Ending here is as if zeros came.
    const end = lowDone && !(isLow && low!.open);
    return { end, more: choice(...branches) };
  };
  const start = rest(0, low !== undefined, high !== undefined);
  const written = isNothing(start.more) ? nothing : sequence(text("."), start.more);
  return choice(...(start.end ? [empty] : []), written);
}

/** The whole numbers from `from` to `to`, without zeros before them. */
function wholeRange(from: bigint, to: bigint | undefined): Expression {
  if (to === undefined) {
    const { length } = String(from);
    const longer = sequence(fromTo(1, 9), repeat(anyDigit, length, Infinity));
    return choice(wholeRange(from, 10n ** BigInt(length) - 1n), longer);
  }
  if (from > to) return nothing;
  const low = String(from);
  const high = String(to);
  if (low.length < high.length) {
    const middle = 10n ** BigInt(low.length);
    return choice(wholeRange(from, middle - 1n), wholeRange(middle, to));
  }
  return sameLength(low, high);
}

/** Digits between two texts of digits of one length. */
function sameLength(low: string, high: string): Expression {
  if (low === "") return empty;
  const rest = low.length - 1;
  const [first, last] = [Number(low[0]), Number(high[0])];
  if (first === last) return sequence(text(low[0]!), sameLength(low.slice(1), high.slice(1)));
  if (/^.0*$/.test(low) && /^.9*$/.test(high)) return sequence(fromTo(first, last), repeat(anyDigit, rest, rest));
  const inner = fromTo(first + 1, last - 1);
  return choice(
    sequence(text(low[0]!), sameLength(low.slice(1), "9".repeat(rest))),
    sequence(inner, repeat(anyDigit, rest, rest)),
    sequence(text(high[0]!), sameLength("0".repeat(rest), high.slice(1))),
  );
}
