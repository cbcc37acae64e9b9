import { importOptional } from "./optional-package.ts";

/**
 * As much of `node-llama-cpp` (read and tried: 3.22.1) as is used here. Written down and not imported: the package is an optional
 * peer dependency, and its types are not there where it is not.
 */
export interface NodeLlamaCpp {
  getLlama(options: {
    readonly gpu: "auto" | false;
    readonly build: "never";
    readonly logLevel: "error";
  }): Promise<Llama>;
  /** A model of the Hub in the library's own folder; without `download` only what is there already. */
  resolveModelFile(uri: string, options: { readonly cli: boolean; readonly download: "auto" | false }): Promise<string>;
  readonly TokenBias: new (tokenizer: unknown) => TokenBias;
}

/** The biases of a `TokenBias`, which the sampler reads; its `set` skips the tokens that end a turn, and a mask must not. */
export interface TokenBias {
  _biases: ReadonlyMap<number, number>;
}

export interface Llama {
  loadModel(options: { readonly modelPath: string }): Promise<LlamaModel>;
  dispose(): Promise<void>;
}

export interface LlamaModel {
  readonly tokenizer: unknown;
  /** Bytes in memory. */
  readonly size: number;
  readonly trainContextSize: number;
  isEogToken(token: number): boolean;
  createContext(options: {
    readonly sequences: number;
    /** Of each sequence. */
    readonly contextSize: number;
    readonly threads?: number;
  }): Promise<LlamaContext>;
}

export interface LlamaContext {
  readonly contextSize: number;
  readonly batchSize: number;
  getSequence(): LlamaSequence;
}

export interface LlamaSequence {
  readonly contextTokens: readonly number[];
  readonly nextTokenIndex: number;
  /** Forgets what is not a prefix of these tokens. */
  adaptStateToTokens(tokens: readonly number[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly number[]): Promise<void>;
  evaluate(tokens: readonly number[], options: EvaluateOptions): AsyncGenerator<number, void, void>;
  /** One output for each token, empty for those that ask for none. What it samples with has no memory of the call before. */
  controlledEvaluate(tokens: readonly (number | ControlledToken)[]): Promise<readonly (ControlledOutput | undefined)[]>;
}

export type ControlledToken = readonly [
  token: number,
  options: {
    readonly generateNext: {
      readonly token: true;
      readonly logits: {
        readonly filter: { readonly tokens: readonly []; readonly includeSelected: true; readonly includeTop: number };
      };
      readonly totalLogitWeight: true;
      /** `yieldEogToken` means nothing here: such a token is told in any case. */
      readonly options: EvaluateOptions;
    };
  },
];

export interface ControlledOutput {
  readonly next: {
    /** Null where none could be sampled. */
    readonly token?: number | null;
    /** Of the tokens asked for, as they were sampled from. */
    readonly logits?: ReadonlyMap<number, number>;
    /** The sum of `exp(logit - highest logit)`. */
    readonly totalLogitWeight?: number;
  };
}

export interface EvaluateOptions {
  readonly temperature: number;
  /** 0: off. */
  readonly topK: number;
  readonly topP: number;
  /** Of the likeliest token's probability. */
  readonly minP: number;
  /** 32 bits, without a sign. */
  readonly seed: number;
  readonly yieldEogToken: true;
  /** Called before each token is sampled. */
  readonly tokenBias?: () => TokenBias;
  /** Of these tokens, however often they come. Behind the biases. */
  readonly repeatPenalty?: {
    readonly penalty: number;
    readonly punishTokens: () => number[];
  };
}

/** The library, from beside Glossa or from the working directory. Throws `ApiError` with the line that installs it. */
export function importNodeLlamaCpp(): Promise<NodeLlamaCpp> {
  return importOptional({
    name: "node-llama-cpp",
    use: "GGUF files are run",
    install: "npm install node-llama-cpp@3",
  });
}
