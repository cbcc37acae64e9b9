import { dead } from "../automata/char-automaton.ts";
import type { DispatchNode, LiteralNode, TextNode, TokenNode } from "../ir.ts";
import type { StateSet, Thread } from "../matcher/closure.ts";
import type { Frame } from "../matcher/frame.ts";
import { tokensLeft } from "../matcher/token-limit.ts";
import { broken, classOf } from "../vocabulary/byte-class.ts";
import type { TokenTrie } from "../vocabulary/trie.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import { addBits, type Bits, bitsFor, hasBit, setBit } from "./bits.ts";
import { accepting, allowSteps, tableOf, takeStep, triggered } from "./byte-table.ts";
import type { Continuations } from "./continuations.ts";
import { type Ends, type Slices, walkText } from "./slice.ts";

interface TextThread {
  readonly node: TextNode | DispatchNode;
  readonly state: number;
  readonly part: number;
  readonly frame: Frame | undefined;
}

/**
 * Which tokens may come next. Each thread is asked by itself: what of the vocabulary stays within its text is known for the state
 * of its automaton, whatever stands around it; only tokens that reach beyond are followed into what comes next.
 */
export class MaskWalk {
  readonly #vocabulary: Vocabulary;
  readonly #continuations: Continuations;
  readonly #bits: Bits;
  readonly #maxSteps: number;
  /** Behind which nodes states have been followed; by themselves where it is one node only. */
  readonly #visited = new Map<StateSet, number | Set<number>>();
  /** Whether no bit has been set. */
  #isEmpty = true;

  /** The tokens are written into `bits`, which has none. */
  constructor(vocabulary: Vocabulary, continuations: Continuations, bits: Bits, maxSteps: number) {
    this.#maxSteps = maxSteps;
    this.#vocabulary = vocabulary;
    this.#continuations = continuations;
    this.#bits = bits;
  }

  run(states: StateSet): void {
    allowSteps(this.#maxSteps);
    const { trie, slices, longTrie, longSlices, endTokens } = this.#vocabulary;
    for (const thread of states.threads) {
      if (thread.node.kind === "token") {
        addBits(this.#bits, tokenBits(thread.node, this.#vocabulary), this.#isEmpty);
        this.#isEmpty = false;
        continue;
      }
      this.#start(thread, trie, slices);
      if (longTrie.ids.length > 0) this.#start(thread, longTrie, longSlices);
    }
    if (states.complete) for (const id of endTokens) setBit(this.#bits, id);
  }

  #start(thread: Thread, trie: TokenTrie, slices: Slices): void {
    if (thread.node.kind === "literal") {
      this.#isEmpty = false;
      this.#literal(thread.node, thread.state, thread.frame, trie, 0);
      return;
    }
    const text = thread as TextThread;
    const { node, state, part } = text;
    const acceptOnly = tokensLeft(thread) === 1;
    const simpler = acceptOnly ? undefined : node.automaton.simplified?.(state, part, trie.height);
    const table = tableOf(simpler?.automaton ?? node.automaton, node);
    const ends = slices.add(this.#bits, this.#isEmpty, table, simpler?.state ?? state, part, acceptOnly);
    this.#isEmpty = false;
    this.#cross(text, trie, 0, simpler?.exact ?? true, ends);
  }

  /** Sets the tokens that end at a node. */
  #own(trie: TokenTrie, node: number): void {
    const last = trie.first[node + 1] as number;
    for (let i = trie.first[node] as number; i < last; i++) setBit(this.#bits, trie.ids[i] as number);
  }

  #literal(literal: LiteralNode, state: number, frame: Frame | undefined, trie: TokenTrie, from: number): void {
    const { bytes } = literal;
    let node = from;
    for (let i = state; i < bytes.length; i++) {
      node = trie.child(node, bytes[i] as number);
      if (node < 0) return;
      if (i + 1 < bytes.length) this.#own(trie, node);
    }
    const following = this.#continuations.left(frame);
    if (!isAlive(following)) return;
    this.#own(trie, node);
    this.#follow(following, trie, node);
  }

  /** What follows where a thread's text ends, at each of these nodes. `exact`: the text does end there; else it is to be seen. */
  #cross(thread: TextThread, trie: TokenTrie, from: number, exact: boolean, { closers, exits }: Ends): void {
    const { node, frame } = thread;
    const same = exact && node.kind === "text" && node.follow === undefined;
    const following = same ? this.#continuations.left(frame) : undefined;
    if (following !== undefined && !isAlive(following)) return;
    for (let i = 0; i < closers.length; i++) {
      const at = closers[i] as number;
      const next = following ?? this.#endedAt(thread, trie, from, at);
      if (next !== undefined && isAlive(next)) this.#own(trie, at);
    }
    for (let i = 0; i < exits.length; i++) {
      const at = exits[i] as number;
      const next = following ?? this.#endedAt(thread, trie, from, at);
      if (next !== undefined) this.#follow(next, trie, at);
    }
  }

  /** What follows when a thread's text ends behind the bytes between two nodes, if it can. */
  #endedAt(thread: TextThread, trie: TokenTrie, from: number, to: number): StateSet | undefined {
    const { node, state, part, frame } = thread;
    const table = tableOf(node.automaton, node);
    const { bytes, offsets } = this.#vocabulary;
    const begin = offsets[trie.ids[trie.first[to] as number] as number] as number;
    const end = begin + (trie.depth[to] as number);
    let row = table.row(state, part);
    for (let i = begin + (trie.depth[from] as number); i < end; i++) {
      row = table.step(row, bytes[i] as number);
      if (row === dead) return undefined;
    }
    if ((table.flags(row) & (accepting | triggered)) === 0) return undefined;
    return this.#continuations.ended(node, table.state(row), frame);
  }

