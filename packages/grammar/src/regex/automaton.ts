import { anyChar, type CharAutomaton, type CharRanges, dead } from "../automata/char-automaton.ts";
import { intersection, otherThan } from "../automata/product.ts";
import { GrammarError } from "../error.ts";
import { buildNfa, type Nfa } from "./nfa.ts";
import { parseRegex, type Regex, RegexError, type RegexTree } from "./parse.ts";

/** How many states a search for a dead end visits before it takes the way for open. */
const searchLimit = 5000;

interface Edges {
  readonly ranges: CharRanges;
  readonly targets: readonly number[];
}

/**
 * Subset construction, done for the states that a text reaches and no others.
 * `search` matches anywhere in the text, as JSON Schema's `pattern` does; else the whole text must match.
 */
class RegexAutomaton implements CharAutomaton {
  readonly start: number;
  readonly #nfa: Nfa;
  readonly #search: boolean;
  readonly #numbers = new Map<string, number>();
  readonly #sets: (readonly number[])[] = [];
  readonly #accepting: boolean[] = [];
  readonly #edges: (Edges | undefined)[] = [];
  readonly #open: (boolean | undefined)[] = [];
  /** Found what was searched for: whatever follows is accepted. */
  readonly #found: number;

  constructor(nfa: Nfa, search: boolean) {
    this.#nfa = nfa;
    this.#search = search;
    this.#found = this.#number([nfa.accept], true);
    this.start = this.#toState([nfa.start], true);
  }

  /** How many states have been met. */
  get size(): number {
    return this.#sets.length;
  }

