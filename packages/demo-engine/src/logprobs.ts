/** How likely a token was, by the model alone: the natural logarithm of its probability. */
export interface StepLogprob {
  readonly logprob: number;
  /** The likeliest tokens at its place, the likeliest first. */
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

/**
 * Reads the log probabilities of a step: the softmax of its logits as the model gives them, with the `count` likeliest tokens. What is
 * returned tells the token that was chosen in the end. The logits are copied, for the sampler changes them.
 */
export function readLogprobs(logits: Float32Array, count: number): (id: number) => StepLogprob {
  const kept = logits.slice();
  let highest = -Infinity;
  for (const logit of kept) if (logit > highest) highest = logit;
  let sum = 0;
  for (const logit of kept) sum += Math.exp(logit - highest);
  const total = highest + Math.log(sum);
  const top = likeliest(kept, count).map((id) => ({ id, logprob: kept[id]! - total }));
  return (id) => ({ logprob: kept[id]! - total, top });
}

/** The ids of the highest logits, the highest first, and of equal ones the lowest id. */
function likeliest(logits: Float32Array, count: number): readonly number[] {
  const ids: number[] = [];
  if (count === 0) return ids;
  for (let id = 0; id < logits.length; id++) {
    const logit = logits[id]!;
    if (ids.length === count && !(logit > logits[ids.at(-1)!]!)) continue;
    let at = ids.length;
    while (at > 0 && logit > logits[ids[at - 1]!]!) at--;
    ids.splice(at, 0, id);
    if (ids.length > count) ids.pop();
  }
  return ids;
}
