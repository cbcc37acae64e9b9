/** The transformer: reads tokens into a cache and says how likely each token is to come next. */
import { KeyValueCache } from "./cache.ts";
import { addTo, project, rmsNorm } from "./linear.ts";
import type { Layer, Matrix, ModelConfig, Weights } from "./weights.ts";

/** Tokens read at once; the time of one such batch bounds how long the event loop waits. */
export const BATCH = 8;

export class Decoder {
  readonly config: ModelConfig;
  readonly #weights: Weights;
  readonly #headSize: number;
  /** Position × half a head: the rotations. */
  readonly #cos: Float32Array;
  readonly #sin: Float32Array;
  // Scratch space for one batch. `read` does not yield, so all calls can share it.
  readonly #x: Float32Array;
  readonly #normed: Float32Array;
  readonly #query: Float32Array;
  readonly #key: Float32Array;
  readonly #value: Float32Array;
  readonly #attended: Float32Array;
  readonly #projected: Float32Array;
  readonly #gate: Float32Array;
  readonly #up: Float32Array;
  readonly #scores: Float64Array;

  constructor(config: ModelConfig, weights: Weights) {
    this.config = config;
    this.#weights = weights;
    const { width, hidden, contextLength } = config;
    this.#headSize = width / config.heads;
    const half = this.#headSize / 2;
    this.#cos = new Float32Array(contextLength * half);
    this.#sin = new Float32Array(contextLength * half);
    for (let position = 0; position < contextLength; position++) {
      for (let i = 0; i < half; i++) {
        const angle = position * config.ropeTheta ** (-(2 * i) / this.#headSize);
        this.#cos[position * half + i] = Math.cos(angle);
        this.#sin[position * half + i] = Math.sin(angle);
      }
    }
    const batch = (size: number): Float32Array => new Float32Array(BATCH * size);
    this.#x = batch(width);
    this.#normed = batch(width);
    this.#query = batch(width);
    this.#key = batch(width);
    this.#value = batch(width);
    this.#attended = batch(width);
    this.#projected = batch(width);
    this.#gate = batch(hidden);
    this.#up = batch(hidden);
    this.#scores = new Float64Array(contextLength);
  }

  newCache(): KeyValueCache {
    return new KeyValueCache(this.config);
  }

  /** Reads ids[from..to), at most BATCH of them, behind what the cache holds; `logits`, if given, are those after the last one. */
  read(cache: KeyValueCache, ids: readonly number[], from: number, to: number, logits?: Float32Array): void {
    const { width } = this.config;
    const count = to - from;
    const start = cache.ids.length;
    cache.reserve(start + count);
    for (let t = 0; t < count; t++) {
      const id = ids[from + t] as number;
      this.#embed(id, t);
      cache.ids.push(id);
    }
    for (const [index, layer] of this.#weights.layers.entries()) this.#runLayer(layer, index, cache, start, count);
    if (logits === undefined) return;
    const last = this.#x.subarray((count - 1) * width, count * width);
    rmsNorm(last, this.#weights.finalNorm, this.config.normEpsilon, this.#normed, 1);
    project(this.#weights.embedding, this.#normed, logits, 1);
  }

  #embed(id: number, token: number): void {
    const { values, scales, columns } = this.#weights.embedding;
    const scale = scales[id] as number;
    for (let i = 0; i < columns; i++) this.#x[token * columns + i] = (values[id * columns + i] as number) * scale;
  }

  #runLayer(layer: Layer, index: number, cache: KeyValueCache, start: number, count: number): void {
    const { width, hidden, normEpsilon } = this.config;
    const keys = cache.keys[index] as Float32Array;
    const values = cache.values[index] as Float32Array;

    rmsNorm(this.#x, layer.attentionNorm, normEpsilon, this.#normed, count);
    project(layer.query, this.#normed, this.#query, count);
    project(layer.key, this.#normed, this.#key, count);
    project(layer.value, this.#normed, this.#value, count);
    for (let t = 0; t < count; t++) {
      this.#rotate(this.#query, t, start + t);
      this.#rotate(this.#key, t, start + t);
    }
    keys.set(this.#key.subarray(0, count * width), start * width);
    values.set(this.#value.subarray(0, count * width), start * width);
    for (let t = 0; t < count; t++) this.#attend(keys, values, t, start + t + 1);
    this.#residual(layer.output, this.#attended, count);

    rmsNorm(this.#x, layer.feedForwardNorm, normEpsilon, this.#normed, count);
    project(layer.gate, this.#normed, this.#gate, count);
    project(layer.up, this.#normed, this.#up, count);
    for (let i = 0; i < count * hidden; i++) {
      const g = this.#gate[i] as number;
      this.#gate[i] = (g / (1 + Math.exp(-g))) * (this.#up[i] as number);
    }
    this.#residual(layer.down, this.#gate, count);
  }

  #residual(matrix: Matrix, input: Float32Array, count: number): void {
    project(matrix, input, this.#projected, count);
    addTo(this.#x, this.#projected, count * this.config.width);
  }

  /** Rotary positions: within a head, value i turns with value i + half. */
  #rotate(vector: Float32Array, token: number, position: number): void {
    const half = this.#headSize / 2;
    const angles = position * half;
    const end = (token + 1) * this.config.width;
    for (let head = token * this.config.width; head < end; head += this.#headSize) {
      for (let i = 0; i < half; i++) {
        const cos = this.#cos[angles + i] as number;
        const sin = this.#sin[angles + i] as number;
        const a = vector[head + i] as number;
        const b = vector[head + half + i] as number;
        vector[head + i] = a * cos - b * sin;
        vector[head + half + i] = b * cos + a * sin;
      }
    }
  }

  /** Softmax attention of one token over the `length` tokens up to and including itself. */
  #attend(keys: Float32Array, values: Float32Array, token: number, length: number): void {
    const { width, heads } = this.config;
    const size = this.#headSize;
    const scores = this.#scores;
    for (let head = 0; head < heads; head++) {
      const offset = head * size;
      const own = token * width + offset;
      const highest = scoreKeys(this.#query, own, keys, offset, width, size, length, scores);
      let total = 0;
      for (let position = 0; position < length; position++) {
        const e = Math.exp((scores[position] as number) - highest);
        scores[position] = e;
        total += e;
      }
      for (let position = 0; position < length; position++) scores[position] = (scores[position] as number) / total;
      mixValues(scores, values, offset, width, size, length, this.#attended, own);
    }
  }
}

/** scores[position] = query · key / √size for one head; returns the highest. Even and odd values have a sum each, for speed. */
function scoreKeys(
  query: Float32Array,
  own: number,
  keys: Float32Array,
  offset: number,
  width: number,
  size: number,
  length: number,
  scores: Float64Array,
): number {
  const scale = 1 / Math.sqrt(size);
  let highest = -Infinity;
  for (let position = 0, key = offset; position < length; position++, key += width) {
    let even = 0;
    let odd = 0;
    for (let i = 0; i < size; i += 2) {
      even += (query[own + i] as number) * (keys[key + i] as number);
      odd += (query[own + i + 1] as number) * (keys[key + i + 1] as number);
    }
    const score = (even + odd) * scale;
    scores[position] = score;
    if (score > highest) highest = score;
  }
  return highest;
}

/** out = Σ weights[position] · value for one head, two positions at a time. */
function mixValues(
  weights: Float64Array,
  values: Float32Array,
  offset: number,
  width: number,
  size: number,
  length: number,
  out: Float32Array,
  own: number,
): void {
  out.fill(0, own, own + size);
  let position = 0;
  for (; position + 2 <= length; position += 2) {
    const first = weights[position] as number;
    const second = weights[position + 1] as number;
    const a = position * width + offset;
    const b = a + width;
    for (let i = 0; i < size; i++) {
      out[own + i] =
        (out[own + i] as number) + (first * (values[a + i] as number) + second * (values[b + i] as number));
    }
  }
  if (position < length) {
    const last = weights[position] as number;
    const a = position * width + offset;
    for (let i = 0; i < size; i++) out[own + i] = (out[own + i] as number) + last * (values[a + i] as number);
  }
}
