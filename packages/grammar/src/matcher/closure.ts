import { GrammarError } from "../error.ts";
import type { DispatchNode, LiteralNode, Node, RuleNode, TextNode, TokenNode } from "../ir.ts";
import type { Kept } from "../mask/recent.ts";
import { type Frame, hashOf, joinFrames, nextStep, pushFrame, sameFrame } from "./frame.ts";

/** A place in the grammar from which bytes are read. */
export interface Thread {
  readonly node: LiteralNode | TextNode | DispatchNode | TokenNode;
  /** In a literal the number of bytes read; else the automaton's state. */
  readonly state: number;
  readonly part: number;
  readonly frame: Frame | undefined;
}

/** More nested rule calls than this without reading a byte is left recursion. */
const ruleLimit = 10_000;

/** From this many threads on duplicates are looked up by hash. */
const linearLimit = 8;

/** Everything the grammar can be doing after the same bytes; built once, then never changed. */
export class StateSet {
  readonly threads: Thread[] = [];
  /** Whether the text may end here. */
  complete = false;
  /** Whether its mask has been asked for before, and what was kept of it; for who makes masks. */
  isAsked = false;
  mask: Kept<Uint32Array<ArrayBuffer>> | undefined;
  /** The classes of the bytes that may come next; for who makes masks. */
  firsts: number | undefined;
  #byHash: Map<number, Thread[]> | undefined;

  add(node: Thread["node"], state: number, part: number, frame: Frame | undefined): void {
    const candidates = this.#candidates(node, state, part, frame);
    for (const thread of candidates) {
      if (thread.node === node && thread.state === state && thread.part === part && sameFrame(thread.frame, frame))
        return;
    }
    const thread: Thread = { node, state, part, frame };
    this.threads.push(thread);
    if (this.#byHash !== undefined) candidates.push(thread);
  }

  #candidates(node: Thread["node"], state: number, part: number, frame: Frame | undefined): Thread[] {
    if (this.#byHash === undefined) {
      if (this.threads.length < linearLimit) return this.threads;
      this.#byHash = new Map();
      for (const thread of this.threads)
        this.#bucket(hashThread(thread.node, thread.state, thread.part, thread.frame)).push(thread);
    }
    return this.#bucket(hashThread(node, state, part, frame));
  }

  #bucket(hash: number): Thread[] {
    const buckets = this.#byHash as Map<number, Thread[]>;
    let bucket = buckets.get(hash);
    if (bucket === undefined) buckets.set(hash, (bucket = []));
    return bucket;
  }
}

export function hashThread(node: Node, state: number, part: number, frame: Frame | undefined): number {
  const low = Math.imul(node.id, 0x9e3779b1) ^ Math.imul(state | 0, 0x85ebca6b);
  return Math.imul(low ^ part ^ hashOf(frame), 0xc2b2ae35);
}

/** What stands after `node` begins with `frame` to follow it. */
export function entered(node: Node, frame: Frame | undefined): StateSet {
  const closure = new Closure(new StateSet(), nextStep());
  closure.enter(node, frame);
  return closure.finish();
}

/** What stands after the text above `frame` ends. */
export function left(frame: Frame | undefined): StateSet {
  const closure = new Closure(new StateSet(), nextStep());
  closure.leave(frame);
  return closure.finish();
}

/** What waits for a rule in a step, and how much of it the rule has begun for. */
interface Waiting {
  readonly frames: (Frame | undefined)[];
  begun: number;
}

/* What is left to do; lists, not recursion, so that no grammar and no text can exhaust the call stack. One closure at a time has them. */
const nodesLeft: (Node | undefined)[] = [];
const framesLeft: (Frame | undefined)[] = [];

/** Follows everything that reads no byte: from nodes to enter and frames to return to, to the threads behind them. */
export class Closure {
  readonly #set: StateSet;
  readonly #step: number;
  #waiting: Map<RuleNode, Waiting> | undefined;
  /** Rules to begin. They begin last, so that what waits for the same rule is joined. */
  readonly #rules: RuleNode[] = [];
  #returned: Frame | Set<Frame> | undefined;
  #ruleCount = 0;

  constructor(set: StateSet, step: number) {
    this.#set = set;
    this.#step = step;
    // One before may have ended by an error.
    nodesLeft.length = 0;
    framesLeft.length = 0;
  }

  /** `node` begins, `frame` follows it. */
  enter(node: Node, frame: Frame | undefined): void {
    this.#push(node, frame);
  }

