import { homedir } from "node:os";
import { basename, join, resolve } from "node:path";
import { readdir, stat } from "node:fs/promises";
import { CheckpointError, type Checkpoint } from "@glossa/chat";
import { createTokenizer, type Tokenizer } from "@glossa/chat/tokenizer";
import type { Format } from "@glossa/core";
import { readLogprobs, Sampler } from "@glossa/demo-engine";
import { ApiError, engineError } from "../../error.ts";
import { CheckpointRunner, formatOf, type CheckpointRunnerOptions } from "./checkpoint-runner.ts";
import type { Engine } from "../engine.ts";
import { OnnxSequence } from "./onnx-sequence.ts";
import { TokenPieces } from "./token-pieces.ts";
import { SequencePool, sharedLength } from "./sequence-pool.ts";
import { endIsMarkup } from "../special-tokens.ts";
import {
  tokenEngine,
  type GenerateOptions,
  type TokenFinish,
  type TokenPiece,
  type TokenSampling,
} from "./token-engine.ts";
import { maskLogits } from "./token-mask.ts";
import { importTransformersJs, type CausalModel, type LoadOptions, type TransformersJs } from "./transformers-js.ts";

export interface OnnxOptions {
  /**
   * A directory with `config.json`, `tokenizer.json`, a chat template and `onnx/model.onnx`; `hf:owner/name` for one of the Hub that
   * was downloaded before.
   */
  readonly model: string;
  /** Fetches `hf:owner/name`: its small files into the cache of the Hub, its weights by the library. Default false. */
  readonly download?: boolean;
  /** Which of several files: `q4` for `model_q4.onnx`. Default: what `config.json` says, else `fp32`, or the only one there is. */
  readonly dtype?: string;
  /** The model's format, or its name; default: by its chat template or its name. */
  readonly format?: string | Format;
  /** By which name it is served. Default: the directory's. */
  readonly name?: string;
  /** Tokens of prompt and answer together. Default: what the model was trained on, 8192 at most. */
  readonly contextLength?: number;
  /** How many turns run at once. Default 4. */
  readonly sequences?: number;
  /** The library, where the caller has imported it; default: as it is installed beside Glossa or in the working directory. */
  readonly library?: TransformersJs;
}

const defaultContext = 8192;
const defaultSequences = 4;
/** Weights below this, in bytes, run on one thread: to share out so little work costs more than it saves. */
const tinyModel = 64 * 2 ** 20;
/** Milliseconds that a batch of the prompt is to take, within these numbers of tokens: nothing else runs meanwhile. */
const batchTime = 50;
const smallestBatch = 16;
const largestBatch = 256;

/**
 * A model of ONNX files, run in this process by `@huggingface/transformers` (read and tried: 4.3.1) on the CPU. The prompt, its ids, the
 * masks, sampling and the text of the answer are made here; the library runs the graph from ids to logits and keeps keys and values:
 *
 * - `forward` and no `generate`: each token is a call of its own, so that an abort ends a turn within one.
 * - A sequence of keys and values for each turn at once; what one has read of a prompt already is not read again.
 *
 * Throws `ApiError` where the library is not installed, can't load the model or no format is known for it, and `CheckpointError`
 * for files that can't be read.
 */
export async function onnxEngine(options: OnnxOptions): Promise<Engine> {
  const { model: source, download = false, sequences = defaultSequences } = options;
  const library = options.library ?? (await importTransformersJs());
  const { loadCheckpoint } = await import("@glossa/chat/node");
  const isRemote = source.startsWith("hf:");
  const checkpoint = await loadCheckpoint(source, { download: isRemote && download });
  if (checkpoint.templates["default"] === undefined) throw new CheckpointError(source, "has no chat template");
  const tokenizer = createTokenizer(checkpoint);
  const name = isRemote ? source.slice("hf:".length) : basename(resolve(source));
  const format = formatOf(options.format, checkpoint, name);

  const model = isRemote
    ? await loadRemote(library, name, { download, ...(options.dtype !== undefined && { dtype: options.dtype }) })
    : await loadLocal(library, resolve(source), options.dtype);
  const { max_position_embeddings: trained = defaultContext } = { ...model.config, ...model.config.text_config };
  const pool = new SequencePool(Array.from({ length: sequences }, () => new OnnxSequence(library)));
  const runner = new OnnxRunner({
    contextLength: options.contextLength ?? Math.min(trained, defaultContext),
    checkpoint,
    tokenizer,
    endTokens: endTokensOf(checkpoint, tokenizer, model),
    model,
    library,
    pool,
    defaults: samplingOf(checkpoint),
    writesEnd: endIsMarkup(format),
  });
  const engine = tokenEngine({
    name: "onnx",
    kind: "onnx",
    model: { id: options.name ?? name, format, owner: "onnx" },
    engine: runner,
  });
  return { ...engine, close: () => pool.drained().then(async () => void (await model.dispose())) };
}

