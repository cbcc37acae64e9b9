import { isSpecialChar } from "../vocabulary/special-char.ts";
import { anyChar, type CharAutomaton, type CharRanges, dead, normalizeRanges } from "./char-automaton.ts";
import { singledOut } from "./word-set.ts";

const shared = new Map<string, WatchedText>();
const sharedLimit = 200;

/** Free text watched for these texts: the same automaton for the same ones, so that what is known of it is found again. */
export function watchedText(forbidden: readonly string[], triggers: readonly Chars[] = []): WatchedText {
  const key = JSON.stringify([forbidden, triggers]);
  let watched = shared.get(key);
  if (watched === undefined) {
    if (shared.size >= sharedLimit) shared.clear();
    shared.set(key, (watched = new WatchedText(forbidden, triggers)));
  }
  return watched;
}

/** A text as code points. */
export type Chars = readonly number[];

export function charsOf(text: string): Chars {
  return Array.from(text, (char) => char.codePointAt(0) as number);
}

/**
 * Free text watched for substrings (Aho–Corasick): a forbidden one can't be finished; a trigger, once finished,
 * is reported by `triggered` and free text ends there.
 */
export class WatchedText implements CharAutomaton {
  readonly start = 0;
  readonly #edges: Map<number, number>[] = [new Map()];
  readonly #fail: number[] = [0];
  readonly #forbidden: boolean[] = [false];
  readonly #trigger: (number | undefined)[] = [undefined];
  readonly #next: (CharRanges | undefined)[] = [];

  constructor(forbidden: readonly string[], triggers: readonly Chars[] = []) {
    for (const word of forbidden) this.#forbidden[this.#insert(charsOf(word))] = true;
    triggers.forEach((word, index) => {
      const at = this.#insert(word);
      this.#trigger[at] ??= index;
    });
    this.#link();
  }

  #insert(word: Chars): number {
    let at = 0;
    for (const code of word) {
      const edges = this.#edges[at] as Map<number, number>;
      let to = edges.get(code);
      if (to === undefined) {
        to = this.#edges.push(new Map()) - 1;
        this.#fail.push(0);
        this.#forbidden.push(false);
        this.#trigger.push(undefined);
        edges.set(code, to);
      }
      at = to;
    }
    return at;
  }

  /** Breadth first: a node's failure link is known before its children need it. The longest trigger wins. */
  #link(): void {
    const queue = [...(this.#edges[0] as Map<number, number>).values()];
    for (let i = 0; i < queue.length; i++) {
      const at = queue[i] as number;
      const fail = this.#fail[at] as number;
      if (this.#forbidden[fail] === true) this.#forbidden[at] = true;
      this.#trigger[at] ??= this.#trigger[fail];
      for (const [char, to] of this.#edges[at] as Map<number, number>) {
        this.#fail[to] = this.#move(fail, char);
        queue.push(to);
      }
    }
  }

  #move(state: number, char: number): number {
    for (let at = state; ; at = this.#fail[at] as number) {
      const to = (this.#edges[at] as Map<number, number>).get(char);
      if (to !== undefined) return to;
      if (at === 0) return 0;
    }
  }

  step(state: number, char: number): number {
    const to = this.#move(state, char);
    return this.#forbidden[to] === true ? dead : to;
  }

  accepts(state: number): boolean {
    return this.#trigger[state] === undefined;
  }

  triggered(state: number): number | undefined {
    return this.#trigger[state];
  }

  next(state: number): CharRanges {
    const known = this.#next[state];
    if (known !== undefined) return known;
    const special = new Set<number>();
    for (let at = state; ; at = this.#fail[at] as number) {
      for (const char of (this.#edges[at] as Map<number, number>).keys()) special.add(char);
      if (at === 0) break;
    }
    // Special tokens are no text: only those that a trigger names may come.
    const symbols = normalizeRanges([...special].filter(isSpecialChar).map((char) => [char, char]));
    const cut = [...singledOut(anyChar, special), ...singledOut(symbols, special)];
    const live: number[] = [];
    for (let i = 0; i < cut.length; i += 2) {
      const from = cut[i] as number;
      if (!special.has(from) || this.step(state, from) !== dead) live.push(from, cut[i + 1] as number);
    }
    this.#next[state] = live;
    return live;
  }
}