  /** What was above `frame` has ended. */
  leave(frame: Frame | undefined): void {
    this.#push(undefined, frame);
  }

  #push(node: Node | undefined, frame: Frame | undefined): void {
    nodesLeft.push(node);
    framesLeft.push(frame);
  }

  /** Follows everything entered and left. */
  finish(): StateSet {
    for (let next = 0; ; next++) {
      while (framesLeft.length > 0) {
        const node = nodesLeft.pop();
        const frame = framesLeft.pop();
        if (node === undefined) this.#return(frame);
        else this.#open(node, frame);
      }
      const rule = this.#rules[next];
      if (rule === undefined) return this.#set;
      const waiting = this.#waiting?.get(rule) as Waiting;
      const frames = waiting.begun === 0 ? waiting.frames : waiting.frames.slice(waiting.begun);
      const joined = joinFrames(rule, frames, this.#step);
      waiting.begun = waiting.frames.length;
      this.#push(rule.body(), joined);
    }
  }

  #wait(rule: RuleNode, frame: Frame | undefined): void {
    if (++this.#ruleCount > ruleLimit)
      throw new GrammarError(rule.name, "rule", "it calls itself without reading anything first");
    const all = (this.#waiting ??= new Map<RuleNode, Waiting>());
    let waiting = all.get(rule);
    if (waiting === undefined) all.set(rule, (waiting = { frames: [], begun: 0 }));
    if (waiting.frames.some((each) => sameFrame(each, frame))) return;
    if (waiting.frames.length === waiting.begun) this.#rules.push(rule);
    waiting.frames.push(frame);
  }

  #open(node: Node, frame: Frame | undefined): void {
    switch (node.kind) {
      case "literal":
        if (node.bytes.length === 0) this.#push(undefined, frame);
        else this.#set.add(node, 0, 0, frame);
        return;
      case "text": {
        const { automaton } = node;
        const state = automaton.chars.start;
        this.#set.add(node, state, automaton.startPart, frame);
        if (automaton.accepts(state, automaton.startPart)) this.#push(node.follow?.(state), frame);
        return;
      }
      case "dispatch":
        this.#set.add(node, node.watched.start, 0, frame);
        this.#push(undefined, frame);
        return;
      case "token":
        this.#set.add(node, 0, 0, frame);
        return;
      case "limit":
        this.#push(node.item, pushFrame(node, 0, frame, this.#step));
        return;
      case "sequence":
        this.#push(node.items[0] as Node, pushFrame(node, 1, frame, this.#step));
        return;
      case "choice":
        for (const item of node.items) this.#push(item, frame);
        return;
      case "repeat":
        if (node.min === 0) this.#push(undefined, frame);
        this.#push(node.item, pushFrame(node, 1, frame, this.#step));
        return;
      case "rule":
        this.#wait(node, frame);
        return;
    }
  }

  #return(frame: Frame | undefined): void {
    if (frame === undefined) {
      this.#set.complete = true;
      return;
    }
    if (this.#hasReturned(frame)) return;
    const { node, count, below } = frame;
    switch (node.kind) {
      case "sequence": {
        const last = count === node.items.length - 1;
        this.#push(node.items[count] as Node, last ? below : pushFrame(node, count + 1, below, this.#step));
        return;
      }
      case "repeat":
        // An item that read nothing can be repeated at will: what is missing to `min` is then empty too.
        if (frame.step === this.#step) {
          this.#push(undefined, below);
          return;
        }
        if (count >= node.min) this.#push(undefined, below);
        if (count < node.max) {
          const next = node.max === Infinity ? Math.min(count + 1, node.min + 1) : count + 1;
          this.#push(node.item, pushFrame(node, next, below, this.#step));
        }
        return;
      case "dispatch":
        this.#push(node, below);
        return;
      case "limit":
        this.#push(undefined, below);
        return;
      case "rule":
        this.#push(undefined, below);
        for (const other of frame.beside) this.#push(undefined, other);
        return;
    }
  }

  /** Whether it has been returned to in this step, from now on it has. */
  #hasReturned(frame: Frame): boolean {
    const returned = this.#returned;
    if (returned instanceof Set) {
      if (returned.has(frame)) return true;
      returned.add(frame);
    } else {
      if (returned === frame) return true;
      this.#returned = returned === undefined ? frame : new Set([returned, frame]);
    }
    return false;
  }
}
