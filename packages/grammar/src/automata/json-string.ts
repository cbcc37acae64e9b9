import type { RandomSource } from "../ir.ts";
import {
  type ByteAutomaton,
  type CharByte,
  eachOf,
  firstBytesOf,
  loopsBeyondAscii,
  similarPart,
  type Simplified,
  stepUtf8,
} from "./byte-automaton.ts";
import { type CharAutomaton, type CharRanges, dead, intersectRanges, reaches } from "./char-automaton.ts";
import { sampleChars } from "./sample.ts";

/* Parts: a kind and a value. `body` with value 0 is "between characters"; its other values are part-read UTF-8. */
const valueLimit = 2 ** 26;
const body = 0;
/** Before the opening quote. */
const open = 1 * valueLimit;
/** Behind a backslash. */
const escape = 2 * valueLimit;
/** Within `\uXXXX`: digits read * 2^16 + their value. */
const hex = 3 * valueLimit;
/** Behind a high surrogate's escape: the surrogate's ten bits. */
const lowBackslash = 4 * valueLimit;
const lowU = 5 * valueLimit;
/** Within the low surrogate's escape: (high bits * 4 + digits read) * 2^12 + their value. */
const lowHex = 6 * valueLimit;
const closed = 7 * valueLimit;

const quote = 0x22;
const slash = 0x2f;
const backslash = 0x5c;

const shortEscapes: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/** Control characters that are not written as `\\uXXXX`. */
const shortControls: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);

/** The bytes that stand for themselves in a string. */
const unescaped: CharRanges = [0x20, 0x21, 0x23, 0x5b, 0x5d, 0xff];
const escaping: CharRanges = eachOf([0x22, 0x75]);

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

const shared = new WeakMap<CharAutomaton, { readonly free: JsonString; readonly plain: JsonString }>();

/** The same one for the same characters, so that what is known of it is found again. */
export function jsonString(chars: CharAutomaton, plain = false): JsonString {
  let both = shared.get(chars);
  if (both === undefined) {
    both = { free: new JsonString(chars), plain: new JsonString(chars, true) };
    shared.set(chars, both);
  }
  return plain ? both.plain : both.free;
}

/**
 * A JSON string, quotes included, whose decoded characters the automaton judges: every way of escaping them is the same text.
 * A lone surrogate is refused (it is no character). Escapes are followed digit by digit, so none leads into a dead end.
 */
export class JsonString implements ByteAutomaton {
  readonly chars: CharAutomaton;
  readonly startPart: number = open;
  part = 0;
  readonly #read: CharByte = { part: 0, char: -1 };
  readonly #plain: boolean;

  /** `plain`: only what must be escaped is, as `JSON.stringify` has it. */
  constructor(chars: CharAutomaton, plain = false) {
    this.chars = chars;
    this.#plain = plain;
  }

  step(state: number, part: number, byte: number): number {
    if (part === body) {
      if (byte === quote) return this.#to(this.chars.accepts(state), state, closed);
      if (byte === backslash) return this.#to(this.#canEscape(state), state, escape);
      if (byte < 0x20) return dead;
      if (byte < 0x80) {
        this.part = body;
        return this.chars.step(state, byte);
      }
      return this.#utf8(state, part, byte);
    }
    const kind = part - (part % valueLimit);
    const value = part % valueLimit;
    switch (kind) {
      case body:
        return this.#utf8(state, value, byte);
      case open:
        return this.#to(byte === quote, state, body);
      case escape: {
        if (byte === 0x75) return this.#to(!this.#plain || this.#reachesControl(state, 0, 0x1f), state, hex);
        const char = shortEscapes.get(byte);
        if (char === undefined || (this.#plain && byte === slash)) return dead;
        this.part = body;
        return this.chars.step(state, char);
      }
      case hex:
        return this.#hex(state, value, byte);
      case lowBackslash:
        return this.#to(byte === backslash, state, lowU + value);
      case lowU:
        return this.#to(byte === 0x75, state, lowHex + value * 4 * 0x1000);
      case lowHex:
        return this.#lowHex(state, value, byte);
      default:
        return dead;
    }
  }

  #canEscape(state: number): boolean {
    const next = this.chars.next(state);
    if (!this.#plain) return next.length > 0;
    return reaches(next, 0, 0x1f) || reaches(next, quote, quote) || reaches(next, backslash, backslash);
  }

  /** Whether a control character between the bounds can follow that has no short escape. */
  #reachesControl(state: number, from: number, to: number): boolean {
    const next = this.chars.next(state);
    for (let char = from; char <= to && char <= 0x1f; char++)
      if (reaches(next, char, char) && !shortControls.has(char)) return true;
    return false;
  }

  #to(allowed: boolean, state: number, part: number): number {
    this.part = part;
    return allowed ? state : dead;
  }

