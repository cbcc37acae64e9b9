/** From logits to a token: biases, penalties, temperature, top-k, top-p, min-p, a seed, and a constraint. */

export interface Sampling {
  /** 0, the default, always takes the likeliest token. */
  temperature?: number;
  /** Only the k likeliest tokens, and those as likely as the last of them. 0, the default: all. */
  topK?: number;
  /** Only the likeliest tokens that together have this probability, one at least. Default 1: all. */
  topP?: number;
  /** Only tokens at least so likely in proportion to the likeliest. Default 0: all. */
  minP?: number;
  /** Taken from a token's logit for each time it has been written. Default 0. */
  frequencyPenalty?: number;
  /** Taken from the logit of a token that has been written. Default 0. */
  presencePenalty?: number;
  /** Divides a logit above 0, and multiplies another, of a token that the prompt has or that has been written. Default 1. */
  repetitionPenalty?: number;
  /** Added to the logits of these tokens. */
  logitBias?: ReadonlyMap<number, number>;
  seed?: number;
  maxTokens?: number;
}

/** Asked once a step, before sampling; `allows` is tried on candidate tokens as they are drawn. */
export interface TokenConstraint {
  allows(id: number): boolean;
  accept(id: number): void;
  /** True when the text so far may end here. */
  readonly isComplete: boolean;
}

export interface SamplerOptions {
  readonly vocabularySize: number;
  /** The tokens that end a turn: a constraint allows them where it is complete. */
  readonly endTokens: readonly number[];
  /** What the model has read, for the repetition penalty. Default: nothing. */
  readonly prompt?: readonly number[];
}

/** Numbers in [0, 1) from a 32-bit seed (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class NoTokenAllowedError extends Error {
  override readonly name = "NoTokenAllowedError";
}

/**
 * Draws the tokens of one answer. What is asked for is done in this order:
 *
 * 1. `logitBias`, then `repetitionPenalty` (of prompt and answer), `frequencyPenalty` and `presencePenalty` (of the answer alone): the
 *    order and the sums of vLLM's sampler (`vllm/v1/sample/sampler.py` and `vllm/model_executor/layers/utils.py`, `apply_penalties`).
 *    The repetition penalty is CTRL's, as transformers has it; the other two are OpenAI's.
 * 2. `temperature`, `topK`, `topP` (of what top-k has left, as in both) and `minP`: the order of transformers' warpers. vLLM has min-p
 *    before the other two, which differs where `topP` and `minP` are both given: fewer tokens then make up the sum.
 *
 * At a temperature of 0 the likeliest token of step 1 is taken.
 */
export class Sampler {
  readonly #temperature: number;
  readonly #topK: number;
  readonly #topP: number;
  readonly #minP: number;
  readonly #frequencyPenalty: number;
  readonly #presencePenalty: number;
  readonly #repetitionPenalty: number;
  readonly #logitBias: ReadonlyMap<number, number> | undefined;
  readonly #random: () => number;
  readonly #endTokens: ReadonlySet<number>;
  /** What the repetition penalty is for, and how often the others count each token; filled where they are on. */
  readonly #seen = new Set<number>();
  readonly #written = new Map<number, number>();
  readonly #weights: Float64Array;
  /** The tokens that may be drawn, in any order but after top-p. */
  readonly #order: Int32Array;

  /** Throws `RangeError` for a setting without a meaning. */
  constructor(sampling: Sampling, { vocabularySize, endTokens, prompt = [] }: SamplerOptions) {
    const { temperature = 0, topK = 0, topP = 1, minP = 0, seed } = sampling;
    const { frequencyPenalty = 0, presencePenalty = 0, repetitionPenalty = 1, logitBias } = sampling;
    check(temperature >= 0, `temperature must be 0 or more, not ${temperature}`);
    check(topP >= 0 && topP <= 1, `topP must be between 0 and 1, not ${topP}`);
    check(Number.isInteger(topK) && topK >= 0, `topK must be 0 (off) or a positive integer, not ${topK}`);
    check(minP >= 0 && minP <= 1, `minP must be between 0 and 1, not ${minP}`);
    check(Number.isFinite(frequencyPenalty), `frequencyPenalty must be a number, not ${frequencyPenalty}`);
    check(Number.isFinite(presencePenalty), `presencePenalty must be a number, not ${presencePenalty}`);
    check(repetitionPenalty > 0, `repetitionPenalty must be above 0, not ${repetitionPenalty}`);
    for (const id of logitBias?.keys() ?? [])
      check(Number.isInteger(id) && id >= 0 && id < vocabularySize, `logitBias names ${id}, which is no token`);
    this.#temperature = temperature;
    this.#topK = topK;
    this.#topP = topP;
    this.#minP = minP;
    this.#frequencyPenalty = frequencyPenalty;
    this.#presencePenalty = presencePenalty;
    this.#repetitionPenalty = repetitionPenalty;
    this.#logitBias = logitBias;
    if (repetitionPenalty !== 1) for (const id of prompt) this.#seen.add(id);
    this.#random = randomSource(seed ?? Math.floor(Math.random() * 2 ** 32));
    this.#endTokens = new Set(endTokens);
    this.#weights = new Float64Array(vocabularySize);
    this.#order = new Int32Array(vocabularySize);
  }