  /** What follows goes on within a token, below a node. */
  #follow(states: StateSet, trie: TokenTrie, node: number): void {
    // Most of what goes on behind a string's end goes on with nothing that may come there.
    states.firsts ??= firstsOf(states);
    if (((trie.below[node] as number) & states.firsts) === 0 || this.#areAllSet(trie, node)) return;
    if (this.#hasVisited(states, trie === this.#vocabulary.trie ? node : -node)) return;
    for (const thread of states.threads) {
      takeStep();
      if (thread.node.kind === "literal") this.#literal(thread.node, thread.state, thread.frame, trie, node);
      else if (thread.node.kind !== "token") this.#text(thread as TextThread, trie, node);
    }
  }

  /** Whether states have been followed behind a node, from now on they have. */
  #hasVisited(states: StateSet, key: number): boolean {
    const visited = this.#visited.get(states);
    if (visited === key) return true;
    if (visited === undefined) this.#visited.set(states, key);
    else if (typeof visited === "number") this.#visited.set(states, new Set([visited, key]));
    else if (visited.has(key)) return true;
    else visited.add(key);
    return false;
  }

  #text(thread: TextThread, trie: TokenTrie, from: number): void {
    const { node, state, part } = thread;
    const acceptOnly = tokensLeft(thread) === 1;
    const simpler = acceptOnly ? undefined : node.automaton.simplified?.(state, part, trie.height);
    const table = tableOf(simpler?.automaton ?? node.automaton, node);
    const ends = walkText(trie, from, table, simpler?.state ?? state, part, acceptOnly, this.#bits);
    this.#cross(thread, trie, from, simpler?.exact ?? true, ends);
  }

  #areAllSet(trie: TokenTrie, node: number): boolean {
    const last = trie.last(node);
    for (let i = trie.first[node + 1] as number; i < last; i++)
      if (!hasBit(this.#bits, trie.ids[i] as number)) return false;
    return true;
  }
}

/** The classes of the bytes with which some thread goes on; behind the rest of a cut character all bytes have one class. */
function firstsOf({ threads }: StateSet): number {
  let firsts = broken;
  for (const { node, state, part } of threads) {
    if (node.kind === "literal") firsts |= classOf[node.bytes[state] as number] as number;
    else if (node.kind !== "token") {
      const table = tableOf(node.automaton, node);
      firsts |= table.firsts(table.row(state, part));
    }
  }
  return firsts;
}

function isAlive(states: StateSet): boolean {
  return states.complete || states.threads.length > 0;
}

/** Whether a token is one that the node stands for. */
export function standsFor(node: TokenNode, id: number, vocabulary: Vocabulary): boolean {
  if (!node.excluded) return node.tokens.has(id);
  return !node.tokens.has(id) && vocabulary.isUsed(id) && !vocabulary.endTokens.includes(id);
}

const tokenMasks = new WeakMap<TokenNode, Bits>();

function tokenBits(node: TokenNode, vocabulary: Vocabulary): Bits {
  let bits = tokenMasks.get(node);
  if (bits === undefined) {
    bits = bitsFor(vocabulary.size);
    for (let id = 0; id < vocabulary.size; id++) if (standsFor(node, id, vocabulary)) setBit(bits, id);
    tokenMasks.set(node, bits);
  }
  return bits;
}
