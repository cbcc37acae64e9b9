import type { CharAutomaton } from "./char-automaton.ts";
import { tabulate, type TableState } from "./table.ts";

/** A decimal fraction, exactly: the digits before and after the point. */
export interface Decimal {
  readonly negative: boolean;
  readonly whole: string;
  readonly fraction: string;
}

export interface Bound {
  readonly value: number;
  readonly exclusive: boolean;
}

export interface NumberRange {
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly integer: boolean;
  /** A fraction may have zeros beyond the digits that any number in the range needs, `3.0` among integers. */
  readonly zeros?: boolean;
  /** Whole numbers are left out. */
  readonly fraction: boolean;
  /** All of them must divide the number. */
  readonly multiples: readonly number[];
}

/** More states than this is too much for one number. */
const tableLimit = 100_000;

/** The decimal that a JSON number is, exponent resolved. */
export function toDecimal(value: number): Decimal {
  const [mantissa = "0", exponent = "0"] = String(Math.abs(value)).split("e");
  const [whole = "0", fraction = ""] = mantissa.split(".");
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const at = Math.max(point, 1);
  return {
    negative: value < 0,
    whole: padded.slice(0, at).replace(/^0+(?=\d)/, ""),
    fraction: padded.slice(at).replace(/0+$/, ""),
  };
}

/** A bound on the number without its sign. */
export interface MagnitudeBound {
  readonly whole: string;
  readonly fraction: string;
  readonly exclusive: boolean;
}

export interface Magnitude {
  readonly least: MagnitudeBound | undefined;
  readonly most: MagnitudeBound | undefined;
}

/** The bounds of |x| for numbers of one sign, or undefined where there are none. */
export function magnitude(range: NumberRange, negative: boolean): Magnitude | undefined {
  const near = negative ? range.upper : range.lower;
  const far = negative ? range.lower : range.upper;
  const sign = negative ? -1 : 1;
  if (far !== undefined && (far.value * sign < 0 || (far.value === 0 && far.exclusive))) return undefined;
  const bound = (from: Bound): MagnitudeBound => ({ ...toDecimal(from.value), exclusive: from.exclusive });
  const matters = near !== undefined && (near.value * sign > 0 || (near.value === 0 && near.exclusive));
  return { least: matters ? bound(near) : undefined, most: far === undefined ? undefined : bound(far) };
}

