import { importOptional } from "./optional-package.ts";

/**
 * As much of `@huggingface/transformers` (read and tried: 4.3.1) as is used here. Written down and not imported: the package is an
 * optional peer dependency, and its types are not there where it is not.
 */
export interface TransformersJs {
  readonly env: {
    /** 50: nothing is written. At its default the library writes the inputs of a run that fails, which are somebody's prompt. */
    logLevel: number;
    remoteHost: string;
  };
  readonly AutoModelForCausalLM: {
    from_pretrained(model: string, options: LoadOptions): Promise<CausalModel>;
  };
  readonly Tensor: new (type: string, data: TensorData, dims: readonly number[]) => Tensor;
}

export interface LoadOptions {
  readonly device: "cpu";
  /** By which ending a file's weights go: `q4` for `model_q4.onnx`. Default: what `config.json` says, else `fp32`. */
  readonly dtype?: string;
  readonly local_files_only: boolean;
  readonly cache_dir?: string;
  readonly session_options?: { readonly intraOpNumThreads?: number };
}

export interface CausalModel {
  readonly config: ModelConfig & { readonly text_config?: ModelConfig };
  /** Inputs that the file does not have are left out; positions are counted from the attention mask. */
  forward(inputs: ModelInputs): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<unknown>;
}

interface ModelConfig {
  readonly max_position_embeddings?: number;
  readonly eos_token_id?: number | readonly number[] | null;
}

export interface ModelInputs {
  readonly input_ids: Tensor;
  readonly attention_mask: Tensor;
  /** Absent at the start. */
  readonly past_key_values?: KeyValues;
  /** For how many tokens at the end logits are wanted. */
  readonly num_logits_to_keep: Tensor;
}

/** Keys and values of the tokens that were read, by the names of the file's inputs. */
export type KeyValues = Readonly<Record<string, Tensor>>;

export type TensorData = Float32Array | Uint16Array | BigInt64Array;

export interface Tensor {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: TensorData;
  to(type: "float32"): Tensor;
}

/** The library, from beside Glossa or from the working directory. Throws `ApiError` with the line that installs it. */
export function importTransformersJs(): Promise<TransformersJs> {
  return importOptional({
    name: "@huggingface/transformers",
    use: "ONNX files are run",
    install:
      "npm install @huggingface/transformers@4 (with ONNXRUNTIME_NODE_INSTALL=skip before it where the download for CUDA fails)",
  });
}