  #utf8(state: number, part: number, byte: number): number {
    if (!stepUtf8(this.chars, state, part, byte, this.#read)) return dead;
    this.part = body + this.#read.part;
    return this.#read.char < 0 ? state : this.chars.step(state, this.#read.char);
  }

  #hex(state: number, value: number, byte: number): number {
    const digit = hexDigit(byte);
    if (digit < 0) return dead;
    const digits = Math.floor(value / 0x10000) + 1;
    const bits = (value % 0x10000) * 16 + digit;
    const width = 4 * (4 - digits);
    const from = bits << width;
    const to = ((bits + 1) << width) - 1;
    if (this.#plain) {
      // `JSON.stringify` writes digits in lower case.
      if ((byte >= 0x41 && byte <= 0x46) || !this.#reachesControl(state, from, to)) return dead;
      this.part = digits < 4 ? hex + digits * 0x10000 + bits : body;
      return digits < 4 ? state : this.chars.step(state, bits);
    }
    const next = this.chars.next(state);
    const pairFrom = Math.max(from, 0xd800);
    const pairTo = Math.min(to, 0xdbff);
    const pair =
      pairFrom <= pairTo &&
      reaches(next, 0x10000 + ((pairFrom - 0xd800) << 10), 0x10000 + ((pairTo - 0xd800) << 10) + 0x3ff);
    if (digits < 4) return this.#to(pair || reaches(next, from, to), state, hex + digits * 0x10000 + bits);
    if (bits >= 0xd800 && bits <= 0xdbff) return this.#to(pair, state, lowBackslash + (bits - 0xd800));
    this.part = body;
    return bits >= 0xdc00 && bits <= 0xdfff ? dead : this.chars.step(state, bits);
  }

  #lowHex(state: number, value: number, byte: number): number {
    const digit = hexDigit(byte);
    if (digit < 0) return dead;
    const packed = Math.floor(value / 0x1000);
    const digits = (packed % 4) + 1;
    const high = Math.floor(packed / 4);
    const bits = (value % 0x1000) * 16 + digit;
    const width = 4 * (4 - digits);
    const from = Math.max(bits << width, 0xdc00);
    const to = Math.min(((bits + 1) << width) - 1, 0xdfff);
    if (from > to) return dead;
    const base = 0x10000 + (high << 10) - 0xdc00;
    if (digits === 4) {
      this.part = body;
      return this.chars.step(state, base + bits);
    }
    return this.#to(
      reaches(this.chars.next(state), base + from, base + to),
      state,
      lowHex + (high * 4 + digits) * 0x1000 + bits,
    );
  }

  accepts(_state: number, part: number): boolean {
    return part === closed;
  }

  ended(part: number): boolean {
    return part === closed;
  }

  similar(state: number, part: number): number {
    return part < valueLimit ? similarPart(this.chars, state, part) : part;
  }

  firstBytes(state: number, part: number): CharRanges {
    if (part === body)
      return [...intersectRanges(firstBytesOf(this.chars.next(state)), unescaped), quote, quote, backslash, backslash];
    if (part < valueLimit) return [0x80, 0xbf];
    if (part === open) return [quote, quote];
    return part === closed ? [] : escaping;
  }

  loops(state: number, part: number): boolean {
    return part === body && loopsBeyondAscii(this.chars, state);
  }

  simplified(state: number, _part: number, length: number): Simplified | undefined {
    const simpler = this.chars.simplified?.(state, length);
    return simpler && { automaton: jsonString(simpler.chars, this.#plain), state: simpler.state, exact: simpler.exact };
  }

  sample(random: RandomSource, length: number): { readonly text: string; readonly state: number } {
    const { text, state } = sampleChars(this.chars, random, length);
    return { text: this.write(text), state };
  }

  write(text: string): string {
    return JSON.stringify(text);
  }
}
