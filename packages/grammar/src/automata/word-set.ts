import { anyChar, type CharAutomaton, type CharRanges, dead } from "./char-automaton.ts";

/** A trie of words; the states are its nodes. */
export class WordSet implements CharAutomaton {
  readonly start = 0;
  readonly #edges: Map<number, number>[] = [new Map()];
  readonly #words: (number | undefined)[] = [undefined];
  readonly #next: (CharRanges | undefined)[] = [];

  constructor(words: readonly string[]) {
    words.forEach((word, index) => {
      let at = 0;
      for (const char of word) {
        const edges = this.#edges[at] as Map<number, number>;
        const code = char.codePointAt(0) as number;
        let to = edges.get(code);
        if (to === undefined) {
          to = this.#edges.push(new Map()) - 1;
          edges.set(code, to);
        }
        at = to;
      }
      this.#words[at] ??= index;
    });
  }

  get size(): number {
    return this.#edges.length;
  }

  step(state: number, char: number): number {
    return this.#edges[state]?.get(char) ?? dead;
  }

  accepts(state: number): boolean {
    return this.#words[state] !== undefined;
  }

  /** The index of the word that ends here. */
  word(state: number): number | undefined {
    return this.#words[state];
  }

  edges(state: number): ReadonlyMap<number, number> {
    return this.#edges[state] ?? new Map();
  }

  next(state: number): CharRanges {
    return (this.#next[state] ??= [...(this.#edges[state] as Map<number, number>).keys()]
      .sort((a, b) => a - b)
      .flatMap((char) => [char, char]));
  }
}

/** Any text but these words. Off the trie everything is allowed. */
export class OtherThanWords implements CharAutomaton {
  readonly start = 0;
  readonly #words: WordSet;
  readonly #off: number;
  readonly #next: (CharRanges | undefined)[] = [];

  constructor(words: readonly string[]) {
    this.#words = new WordSet(words);
    this.#off = this.#words.size;
  }

  step(state: number, char: number): number {
    if (state === this.#off) return this.#off;
    const to = this.#words.step(state, char);
    return to === dead ? this.#off : to;
  }

  accepts(state: number): boolean {
    return state === this.#off || !this.#words.accepts(state);
  }

  next(state: number): CharRanges {
    if (state === this.#off) return anyChar;
    return (this.#next[state] ??= singledOut(anyChar, this.#words.edges(state).keys()));
  }
}

/** `ranges` cut so that each of `chars` stands alone. */
export function singledOut(ranges: CharRanges, chars: Iterable<number>): CharRanges {
  const cut: number[] = [];
  const sorted = [...chars].sort((a, b) => a - b);
  let i = 0;
  for (let r = 0; r < ranges.length; r += 2) {
    let from = ranges[r] as number;
    const to = ranges[r + 1] as number;
    while (i < sorted.length && (sorted[i] as number) < from) i++;
    for (; i < sorted.length && (sorted[i] as number) <= to; i++) {
      const char = sorted[i] as number;
      if (from < char) cut.push(from, char - 1);
      cut.push(char, char);
      from = char + 1;
    }
    if (from <= to) cut.push(from, to);
  }
  return cut;
}
