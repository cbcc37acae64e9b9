import type { CharRanges } from "../automata/char-automaton.ts";
import { RegexError, type RegexTree } from "./parse.ts";

/** A pattern that unfolds to more states than this is refused: its counts are too large. */
const stateLimit = 20_000;

/**
 * Thompson's construction: each state has either one character edge or empty edges, some of them only at the text's start or end.
 * Patterns are kept to be used again, so that it is to be small.
 */
export interface Nfa {
  readonly chars: readonly (CharRanges | undefined)[];
  /** Where the character edge leads. */
  readonly to: Int32Array;
  /** A state's empty edges are `emptyTo` from `emptyFrom[state]` to `emptyFrom[state + 1]`. */
  readonly emptyFrom: Int32Array;
  readonly emptyTo: Int32Array;
  readonly atStart: ReadonlyMap<number, readonly number[]>;
  readonly atEnd: ReadonlyMap<number, readonly number[]>;
  readonly start: number;
  readonly accept: number;
  /** Whether some branch may end nowhere: anchors in the middle, empty classes. */
  readonly mayBeDead: boolean;
}

class Builder {
  readonly chars: (CharRanges | undefined)[] = [];
  readonly to: number[] = [];
  readonly empty: number[][] = [];
  readonly atStart = new Map<number, readonly number[]>();
  readonly atEnd = new Map<number, readonly number[]>();
  mayBeDead = false;

  state(): number {
    if (this.chars.length >= stateLimit) throw new RegexError(`it unfolds to more than ${stateLimit} states`);
    this.to.push(-1);
    this.empty.push([]);
    return this.chars.push(undefined) - 1;
  }

  link(from: number, to: number): void {
    (this.empty[from] as number[]).push(to);
  }

  /** Adds the tree between `from` and a new state, which is returned. */
  add(tree: RegexTree, from: number): number {
    switch (tree.kind) {
      case "chars": {
        const at = this.state();
        const end = this.state();
        this.link(from, at);
        this.chars[at] = tree.ranges;
        this.to[at] = end;
        if (tree.ranges.length === 0) this.mayBeDead = true;
        return end;
      }
      case "start":
      case "end": {
        const end = this.state();
        const edges = tree.kind === "start" ? this.atStart : this.atEnd;
        edges.set(from, [...(edges.get(from) ?? []), end]);
        this.mayBeDead = true;
        return end;
      }
      case "sequence":
        return tree.items.reduce((at, item) => this.add(item, at), from);
      case "choice": {
        const end = this.state();
        for (const item of tree.items) {
          const branch = this.state();
          this.link(from, branch);
          this.link(this.add(item, branch), end);
        }
        return end;
      }
      case "repeat":
        return this.#repeat(tree.item, tree.min, tree.max, from);
    }
  }

  /** `min` copies, then either a loop or optional copies that each can leave at once. */
  #repeat(item: RegexTree, min: number, max: number, from: number): number {
    let at = from;
    for (let i = 0; i < min; i++) {
      const to = this.add(item, at);
      // (?:){300000000}
      //     ^ a copy that reads nothing: more of them are the same
      if (to === at) break;
      at = to;
    }
    const end = this.state();
    if (max === Infinity) {
      const loop = this.state();
      this.link(at, loop);
      this.link(loop, end);
      const body = this.state();
      this.link(loop, body);
      this.link(this.add(item, body), loop);
      return end;
    }
    this.link(at, end);
    for (let i = min; i < max; i++) {
      const body = this.state();
      this.link(at, body);
      at = this.add(item, body);
      this.link(at, end);
    }
    return end;
  }
}

export function buildNfa(tree: RegexTree): Nfa {
  const builder = new Builder();
  const start = builder.state();
  const accept = builder.add(tree, start);
  const { chars, to, empty, atStart, atEnd, mayBeDead } = builder;
  const emptyFrom = new Int32Array(empty.length + 1);
  empty.forEach((edges, state) => (emptyFrom[state + 1] = (emptyFrom[state] as number) + edges.length));
  const emptyTo = Int32Array.from(empty.flat());
  return { chars, to: Int32Array.from(to), emptyFrom, emptyTo, atStart, atEnd, start, accept, mayBeDead };
}
