import { basename } from "node:path";
import { CheckpointError } from "@glossa/chat";
import { createTokenizer } from "@glossa/chat/tokenizer";
import type { Format } from "@glossa/core";
import type { TokenMatcher } from "@glossa/grammar";
import { engineError } from "../../error.ts";
import { CheckpointRunner, formatOf, type CheckpointRunnerOptions } from "./checkpoint-runner.ts";
import type { Engine } from "../engine.ts";
import {
  importNodeLlamaCpp,
  type EvaluateOptions,
  type LlamaModel,
  type LlamaSequence,
  type NodeLlamaCpp,
} from "./node-llama-cpp.ts";
import { RequestBiases } from "./request-biases.ts";
import { TokenPieces } from "./token-pieces.ts";
import { SequencePool } from "./sequence-pool.ts";
import { sampledTokens, toldTokens } from "./gguf-tokens.ts";
import { endIsMarkup } from "../special-tokens.ts";
import {
  tokenEngine,
  type GenerateOptions,
  type TokenFinish,
  type TokenPiece,
  type TokenSampling,
} from "./token-engine.ts";
import { MaskBiases } from "./token-mask.ts";

export interface GgufOptions {
  /** The file; of a model in several parts the first. `hf:owner/name` is one that node-llama-cpp has in its own folder. */
  readonly model: string;
  /** Lets node-llama-cpp download `hf:owner/name` into that folder. Default false. */
  readonly download?: boolean;
  /** The model's format, or its name; default: by its chat template, its vocabulary or its name. */
  readonly format?: string | Format;
  /** By which name it is served. Default: the file's, or the Hub's. */
  readonly name?: string;
  /** Tokens of prompt and answer together, of each sequence. Default: what the model was trained on, 8192 at most. */
  readonly contextLength?: number;
  /** How many turns run at once; each has the memory of a whole context. Default 4. */
  readonly sequences?: number;
  /** Default `"auto"`: a GPU where the installed binaries have one. */
  readonly gpu?: "auto" | false;
  /** The library, where the caller has imported it; default: as it is installed beside Glossa or in the working directory. */
  readonly library?: NodeLlamaCpp;
}

const defaultContext = 8192;
const defaultSequences = 4;
/** Models below this, in bytes, run on one thread: to share out so little work costs more than it saves. */
const tinyModel = 64 * 2 ** 20;

/**
 * A model of a GGUF file, run in this process by `node-llama-cpp` (read and tried: 3.22.1). The prompt, its ids, the masks and the
 * text of the answer are made here; the library decodes ids and samples:
 *
 * - `evaluate` with `yieldEogToken`: from ids to ids, without its own chat wrappers and without its grammars.
 * - `tokenBias`, asked before each token: the mask of the grammar's matcher, the biases of the request, and its frequency and
 *   presence penalties, which the library would count over the prompt as well. All logits at once would cost far more.
 * - `repeatPenalty`, over prompt and answer, behind the biases. Its cuts (top-k, top-p, min-p) come before the temperature.
 * - `controlledEvaluate` where log probabilities are wanted: it gives the likeliest tokens' logits and the sum of all, step by step.
 * - A sequence for each turn at once, which the library decodes in common batches; what a sequence has read of the prompt
 *   already is not read again.
 *
 * Throws `ApiError` where the library is not installed, can't load the file or no format is known for the model, and
 * `CheckpointError` for a file whose header can't be read.
 */
export async function ggufEngine(options: GgufOptions): Promise<Engine> {
  const { model: source, gpu = "auto", sequences = defaultSequences } = options;
  const library = options.library ?? (await importNodeLlamaCpp());
  const path = source.startsWith("hf:") ? await resolveFile(library, source, options.download ?? false) : source;
  const { loadCheckpoint } = await import("@glossa/chat/node");
  const checkpoint = await loadCheckpoint(path);
  if (checkpoint.templates["default"] === undefined) throw new CheckpointError(path, "has no chat template");
  const name = source.startsWith("hf:") ? source.slice("hf:".length) : basename(path).replace(/\.gguf$/i, "");
  const format = formatOf(options.format, checkpoint, name);
  const tokenizer = createTokenizer(checkpoint);

  const llama = await library.getLlama({ gpu, build: "never", logLevel: "error" });
  try {
    const model = await llama.loadModel({ modelPath: path });
    const context = await model.createContext({
      sequences,
      contextSize: options.contextLength ?? Math.min(model.trainContextSize, defaultContext),
      ...(model.size < tinyModel && { threads: 1 }),
    });
    const pool = new SequencePool(Array.from({ length: sequences }, () => context.getSequence()));
    const runner = new GgufRunner({
      contextLength: context.contextSize,
      batchSize: context.batchSize,
      checkpoint,
      tokenizer,
      endTokens: Array.from({ length: tokenizer.size }, (_, id) => id).filter((id) => model.isEogToken(id)),
      model,
      library,
      pool,
      writesEnd: endIsMarkup(format),
    });
    const engine = tokenEngine({
      name: "gguf",
      kind: "gguf",
      model: { id: options.name ?? name, format, owner: "gguf" },
      engine: runner,
    });
    return { ...engine, close: () => pool.drained().then(() => llama.dispose()) };
  } catch (error) {
    await llama.dispose();
    throw error instanceof Error && error.name !== "ApiError"
      ? engineError(`${path} can't be run: ${error.message}`, "model_not_loaded", { cause: error })
      : error;
  }
}

