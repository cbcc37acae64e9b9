import {
  anyChar,
  anyChars,
  type CharAutomaton,
  type CharRanges,
  dead,
  type SimplifiedChars,
} from "./char-automaton.ts";
import { CountedChars } from "./counted.ts";

/** How many steps of parts a search for a dead end may take before the way is taken for open. */
const searchLimit = 20_000;

/** A judgement on the parts' states, `dead` for a dead one. */
export type Verdict = (states: readonly number[]) => boolean;

const someAlive: Verdict = (states) => states.some((state) => state !== dead);
const allAlive: Verdict = (states) => states.every((state) => state !== dead);

/**
 * Several automata over the same text and a verdict on which of them accept. Their joint states are numbered as they are met.
 * A part that is dead stays dead and does not accept; what no continuation can turn into acceptance is not entered.
 */
export class ProductChars implements CharAutomaton {
  readonly start: number;
  readonly #parts: readonly CharAutomaton[];
  readonly #verdict: Verdict;
  readonly #alive: Verdict;
  readonly #simplify: ((states: readonly number[]) => SimplifiedChars | undefined) | undefined;
  readonly #numbers = new Map<string, number>();
  readonly #states: (readonly number[])[] = [];
  /** Where the characters of ASCII that were read lead to: they come again and again. */
  readonly #moves: (Map<number, number> | undefined)[] = [];
  readonly #accepting: (boolean | undefined)[] = [];
  readonly #edges: (readonly (readonly [number, number, number])[] | undefined)[] = [];
  readonly #open: (boolean | undefined)[] = [];
  readonly #next: (CharRanges | undefined)[] = [];

  /**
   * `alive`: whether it is worth going on with these states. `simplify`: what goes on with the same texts from them, where that
   * is known.
   */
  constructor(
    parts: readonly CharAutomaton[],
    verdict: Verdict,
    alive: Verdict = someAlive,
    simplify?: (states: readonly number[]) => SimplifiedChars | undefined,
  ) {
    this.#simplify = simplify;
    this.#parts = parts;
    this.#verdict = verdict;
    this.#alive = alive;
    this.start = this.#number(parts.map((part) => part.start));
  }

  #number(states: readonly number[]): number {
    const key = states.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#states.push(states) - 1;
      this.#numbers.set(key, number);
    }
    return number;
  }

  /** The parts' own states. */
  parts(state: number): readonly number[] {
    return this.#states[state] as readonly number[];
  }

  simplified(state: number, length: number): SimplifiedChars | undefined {
    const simpler = this.#simplify?.(this.parts(state));
    if (simpler === undefined) return undefined;
    const more = simpler.chars.simplified?.(simpler.state, length);
    return more === undefined ? simpler : { ...more, exact: more.exact && simpler.exact };
  }

  #move(state: number, char: number): number {
    if (char >= 0x80) return this.#findMove(state, char);
    const moves = (this.#moves[state] ??= new Map<number, number>());
    let to = moves.get(char);
    if (to === undefined) moves.set(char, (to = this.#findMove(state, char)));
    return to;
  }

  #findMove(state: number, char: number): number {
    const states = this.#states[state] as readonly number[];
    return this.#number(
      states.map((each, index) => (each === dead ? dead : (this.#parts[index] as CharAutomaton).step(each, char))),
    );
  }

  /** From, to, target: cut where any part's ranges begin or end. */
  #edgesOf(state: number): readonly (readonly [number, number, number])[] {
    const known = this.#edges[state];
    if (known !== undefined) return known;
    const states = this.#states[state] as readonly number[];
    const cuts = new Set<number>();
    this.#parts.forEach((part, index) => {
      const own = states[index] as number;
      if (own === dead) return;
      const ranges = part.next(own);
      for (let i = 0; i < ranges.length; i += 2) cuts.add(ranges[i] as number).add((ranges[i + 1] as number) + 1);
    });
    const sorted = [...cuts].sort((a, b) => a - b);
    const edges: (readonly [number, number, number])[] = [];
    for (let i = 0; i + 1 < sorted.length; i++) {
      const from = sorted[i] as number;
      if (from >= 0xd800 && from < 0xe000) continue;
      const target = this.#move(state, from);
      if (this.#alive(this.#states[target] as readonly number[]))
        edges.push([from, (sorted[i + 1] as number) - 1, target]);
    }
    this.#edges[state] = edges;
    return edges;
  }

  #isOpen(state: number): boolean {
    const known = this.#open[state];
    if (known !== undefined) return known;
    const cameFrom = new Map<number, number[]>([[state, []]]);
    let steps = 0;
    for (const at of cameFrom.keys()) {
      if (this.#open[at] === true || this.accepts(at)) return this.#markOpen(at, cameFrom);
      if (steps * this.#parts.length > searchLimit) return (this.#open[state] = true);
      for (const [, , to] of this.#edgesOf(at)) {
        steps++;
        if (this.#open[to] === false) continue;
        const sources = cameFrom.get(to);
        if (sources === undefined) cameFrom.set(to, [at]);
        else sources.push(at);
      }
    }
    for (const each of cameFrom.keys()) this.#open[each] = false;
    return false;
  }

  #markOpen(end: number, cameFrom: ReadonlyMap<number, readonly number[]>): true {
    this.#open[end] = true;
    const back = [...(cameFrom.get(end) ?? [])];
    for (let at = back.pop(); at !== undefined; at = back.pop()) {
      if (this.#open[at] === true) continue;
      this.#open[at] = true;
      back.push(...(cameFrom.get(at) ?? []));
    }
    return true;
  }

  step(state: number, char: number): number {
    const to = this.#move(state, char);
    return this.#alive(this.#states[to] as readonly number[]) && this.#isOpen(to) ? to : dead;
  }

  accepts(state: number): boolean {
    return (this.#accepting[state] ??= this.#verdict(this.#states[state] as readonly number[]));
  }

  next(state: number): CharRanges {
    return (this.#next[state] ??= this.#edgesOf(state).flatMap(([from, to, target]) =>
      this.#isOpen(target) ? [from, to] : [],
    ));
  }

  /** Whether any text is accepted. */
  get hasText(): boolean {
    return this.#isOpen(this.start);
  }
}

/** What all of them accept. */
export function intersection(parts: readonly CharAutomaton[]): CharAutomaton {
  const real = [...new Set(parts.filter((part) => part !== anyChars))];
  if (real.length === 0) return anyChars;
  if (real.length === 1) return real[0] as CharAutomaton;
  return new ProductChars(
    real,
    (states) => states.every((state, index) => state !== dead && (real[index] as CharAutomaton).accepts(state)),
    allAlive,
  );
}

/** Whatever the automaton does not accept. */
export function otherThan(chars: CharAutomaton): CharAutomaton {
  // Beside `anyChars` the pair lives on where `chars` is dead, and accepts.
  return new ProductChars([chars, anyChars], ([state]) => state === dead || !chars.accepts(state as number));
}

/** Whether some text is accepted; bounded, and true where the bound is hit. */
export function hasText(chars: CharAutomaton): boolean {
  if (chars.accepts(chars.start) || chars === anyChars) return true;
  if (chars instanceof ProductChars || chars instanceof CountedChars) return chars.hasText;
  const ranges = chars.next(chars.start);
  return ranges === anyChar || ranges.length > 0;
}
