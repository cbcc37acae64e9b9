import type { LlamaSequence } from "./node-llama-cpp.ts";

/** The sequences of a context, each lent to one turn at a time. Turns that find none wait, the first come first. */
export class SequencePool {
  readonly #free: LlamaSequence[];
  readonly #waiting: (() => void)[] = [];

  constructor(sequences: readonly LlamaSequence[]) {
    this.#free = [...sequences];
  }

  /** The free sequence that has read the most of this prompt already; undefined once the signal is aborted. */
  async take(prompt: readonly number[], signal: AbortSignal): Promise<LlamaSequence | undefined> {
    while (this.#free.length === 0 && !signal.aborted) await this.#turn(signal);
    if (signal.aborted) {
      // Whoever waits behind this one would miss its turn.
      if (this.#free.length > 0) this.#waiting.shift()?.();
      return undefined;
    }
    let best = 0;
    let longest = -1;
    for (const [index, { contextTokens }] of this.#free.entries()) {
      const shared = sharedLength(contextTokens, prompt);
      if (shared <= longest) continue;
      best = index;
      longest = shared;
    }
    return this.#free.splice(best, 1)[0];
  }

  give(sequence: LlamaSequence): void {
    // The one that was used longest ago comes first, and is taken where none has read anything.
    this.#free.push(sequence);
    this.#waiting.shift()?.();
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

function sharedLength(one: readonly number[], other: readonly number[]): number {
  const end = Math.min(one.length, other.length);
  let at = 0;
  while (at < end && one[at] === other[at]) at++;
  return at;
}
