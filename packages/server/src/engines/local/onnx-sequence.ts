import type { KeyValues, Tensor, TransformersJs } from "./transformers-js.ts";

/** Tokens that a model has read, with their keys and values. */
export class OnnxSequence {
  readonly #library: TransformersJs;
  #tokens: number[] = [];
  #values: KeyValues | undefined;

  constructor(library: TransformersJs) {
    this.#library = library;
  }

  get contextTokens(): readonly number[] {
    return this.#tokens;
  }

  get keyValues(): KeyValues | undefined {
    return this.#values;
  }

  /** Takes what the model has made of further tokens. */
  extend(tokens: readonly number[], outputs: Readonly<Record<string, Tensor>>): void {
    for (const token of tokens) this.#tokens.push(token);
    const present = Object.entries(outputs).filter(([name]) => name.startsWith("present"));
    this.#values = Object.fromEntries(present.map(([name, tensor]) => [inputName(name), tensor]));
  }

  /** Forgets all but the first tokens; where a layer keeps no values for each token (a state, a window of them), all. */
  keep(length: number): void {
    if (length === this.#tokens.length) return;
    const entries = Object.entries(this.#values ?? {});
    const whole = entries.every(([name, { dims }]) => isAttention(name) && dims[2] === this.#tokens.length);
    if (length === 0 || !whole) {
      this.#tokens = [];
      this.#values = undefined;
      return;
    }
    this.#values = Object.fromEntries(entries.map(([name, tensor]) => [name, this.#start(tensor, length)]));
    this.#tokens.length = length;
  }

  /** The first tokens of batch × heads × tokens × a head. */
  #start({ type, dims, data }: Tensor, length: number): Tensor {
    const [batch, heads, tokens, size] = dims as [number, number, number, number];
    const rows = batch * heads;
    const kept = data.slice(0, rows * length * size);
    for (let row = 1; row < rows; row++) {
      const from = row * tokens * size;
      kept.set(data.subarray(from, from + length * size) as never, row * length * size);
    }
    return new this.#library.Tensor(type, kept, [batch, heads, length, size]);
  }
}

/** Output `present.0.key` goes in as `past_key_values.0.key`; the states of hybrid models, `present_conv.0`, as `past_conv.0`. */
function inputName(output: string): string {
  return output.startsWith("present_")
    ? output.replace("present_", "past_")
    : output.replace("present", "past_key_values");
}

function isAttention(name: string): boolean {
  return name.startsWith("past_key_values.");
}
