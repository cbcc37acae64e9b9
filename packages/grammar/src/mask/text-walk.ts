import { beyondAscii, classOf } from "../vocabulary/byte-class.ts";
import type { TokenTrie } from "../vocabulary/trie.ts";
import { type Bits, clearBit, setBit } from "./bits.ts";
import { accepting, type ByteTable, closed, triggered, trimTables } from "./byte-table.ts";

const rowAt = new Int32Array(0x10000);

/**
 * Follows an automaton over the tokens of a trie. What it finds is its own until it runs again: masks are made often, and most
 * of what is found for one is thrown away.
 */
export class TextWalk {
  /** Tokens within the text, as ranges of `trie.ids`: from, to, from, to. */
  inside: Int32Array = new Int32Array(1024);
  insideLength = 0;
  /** How many tokens are inside. */
  count = 0;
  /** How many nodes were looked at. */
  visited = 0;
  /** Nodes at which the text has ended or a trigger is read: a token that ends there is one if anything follows. */
  readonly closers: number[] = [];
  /** Nodes at which the text may end and some token goes on. */
  readonly #exits: number[] = [];
  /** For each exit, the tokens inside before its subtree; -1 for one below which all tokens are inside. */
  readonly #before: number[] = [];
  readonly #open: number[] = [];

  /** The part of a trie below `from`, beginning in the state there. `acceptOnly`: a token may end only where the text can. */
  run(trie: TokenTrie, from: number, table: ByteTable, state: number, part: number, acceptOnly: boolean): void {
    const { byte, depth, skip, first, below, roots } = trie;
    this.insideLength = 0;
    this.closers.length = 0;
    this.#exits.length = 0;
    this.#before.length = 0;
    trimTables();
    const start = table.row(state, part);
    rowAt[depth[from] as number] = start;
    // From the root the row itself says where to begin and to end: it often has one byte or two of all there are.
    const end = from === 0 ? (roots[table.highest(start) + 1] as number) : (skip[from] as number);
    let node = from === 0 ? (roots[table.lowest(start)] as number) : from + 1;
    let count = 0;
    let visited = 0;
    /** Behind the innermost exit's subtree. */
    let closeAt = end + 1;
    for (; ; visited++) {
      while (node >= closeAt) closeAt = this.#close(trie, count, end);
      if (node >= end) break;
      const level = depth[node] as number;
      const row = rowAt[level - 1] as number;
      const value = byte[node] as number;
      const behind = skip[node] as number;
      const classes = (below[node] as number) | (classOf[value] as number);
      // A character that is cut is no end of the text.
      const mayLoop = !acceptOnly || ((table.flags(row) & accepting) !== 0 && (classes & beyondAscii) === 0);
      if (mayLoop && (classes & ~table.loops(row)) === 0) {
        count += this.#add(first[node] as number, first[behind] as number);
        node = behind;
        continue;
      }
      const to = table.step(row, value);
      if (to < 0) {
        node = behind;
        continue;
      }
      const flags = table.flags(to);
      const own = first[node] as number;
      const others = first[node + 1] as number;
      if ((flags & (closed | triggered)) !== 0) {
        if (own !== others) this.closers.push(node);
        if (behind > node + 1) this.#exit(node, -2);
        node = behind;
        continue;
      }
      if (own !== others && (!acceptOnly || (flags & accepting) !== 0)) count += this.#add(own, others);
      if ((flags & accepting) !== 0 && behind > node + 1) {
        this.#exit(node, count);
        this.#open.push(this.#exits.length - 1);
        closeAt = behind;
      }
      rowAt[level] = to;
      node++;
    }
    this.count = count;
    this.visited = visited;
  }

  /** Sets the tokens inside. */
  setInside({ ids }: TokenTrie, bits: Bits): void {
    const { inside, insideLength } = this;
    for (let i = 0; i < insideLength; i += 2) {
      const last = inside[i + 1] as number;
      for (let at = inside[i] as number; at < last; at++) setBit(bits, ids[at] as number);
    }
  }

  /** Clears all tokens but those inside. */
  clearOthers({ ids }: TokenTrie, bits: Bits): void {
    const { inside, insideLength } = this;
    let at = 0;
    for (let i = 0; i <= insideLength; i += 2) {
      const next = i < insideLength ? (inside[i] as number) : ids.length;
      for (; at < next; at++) clearBit(bits, ids[at] as number);
      at = inside[i + 1] as number;
    }
  }

  #add(from: number, to: number): number {
    const length = this.insideLength;
    if (length > 0 && this.inside[length - 1] === from) {
      this.inside[length - 1] = to;
      return to - from;
    }
    if (length === this.inside.length) {
      const larger = new Int32Array(length * 2);
      larger.set(this.inside);
      this.inside = larger;
    }
    this.inside[length] = from;
    this.inside[length + 1] = to;
    this.insideLength = length + 2;
    return to - from;
  }

  #exit(node: number, before: number): void {
    this.#exits.push(node);
    this.#before.push(before);
  }

  /** The innermost exit's subtree is over. Returns where that of the next one is. */
  #close(trie: TokenTrie, count: number, end: number): number {
    const index = this.#open.pop() as number;
    const node = this.#exits[index] as number;
    const below = trie.last(node) - (trie.first[node + 1] as number);
    if (count - (this.#before[index] as number) === below) this.#before[index] = -1;
    const next = this.#open.at(-1);
    return next === undefined ? end + 1 : (trie.skip[this.#exits[next] as number] as number);
  }

  /** The exits below which some token is not inside. */
  get openExits(): number[] {
    return this.#exits.filter((_node, index) => this.#before[index] !== -1);
  }
}