/** The model of a directory. Throws `CheckpointError` where it has no such file. */
async function loadLocal(library: TransformersJs, directory: string, wanted: string | undefined): Promise<CausalModel> {
  const folder = join(directory, "onnx");
  const files = await readdir(folder).catch(() => []);
  const stems = stemsByDtype(files);
  const dtype = wanted ?? (stems.size === 1 ? [...stems.keys()][0]! : undefined);
  const stem = stems.get(dtype ?? "fp32");
  if (stem === undefined) {
    const has = stems.size === 0 ? "none" : `those of dtype ${[...stems.keys()].join(", ")}`;
    throw new CheckpointError(directory, `has no weights of dtype ${dtype ?? "fp32"} in onnx/, but ${has}`);
  }
  // Large weights lie beside the graph, in `model.onnx_data`.
  const weights = files.filter((file) => file.startsWith(`${stem}.onnx`));
  const sizes = await Promise.all(weights.map(async (file) => (await stat(join(folder, file))).size));
  const size = sizes.reduce((sum, each) => sum + each, 0);
  return load(library, directory, {
    device: "cpu",
    ...(dtype !== undefined && { dtype }),
    local_files_only: true,
    ...(size < tinyModel && { session_options: { intraOpNumThreads: 1 } }),
  });
}

/** `model_q4` by `q4`, as the library has its names: `model.onnx` is `fp32`, and `model_quantized.onnx` is `q8`. */
function stemsByDtype(files: readonly string[]): ReadonlyMap<string, string> {
  const stems = new Map<string, string>();
  for (const file of files) {
    const [, stem, suffix = "fp32"] = /^((?:model|decoder_model_merged)(?:_(\w+))?)\.onnx$/.exec(file) ?? [];
    if (stem !== undefined) stems.set(suffix === "quantized" ? "q8" : suffix, stem);
  }
  return stems;
}

/** A model of the Hub, in the library's layout of a cache beside that of the Hub: its own default lies within node_modules. */
async function loadRemote(
  library: TransformersJs,
  name: string,
  { download, dtype }: { readonly download: boolean; readonly dtype?: string },
): Promise<CausalModel> {
  const { HF_ENDPOINT: endpoint, HF_HOME: home, XDG_CACHE_HOME: caches } = process.env;
  if (endpoint !== undefined) library.env.remoteHost = `${endpoint.replace(/\/+$/, "")}/`;
  return load(library, name, {
    device: "cpu",
    ...(dtype !== undefined && { dtype }),
    local_files_only: !download,
    cache_dir: join(home ?? join(caches ?? join(homedir(), ".cache"), "huggingface"), "transformers.js"),
  });
}

async function load(library: TransformersJs, model: string, options: LoadOptions): Promise<CausalModel> {
  library.env.logLevel = 50;
  try {
    return await library.AutoModelForCausalLM.from_pretrained(model, options);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw engineError(`${model} can't be run: ${reason}`, "model_not_loaded", { cause: error });
  }
}

/** What any of the files names: `generation_config.json` mostly names them all, and in some checkpoints another does. */
function endTokensOf(
  { generationConfig, specialTokens }: Checkpoint,
  tokenizer: Tokenizer,
  { config }: CausalModel,
): readonly number[] {
  const end = specialTokens["eos_token"];
  const ids = [
    generationConfig?.["eos_token_id"],
    config.eos_token_id,
    config.text_config?.eos_token_id,
    end === undefined ? [] : tokenizer.encode(end),
  ].flat();
  return [...new Set(ids)].filter((id): id is number => typeof id === "number" && id < tokenizer.size);
}

/** How the model's makers sample, where a request does not say otherwise. */
function samplingOf({ generationConfig = {} }: Checkpoint): TokenSampling {
  if (generationConfig["do_sample"] !== true) return {};
  const number = (name: string): number | undefined => {
    const value = generationConfig[name];
    return typeof value === "number" ? value : undefined;
  };
  const [topK, topP, minP] = [number("top_k"), number("top_p"), number("min_p")];
  return {
    temperature: number("temperature") ?? 1,
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
    ...(minP !== undefined && { minP }),
  };
}

