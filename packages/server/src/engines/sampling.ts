import type { Sampling } from "./engine.ts";

const names: { readonly [name in keyof Required<Sampling>]: true } = {
  max_tokens: true,
  temperature: true,
  top_p: true,
  top_k: true,
  min_p: true,
  seed: true,
  frequency_penalty: true,
  presence_penalty: true,
  repetition_penalty: true,
  logit_bias: true,
};

/** All sampling parameters that there are, for engines that know them all. */
export const everySampling: readonly (keyof Sampling)[] = Object.keys(names) as (keyof Sampling)[];
