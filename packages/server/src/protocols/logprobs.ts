import type { ContentLogprob } from "../content-logprobs.ts";
import type { TokenProbability } from "../engines/token-logprobs.ts";
import { invalidRequest } from "../error.ts";
import type { ServedModel } from "../models.ts";
import { wholeFrom } from "./schemas.ts";
import * as v from "valibot";

/** How many of the likeliest tokens a request may ask for: OpenAI's limit, and vLLM's default. */
const maxTopLogprobs = 20;

export const topLogprobs: v.GenericSchema<number> = v.pipe(
  wholeFrom(0),
  v.maxValue(maxTopLogprobs, `it is more than ${maxTopLogprobs}`),
);

/** What a turn is asked for. Throws `ApiError`, which names the field, where the model's engine can't tell log probabilities. */
export function logprobsFor(
  { model, engine }: ServedModel,
  top: number | undefined,
  field: string,
): { readonly topLogprobs?: number } {
  if (top === undefined) return {};
  if (engine.capabilities.logprobs) return { topLogprobs: top };
  const message = `Unsupported parameter: '${field}': the model ${model.id} does not tell log probabilities.`;
  throw invalidRequest(message, field, "unsupported_parameter");
}

export interface WrittenToken {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[] | null;
}

export interface WrittenLogprob extends WrittenToken {
  readonly top_logprobs: readonly WrittenToken[];
}

/** As Chat Completions have it. */
export function writtenLogprob(each: ContentLogprob): WrittenLogprob {
  return { ...writtenToken(each), top_logprobs: each.top.map(writtenToken) };
}

function writtenToken({ token, logprob, bytes }: TokenProbability): WrittenToken {
  return { token, logprob: finite(logprob), bytes };
}

/** What OpenAI's reference has for a token that is very unlikely: JSON has no infinity. */
const unlikely = -9999;

export const finite = (logprob: number): number => Math.max(logprob, unlikely);
