import { type CharAutomaton, type CharRanges, dead, pairsOf, normalizeRanges } from "./char-automaton.ts";

/** Characters of a key that are written as something else, each with its text: `{ "&": "&amp;" }`. */
export type Escapes = Readonly<Record<string, string>>;

interface Place {
  /** The state of what is meant. */
  readonly inner: number;
  /** What has been read of an escape. */
  readonly read: string;
}

/** The text as it is written for the texts of another automaton: characters with an escape are written as that, and only so. */
export class EscapedChars implements CharAutomaton {
  readonly start = 0;
  readonly #inner: CharAutomaton;
  readonly #escapes: readonly (readonly [char: number, written: string])[];
  readonly #places: Place[];
  readonly #numbers = new Map<string, number>();

  constructor(inner: CharAutomaton, escapes: Escapes) {
    this.#inner = inner;
    this.#escapes = Object.entries(escapes).map(([char, written]) => [char.codePointAt(0) as number, written]);
    this.#places = [{ inner: inner.start, read: "" }];
    this.#numbers.set(`${inner.start} `, 0);
  }

  step(state: number, char: number): number {
    const { inner, read } = this.#places[state] as Place;
    const now = read + String.fromCodePoint(char);
    const meant = this.#escapes.filter(
      ([each, written]) => written.startsWith(now) && this.#step(inner, each) !== dead,
    );
    const whole = meant.find(([, written]) => written === now);
    if (whole !== undefined) return this.#state(this.#step(inner, whole[0]), "");
    if (meant.length > 0) return this.#state(inner, now);
    if (read !== "" || this.#escapes.some(([each]) => each === char)) return dead;
    const to = this.#step(inner, char);
    return to === dead ? dead : this.#state(to, "");
  }

  accepts(state: number): boolean {
    const { inner, read } = this.#places[state] as Place;
    return read === "" && this.#inner.accepts(inner);
  }

  next(state: number): CharRanges {
    const { inner, read } = this.#places[state] as Place;
    const special = new Set(
      this.#escapes.flatMap(([char, written]) => [char, written.codePointAt(read.length) ?? char]),
    );
    const pairs: (readonly [number, number])[] = [...special]
      .filter((char) => this.step(state, char) !== dead)
      .map((char) => [char, char]);
    if (read !== "") return normalizeRanges(pairs);
    const ranges: number[] = [];
    for (const [from, to] of pairsOf(this.#inner.next(inner))) {
      let first = from;
      for (const char of [...special].sort((a, b) => a - b)) {
        if (char < first || char > to) continue;
        if (char > first) ranges.push(first, char - 1);
        first = char + 1;
      }
      if (first <= to) ranges.push(first, to);
    }
    for (const [from, to] of pairs) ranges.push(from, to);
    return sorted(ranges);
  }

  /** The state of what is meant, where a text ends. */
  inner(state: number): number {
    return (this.#places[state] as Place).inner;
  }

  #step(inner: number, char: number): number {
    return this.#inner.step(inner, char);
  }

  #state(inner: number, read: string): number {
    const key = `${inner} ${read}`;
    let state = this.#numbers.get(key);
    if (state === undefined) this.#numbers.set(key, (state = this.#places.push({ inner, read }) - 1));
    return state;
  }
}

function sorted(ranges: readonly number[]): CharRanges {
  const pairs = pairsOf(ranges).sort(([a], [b]) => a - b);
  return pairs.flat();
}

/** A text with its characters escaped. */
export const escapedText = (text: string, escapes: Escapes): string =>
  [...text].map((char) => (Object.hasOwn(escapes, char) ? (escapes[char] as string) : char)).join("");
