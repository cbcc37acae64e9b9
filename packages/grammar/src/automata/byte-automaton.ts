import { isSpecialChar } from "../vocabulary/special-char.ts";
import { type CharAutomaton, type CharRanges, dead, reaches } from "./char-automaton.ts";
import type { RandomSource } from "../ir.ts";
import { sampleChars } from "./sample.ts";

/**
 * A deterministic automaton over bytes: a character automaton plus how its characters are written. The state has two numbers,
 * the character automaton's and the part of a character that has been read.
 */
export interface ByteAutomaton {
  readonly chars: CharAutomaton;
  readonly startPart: number;
  /** The part that goes with the state that `step` returned last: a register, so that a step allocates nothing. */
  part: number;
  step(state: number, part: number, byte: number): number;
  accepts(state: number, part: number): boolean;
  /** Whether what has been read is closed, so that no byte can follow. */
  ended(part: number): boolean;
  /** A random text of it, as written. */
  sample(random: RandomSource, length: number): { readonly text: string; readonly state: number };
  /** How a text is written. */
  write(text: string): string;
  /** A part that behaves as this one does, for tables that are to be small. */
  similar(state: number, part: number): number;
  /** The bytes that may follow, as ranges; some of them may not. Those of a range below 0x80 lead where its characters do: to one state, see there. */
  firstBytes(state: number, part: number): CharRanges;
  /** Whether every character beyond ASCII leads back to the state, as far as that is known. */
  loops(state: number, part: number): boolean;
  /** A simpler automaton, and its state, that goes on with the same texts of up to `length` characters. */
  simplified?(state: number, part: number, length: number): Simplified | undefined;
}

export interface Simplified {
  readonly automaton: ByteAutomaton;
  readonly state: number;
  /** Whether it also accepts the same ones of them. */
  readonly exact: boolean;
}

/** All characters beyond ASCII. */
const beyondAscii = [
  [0x80, 0xd7ff],
  [0xe000, 0x10ffff],
] as const;

/** The first bytes of characters, as ranges. */
export function firstBytesOf(ranges: CharRanges): number[] {
  const bytes: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    const from = ranges[i] as number;
    const to = ranges[i + 1] as number;
    if (from < 0x80) bytes.push(from, Math.min(to, 0x7f));
    if (to >= 0x80) {
      bytes.push(0xc2, 0xf7);
      break;
    }
  }
  return bytes;
}

const continuation: CharRanges = [0x80, 0xbf];

/** Each byte of the ranges as a range of its own. */
export function eachOf(ranges: CharRanges): CharRanges {
  const each: number[] = [];
  for (let i = 0; i < ranges.length; i += 2)
    for (let byte = ranges[i] as number; byte <= (ranges[i + 1] as number); byte++) each.push(byte, byte);
  return each;
}

/** Whether every character beyond ASCII leads from a state back to it. */
export function loopsBeyondAscii(chars: CharAutomaton, state: number): boolean {
  const ranges = chars.next(state);
  return beyondAscii.every(([first, last]) => {
    for (let i = 0; i < ranges.length; i += 2)
      if ((ranges[i] as number) <= first && last <= (ranges[i + 1] as number))
        return chars.step(state, first) === state;
    return false;
  });
}

/** A part-read character: its length, the bytes still to come and the bits so far. 0 is "between characters". */
export function partialChar(length: number, missing: number, bits: number): number {
  return 1 + (bits * 4 + missing) * 4 + (length - 1);
}

const leastOfLength = [0, 0x80, 0x800, 0x10000] as const;

/** Reads one byte of a multi-byte character; `done` is set when it completes one. */
export interface CharByte {
  part: number;
  char: number;
}

/**
 * A part that behaves as this one does: where the characters that can still come of it all lie in one range, the first such part.
 * Of use where each range leads to one state indeed.
 */