  /**
   * The next token, which counts as written; changes `logits`. A refused token gets no probability and another one is drawn, so
   * what comes out follows the model's distribution over the allowed tokens among the candidates of top-k, top-p and min-p; only
   * when all of those are refused are the others drawn from. A token whose logit is minus infinity never comes. Throws
   * NoTokenAllowedError when the constraint refuses every token.
   */
  next(logits: Float32Array, constraint: TokenConstraint | undefined): number {
    this.#adjust(logits);
    const id = this.#temperature === 0 ? this.#likeliest(logits, constraint) : this.#draw(logits, constraint);
    if (id < 0)
      throw new NoTokenAllowedError("The constraint allows no token of the vocabulary, and no end, at this point");
    if (this.#repetitionPenalty !== 1) this.#seen.add(id);
    if (this.#frequencyPenalty !== 0 || this.#presencePenalty !== 0)
      this.#written.set(id, (this.#written.get(id) ?? 0) + 1);
    return id;
  }

  #adjust(logits: Float32Array): void {
    for (const [id, bias] of this.#logitBias ?? []) logits[id]! += bias;
    for (const id of this.#seen) {
      if (logits[id]! > 0) logits[id]! /= this.#repetitionPenalty;
      else logits[id]! *= this.#repetitionPenalty;
    }
    for (const [id, times] of this.#written) logits[id]! -= times * this.#frequencyPenalty + this.#presencePenalty;
  }

  #allows(id: number, constraint: TokenConstraint | undefined): boolean {
    if (constraint === undefined) return true;
    return this.#endTokens.has(id) ? constraint.isComplete : constraint.allows(id);
  }

  #likeliest(logits: Float32Array, constraint: TokenConstraint | undefined): number {
    for (let tries = 0; tries < logits.length; tries++) {
      let best = -1;
      let highest = -Infinity;
      for (let id = 0; id < logits.length; id++) {
        const value = logits[id]!;
        if (value > highest) {
          highest = value;
          best = id;
        }
      }
      if (best < 0 || this.#allows(best, constraint)) return best;
      logits[best] = -Infinity;
    }
    return -1;
  }

  #draw(logits: Float32Array, constraint: TokenConstraint | undefined): number {
    const order = this.#order;
    let count = 0;
    for (let id = 0; id < logits.length; id++) if (logits[id] !== -Infinity) order[count++] = id;
    const all = count;
    this.#weigh(logits, 0, all);
    // What each cut leaves stands at the front.
    if (this.#topK > 0 && this.#topK < count) count = this.#keep(count, this.#kthWeight(count));
    if (this.#topP < 1) count = this.#cutTopP(count);
    if (this.#minP > 0) count = this.#keep(count, this.#minP);
    const within = this.#drawFrom(logits, 0, count, constraint);
    return within >= 0 || count === all ? within : this.#drawFrom(logits, count, all, constraint);
  }

  /** Probabilities at the temperature of the tokens of order[from..to), in proportion to the likeliest of them. */
  #weigh(logits: Float32Array, from: number, to: number): void {
    let highest = -Infinity;
    for (let i = from; i < to; i++) highest = Math.max(highest, logits[this.#order[i]!]!);
    for (let i = from; i < to; i++) {
      const id = this.#order[i]!;
      this.#weights[id] = Math.exp((logits[id]! - highest) / this.#temperature);
    }
  }

  #sum(from: number, to: number): number {
    let total = 0;
    for (let i = from; i < to; i++) total += this.#weights[this.#order[i]!]!;
    return total;
  }

  /** Moves those of the first `count` tokens that weigh at least so much before the others, and says how many they are. */
  #keep(count: number, least: number): number {
    const order = this.#order;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const id = order[i]!;
      if (this.#weights[id]! < least) continue;
      order[i] = order[kept]!;
      order[kept++] = id;
    }
    return kept;
  }

  /** The k-th highest weight, by a heap of k whose root is the lowest. */
  #kthWeight(count: number): number {
    const heap = new Float64Array(this.#topK);
    for (let i = 0; i < count; i++) {
      const weight = this.#weights[this.#order[i]!]!;
      // Empty places weigh nothing, so that the root is the one to replace from the start.
      if (weight <= heap[0]!) continue;
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
        if (child >= heap.length || heap[child]! >= weight) break;
        heap[at] = heap[child]!;
        at = child;
      }
      heap[at] = weight;
    }
    return heap[0]!;
  }

  /** How many of the first `count` tokens top-p leaves; these are sorted then, the likeliest first. */
  #cutTopP(count: number): number {
    const weights = this.#weights;
    const total = this.#sum(0, count);
    // All that weigh less than this do not make up the part that is cut off even together, and need not be sorted.
    const kept = this.#keep(count, ((1 - this.#topP) * total) / count);
    const order = this.#order.subarray(0, kept).sort((a, b) => weights[b]! - weights[a]! || a - b);
    let sum = 0;
    let cut = 0;
    while (cut < kept && (cut === 0 || sum < this.#topP * total)) sum += weights[order[cut++]!]!;
    return cut;
  }

  /** Draws from order[from..to) until a token is allowed; -1 if none is. */
  #drawFrom(logits: Float32Array, from: number, to: number, constraint: TokenConstraint | undefined): number {
    const order = this.#order;
    for (let end = to; end > from; end--) {
      let total = this.#sum(from, end);
      if (total === 0) {
        // Next to those that were refused, what is left is too small for a number.
        this.#weigh(logits, from, end);
        total = this.#sum(from, end);
      }
      let target = this.#random() * total;
      let at = from;
      // Rounding may leave a little of `target` at the end: then the last token is meant.
      for (; at < end - 1; at++) {
        target -= this.#weights[order[at]!]!;
        if (target < 0) break;
      }
      const id = order[at]!;
      if (this.#allows(id, constraint)) return id;
      order.copyWithin(at, at + 1, end);
    }
    return -1;
  }
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(message);
}