async function resolveFile(library: NodeLlamaCpp, source: string, download: boolean): Promise<string> {
  try {
    return await library.resolveModelFile(source, { cli: false, download: download && "auto" });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = download ? `${source} can't be downloaded: ${reason}` : `${source} is not here: ${reason}`;
    throw engineError(message, "model_not_loaded", { cause: error });
  }
}

interface GgufRunnerOptions extends CheckpointRunnerOptions<LlamaSequence> {
  readonly batchSize: number;
  readonly model: LlamaModel;
  readonly library: NodeLlamaCpp;
}

/** What bears on the choice of the next token. */
interface Steering {
  readonly constraint: TokenMatcher | undefined;
  readonly biases: RequestBiases;
  /** The tokens of prompt and answer. */
  readonly seen: ReadonlySet<number>;
}

class GgufRunner extends CheckpointRunner<LlamaSequence> {
  readonly logprobs = true;
  readonly #options: GgufRunnerOptions;
  readonly #biases: MaskBiases;
  /** Bans alone: a repetition penalty would divide what has been lifted. */
  readonly #bans: MaskBiases;

  constructor(options: GgufRunnerOptions) {
    super(options);
    this.#options = options;
    this.#biases = new MaskBiases(this.vocabularySize);
    this.#bans = new MaskBiases(this.vocabularySize, { lifts: false });
    if (!(this.#newBias()._biases instanceof Map)) {
      throw new Error("this version of node-llama-cpp keeps its token biases otherwise; version 3.22 is known to work");
    }
  }

  protected override async *run(
    sequence: LlamaSequence,
    prompt: readonly number[],
    { sampling, topLogprobs, constraint, signal }: GenerateOptions,
  ): AsyncGenerator<TokenPiece, TokenFinish> {
    // The last token is read again in any case: its logits are what the answer begins with.
    await sequence.adaptStateToTokens(prompt.slice(0, -1), false);
    const result = { promptTokens: prompt.length, cachedTokens: sequence.nextTokenIndex, completionTokens: 0 };
    const { batchSize } = this.#options;
    let read = sequence.nextTokenIndex;
    for (; prompt.length - read > batchSize; read += batchSize) {
      if (signal.aborted) return { reason: "abort", ...result };
      await sequence.evaluateWithoutGeneratingNewTokens(prompt.slice(read, read + batchSize));
    }
    const limit = Math.min(sampling.maxTokens ?? Infinity, this.contextLength - prompt.length);
    if (limit < 1) return { reason: "length", ...result };

    const biases = new RequestBiases(sampling);
    const seen = new Set(prompt);
    const evaluate = this.#evaluateOptions(sampling, { constraint, biases, seen });
    const rest = prompt.slice(read);
    const tokens =
      topLogprobs === undefined
        ? sampledTokens(sequence, rest, evaluate)
        : toldTokens(sequence, rest, evaluate, topLogprobs);
    const pieces = new TokenPieces(this.tokenizer, topLogprobs !== undefined);
    let reason: TokenFinish["reason"] = "length";
    for await (const { id, logprob } of tokens) {
      if (signal.aborted) {
        reason = "abort";
        break;
      }
      const ends = this.ends.has(id);
      if (ends) reason = "stop";
      if (ends && !this.writesEnd) break;
      if (!ends) constraint?.accept(id);
      biases.accept(id);
      seen.add(id);
      result.completionTokens++;
      const piece = pieces.push(id, logprob);
      if (piece) yield piece;
      if (ends || result.completionTokens >= limit) break;
    }
    const last = pieces.end();
    if (last) yield last;
    return { reason, ...result };
  }

  #evaluateOptions(sampling: TokenSampling, { constraint, biases, seen }: Steering): EvaluateOptions {
    const { temperature = 0, topK = 0, topP = 1, minP = 0, repetitionPenalty = 1, seed } = sampling;
    const { logitBias, frequencyPenalty, presencePenalty } = sampling;
    const masks = repetitionPenalty === 1 ? this.#biases : this.#bans;
    const biased = constraint ?? logitBias ?? frequencyPenalty ?? presencePenalty;
    const bias = biased === undefined ? undefined : this.#newBias();
    return {
      temperature,
      topK,
      topP,
      minP,
      // The library's own seed is the second that it is: turns of the same second would say the same.
      seed: seed === undefined ? Math.floor(Math.random() * 2 ** 32) : seed >>> 0,
      yieldEogToken: true,
      ...(bias && {
        tokenBias: () => {
          bias._biases = biases.with(constraint && masks.of(constraint));
          return bias;
        },
      }),
      ...(repetitionPenalty !== 1 && {
        repeatPenalty: { penalty: repetitionPenalty, punishTokens: () => [...seen] },
      }),
    };
  }

  #newBias(): InstanceType<NodeLlamaCpp["TokenBias"]> {
    const { library, model } = this.#options;
    return new library.TokenBias(model.tokenizer);
  }
}
