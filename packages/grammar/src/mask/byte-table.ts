import { type ByteAutomaton, eachOf } from "../automata/byte-automaton.ts";
import { type CharRanges, dead } from "../automata/char-automaton.ts";
import { beyondAscii, broken, classOf } from "../vocabulary/byte-class.ts";
import { GrammarError } from "../error.ts";
import type { DispatchNode, TextNode } from "../ir.ts";

/** A cell from here down is not known yet; the bytes of one range have the same number there and are found out together. */
const unknown = -2;

/** Cells of all tables together beyond which all begin anew. */
const cellLimit = 2 ** 18;

/** How often a row is asked for its loops before they are found out. */
const oftenAsked = 16;

/** The rows of all tables, one behind the other: each has a cell for every byte from the lowest that may follow to the highest. */
class Rows {
  count = 0;
  /** Counts how often the rows began anew: a row belongs to the beginning it was made after. */
  beginning = 0;
  cells = 0;
  /** In each cell the row behind the byte, `dead`, or `unknown` less the first byte of its range. */
  next = new Int32Array(2 ** 12);
  /** Where a row's cells are: that of byte 0 would be here. */
  base = new Int32Array(2 ** 8);
  lowest = new Uint8Array(2 ** 8);
  highest = new Uint8Array(2 ** 8);
  flags = new Uint8Array(2 ** 8);
  /** The classes of the bytes that may follow. */
  firsts = new Int32Array(2 ** 8);
  /** Negative where they are known; else how often they were asked for. */
  loops = new Int32Array(2 ** 8);
  states = new Float64Array(2 ** 8);
  parts = new Float64Array(2 ** 8);

  clear(): void {
    this.count = 0;
    this.cells = 0;
    this.beginning++;
  }

  /** Adds a row without its flags. `bytes`: those that may follow, as ranges. */
  add(state: number, part: number, bytes: CharRanges): number {
    if (this.count === this.states.length) this.#grow(this.count * 2);
    const row = this.count++;
    let from = 1;
    let to = 0;
    let firsts = 0;
    for (let i = 0; i < bytes.length; i += 2) {
      if (i === 0 || (bytes[i] as number) < from) from = bytes[i] as number;
      if ((bytes[i + 1] as number) > to) to = bytes[i + 1] as number;
    }
    const base = this.cells - from;
    this.cells += to - from + 1;
    while (this.cells > this.next.length) this.next = copied(this.next, new Int32Array(this.next.length * 2));
    this.next.fill(dead, base + from, this.cells);
    for (let i = 0; i < bytes.length; i += 2) {
      const last = bytes[i + 1] as number;
      let byte = bytes[i] as number;
      for (const first = byte; byte <= last && byte < 0x80; byte++) {
        this.next[base + byte] = unknown - first;
        firsts |= classOf[byte] as number;
      }
      if (byte <= last) firsts |= beyondAscii | broken;
      for (; byte <= last; byte++) this.next[base + byte] = unknown - byte;
    }
    this.firsts[row] = firsts;
    this.base[row] = base;
    this.lowest[row] = from;
    this.highest[row] = to;
    this.loops[row] = 0;
    this.states[row] = state;
    this.parts[row] = part;
    return row;
  }

  /** Says what is behind a byte, and so behind the others of its range. */
  fill(row: number, byte: number, to: number): void {
    const { next } = this;
    const base = this.base[row] as number;
    const from = base + (this.lowest[row] as number);
    const end = base + (this.highest[row] as number);
    const range = next[base + byte];
    for (let i = base + byte; i >= from && next[i] === range; i--) next[i] = to;
    for (let i = base + byte + 1; i <= end && next[i] === range; i++) next[i] = to;
  }

  #grow(size: number): void {
    this.base = copied(this.base, new Int32Array(size));
    this.lowest = copied(this.lowest, new Uint8Array(size));
    this.highest = copied(this.highest, new Uint8Array(size));
    this.flags = copied(this.flags, new Uint8Array(size));
    this.firsts = copied(this.firsts, new Int32Array(size));
    this.loops = copied(this.loops, new Int32Array(size));
    this.states = copied(this.states, new Float64Array(size));
    this.parts = copied(this.parts, new Float64Array(size));
  }
}

function copied<T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

const rows = new Rows();

/** Bounds what tables take. To be called between walks only: rows do not outlive it. */
export function trimTables(): void {
  if (rows.cells > cellLimit) rows.clear();
}

let stepsLeft = Infinity;

/** How many steps may be worked out until this is called again. */
export function allowSteps(steps: number): void {
  stepsLeft = steps;
}

