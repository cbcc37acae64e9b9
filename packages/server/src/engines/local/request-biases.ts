import type { TokenSampling } from "./token-engine.ts";
import type { Biases } from "./token-mask.ts";

/**
 * What a request adds to logits, for a library that takes biases and samples by itself: its own biases, and the frequency and
 * presence penalties of what has been written, which are sums as well. The repetition penalty is none and stays the library's.
 */
export class RequestBiases {
  readonly #frequency: number;
  readonly #presence: number;
  readonly #given: Biases;
  readonly #written = new Map<number, number>();

  constructor({ logitBias, frequencyPenalty = 0, presencePenalty = 0 }: TokenSampling) {
    this.#given = logitBias ?? new Map();
    this.#frequency = frequencyPenalty;
    this.#presence = presencePenalty;
  }

  accept(id: number): void {
    if (this.#frequency !== 0 || this.#presence !== 0) this.#written.set(id, (this.#written.get(id) ?? 0) + 1);
  }

  /** With those of a mask, if there is one. */
  with(mask: Biases | undefined): Biases {
    if (this.#given.size === 0 && this.#written.size === 0) return mask ?? this.#given;
    const all = new Map(mask);
    const add = (id: number, bias: number): unknown => all.set(id, (all.get(id) ?? 0) + bias);
    for (const [id, bias] of this.#given) add(id, bias);
    for (const [id, times] of this.#written) add(id, -(times * this.#frequency + this.#presence));
    return all;
  }
}
