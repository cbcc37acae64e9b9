import type { RandomSource } from "../ir.ts";
import { encodeUtf8 } from "../utf8.ts";
import { type ByteAutomaton, eachOf } from "./byte-automaton.ts";
import { type CharAutomaton, type CharRanges, dead } from "./char-automaton.ts";
import { jsonString, type JsonString } from "./json-string.ts";
import { WatchedText } from "./substrings.ts";

/** The string's own part is below, the watch's state above it. */
const partLimit = 2 ** 30;

/** How often a random text is drawn again because it contains what it must not. */
const attempts = 50;

/** UTF-8 bytes as characters, so that the watch can run over what is written, escapes and all. */
function asBytes(text: string): string {
  return String.fromCharCode(...encodeUtf8(text));
}

/** A JSON string in which, as it is written between its quotes, certain texts do not occur. */
export class WatchedString implements ByteAutomaton {
  readonly chars: CharAutomaton;
  readonly startPart: number;
  part = 0;
  readonly #string: JsonString;
  readonly #excludes: readonly string[];
  readonly #watch: WatchedText;

  constructor(chars: CharAutomaton, excludes: readonly string[], plain = false) {
    this.chars = chars;
    this.#string = jsonString(chars, plain);
    this.startPart = this.#string.startPart;
    this.#excludes = excludes;
    this.#watch = new WatchedText(excludes.map(asBytes));
  }

  step(state: number, part: number, byte: number): number {
    const own = part % partLimit;
    const next = this.#string.step(state, own, byte);
    if (next === dead) return dead;
    const isQuote = own === this.startPart || this.#string.ended(this.#string.part);
    const watched = isQuote ? 0 : this.#watch.step(Math.floor(part / partLimit), byte);
    if (watched === dead) return dead;
    this.part = this.#string.part + watched * partLimit;
    return next;
  }

  accepts(state: number, part: number): boolean {
    return this.#string.accepts(state, part % partLimit);
  }

  ended(part: number): boolean {
    return this.#string.ended(part % partLimit);
  }

  similar(_state: number, part: number): number {
    return part;
  }

  firstBytes(state: number, part: number): CharRanges {
    return eachOf(this.#string.firstBytes(state, part % partLimit));
  }

  loops(): boolean {
    return false;
  }

  sample(random: RandomSource, length: number): { readonly text: string; readonly state: number } {
    for (let i = 0; ; i++) {
      const drawn = this.#string.sample(random, i < attempts ? length : 0);
      if (i > attempts || this.#excludes.every((each) => !drawn.text.slice(1, -1).includes(each))) return drawn;
    }
  }

  write(text: string): string {
    return this.#string.write(text);
  }
}
