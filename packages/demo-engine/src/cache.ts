/** Keys and values of the tokens read so far; and a pool of them, so that the next prompt need not be read from its beginning. */
import type { ModelConfig } from "./weights.ts";

const FIRST_CAPACITY = 256;

export class KeyValueCache {
  readonly ids: number[] = [];
  readonly keys: Float32Array[] = [];
  readonly values: Float32Array[] = [];
  readonly #width: number;
  readonly #limit: number;
  #capacity: number = 0;

  constructor(config: ModelConfig) {
    this.#width = config.width;
    this.#limit = config.contextLength;
    for (let layer = 0; layer < config.layers; layer++) {
      this.keys.push(new Float32Array(0));
      this.values.push(new Float32Array(0));
    }
  }

  /** Makes room for `length` tokens in all. */
  reserve(length: number): void {
    if (length <= this.#capacity) return;
    let capacity = Math.max(this.#capacity, FIRST_CAPACITY);
    while (capacity < length) capacity *= 2;
    this.#capacity = Math.min(capacity, Math.max(length, this.#limit));
    const used = this.ids.length * this.#width;
    for (let layer = 0; layer < this.keys.length; layer++) {
      this.keys[layer] = grown(this.keys[layer] as Float32Array, used, this.#capacity * this.#width);
      this.values[layer] = grown(this.values[layer] as Float32Array, used, this.#capacity * this.#width);
    }
  }

  truncate(length: number): void {
    if (length < this.ids.length) this.ids.length = length;
  }

  /** A cache of its own with the first `length` tokens of this one. */
  copyPrefix(config: ModelConfig, length: number): KeyValueCache {
    const copy = new KeyValueCache(config);
    copy.reserve(length);
    const used = length * this.#width;
    for (let layer = 0; layer < this.keys.length; layer++) {
      copy.keys[layer]?.set((this.keys[layer] as Float32Array).subarray(0, used));
      copy.values[layer]?.set((this.values[layer] as Float32Array).subarray(0, used));
    }
    for (let i = 0; i < length; i++) copy.ids.push(this.ids[i] as number);
    return copy;
  }
}

function grown(old: Float32Array, used: number, length: number): Float32Array {
  const larger = new Float32Array(length);
  larger.set(old.subarray(0, used));
  return larger;
}

/** A few caches of finished calls. A call takes one out, so that no two calls ever write to the same. */
export class CachePool {
  readonly #config: ModelConfig;
  readonly #size: number;
  /** The least recently used first. */
  readonly #caches: KeyValueCache[] = [];

  constructor(config: ModelConfig, size: number) {
    this.#config = config;
    this.#size = size;
  }

  /** A cache that holds the longest known beginning of `ids`, but never all of them: the last token's logits are to be computed. */
  take(ids: readonly number[]): KeyValueCache {
    let best: KeyValueCache | undefined;
    let shared = 0;
    for (const cache of this.#caches) {
      const length = sharedPrefix(cache.ids, ids, ids.length - 1);
      if (length > shared) {
        best = cache;
        shared = length;
      }
    }
    if (best === undefined) return new KeyValueCache(this.#config);
    // What goes beyond the shared part may serve another conversation: it stays in the pool.
    if (shared < best.ids.length - 1) return best.copyPrefix(this.#config, shared);
    this.#caches.splice(this.#caches.indexOf(best), 1);
    best.truncate(shared);
    return best;
  }

  give(cache: KeyValueCache): void {
    this.#caches.push(cache);
    if (this.#caches.length > this.#size) this.#caches.shift();
  }
}

function sharedPrefix(a: readonly number[], b: readonly number[], limit: number): number {
  const end = Math.min(a.length, b.length, limit);
  let i = 0;
  while (i < end && a[i] === b[i]) i++;
  return i;
}