interface OnnxRunnerOptions extends CheckpointRunnerOptions<OnnxSequence> {
  readonly model: CausalModel;
  readonly library: TransformersJs;
  readonly defaults: TokenSampling;
}

class OnnxRunner extends CheckpointRunner<OnnxSequence> {
  readonly logprobs = true;
  readonly #options: OnnxRunnerOptions;
  /** Tokens of a prompt that are read at once. */
  #batch = smallestBatch;

  constructor(options: OnnxRunnerOptions) {
    super(options);
    this.#options = options;
  }

  protected override async *run(
    sequence: OnnxSequence,
    prompt: readonly number[],
    { sampling, topLogprobs, constraint, signal }: GenerateOptions,
  ): AsyncGenerator<TokenPiece, TokenFinish> {
    // The last token is read again in any case: its logits are what the answer begins with.
    sequence.keep(Math.min(sharedLength(sequence.contextTokens, prompt), prompt.length - 1));
    const result = { promptTokens: prompt.length, cachedTokens: sequence.contextTokens.length, completionTokens: 0 };
    let logits = await this.#readPrompt(sequence, prompt, signal);
    const limit = Math.min(sampling.maxTokens ?? Infinity, this.contextLength - prompt.length);

    const { vocabularySize, endTokens } = this;
    const sampler = new Sampler({ ...this.#options.defaults, ...sampling }, { vocabularySize, endTokens, prompt });
    const pieces = new TokenPieces(this.tokenizer, topLogprobs !== undefined);
    let reason: TokenFinish["reason"] = "length";
    while (result.completionTokens < limit) {
      if (!logits || signal.aborted) {
        reason = "abort";
        break;
      }
      const logprobOf = topLogprobs === undefined ? undefined : readLogprobs(logits, topLogprobs);
      if (constraint) maskLogits(logits, constraint.mask());
      const id = sampler.next(logits, undefined);
      const ends = this.ends.has(id);
      if (ends) reason = "stop";
      if (ends && !this.writesEnd) break;
      constraint?.accept(id);
      result.completionTokens++;
      const piece = pieces.push(id, logprobOf?.(id));
      if (piece) yield piece;
      if (ends) break;
      if (result.completionTokens < limit) logits = await this.#read(sequence, [id]);
    }
    const last = pieces.end();
    if (last) yield last;
    return { reason, ...result };
  }

  /** The logits after the prompt; nothing where it was aborted. */
  async #readPrompt(
    sequence: OnnxSequence,
    prompt: readonly number[],
    signal: AbortSignal,
  ): Promise<Float32Array | undefined> {
    for (;;) {
      if (signal.aborted) return undefined;
      const read = sequence.contextTokens.length;
      const batch = prompt.slice(read, read + this.#batch);
      const since = performance.now();
      const logits = await this.#read(sequence, batch);
      const time = performance.now() - since;
      if (time > batchTime) this.#batch = Math.max(smallestBatch, this.#batch >> 1);
      else if (time < batchTime / 3 && batch.length === this.#batch)
        this.#batch = Math.min(2 * this.#batch, largestBatch);
      if (sequence.contextTokens.length === prompt.length) return logits;
    }
  }

  /** Reads tokens behind what the sequence has, and says how likely each token is behind them. */
  async #read(sequence: OnnxSequence, ids: readonly number[]): Promise<Float32Array> {
    const { model, library } = this.#options;
    const { keyValues } = sequence;
    const integers = (values: BigInt64Array, dims: readonly number[]) => new library.Tensor("int64", values, dims);
    const total = sequence.contextTokens.length + ids.length;
    const outputs = await model.forward({
      input_ids: integers(BigInt64Array.from(ids, BigInt), [1, ids.length]),
      attention_mask: integers(new BigInt64Array(total).fill(1n), [1, total]),
      num_logits_to_keep: integers(BigInt64Array.of(1n), []),
      ...(keyValues && { past_key_values: keyValues }),
    });
    sequence.extend(ids, outputs);
    const logits = outputs["logits"]!;
    const all = (logits.type === "float32" ? logits : logits.to("float32")).data as Float32Array;
    // Files of many models have more logits than there are tokens.
    const last = all.length - logits.dims.at(-1)!;
    return all.subarray(last, last + this.vocabularySize);
  }
}
