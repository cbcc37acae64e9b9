import type { EvaluateOptions, LlamaSequence } from "./node-llama-cpp.ts";
import type { IdLogprob } from "./token-engine.ts";
import { lift } from "./token-mask.ts";

/** A token that was sampled, with its log probability where that was asked for. */
export interface SampledToken {
  readonly id: number;
  readonly logprob?: IdLogprob;
}

/** The tokens that a sequence goes on with behind these; it ends only with its reader. */
export async function* sampledTokens(
  sequence: LlamaSequence,
  tokens: readonly number[],
  options: EvaluateOptions,
): AsyncGenerator<SampledToken, void> {
  for await (const id of sequence.evaluate(tokens, options)) yield { id };
}

/**
 * The same with log probabilities, `top` of the likeliest tokens each. They are of what the token was sampled from: all that the
 * library does to logits has been done. Each step begins a sampler of its own, with a seed of its own.
 */
export async function* toldTokens(
  sequence: LlamaSequence,
  tokens: readonly number[],
  options: EvaluateOptions,
  top: number,
): AsyncGenerator<SampledToken, void> {
  let next = tokens;
  for (let step = 0; ; step++) {
    const generateNext = {
      token: true,
      logits: { filter: { tokens: [], includeSelected: true, includeTop: Math.max(top, 1) } },
      totalLogitWeight: true,
      options: { ...options, seed: (options.seed + step) >>> 0 },
    } as const;
    const outputs = await sequence.controlledEvaluate([...next.slice(0, -1), [next.at(-1)!, { generateNext }]]);
    const { token: id, logits = new Map<number, number>(), totalLogitWeight = 1 } = outputs.at(-1)?.next ?? {};
    if (id === undefined || id === null) throw new Error("node-llama-cpp could not sample a token");
    const descending = [...logits].sort(([, one], [, other]) => other - one);
    const highest = descending[0]?.[1] ?? 0;
    const total = highest + Math.log(totalLogitWeight);
    // What a mask has not lifted is left below by as much, at a temperature of 2 by half of it: it can't come.
    const likeliest = descending.slice(0, top).filter(([, logit]) => logit > highest - lift / 4);
    yield {
      id,
      logprob: {
        logprob: (logits.get(id) ?? -Infinity) - total,
        top: likeliest.map(([other, logit]) => ({ id: other, logprob: logit - total })),
      },
    };
    next = [id];
  }
}
