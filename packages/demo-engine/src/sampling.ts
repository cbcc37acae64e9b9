/** From logits to a token: temperature, top-k, top-p, a seed, and a constraint that is asked only about tokens that were drawn. */

export interface Sampling {
  /** 0, the default, always takes the likeliest token. */
  temperature?: number;
  /** Only the k likeliest tokens. */
  topK?: number;
  /** Only the likeliest tokens that together have this probability. */
  topP?: number;
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

export class Sampler {
  readonly #temperature: number;
  readonly #topK: number;
  readonly #topP: number;
  readonly #random: () => number;
  readonly #endTokens: ReadonlySet<number>;
  readonly #probabilities: Float64Array;
  readonly #order: Int32Array;

  constructor(sampling: Sampling, vocabularySize: number, endTokens: readonly number[]) {
    const { temperature = 0, topK = 0, topP = 1, seed } = sampling;
    if (!(temperature >= 0)) throw new RangeError(`temperature must be 0 or more, not ${temperature}`);
    if (!(topP > 0 && topP <= 1)) throw new RangeError(`topP must be above 0 and at most 1, not ${topP}`);
    if (!Number.isInteger(topK) || topK < 0)
      throw new RangeError(`topK must be 0 (off) or a positive integer, not ${topK}`);
    this.#temperature = temperature;
    this.#topK = topK === 0 ? vocabularySize : Math.min(topK, vocabularySize);
    this.#topP = topP;
    this.#random = randomSource(seed ?? Math.floor(Math.random() * 2 ** 32));
    this.#endTokens = new Set(endTokens);
    this.#probabilities = new Float64Array(vocabularySize);
    this.#order = new Int32Array(vocabularySize);
  }

  /**
   * The next token. A refused token gets no probability and another one is drawn, so what comes out follows the model's
   * distribution over the allowed tokens among the candidates of top-k and top-p; only when all of those are refused are
   * the others drawn from. Throws NoTokenAllowedError when the constraint refuses every token.
   */
  next(logits: Float32Array, constraint: TokenConstraint | undefined): number {
    const id = this.#temperature === 0 ? this.#likeliest(logits, constraint) : this.#draw(logits, constraint);
    if (id < 0)
      throw new NoTokenAllowedError("The constraint allows no token of the vocabulary, and no end, at this point");
    return id;
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
        const value = logits[id] as number;
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
    const n = logits.length;
    const p = this.#probabilities;
    let highest = -Infinity;
    for (let id = 0; id < n; id++) highest = Math.max(highest, logits[id] as number);
    let total = 0;
    for (let id = 0; id < n; id++) {
      const e = Math.exp(((logits[id] as number) - highest) / this.#temperature);
      p[id] = e;
      total += e;
    }
    const order = this.#order;
    for (let i = 0; i < n; i++) order[i] = i;
    let kept = n;
    if (this.#topK < n || this.#topP < 1) {
      order.sort((a, b) => (p[b] as number) - (p[a] as number) || a - b);
      kept = this.#cut(order, p, total);
    }
    const within = this.#drawFrom(0, kept, constraint);
    return within >= 0 || kept === n ? within : this.#drawFrom(kept, n, constraint);
  }

  /** How many of the sorted tokens top-k and top-p leave. */
  #cut(order: Int32Array, p: Float64Array, total: number): number {
    let sum = 0;
    let kept = 0;
    while (kept < this.#topK && (kept === 0 || sum < this.#topP * total)) sum += p[order[kept++] as number] as number;
    return kept;
  }

  /** Draws from order[from..to) until a token is allowed; -1 if none is. */
  #drawFrom(from: number, to: number, constraint: TokenConstraint | undefined): number {
    const p = this.#probabilities;
    const order = this.#order;
    let left = to - from;
    while (left > 0) {
      let total = 0;
      for (let i = from; i < from + left; i++) total += p[order[i] as number] as number;
      let target = this.#random() * total;
      let at = from;
      // Rounding may leave a little of `target` at the end: then the last token is meant.
      for (; at < from + left - 1; at++) {
        target -= p[order[at] as number] as number;
        if (target < 0) break;
      }
      const id = order[at] as number;
      if (this.#allows(id, constraint)) return id;
      left--;
      order.copyWithin(at, at + 1, from + left + 1);
    }
    return -1;
  }
}
