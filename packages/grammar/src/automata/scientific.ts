import { type CharAutomaton, type CharRanges, dead } from "./char-automaton.ts";
import { commonMultiple, magnitude, type MagnitudeBound, type NumberRange } from "./decimal-range.ts";

/** Digits before an exponent, and zeros behind a point, beyond which a number is not read. */
const mostDigits = 100;

/** Exponents are not told apart beyond this. */
const largest = 1e15;

/** The number before the exponent: 0.`digits` times 10 to the power of `point`. Without digits it is zero so far. */
interface Mantissa {
  readonly negative: boolean;
  readonly phase: "start" | "sign" | "zero" | "whole" | "point" | "fraction";
  readonly digits: string;
  readonly point: number;
}

/** Within an exponent between `least` and `most`, its sign left aside; `value` is what was read of it. */
interface Exponent {
  readonly phase: "e" | "exponent-sign" | "exponent";
  readonly least: number;
  readonly most: number;
  readonly value: number;
}

type Place = Mantissa | Exponent;

/** Exponents from one to another. */
type Interval = readonly [least: number, most: number];

/** A bound on the number without its sign; without digits it is 0. */
interface Limit {
  readonly digits: string;
  readonly point: number;
  readonly exclusive: boolean;
}

function limitOf({ whole, fraction, exclusive }: MagnitudeBound): Limit {
  const zeros = /^0*/.exec(whole + fraction)![0].length;
  const digits = (whole + fraction).slice(zeros).replace(/0+$/, "");
  return { digits, point: whole.length - zeros, exclusive };
}

const power = (exponent: number): bigint => 10n ** BigInt(exponent);

/** How often a prime goes into a number. */
function valuation(of: bigint, prime: bigint): number {
  let times = 0;
  for (let rest = of; rest % prime === 0n; rest /= prime) times++;
  return times;
}

/**
 * The numbers in a range as they are written with an exponent, `1.5e3`. What exponents are possible is known where the
 * digits before it end; digits that no exponent brings into the range are not entered. States are made as texts reach them.
 */
export class ScientificNumbers implements CharAutomaton {
  readonly start = 0;
  readonly #range: NumberRange;
  readonly #isOptional: boolean;
  readonly #lower: readonly (Limit | undefined)[];
  readonly #upper: readonly (Limit | undefined)[];
  readonly #signs: readonly boolean[];
  /** What all numbers are multiples of, `numerator / 10^scale`. */
  readonly #multiple: { readonly numerator: bigint; readonly scale: number } | undefined;
  readonly #places: Place[] = [{ negative: false, phase: "start", digits: "", point: 0 }];
  readonly #numbers = new Map<string, number>();
  readonly #possible = new Map<string, boolean>();

  /** `optional`: the exponent may be missing. */
  constructor(range: NumberRange, optional = false) {
    this.#range = range;
    this.#isOptional = optional;
    const signs = [magnitude(range, false), magnitude(range, true)];
    this.#signs = signs.map((each) => each !== undefined);
    this.#lower = signs.map((each) => each?.least && limitOf(each.least));
    this.#upper = signs.map((each) => each?.most && limitOf(each.most));
    const multiples = range.integer ? [1, ...range.multiples] : range.multiples;
    this.#multiple = multiples.length > 0 ? commonMultiple(multiples) : undefined;
  }

  step(state: number, char: number): number {
    const place = this.#places[state] as Place;
    const next = isMantissa(place) ? this.#inMantissa(place, char) : inExponent(place, char);
    if (next === undefined) return dead;
    const key = JSON.stringify(next);
    let to = this.#numbers.get(key);
    if (to === undefined) this.#numbers.set(key, (to = this.#places.push(next) - 1));
    return to;
  }