/** The multiple of all, as `numerator / 10^scale`. */
export function commonMultiple(multiples: readonly number[]): { readonly numerator: bigint; readonly scale: number } {
  const decimals = multiples.map((each) => toDecimal(each));
  const scale = Math.max(0, ...decimals.map((each) => each.fraction.length));
  let numerator = 1n;
  for (const { whole, fraction } of decimals) {
    const own = BigInt(whole + fraction.padEnd(scale, "0"));
    numerator = (numerator / gcd(numerator, own)) * own;
  }
  return { numerator, scale };
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

/** Where one is within a number. Order of digits compared with a bound's: -1, 0, 1. */
interface Place {
  readonly negative: boolean;
  readonly phase: "sign" | "zero" | "whole" | "point" | "fraction" | "zeros-point" | "zeros";
  /** Digits in this phase, up to where more make no difference. */
  readonly count: number;
  readonly toLeast: number;
  readonly toMost: number;
  /** The digits so far modulo the numerator. */
  readonly rest: number;
  /** Whether all digits behind the point are zeros. */
  readonly whole: boolean;
}

/**
 * The decimal writings (no exponent) of the numbers in the range, as JSON has them; multiples too, which the rules that
 * `@glossa/core` writes for other engines leave out. A number beyond which no digit leads back
 * into the range is not entered: with a maximum of 50, `6` takes no second digit.
 */
export function decimalRange(range: NumberRange): CharAutomaton | "empty" | undefined {
  const { numerator, scale } = commonMultiple(range.multiples);
  if (numerator > 10_000n || scale > 9) return undefined;
  const modulus = Number(numerator);
  const places = range.multiples.length > 0 ? scale : Infinity;
  const fractionLimit = range.integer ? 0 : places;
  const signs = [magnitude(range, false), magnitude(range, true)] as const;
  const longest = Math.max(
    ...signs.flatMap((each) => [each?.least, each?.most]).map((bound) => bound?.whole.length ?? 0),
  );
  const deepest = Math.max(
    ...signs.flatMap((each) => [each?.least, each?.most]).map((bound) => bound?.fraction.length ?? 0),
  );
  const countLimit = longest + 1;
  const fractionCount = fractionLimit === Infinity ? deepest : Math.max(fractionLimit, deepest);

  const boundsOf = (place: Place): Magnitude => signs[place.negative ? 1 : 0] as Magnitude;

  /** The order of a finished whole part, where more digits is more. */
  const wholeOrder = (place: Place, order: number, bound: MagnitudeBound | undefined): number => {
    if (bound === undefined || place.phase === "point" || place.phase === "fraction") return order;
    return Math.sign(place.count - bound.whole.length) || order;
  };

  const ends = (place: Place): boolean => {
    if (place.phase === "sign" || place.phase === "point" || place.phase === "zeros-point") return false;
    if (range.fraction && place.whole) return false;
    const { least, most } = boundsOf(place);
    const read = place.phase === "fraction" ? place.count : 0;
    const final = (order: number, bound: MagnitudeBound): number =>
      wholeOrder(place, order, bound) || (bound.fraction.length > read ? -1 : 0);
    if (least !== undefined) {
      const order = final(place.toLeast, least);
      if (order < 0 || (order === 0 && least.exclusive)) return false;
    }
    if (most !== undefined) {
      const order = final(place.toMost, most);
      if (order > 0 || (order === 0 && most.exclusive)) return false;
    }
    if (modulus === 1) return true;
    return (place.rest * 10 ** (scale - read)) % modulus === 0;
  };

  const digit = (place: Place, value: number): Place | undefined => {
    if (place.phase === "zeros-point" || place.phase === "zeros")
      return value === 0 ? { ...place, phase: "zeros" } : undefined;
    const { least, most } = boundsOf(place);
    const inFraction = place.phase === "point" || place.phase === "fraction";
    const at = place.phase === "sign" || place.phase === "point" ? 0 : place.count;
    if (inFraction && at >= fractionLimit) return value === 0 && range.zeros === true ? place : undefined;
    if (place.phase === "zero") return undefined;
    const order = (before: number, bound: MagnitudeBound | undefined): number => {
      if (before !== 0 || bound === undefined) return before;
      const digits = inFraction ? bound.fraction : bound.whole;
      // Behind the end of a whole part its length decides; behind a fraction's end there are zeros.
      if (!inFraction && at >= digits.length) return 0;
      return Math.sign(value - Number(digits.charAt(at) || "0"));
    };
    return {
      negative: place.negative,
      phase: inFraction ? "fraction" : place.phase === "sign" && value === 0 ? "zero" : "whole",
      count: Math.min(at + 1, inFraction ? fractionCount : countLimit),
      toLeast: order(place.toLeast, least),
      toMost: order(place.toMost, most),
      rest: modulus === 1 ? 0 : (place.rest * 10 + value) % modulus,
      whole: !range.fraction || (place.whole && !(inFraction && value !== 0)),
    };
  };

  const key = (place: Place): string => JSON.stringify(place);

  const stateOf = (from: string): TableState => {
    const edges: (readonly [number, string])[] = [];
    const place: Place | undefined = from === "" ? undefined : (JSON.parse(from) as Place);
    const start = (negative: boolean): Place => ({
      negative,
      phase: "sign",
      count: 0,
      toLeast: 0,
      toMost: 0,
      rest: 0,
      whole: true,
    });
    if (place === undefined && signs[1] !== undefined) edges.push([0x2d, key(start(true))]);
    const here = place ?? (signs[0] === undefined ? undefined : start(false));
    if (here === undefined) return { accepts: false, edges };
    for (let value = 0; value <= 9; value++) {
      const to = digit(here, value);
      if (to !== undefined) edges.push([0x30 + value, key(to)]);
    }
    const isWhole = here.phase === "zero" || here.phase === "whole";
    if (isWhole && fractionLimit === 0 && range.zeros === true)
      edges.push([0x2e, key({ ...here, phase: "zeros-point" })]);
    if (isWhole && fractionLimit > 0) {
      const { least, most } = boundsOf(here);
      const toLeast = wholeOrder(here, here.toLeast, least);
      const toMost = wholeOrder(here, here.toMost, most);
      edges.push([0x2e, key({ ...here, phase: "point", count: 0, toLeast, toMost })]);
    }
    return { accepts: place !== undefined && ends(place), edges };
  };

  return tabulate("", stateOf, tableLimit);
}

/** Whether a number is a multiple of another, judged on their decimal digits. */
export function isMultiple(value: number, of: number): boolean {
  const [a, b] = [toDecimal(value), toDecimal(of)];
  const scale = Math.max(a.fraction.length, b.fraction.length);
  return BigInt(a.whole + a.fraction.padEnd(scale, "0")) % BigInt(b.whole + b.fraction.padEnd(scale, "0")) === 0n;
}

/** The same text for all spellings of a number, however many digits it has. */
export function canonicalNumber(written: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(written) ?? [];
  const zeros = /^0*/.exec(whole + fraction)![0].length;
  const digits = (whole + fraction).slice(zeros).replace(/0+$/, "");
  return digits === "" ? "0" : `${sign}0.${digits}e${BigInt(exponent) + BigInt(whole.length - zeros)}`;
}
