import { type CharAutomaton, type CharRanges, dead, type SimplifiedChars } from "./char-automaton.ts";

/**
 * An automaton whose states also tell the text that led to them: a trie that grows as texts are read.
 * Its ranges are the inner ones, although each character has a state of its own: what can follow is the same.
 */
export class Recorded implements CharAutomaton {
  readonly start = 0;
  readonly remembers = true;
  readonly #inner: CharAutomaton;
  readonly #edges: Map<number, number>[] = [new Map()];
  readonly #texts: string[] = [""];
  readonly #states: number[];

  constructor(inner: CharAutomaton) {
    this.#inner = inner;
    this.#states = [inner.start];
  }

  step(state: number, char: number): number {
    const edges = this.#edges[state] as Map<number, number>;
    const known = edges.get(char);
    if (known !== undefined) return known;
    const inner = this.#inner.step(this.inner(state), char);
    if (inner === dead) return dead;
    const to = this.#edges.push(new Map()) - 1;
    this.#texts.push(this.text(state) + String.fromCodePoint(char));
    this.#states.push(inner);
    edges.set(char, to);
    return to;
  }

  accepts(state: number): boolean {
    return this.#inner.accepts(this.inner(state));
  }

  next(state: number): CharRanges {
    return this.#inner.next(this.inner(state));
  }

  simplified(state: number, length: number): SimplifiedChars {
    const inner = this.inner(state);
    return this.#inner.simplified?.(inner, length) ?? { chars: this.#inner, state: inner, exact: true };
  }

  inner(state: number): number {
    return this.#states[state] as number;
  }

  text(state: number): string {
    return this.#texts[state] as string;
  }
}
