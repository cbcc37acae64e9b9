import * as v from "valibot";
import { invalidRequest } from "../../error.ts";
import { topLogprobs } from "../logprobs.ts";
import { between, listOr, wholeFrom } from "../schemas.ts";
import { given, refuseUnsupported, type Unsupported } from "../unsupported.ts";
import { validate } from "../validate.ts";

/*
 * The request as OpenAI's API reference describes the older Completions API, with the sampling parameters that the servers of
 * open models add. Objects are loose, as in Chat Completions.
 */

type Maybe<T> = T | null | undefined;

export interface CompletionRequest {
  readonly [field: string]: unknown;
  readonly model?: Maybe<string>;
  /** A text or its tokens, or several of either. */
  readonly prompt: string | readonly (string | number | readonly number[])[];
  readonly stream?: Maybe<boolean>;
  readonly stream_options?: Maybe<{ readonly include_usage?: Maybe<boolean> }>;
  readonly n?: Maybe<number>;
  /** The answer begins with its prompt. */
  readonly echo?: Maybe<boolean>;
  readonly stop?: Maybe<string | readonly string[]>;
  readonly max_tokens?: Maybe<number>;
  readonly temperature?: Maybe<number>;
  readonly top_p?: Maybe<number>;
  readonly top_k?: Maybe<number>;
  readonly min_p?: Maybe<number>;
  readonly seed?: Maybe<number>;
  readonly frequency_penalty?: Maybe<number>;
  readonly presence_penalty?: Maybe<number>;
  readonly repetition_penalty?: Maybe<number>;
  readonly logit_bias?: Maybe<Readonly<Record<string, number>>>;
  /** How many of the likeliest tokens are wanted at each place. */
  readonly logprobs?: Maybe<number>;
}

const token = wholeFrom(0);
const prompt = v.lazy((input): v.GenericSchema<unknown, string | number | readonly number[]> => {
  if (Array.isArray(input)) return v.array(token);
  return typeof input === "number" ? token : v.string();
});

const requestSchema: v.GenericSchema<unknown, CompletionRequest> = v.looseObject({
  model: v.nullish(v.string()),
  prompt: listOr(prompt, v.string()),
  stream: v.nullish(v.boolean()),
  stream_options: v.nullish(v.looseObject({ include_usage: v.nullish(v.boolean()) })),
  n: v.nullish(wholeFrom(1)),
  echo: v.nullish(v.boolean()),
  stop: v.nullish(listOr(v.string(), v.string())),
  max_tokens: v.nullish(wholeFrom(1)),
  temperature: v.nullish(between(0, 2)),
  top_p: v.nullish(between(0, 1)),
  top_k: v.nullish(wholeFrom(-1)),
  min_p: v.nullish(between(0, 1)),
  seed: v.nullish(wholeFrom(Number.MIN_SAFE_INTEGER)),
  frequency_penalty: v.nullish(between(-2, 2)),
  presence_penalty: v.nullish(between(-2, 2)),
  repetition_penalty: v.nullish(between(0, 2)),
  logit_bias: v.nullish(v.record(v.string(), between(-100, 100))),
  logprobs: v.nullish(topLogprobs),
});

const why = "it is not supported";
const unsupported: Unsupported = {
  suffix: { when: given, why },
  best_of: { when: (value) => given(value) && value !== 1, why },
  use_beam_search: { when: (value) => value === true, why },
  response_format: { when: given, why },
  structured_outputs: { when: given, why },
  guided_json: { when: given, why },
  guided_regex: { when: given, why },
  guided_choice: { when: given, why },
  guided_grammar: { when: given, why },
};

/** How many answers one request may ask for. */
const maxAnswers = 32;

/** Checks a body. Throws `ApiError` with the field at fault. */
export function parseRequest(body: unknown): CompletionRequest {
  const request = validate(requestSchema, body);
  refuseUnsupported(request, unsupported);
  if (request.echo && given(request.logprobs)) {
    const message =
      "Unsupported parameter: 'echo': with 'logprobs' it would need those of the prompt, which are not told.";
    throw invalidRequest(message, "echo", "unsupported_parameter");
  }
  const answers = promptsOf(request).length * (request.n ?? 1);
  if (answers > 0 && answers <= maxAnswers) return request;
  const field = answers === 0 ? "prompt" : "n";
  const message = `Invalid value for '${field}': it asks for ${answers} answers, and 1 to ${maxAnswers} can be had.`;
  throw invalidRequest(message, field);
}

/** The prompts one by one; one of tokens is a list of numbers. */
export function promptsOf({ prompt: given }: CompletionRequest): readonly (string | readonly number[])[] {
  if (typeof given === "string") return [given];
  if (given.length > 0 && given.every((each) => typeof each === "number")) return [given];
  return given.map((each, index) => {
    if (typeof each !== "number") return each;
    const param = `prompt[${index}]`;
    throw invalidRequest(`Invalid type for '${param}': expected string or array, got number.`, param, "invalid_type");
  });
}
