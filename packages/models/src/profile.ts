/**
 * What is known of a family of models: how it speaks, what it was made for, what it takes to run it. Facts come from public
 * sources, which `sources` names; what is not known is left out, never guessed.
 */
export interface ModelProfile {
  /** The name of its file in `models/`. */
  readonly name: string;
  /** What people call it. */
  readonly title: string;
  /** Names on the Hub, `*` for anything. The longest that fits a model decides which profile is its own. */
  readonly models: readonly string[];
  /** A format's name in `@glossa/core`. Left out where the models were trained on no notation for calls, or none is known. */
  readonly format?: string;
  readonly tools: ToolSupport;
  readonly reasoning: ReasoningSupport;
  /** Tokens of prompt and answer together that the published configuration allows. */
  readonly contextLength?: number;
  /** What the makers recommend where the model reasons by default, or for all there is. */
  readonly sampling?: Sampling;
  /** What they recommend where reasoning is switched off. */
  readonly samplingWithoutReasoning?: Sampling;
  /** The checkpoints, the smallest first. */
  readonly sizes: readonly ModelSize[];
  /** What an engine has to be told so that it serves the model raw: nothing of the markup stripped, parsed or hidden. */
  readonly engines?: EngineFlags;
  /** What a person who runs it should know. */
  readonly notes?: readonly string[];
  /** Where the facts are from: addresses, or a repository and a path. */
  readonly sources: readonly string[];
}

/** What the official chat template does with tools. Left out: not known. */
export interface ToolSupport {
  /** Tools that are offered appear in the prompt. */
  readonly offered?: boolean;
  /** `tool_calls` of earlier messages appear in the prompt; without, a second turn does not see what was called. */
  readonly calls?: boolean;
  /** Several calls in one message appear in the prompt. */
  readonly parallel?: boolean;
  /** Messages of the role `tool` appear in the prompt. */
  readonly results?: boolean;
}

export interface ReasoningSupport {
  /**
   * - `none`: the models don't reason in markup.
   * - `always`: they do, and nothing switches it off.
   * - `switch`: a variable of the chat template switches it.
   * - `level`: a variable says how much.
   * - `prompt`: the system prompt asks for it, in words of the makers.
   * - `unknown`: they reason; what switches it is not known.
   */
  readonly mode: "none" | "always" | "switch" | "level" | "prompt" | "unknown";
  /** The variable of the chat template, for `switch` and `level`. */
  readonly kwarg?: string;
  /** Its values. `switch`: on and off, in this order; `level`: from little to much. */
  readonly values?: readonly (string | number | boolean)[];
  /** Which of the values holds where it is not given. Left out: a third behaviour, or not known. */
  readonly default?: string | number | boolean;
}

/** Parameters of a request, by the names that engines share. */
export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly presencePenalty?: number;
}

/** One checkpoint. */
export interface ModelSize {
  /** Its name on the Hub. */
  readonly model: string;
  /** Other names of the same weights, `*` for anything. */
  readonly aliases?: readonly string[];
  /** Billions of parameters. */
  readonly parameters: number;
  /** Billions of parameters that a token uses, for a mixture of experts. */
  readonly activeParameters?: number;
  /** What the checkpoint's weights are, default `bf16`. */
  readonly weights?: WeightType;
  /** Bytes of the published weights, where they are not parameters times the bytes of their type. */
  readonly weightBytes?: number;
  /** Where it differs from the family's. */
  readonly contextLength?: number;
  /** From this many tools on, expect worse choices: a soft cap to warn at. */
  readonly toolsSoftCap: number;
  /** What a token leaves in the cache. */
  readonly attention?: Attention;
  /** A repository of the Hub that has the model as GGUF. */
  readonly gguf?: string;
}

export type WeightType = "bf16" | "fp8" | "int8" | "int4" | "mxfp4" | "q8_0" | "q4_k_m";

export interface Attention {
  /** Query heads, which tensor parallelism divides. */
  readonly heads: number;
  readonly layers: readonly CacheLayers[];
}

/** Layers that keep the same in the cache. */
export type CacheLayers =
  /** Keys and values of every token; with `window`, of the last so many. */
  | {
      readonly kind: "full" | "window";
      readonly layers: number;
      readonly kvHeads: number;
      readonly headDim: number;
      /** Tokens, for `window`. */
      readonly window?: number;
    }
  /** One compressed vector a token, shared by all heads (multi-head latent attention); every GPU keeps all of it. */
  | { readonly kind: "latent"; readonly layers: number; readonly width: number }
  /** A state of a fixed size a sequence: linear attention, state-space models. */
  | { readonly kind: "state"; readonly layers: number; readonly bytes: number };

export interface EngineFlags {
  readonly vllm?: readonly string[];
  readonly sglang?: readonly string[];
  readonly llamacpp?: readonly string[];
}