export function similarPart(chars: CharAutomaton, state: number, part: number): number {
  if (part === 0) return 0;
  const packed = part - 1;
  const length = (packed & 3) + 1;
  const missing = (packed >> 2) & 3;
  const bits = packed >> 4;
  const size = 2 ** (6 * missing);
  const least = leastOfLength[length - 1] as number;
  const from = bits * size;
  const to = (bits + 1) * size - 1;
  // Behind E0 and F0 the lowest bytes would be overlong: no other part is like these.
  if (from < least) return part;
  const ranges = chars.next(state);
  for (let i = 0; i < ranges.length; i += 2) {
    const first = ranges[i] as number;
    if (first <= from && to <= (ranges[i + 1] as number))
      return partialChar(length, missing, Math.ceil(Math.max(first, least) / size));
  }
  return part;
}

/**
 * The next byte of UTF-8 outside ASCII. `into.char` is the finished character or -1. Overlong forms and bytes that
 * only lead to characters that `chars` refuses are dead at once: a token that ends within a character must have a continuation.
 */
export function stepUtf8(chars: CharAutomaton, state: number, part: number, byte: number, into: CharByte): boolean {
  let length: number;
  let missing: number;
  let bits: number;
  if (part === 0) {
    if (byte >= 0xc2 && byte <= 0xdf) [length, missing, bits] = [2, 1, byte & 0x1f];
    else if (byte >= 0xe0 && byte <= 0xef) [length, missing, bits] = [3, 2, byte & 0x0f];
    else if (byte >= 0xf0 && byte <= 0xf7) [length, missing, bits] = [4, 3, byte & 0x07];
    else return false;
  } else {
    if ((byte & 0xc0) !== 0x80) return false;
    const packed = part - 1;
    length = (packed & 3) + 1;
    missing = ((packed >> 2) & 3) - 1;
    bits = ((packed >> 4) << 6) | (byte & 0x3f);
  }
  if (missing === 0) {
    into.part = 0;
    into.char = bits;
    if (isSpecialChar(bits)) return reaches(chars.next(state), bits, bits);
    return bits >= (leastOfLength[length - 1] as number);
  }
  const from = Math.max(bits << (6 * missing), leastOfLength[length - 1] as number);
  const to = Math.min(((bits + 1) << (6 * missing)) - 1, 0x1fffff);
  if (from > to || !reaches(chars.next(state), from, to)) return false;
  into.part = partialChar(length, missing, bits);
  into.char = -1;
  return true;
}

const shared = new WeakMap<CharAutomaton, Utf8Text>();

/** The same one for the same characters, so that what is known of it is found again. */
export function utf8Text(chars: CharAutomaton): Utf8Text {
  let automaton = shared.get(chars);
  if (automaton === undefined) shared.set(chars, (automaton = new Utf8Text(chars)));
  return automaton;
}

/** The characters as UTF-8, as they are. */
export class Utf8Text implements ByteAutomaton {
  readonly chars: CharAutomaton;
  readonly startPart = 0;
  part = 0;
  readonly #read: CharByte = { part: 0, char: -1 };

  constructor(chars: CharAutomaton) {
    this.chars = chars;
  }

  step(state: number, part: number, byte: number): number {
    if (part === 0 && byte < 0x80) {
      this.part = 0;
      return this.chars.step(state, byte);
    }
    if (!stepUtf8(this.chars, state, part, byte, this.#read)) return dead;
    this.part = this.#read.part;
    return this.#read.char < 0 ? state : this.chars.step(state, this.#read.char);
  }

  accepts(state: number, part: number): boolean {
    return part === 0 && this.chars.accepts(state);
  }

  ended(): boolean {
    return false;
  }

  similar(state: number, part: number): number {
    return similarPart(this.chars, state, part);
  }

  firstBytes(state: number, part: number): CharRanges {
    return part === 0 ? firstBytesOf(this.chars.next(state)) : continuation;
  }

  loops(state: number, part: number): boolean {
    return part === 0 && loopsBeyondAscii(this.chars, state);
  }

  simplified(state: number, _part: number, length: number): Simplified | undefined {
    const simpler = this.chars.simplified?.(state, length);
    return simpler && { automaton: utf8Text(simpler.chars), state: simpler.state, exact: simpler.exact };
  }

  sample(random: RandomSource, length: number): { readonly text: string; readonly state: number } {
    return sampleChars(this.chars, random, length);
  }

  write(text: string): string {
    return text;
  }
}
