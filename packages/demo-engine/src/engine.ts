/** The engine: prompts in, tokens out, several calls at a time. */
import { CachePool } from "./cache.ts";
import type { KeyValueCache } from "./cache.ts";
import { BATCH, Decoder } from "./decoder.ts";
import { readLogprobs } from "./logprobs.ts";
import type { StepLogprob } from "./logprobs.ts";
import { promptSegments, renderPrompt } from "./prompt.ts";
import type { PromptMessage, PromptOptions } from "./prompt.ts";
import { Sampler } from "./sampling.ts";
import type { Sampling, TokenConstraint } from "./sampling.ts";
import { Tokenizer } from "./tokenizer.ts";
import { readConfig, readWeights } from "./weights.ts";

export interface GenerateOptions {
  sampling?: Sampling;
  /** Steps tell their tokens' log probabilities, with so many of the likeliest tokens each. */
  topLogprobs?: number;
  constraint?: TokenConstraint;
  signal?: AbortSignal;
}

export interface Step {
  /** Complete characters only; a special token is its text. */
  text: string;
  ids: readonly number[];
  /** Of each of `ids`: by the model alone, before biases, penalties, temperature and constraint. */
  logprobs?: readonly StepLogprob[];
}

export interface GenerateResult {
  reason: "stop" | "length" | "abort";
  promptTokens: number;
  /** How many of the prompt's tokens an earlier call had read already. */
  cachedTokens: number;
  completionTokens: number;
}

export interface EngineFiles {
  config: string;
  tokenizer: string;
  weights: Uint8Array;
}

/** The prompt leaves no room for an answer. */
export class ContextLengthError extends Error {
  override readonly name = "ContextLengthError";
  readonly promptTokens: number;
  readonly contextLength: number;

  constructor(promptTokens: number, contextLength: number) {
    super(
      `The prompt has ${promptTokens} tokens; the context of ${contextLength} tokens holds at most ${contextLength - 1} of them`,
    );
    this.promptTokens = promptTokens;
    this.contextLength = contextLength;
  }
}

const POOLED_CACHES = 4;
/** Milliseconds of work after which other tasks get a turn. */
const TURN = 8;

export class DemoEngine {
  readonly model: string;
  readonly contextLength: number;
  readonly vocabularySize: number;
  readonly endTokens: readonly number[];
  readonly capabilities: { readonly mask: true; readonly grammar: false; readonly textOnly: false } = {
    mask: true,
    grammar: false,
    textOnly: false,
  };
  /** Told where `generate` is asked for them. */
  readonly logprobs: true = true;
  readonly #tokenizer: Tokenizer;
  readonly #decoder: Decoder;
  readonly #pool: CachePool;

  constructor(decoder: Decoder, tokenizer: Tokenizer) {
    const { config } = decoder;
    if (tokenizer.size !== config.vocabularySize) {
      throw new Error(`The tokenizer has ${tokenizer.size} tokens, the model ${config.vocabularySize}`);
    }
    this.model = config.model;
    this.contextLength = config.contextLength;
    this.vocabularySize = config.vocabularySize;
    this.endTokens = config.endTokens.map((token) => tokenizer.special(token));
    this.#tokenizer = tokenizer;
    this.#decoder = decoder;
    this.#pool = new CachePool(config, POOLED_CACHES);
  }

  static fromFiles(files: EngineFiles): DemoEngine {
    const config = readConfig(files.config);
    return new DemoEngine(new Decoder(config, readWeights(config, files.weights)), new Tokenizer(files.tokenizer));
  }

  /** `special` (default true): text that spells a special token becomes that token. Pass false for text from outside. */
  encode(text: string, options: { special?: boolean } = {}): number[] {
    return this.#tokenizer.encode(text, options.special ?? true);
  }

  renderPrompt(messages: readonly PromptMessage[], options: PromptOptions = {}): string {
    return renderPrompt(messages, options);
  }

