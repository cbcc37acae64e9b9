import { type CharAutomaton, type CharRanges, dead } from "./char-automaton.ts";

/** One state while a table is built. */
export interface TableState {
  readonly accepts: boolean;
  /** Character to the key of the next state. */
  readonly edges: readonly (readonly [char: number, key: string])[];
}

/** An automaton written out in full: for small ones whose states are easier to enumerate than to compute. */
class Table implements CharAutomaton {
  readonly start = 0;
  readonly #edges: readonly ReadonlyMap<number, number>[];
  readonly #accepting: readonly boolean[];
  readonly #next: readonly CharRanges[];

  constructor(edges: readonly ReadonlyMap<number, number>[], accepting: readonly boolean[]) {
    this.#edges = edges;
    this.#accepting = accepting;
    this.#next = edges.map((own) => [...own.keys()].sort((a, b) => a - b).flatMap((char) => [char, char]));
  }

  step(state: number, char: number): number {
    return this.#edges[state]?.get(char) ?? dead;
  }

  accepts(state: number): boolean {
    return this.#accepting[state] === true;
  }

  next(state: number): CharRanges {
    return this.#next[state] as CharRanges;
  }
}

/**
 * Enumerates the states from `start` on and keeps those from which an end can be reached.
 * Undefined where there are more than `limit`; `"empty"` where no text is accepted.
 */
export function tabulate(
  start: string,
  stateOf: (key: string) => TableState,
  limit: number,
): CharAutomaton | "empty" | undefined {
  const keys = [start];
  const numbers = new Map([[start, 0]]);
  const states: TableState[] = [];
  const sources: number[][] = [[]];
  for (let i = 0; i < keys.length; i++) {
    if (keys.length > limit) return undefined;
    const state = stateOf(keys[i] as string);
    states.push(state);
    for (const [, key] of state.edges) {
      let to = numbers.get(key);
      if (to === undefined) {
        to = keys.push(key) - 1;
        numbers.set(key, to);
        sources.push([]);
      }
      (sources[to] as number[]).push(i);
    }
  }
  const open = states.map((state) => state.accepts);
  const back = open.flatMap((accepts, i) => (accepts ? [i] : []));
  for (let at = back.pop(); at !== undefined; at = back.pop()) {
    for (const source of sources[at] as number[]) {
      if (open[source] === true) continue;
      open[source] = true;
      back.push(source);
    }
  }
  if (open[0] !== true) return "empty";
  const edges = states.map((state) => {
    const own = new Map<number, number>();
    for (const [char, key] of state.edges) {
      const to = numbers.get(key) as number;
      if (open[to] === true) own.set(char, to);
    }
    return own;
  });
  return new Table(
    edges,
    states.map((state) => state.accepts),
  );
}