  #number(set: readonly number[], accepting: boolean): number {
    const key = set.join();
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#sets.push(set.slice()) - 1;
      this.#accepting.push(accepting);
      this.#numbers.set(key, number);
    }
    return number;
  }

  #close(from: readonly number[], atStart: boolean, atEnd: boolean): Set<number> {
    const { emptyFrom, emptyTo, atStart: starts, atEnd: ends } = this.#nfa;
    const closed = new Set(from);
    for (const state of closed) {
      const last = emptyFrom[state + 1] as number;
      for (let i = emptyFrom[state] as number; i < last; i++) closed.add(emptyTo[i] as number);
      if (atStart) for (const to of starts.get(state) ?? []) closed.add(to);
      if (atEnd) for (const to of ends.get(state) ?? []) closed.add(to);
    }
    return closed;
  }

  #toState(from: readonly number[], atStart: boolean): number {
    const closed = this.#close(from, atStart, false);
    const { accept, chars, atEnd } = this.#nfa;
    if (this.#search && closed.has(accept)) return this.#found;
    const kept = [...closed].filter((state) => state === accept || chars[state] !== undefined || atEnd.has(state));
    const accepting = closed.has(accept) || this.#close(kept, atStart, true).has(accept);
    return this.#number(
      kept.sort((a, b) => a - b),
      accepting,
    );
  }

  #edgesOf(state: number): Edges {
    const known = this.#edges[state];
    if (known !== undefined) return known;
    const edges = this.#computeEdges(state);
    this.#edges[state] = edges;
    return edges;
  }

  /** Cuts the characters where any edge begins or ends; within a piece all characters lead to the same set. */
  #computeEdges(state: number): Edges {
    if (this.#search && state === this.#found) return { ranges: anyChar, targets: [state, state] };
    const { chars, to } = this.#nfa;
    const cuts = new Set<number>(this.#search ? [0, 0xe000] : []);
    const sources = (this.#sets[state] as readonly number[]).filter((each) => chars[each] !== undefined);
    for (const source of sources) {
      const ranges = chars[source] as CharRanges;
      for (let i = 0; i < ranges.length; i += 2) cuts.add(ranges[i] as number).add((ranges[i + 1] as number) + 1);
    }
    cuts.add(0xd800).add(0xe000);
    const sorted = [...cuts].sort((a, b) => a - b);
    const positions = sources.map(() => 0);
    const ranges: number[] = [];
    const targets: number[] = [];
    for (let i = 0; i < sorted.length; i++) {
      const from = sorted[i] as number;
      const end = (sorted[i + 1] ?? 0x110000) - 1;
      if (from > end || from === 0xd800 || from > 0x10ffff) continue;
      const reached: number[] = [];
      sources.forEach((source, index) => {
        const own = chars[source] as CharRanges;
        let at = positions[index] as number;
        while (at < own.length && (own[at + 1] as number) < from) at += 2;
        positions[index] = at;
        if (at < own.length && (own[at] as number) <= from) reached.push(to[source] as number);
      });
      if (this.#search) reached.push(this.#nfa.start);
      if (reached.length === 0) continue;
      const target = this.#toState(reached, false);
      if (targets.at(-1) === target && ranges.at(-1) === from - 1) ranges[ranges.length - 1] = end;
      else {
        ranges.push(from, end);
        targets.push(target);
      }
    }
    // Lists that grew have room to spare, and there are many of them.
    return { ranges: ranges.slice(), targets: targets.slice() };
  }

  #target(state: number, char: number): number {
    const { ranges, targets } = this.#edgesOf(state);
    let low = 0;
    let high = targets.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (char < (ranges[2 * middle] as number)) high = middle - 1;
      else if (char > (ranges[2 * middle + 1] as number)) low = middle + 1;
      else return targets[middle] as number;
    }
    return dead;
  }

  /** Whether an end can be reached. Without anchors it always can. */
  #isOpen(state: number): boolean {
    if (!this.#nfa.mayBeDead) return true;
    const known = this.#open[state];
    if (known !== undefined) return known;
    // Depth first: the way to an end may be long where there are many.
    const cameFrom = new Map<number, number>([[state, dead]]);
    const ahead = [state];
    for (let at = ahead.pop(); at !== undefined; at = ahead.pop()) {
      // Too many to look at are taken for open.
      if (this.#accepting[at] === true || this.#open[at] === true || cameFrom.size > searchLimit) {
        for (let back = at; back !== dead; back = cameFrom.get(back) as number) this.#open[back] = true;
        return true;
      }
      for (const to of this.#edgesOf(at).targets) {
        if (this.#open[to] === false || cameFrom.has(to)) continue;
        cameFrom.set(to, at);
        ahead.push(to);
      }
    }
    for (const each of cameFrom.keys()) this.#open[each] = false;
    return false;
  }

  step(state: number, char: number): number {
    const to = this.#target(state, char);
    return to === dead || !this.#isOpen(to) ? dead : to;
  }

  accepts(state: number): boolean {
    return this.#accepting[state] === true;
  }

  next(state: number): CharRanges {
    const { ranges, targets } = this.#edgesOf(state);
    if (!this.#nfa.mayBeDead || targets.every((to) => this.#isOpen(to))) return ranges;
    return targets.flatMap((to, i) => (this.#isOpen(to) ? [ranges[2 * i] as number, ranges[2 * i + 1] as number] : []));
  }
}

interface Built {
  readonly chars: CharAutomaton;
  /** What `chars` is made of. */
  readonly parts: readonly RegexAutomaton[];
}

function build({ tree, ahead, anchored }: Regex, search: boolean): Built {
  if (ahead.length > 0 && search && !anchored) throw new RegexError("look-ahead that is not at the start of the text");
  const own = new RegexAutomaton(buildNfa(tree), search);
  const found = ahead.map(
    (each) => new RegexAutomaton(buildNfa({ kind: "sequence", items: [{ kind: "start" }, each.tree] }), true),
  );
  const conditions = found.map((part, index) => (ahead[index]?.negated === true ? otherThan(part) : part));
  return { chars: intersection([own, ...conditions]), parts: [own, ...found] };
}

/** The automaton of a pattern that has been read, of which the whole text must match. Throws a `RegexError`. */
export function treeAutomaton(tree: RegexTree): CharAutomaton {
  return build({ tree, ahead: [], anchored: false }, false).chars;
}

const cache = new Map<string, Built>();
const cacheLimit = 500;
/** An automaton that texts have made larger than this is not handed out again, so that it goes with its grammar. */
const keptStates = 5000;

/** The automaton of a pattern; `path` and `keyword` go into the error of one that is refused. */
export function regexAutomaton(pattern: string, search: boolean, path: string, keyword: string): CharAutomaton {
  const key = `${search ? "s" : "w"}${pattern}`;
  const known = cache.get(key);
  if (known?.parts.every((part) => part.size <= keptStates)) return known.chars;
  try {
    const built = build(parseRegex(pattern), search);
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(key, built);
    return built.chars;
  } catch (error) {
    if (error instanceof RegexError) throw new GrammarError(path, keyword, error.message);
    throw error;
  }
}
