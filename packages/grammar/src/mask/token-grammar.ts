import type { Node } from "../ir.ts";
import type { Relaxed } from "../json-schema/source.ts";
import { Closure, entered, hashThread, StateSet } from "../matcher/closure.ts";
import { nextStep, sameFrame } from "../matcher/frame.ts";
import { stepBytes } from "../matcher/step.ts";
import { endToken } from "../matcher/token-limit.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";
import type { Bits } from "./bits.ts";
import { Continuations } from "./continuations.ts";
import { MaskWalk, standsFor } from "./mask.ts";
import { TokenMatcher } from "./token-matcher.ts";

/** How many states are kept to be found again; beyond it all are forgotten, which costs time and nothing else. */
const stateLimit = 4096;

/** See `TokenGrammarOptions`. */
export interface TokenLimits {
  readonly maxThreads: number;
  readonly maxSteps: number;
}

/** A grammar over the tokens of a vocabulary, with everything that its matchers share. Made by `compileTokenGrammar`. */
export class TokenGrammar {
  /** What `lenient` dropped, and annotations that look like constraints and are none. */
  readonly relaxed: readonly Relaxed[];
  readonly vocabulary: Vocabulary;
  readonly #start: StateSet;
  readonly #continuations = new Continuations((states) => this.#same(states));
  readonly #maxThreads: number;
  readonly #maxSteps: number;
  readonly #states = new Map<number, StateSet[]>();
  #stateCount = 0;

  constructor(root: Node, vocabulary: Vocabulary, relaxed: readonly Relaxed[], limits: TokenLimits) {
    const { maxThreads, maxSteps } = limits;
    this.#maxThreads = maxThreads;
    this.#maxSteps = maxSteps;
    this.vocabulary = vocabulary;
    this.relaxed = relaxed;
    this.#start = this.#same(entered(root, undefined));
  }

  matcher(): TokenMatcher {
    return new TokenMatcher(this, this.#start);
  }

  /** Writes the tokens that may follow into `bits`. What is asked for a second time is kept. */
  mask(states: StateSet, bits: Bits): void {
    const known = this.knownMask(states);
    if (known !== undefined) {
      bits.set(known);
      return;
    }
    bits.fill(0);
    new MaskWalk(this.vocabulary, this.#continuations, bits, this.#maxSteps).run(states);
    if (!states.isAsked) {
      states.isAsked = true;
      return;
    }
    const { masks } = this.vocabulary;
    const copy = masks.makeRoom(bits.byteLength) ?? new Uint32Array(bits.length);
    copy.set(bits);
    states.mask = masks.keep(copy, bits.byteLength);
  }

  /** The mask where it is known already. */
  knownMask({ mask }: StateSet): Bits | undefined {
    return mask && this.vocabulary.masks.use(mask);
  }

  /** The states after a token, or undefined where it may not come. */
  after(states: StateSet, id: number): StateSet | undefined {
    const read = this.#read(states, id);
    const symbols = states.threads.filter(({ node }) => node.kind === "token" && standsFor(node, id, this.vocabulary));
    let next = read && endToken(read);
    if (symbols.length > 0) {
      const closure = new Closure(new StateSet(), nextStep());
      for (const { frame } of symbols) closure.leave(frame);
      const set = closure.finish();
      for (const { node, state, part, frame } of next?.threads ?? []) set.add(node, state, part, frame);
      if (next?.complete === true) set.complete = true;
      next = set.threads.length === 0 && !set.complete ? undefined : set;
    }
    return next && this.#same(next);
  }

  #read(states: StateSet, id: number): StateSet | undefined {
    const { bytes, offsets } = this.vocabulary;
    const begin = offsets[id] as number;
    const end = offsets[id + 1] as number;
    return begin === end ? undefined : stepBytes(states, bytes, begin, end, this.#maxThreads);
  }

  /** The set of equal states that has been met before, so that what is known of it is found again. */
  #same(states: StateSet): StateSet {
    let hash = states.complete ? 1 : 0;
    for (const { node, state, part, frame } of states.threads) hash = (hash + hashThread(node, state, part, frame)) | 0;
    const met = this.#states.get(hash);
    const same = met?.find((each) => areSame(each, states));
    if (same !== undefined) return same;
    if (this.#stateCount >= stateLimit) {
      this.#states.clear();
      this.#stateCount = 0;
    }
    this.#stateCount++;
    if (met === undefined || this.#stateCount === 1) this.#states.set(hash, [states]);
    else met.push(states);
    return states;
  }
}

function areSame(a: StateSet, b: StateSet): boolean {
  return (
    a.complete === b.complete &&
    a.threads.length === b.threads.length &&
    a.threads.every((left, index) => {
      const right = b.threads[index];
      return (
        right !== undefined &&
        left.node === right.node &&
        left.state === right.state &&
        left.part === right.part &&
        sameFrame(left.frame, right.frame)
      );
    })
  );
}
