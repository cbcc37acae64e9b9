import type { Attention, CacheLayers, ModelSize } from "@glossa/models";
import type { EngineKind, Quantization } from "./stack.ts";

export const GIB: number = 2 ** 30;

/** Bytes on one card, or in the machine's memory where there is none. */
export interface Need {
  readonly weights: number;
  readonly cache: number;
  /** What an engine takes besides: its runtime, buffers of activations, CUDA graphs. */
  readonly overhead: number;
  readonly total: number;
}

export interface Load {
  readonly size: ModelSize;
  readonly attention: Attention;
  readonly quantization: Quantization;
  readonly context: number;
  readonly sequences: number;
  /** Over how many cards the model is spread. */
  readonly parallel: number;
  readonly engine: EngineKind;
  readonly gpu: boolean;
}

/**
 * Bytes a parameter. Quantised weights keep scales, and embeddings in 16 bits, which is in here. Of the GGUF types: the bits
 * that the documentation of `llama-quantize` gives for Llama 3.1 8B.
 */
const parameterBytes: Readonly<Record<Quantization, number>> = {
  bf16: 2,
  fp8: 1.15,
  int8: 1.15,
  int4: 0.75,
  mxfp4: 0.66,
  q8_0: 8.5008 / 8,
  q4_k_m: 4.8944 / 8,
};

/** Keys and values are kept in 16 bits. */
const CACHE_BYTES = 2;

/** What a model takes of each card that it is spread over. */
export function need(load: Load): Need {
  const { size, attention, quantization, context, sequences, parallel } = load;
  const published = size.weightBytes !== undefined && quantization === (size.weights ?? "bf16");
  const weights = (published ? size.weightBytes! : size.parameters * 1e9 * parameterBytes[quantization]) / parallel;
  const cache = sequences * cacheBytes(attention, context, parallel);
  const overhead = overheadBytes(load);
  return { weights, cache, overhead, total: weights + cache + overhead };
}

/** Bytes of one conversation of so many tokens, on one of the cards. */
export function cacheBytes({ layers }: Attention, tokens: number, parallel: number): number {
  return layers.reduce((sum, group) => sum + group.layers * layerBytes(group, tokens, parallel), 0);
}

function layerBytes(group: CacheLayers, tokens: number, parallel: number): number {
  switch (group.kind) {
    case "full":
    case "window": {
      const kept = group.kind === "window" ? Math.min(tokens, group.window ?? tokens) : tokens;
      // Where there are more cards than heads, heads are kept several times.
      const heads = Math.max(1, group.kvHeads / parallel);
      return 2 * heads * group.headDim * CACHE_BYTES * kept;
    }
    case "latent":
      return group.width * CACHE_BYTES * tokens;
    case "state":
      return group.bytes / parallel;
  }
}

/** Rough, and rather too much: what engines report as taken besides weights and cache is one to two GiB a card. */
function overheadBytes({ engine, gpu, parallel }: Load): number {
  if (!gpu) return 0.5 * GIB;
  if (engine === "llamacpp") return GIB;
  return (parallel > 1 ? 2.5 : 2) * GIB;
}

/** Over how many cards a model can be spread: engines divide the query heads, and the heads of keys and values if they can. */
export function canSpread({ heads, layers }: Attention, parallel: number): boolean {
  return (
    heads % parallel === 0 &&
    layers.every((group) => !("kvHeads" in group) || group.kvHeads % parallel === 0 || parallel % group.kvHeads === 0)
  );
}

/** `15.3 GiB`. */
export const inGib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
