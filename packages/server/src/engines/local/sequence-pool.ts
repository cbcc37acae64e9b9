/** A place for one turn's tokens, with what earlier turns have left there. */
export interface Sequence {
  readonly contextTokens: readonly number[];
}

/** The sequences of a model, each lent to one turn at a time. Turns that find none wait, the first come first. */
export class SequencePool<S extends Sequence> {
  readonly #size: number;
  readonly #free: S[];
  readonly #waiting: (() => void)[] = [];

  constructor(sequences: readonly S[]) {
    this.#size = sequences.length;
    this.#free = [...sequences];
  }

  /**
   * The free sequence that has read the most of this prompt already, less what it would have to forget of another one; undefined once
   * the signal is aborted.
   */
  async take(prompt: readonly number[], signal: AbortSignal): Promise<S | undefined> {
    while (this.#free.length === 0 && !signal.aborted) await this.#turn(signal);
    if (signal.aborted) {
      // Whoever waits behind this one would miss its turn.
      if (this.#free.length > 0) this.#waiting.shift()?.();
      return undefined;
    }
    let best = 0;
    let most = -Infinity;
    for (const [index, { contextTokens }] of this.#free.entries()) {
      const gain = 2 * sharedLength(contextTokens, prompt) - contextTokens.length;
      if (gain <= most) continue;
      best = index;
      most = gain;
    }
    return this.#free.splice(best, 1)[0];
  }

  give(sequence: S): void {
    // The one that was used longest ago comes first, and is taken where none has read anything.
    this.#free.push(sequence);
    this.#waiting.shift()?.();
  }

  /** Resolves once no turn has a sequence any more, those that wait for one included; what comes after that waits for ever. */
  async drained(): Promise<void> {
    const { signal } = new AbortController();
    for (let taken = 0; taken < this.#size; taken++) await this.take([], signal);
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = (): void => {
        const at = this.#waiting.indexOf(go);
        if (at >= 0) this.#waiting.splice(at, 1);
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.push(go);
    });
  }
}

/** How many tokens both begin with. */
export function sharedLength(one: readonly number[], other: readonly number[]): number {
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one[at] === other[at]) at++;
  return at;
}