  /** The tokens of `renderPrompt`, except that a marker spelt in a message, a tool or a result stays text. */
  encodePrompt(messages: readonly PromptMessage[], options: PromptOptions = {}): number[] {
    const ids: number[] = [];
    let plain = "";
    for (const { text, special } of promptSegments(messages, options)) {
      if (special) {
        ids.push(...this.#tokenizer.encode(plain, false), this.#tokenizer.special(text));
        plain = "";
      } else {
        // Neighbouring pieces of text are one text to the tokenizer.
        plain += text;
      }
    }
    return [...ids, ...this.#tokenizer.encode(plain, false)];
  }

  tokenBytes(id: number): Uint8Array {
    return this.#tokenizer.bytes(id);
  }

  isSpecial(id: number): boolean {
    return this.#tokenizer.isSpecial(id);
  }

  /** The logits after each of the last `count` tokens of `ids`; for tests and measurements. */
  logits(ids: readonly number[], count: number = 1): Float32Array[] {
    this.#check(ids);
    const cache = this.#decoder.newCache();
    const rows: Float32Array[] = [];
    for (let at = 0; at < ids.length; at++) {
      const row = at >= ids.length - count ? new Float32Array(this.vocabularySize) : undefined;
      this.#decoder.read(cache, ids, at, at + 1, row);
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  async *generate(ids: readonly number[], options: GenerateOptions = {}): AsyncGenerator<Step, GenerateResult> {
    this.#check(ids);
    const { sampling = {} } = options;
    const prompt = ids.slice();
    const { vocabularySize, endTokens } = this;
    const sampler = new Sampler(sampling, { vocabularySize, endTokens, prompt });
    const cache = this.#pool.take(prompt);
    try {
      return yield* this.#run(cache, prompt, sampler, options);
    } finally {
      this.#pool.give(cache);
    }
  }

  async *#run(
    cache: KeyValueCache,
    prompt: readonly number[],
    sampler: Sampler,
    { sampling, topLogprobs, constraint, signal }: GenerateOptions,
  ): AsyncGenerator<Step, GenerateResult> {
    const result = { promptTokens: prompt.length, cachedTokens: cache.ids.length, completionTokens: 0 };
    const logits = new Float32Array(this.vocabularySize);
    const text = new TextDecoder();
    const ends = new Set(this.endTokens);
    const turn = new Turn();
    let pending: number[] = [];
    let logprobs: StepLogprob[] = [];
    let reason: GenerateResult["reason"] = "length";

    for (let at = cache.ids.length; at < prompt.length; at += BATCH) {
      if (await turn.aborted(signal)) return { reason: "abort", ...result };
      const to = Math.min(at + BATCH, prompt.length);
      this.#decoder.read(cache, prompt, at, to, to === prompt.length ? logits : undefined);
    }

    const limit = Math.min(sampling?.maxTokens ?? Infinity, this.contextLength - prompt.length);
    while (result.completionTokens < limit) {
      if (await turn.aborted(signal)) {
        reason = "abort";
        break;
      }
      const logprobOf = topLogprobs === undefined ? undefined : readLogprobs(logits, topLogprobs);
      const id = sampler.next(logits, constraint);
      if (ends.has(id)) {
        reason = "stop";
        break;
      }
      constraint?.accept(id);
      result.completionTokens++;
      pending.push(id);
      if (logprobOf) logprobs.push(logprobOf(id));
      const complete = text.decode(this.tokenBytes(id), { stream: true });
      if (complete !== "") {
        yield { text: complete, ids: pending, ...(logprobOf && { logprobs }) };
        pending = [];
        logprobs = [];
      }
      if (result.completionTokens < limit) this.#decoder.read(cache, [id], 0, 1, logits);
    }
    // What is left is a character that was never finished.
    if (pending.length > 0) yield { text: text.decode(), ids: pending, ...(topLogprobs !== undefined && { logprobs }) };
    return { reason, ...result };
  }

  #check(ids: readonly number[]): void {
    if (ids.length === 0) throw new RangeError("The prompt has no tokens");
    if (ids.length >= this.contextLength) throw new ContextLengthError(ids.length, this.contextLength);
    for (const id of ids) this.#tokenizer.bytes(id);
  }
}

/** Lets the event loop run every few milliseconds: only then can a request be cancelled, or another one be served. */
class Turn {
  #since: number = performance.now();

  async aborted(signal: AbortSignal | undefined): Promise<boolean> {
    if (performance.now() - this.#since >= TURN) {
      await nextTask();
      this.#since = performance.now();
    }
    return signal?.aborted ?? false;
  }
}

/** Resolves in a task of its own; a resolved promise alone would leave timers and sockets waiting. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