/** Takes one of the steps that are allowed. */
export function takeStep(): void {
  if (--stepsLeft < 0)
    throw new GrammarError("", "grammar", "a mask takes too many steps: patterns or alternatives multiply out");
}

/** The text may end at the state. */
export const accepting = 1;
/** The text has ended there: nothing more can be read. */
export const closed = 2;
/** A trigger has been read: what it calls for follows, and no text. */
export const triggered = 4;

/** A byte automaton as a table that is filled as it is read: a walk over many tokens looks most steps up. */
export class ByteTable {
  readonly #automaton: ByteAutomaton;
  readonly #triggered: (state: number) => number | undefined;
  /** The rows by part and state: there are few parts. */
  readonly #rows = new Map<number, Map<number, number>>();
  #beginning = rows.beginning;

  constructor(automaton: ByteAutomaton, triggeredAt: (state: number) => number | undefined) {
    this.#automaton = automaton;
    this.#triggered = triggeredAt;
  }

  /** The row of a state. */
  row(state: number, part: number): number {
    const similar = part === 0 ? 0 : this.#automaton.similar(state, part);
    if (this.#beginning !== rows.beginning) {
      this.#rows.clear();
      this.#beginning = rows.beginning;
    }
    let byState = this.#rows.get(similar);
    if (byState === undefined) this.#rows.set(similar, (byState = new Map()));
    let row = byState.get(state);
    if (row === undefined) byState.set(state, (row = this.#add(state, similar)));
    return row;
  }

  #add(state: number, part: number): number {
    const automaton = this.#automaton;
    const bytes = automaton.firstBytes(state, part);
    const row = rows.add(state, part, automaton.chars.remembers === true ? eachOf(bytes) : bytes);
    const found = part === 0 ? this.#triggered(state) : undefined;
    rows.flags[row] =
      found !== undefined
        ? triggered
        : (automaton.accepts(state, part) ? accepting : 0) | (automaton.ended(part) ? closed : 0);
    return row;
  }

  /** The row behind a byte, or `dead`. */
  step(row: number, byte: number): number {
    if (byte < (rows.lowest[row] as number) || byte > (rows.highest[row] as number)) return dead;
    const known = rows.next[(rows.base[row] as number) + byte] as number;
    return known > unknown ? known : this.#step(row, byte);
  }

  #step(row: number, byte: number): number {
    takeStep();
    const automaton = this.#automaton;
    const state = automaton.step(rows.states[row] as number, rows.parts[row] as number, byte);
    const to = state === dead ? dead : this.row(state, automaton.part);
    rows.fill(row, byte, to);
    return to;
  }

  /** The bytes that may follow lie between this one and `highest`; none does where this is the higher. */
  lowest(row: number): number {
    return rows.lowest[row] as number;
  }

  highest(row: number): number {
    return rows.highest[row] as number;
  }

  /** The classes of the bytes that may follow. */
  firsts(row: number): number {
    return rows.firsts[row] as number;
  }

  flags(row: number): number {
    return rows.flags[row] as number;
  }

  /** The classes of bytes all of which lead from a row back to it; none until it has been asked often enough to be worth knowing. */
  loops(row: number): number {
    const known = rows.loops[row] as number;
    if (known < 0) return known;
    if (known < oftenAsked) {
      rows.loops[row] = known + 1;
      return 0;
    }
    return (rows.loops[row] = this.#findLoops(row));
  }

  #findLoops(row: number): number {
    let loops = -1;
    for (let byte = 0; byte < 0x80; byte++) if (this.step(row, byte) !== row) loops &= ~(classOf[byte] as number);
    const beyond = this.#automaton.loops(rows.states[row] as number, rows.parts[row] as number);
    return loops & ~broken & (beyond ? -1 : ~beyondAscii);
  }

  /** The automaton's own state in a row. */
  state(row: number): number {
    return rows.states[row] as number;
  }
}

const tables = new WeakMap<ByteAutomaton, ByteTable>();

const never = (): undefined => undefined;

/** The table of an automaton, one for as long as it lives. `node`: where it is that of a dispatch, which watches for triggers. */
export function tableOf(automaton: ByteAutomaton, node?: TextNode | DispatchNode): ByteTable {
  let table = tables.get(automaton);
  if (table === undefined) {
    const watch = node?.kind === "dispatch" ? (state: number) => node.watched.triggered(state) : never;
    tables.set(automaton, (table = new ByteTable(automaton, watch)));
  }
  return table;
}