  accepts(state: number): boolean {
    const place = this.#places[state] as Place;
    if (!isMantissa(place))
      return place.phase === "exponent" && place.value >= place.least && place.value <= place.most;
    if (!this.#isOptional || !mayEnd(place)) return false;
    const [least, most] = this.#exponents(place) ?? [1, 0];
    return least <= 0 && most >= 0;
  }

  next(state: number): CharRanges {
    const ranges: number[] = [];
    for (const char of "+-.0123456789Ee") {
      const code = char.charCodeAt(0);
      if (this.step(state, code) !== dead) ranges.push(code, code);
    }
    return ranges;
  }

  #inMantissa(place: Mantissa, char: number): Place | undefined {
    const { phase, digits, point } = place;
    const letter = String.fromCharCode(char);
    if (letter === "-") {
      return phase === "start" && this.#anyPossible(true) ? { ...place, negative: true, phase: "sign" } : undefined;
    }
    if (letter === "e" || letter === "E") {
      const exponents = mayEnd(place) ? this.#exponents(place) : undefined;
      return exponents && { phase: "e", least: exponents[0], most: exponents[1], value: 0 };
    }
    if (letter === ".") return phase === "zero" || phase === "whole" ? { ...place, phase: "point" } : undefined;
    if (letter < "0" || letter > "9" || phase === "zero") return undefined;
    const isZero = letter === "0" && digits === "";
    const isFirst = phase === "start" || phase === "sign";
    if (isFirst && !this.#signs[Number(place.negative)]) return undefined;
    if (digits.length + Math.abs(point) >= 2 * mostDigits || digits.length >= mostDigits) return undefined;
    const next: Mantissa = {
      negative: place.negative,
      phase: !isFirst ? (phase === "whole" ? "whole" : "fraction") : isZero ? "zero" : "whole",
      digits: isZero ? "" : this.#shortened(place.negative, digits + letter),
      point: isFirst ? Number(!isZero) : phase === "whole" ? point + 1 : point - Number(isZero),
    };
    const { negative } = next;
    const possible = next.digits === "" ? this.#anyPossible(negative) : this.#isPossible(negative, next.digits);
    return possible ? next : undefined;
  }

  /** Digits behind which none makes a difference are not kept. */
  #shortened(negative: boolean, digits: string): string {
    if (this.#multiple !== undefined || this.#range.fraction) return digits;
    let kept = 1;
    for (const limit of [this.#lower[Number(negative)], this.#upper[Number(negative)]]) {
      if (limit === undefined) continue;
      let at = 0;
      while (at < digits.length && digits[at] === (limit.digits[at] ?? "0")) at++;
      kept = Math.max(kept, at === digits.length ? Math.min(at, limit.digits.length) : at + 1);
    }
    return digits.slice(0, kept);
  }

  #isZeroAllowed(negative: boolean): boolean {
    const [lower, upper] = [this.#lower[Number(negative)], this.#upper[Number(negative)]];
    const isBeyond = lower !== undefined || (upper?.digits === "" && upper.exclusive);
    return !isBeyond && !this.#range.fraction;
  }

  /** Exponents that bring the number into the range. */
  #exponents({ negative, digits, point }: Mantissa): Interval | undefined {
    if (digits === "") return this.#isZeroAllowed(negative) ? [-Infinity, Infinity] : undefined;
    const [lower, upper] = [this.#lower[Number(negative)], this.#upper[Number(negative)]];
    let [least, most] = [-Infinity, Infinity];
    if (lower !== undefined && lower.digits !== "") {
      const order = compare(digits, lower.digits);
      least = lower.point + Number(order < 0 || (order === 0 && lower.exclusive));
    }
    if (upper !== undefined) {
      if (upper.digits === "") return undefined;
      const order = compare(digits, upper.digits);
      most = upper.point - Number(order > 0 || (order === 0 && upper.exclusive));
    }
    if (this.#multiple !== undefined) {
      const shift = leastShift(BigInt(digits), this.#multiple.numerator);
      if (shift === undefined) return undefined;
      least = Math.max(least, shift + digits.length - this.#multiple.scale);
    }
    if (this.#range.fraction) most = Math.min(most, digits.replace(/0+$/, "").length - 1);
    return least <= most ? [least - point, most - point] : undefined;
  }

  #anyPossible(negative: boolean): boolean {
    if (!this.#signs[Number(negative)]) return false;
    return this.#isZeroAllowed(negative) || [..."123456789"].some((digit) => this.#isPossible(negative, digit));
  }

  /** Whether any number of the range has digits that begin with these. */
  #isPossible(negative: boolean, digits: string): boolean {
    const key = `${negative ? "-" : ""}${digits}`;
    let possible = this.#possible.get(key);
    if (possible === undefined) this.#possible.set(key, (possible = this.#found(negative, digits) !== undefined));
    return possible;
  }

  /** The digits of a number of the range that begin with these, and its power of ten. */
  #found(negative: boolean, digits: string): Pick<Mantissa, "digits" | "point"> | undefined {
    const multiple = this.#multiple;
    if (multiple !== undefined && this.#range.fraction && multiple.numerator % power(multiple.scale) === 0n)
      return undefined;
    const lower = this.#lower[Number(negative)];
    const smallest = multiple === undefined ? -Infinity : String(multiple.numerator).length - multiple.scale;
    const lowest = Math.max(smallest, lower === undefined || lower.digits === "" ? -Infinity : lower.point);
    // Where there is no upper bound, one that is far enough off.
    const far = { digits: "1", point: digits.length + 3 + Math.max(0, lowest, 2 * smallest), exclusive: true };
    const upper = this.#upper[Number(negative)] ?? far;
    if (upper.digits === "") return undefined;
    for (let point = upper.point; point >= lowest; point--) {
      const found = this.#reached(digits, point, lower, upper);
      if (found !== undefined) return { digits: found, point };
    }
    return undefined;
  }

  /** The digits of a number of the range from 0.`digits` times 10 to the power of `point` on, as far as more digits lead. */
  #reached(digits: string, point: number, lower: Limit | undefined, upper: Limit): string | undefined {
    const fractionOf = (limit: Limit | undefined): number => (limit ? limit.digits.length - limit.point : 0);
    const finest = Math.max(0, digits.length - point, fractionOf(lower), fractionOf(upper), this.#multiple?.scale ?? 0);
    // Two more digits, so that there is something between two bounds that differ.
    const scale = finest + 2;
    const scaled = (of: string, at: number): bigint => BigInt(of) * power(at - of.length + scale);
    const from = scaled(digits, point);
    const end = from + power(point - digits.length + scale);
    const least = lower === undefined || lower.digits === "" ? 0n : scaled(lower.digits, lower.point);
    const most = scaled(upper.digits, upper.point);
    const isFit = (value: bigint): boolean =>
      value < end &&
      (value > least || (value === least && lower?.exclusive !== true)) &&
      (value < most || (value === most && !upper.exclusive)) &&
      (!this.#range.fraction || value % power(scale) !== 0n);
    const begin = from > least ? from : least;
    const tried = [begin];
    if (this.#multiple === undefined) {
      const middle = (begin + (end < most ? end : most)) / 2n;
      if (middle > begin) tried.push(middle, middle + 1n);
    } else {
      // Of two multiples in a row one is no whole number, if any is not.
      const step = this.#multiple.numerator * power(scale - this.#multiple.scale);
      const first = ((begin + step - 1n) / step) * step;
      tried.splice(0, 1, first, first + step, first + 2n * step);
    }
    return tried.find(isFit)?.toString();
  }

  ending(state: number): string | undefined {
    const place = this.#places[state] as Place;
    if (!isMantissa(place)) return undefined;
    const { phase, digits, point } = place;
    if (phase === "start" && !this.#anyPossible(false)) return `-${this.ending(this.step(state, 0x2d))}`;
    const now = mayEnd(place) ? this.#exponents(place) : undefined;
    if (now !== undefined) return `e${Math.min(Math.max(0, now[0]), now[1])}`;
    const first = digits === "" ? [..."123456789"].find((digit) => this.#isPossible(place.negative, digit)) : digits;
    const found = first === undefined ? undefined : this.#found(place.negative, first);
    if (found === undefined) return "0e0";
    const more = found.digits.slice(digits.length);
    const isWhole = phase === "start" || phase === "sign" || phase === "whole";
    return `${phase === "zero" ? "." : ""}${more}e${found.point - (isWhole ? point + more.length : point)}`;
  }
}

const isMantissa = (place: Place): place is Mantissa => "digits" in place;

const mayEnd = ({ phase }: Mantissa): boolean => phase === "zero" || phase === "whole" || phase === "fraction";

/** As fractions, 0.`a` and 0.`b`. */
function compare(a: string, b: string): number {
  const length = Math.max(a.length, b.length);
  const [left, right] = [a.padEnd(length, "0"), b.padEnd(length, "0")];
  return left < right ? -1 : Number(left > right);
}

/** The least k, which may be negative, for which `value * 10^k` is a multiple of `numerator`; undefined where none is. */
function leastShift(value: bigint, numerator: bigint): number | undefined {
  const [twos, fives] = [valuation(numerator, 2n), valuation(numerator, 5n)];
  if (value % (numerator / (2n ** BigInt(twos) * 5n ** BigInt(fives))) !== 0n) return undefined;
  return Math.max(twos - valuation(value, 2n), fives - valuation(value, 5n));
}

function inExponent(place: Exponent, char: number): Exponent | undefined {
  const { phase, least, most, value } = place;
  const isSign = char === 0x2b || char === 0x2d;
  if (isSign) {
    if (phase !== "e") return undefined;
    const [from, to] = char === 0x2d ? [-most, -least] : [least, most];
    return to < 0 ? undefined : { phase: "exponent-sign", least: Math.max(0, from), most: to, value: 0 };
  }
  if (char < 0x30 || char > 0x39) return undefined;
  const read = Math.min(value * 10 + char - 0x30, largest);
  const next: Exponent = { phase: "exponent", least: Math.max(0, least), most, value: read };
  if (next.most < 0) return undefined;
  // More digits make more of it, except of zero.
  if (read === 0 || most === Infinity) return next;
  for (let [from, to] = [read, read]; from <= most; from *= 10, to = to * 10 + 9) if (to >= next.least) return next;
  return undefined;
}
