import type { TokenTrie } from "../vocabulary/trie.ts";
import { addBits, type Bits, bitsFor, setBit } from "./bits.ts";
import type { ByteTable } from "./byte-table.ts";
import type { Kept, Recent } from "./recent.ts";
import { TextWalk } from "./text-walk.ts";

/** The places in a trie at which a text can end and what follows goes on. */
export interface Ends {
  /** Nodes at which the text has ended or a trigger is read: a token that ends there is one if anything follows. */
  readonly closers: ArrayLike<number>;
  /** Nodes at which the text may end and some token goes on that is not inside. */
  readonly exits: ArrayLike<number>;
}

/**
 * What a vocabulary's tokens are to an automaton in one state: those that stay within its text, and where it can end. It knows
 * nothing of what follows, so that one serves wherever the state recurs.
 */
export interface Slice extends Ends {
  /** Tokens within the text: as bits if they are many, else their ids. */
  readonly inside: Bits | Int32Array;
  readonly closers: Int32Array;
  readonly exits: Int32Array;
}

/** From here on bits are smaller than ids. */
const manyTokens = 1024;

/** What took a walk over fewer nodes than this is found anew each time: to keep it would cost more. */
const worthKeeping = 500;

/** One at a time walks. */
const walk = new TextWalk();

const noEnds: Ends = { closers: [], exits: [] };

/** What the walk has found; it is the walk's own no longer. Most walks find nothing. */
function endsFound(): Ends {
  const { closers, openExits: exits } = walk;
  return closers.length === 0 && exits.length === 0 ? noEnds : { closers: closers.slice(), exits };
}

/** Walks the part of a trie below a node and sets the tokens inside. */
export function walkText(
  trie: TokenTrie,
  from: number,
  table: ByteTable,
  state: number,
  part: number,
  acceptOnly: boolean,
  bits: Bits,
): Ends {
  walk.run(trie, from, table, state, part, acceptOnly);
  walk.setInside(trie, bits);
  return endsFound();
}

/** The slices of a trie that are worth keeping. */
export class Slices {
  readonly #trie: TokenTrie;
  readonly #recent: Recent<Slice>;
  /** All tokens of the trie. */
  readonly #all: Bits;
  /** By automaton, the part with `acceptOnly` in the lowest bit, and the state. */
  readonly #slices = new WeakMap<ByteTable, Map<number, Map<number, Kept<Slice>>>>();

  /** `size`: of the vocabulary. */
  constructor(trie: TokenTrie, size: number, recent: Recent<Slice>) {
    this.#trie = trie;
    this.#recent = recent;
    this.#all = bitsFor(size);
    for (const id of trie.ids) setBit(this.#all, id);
  }

  /**
   * Sets the tokens that stay within the text of an automaton in a state. `isEmpty`: no bit of `to` is set. `acceptOnly`: those at
   * whose end the text can end.
   */
  add(to: Bits, isEmpty: boolean, table: ByteTable, state: number, part: number, acceptOnly: boolean): Ends {
    const key = part * 2 + (acceptOnly ? 1 : 0);
    const kept = this.#slices.get(table)?.get(key)?.get(state);
    const known = kept && this.#recent.use(kept);
    if (known !== undefined) {
      addInside(to, known, isEmpty);
      return known;
    }
    walk.run(this.#trie, 0, table, state, part, acceptOnly);
    if (walk.visited < worthKeeping) {
      walk.setInside(this.#trie, to);
      return endsFound();
    }
    const { closers, openExits: exits } = walk;
    const slice = { inside: this.#inside(), closers: Int32Array.from(closers), exits: Int32Array.from(exits) };
    addInside(to, slice, isEmpty);
    this.#keep(table, key, state, slice);
    return slice;
  }

  #keep(table: ByteTable, key: number, state: number, slice: Slice): void {
    const bytes = slice.inside.byteLength + slice.closers.byteLength + slice.exits.byteLength + 1000;
    let byKey = this.#slices.get(table);
    if (byKey === undefined) this.#slices.set(table, (byKey = new Map()));
    let byState = byKey.get(key);
    if (byState === undefined) byKey.set(key, (byState = new Map()));
    byState.set(state, this.#recent.keep(slice, bytes));
  }

  /** What the walk has found inside. */
  #inside(): Bits | Int32Array {
    const trie = this.#trie;
    const { inside, insideLength, count } = walk;
    if (count <= manyTokens) {
      const ids = new Int32Array(count);
      let length = 0;
      for (let i = 0; i < insideLength; i += 2)
        for (let at = inside[i] as number; at < (inside[i + 1] as number); at++) ids[length++] = trie.ids[at] as number;
      return ids;
    }
    // Most of a string's tokens are inside: what is not is quicker to name.
    const isMost = count * 2 > trie.ids.length;
    const bits = isMost ? this.#all.slice() : new Uint32Array(this.#all.length);
    if (isMost) walk.clearOthers(trie, bits);
    else walk.setInside(trie, bits);
    return bits;
  }
}

function addInside(to: Bits, { inside }: Slice, isEmpty: boolean): void {
  if (inside instanceof Uint32Array) addBits(to, inside, isEmpty);
  else for (let i = 0; i < inside.length; i++) setBit(to, inside[i] as number);
}
