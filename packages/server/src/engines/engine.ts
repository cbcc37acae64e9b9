import type { PromptTokens } from "@glossa/chat";
import type { Format, LowerTarget, StructuralTag, Tool, ToolChoice } from "@glossa/core";
import type { TokenLogprob } from "./token-logprobs.ts";

/**
 * What stands behind the gateway: something that turns a conversation into raw model output.
 *
 * There are three kinds, and one interface for all. A chat endpoint (vLLM's, any other) takes messages and renders them through
 * the checkpoint's template itself; a completions endpoint (llama.cpp, SGLang, Ollama) takes the prompt that `checkpointPrompts`
 * makes: both are in `remote/`. An engine in this process, in `local/`, works on token ids, and `tokenEngine` makes an `Engine` of
 * it by rendering, masking and detokenising. The gateway sees the same of all: messages in, pieces of raw text out, markup and all, told how the prompt
 * ended wherever the engine knows.
 */
export interface Engine {
  readonly name: string;
  readonly kind: string;
  readonly capabilities: Capabilities;
  /** The models it serves now. Throws `ApiError` if it can't be asked. */
  models(signal?: AbortSignal): Promise<readonly Model[]>;
  /** What its models are called, where that is known without asking it. */
  readonly modelNames?: readonly string[];
  /**
   * One turn of the model; pieces that arrived together may be yielded together. Aborting `signal` ends it within the current
   * token or network read. Faults are thrown as `ApiError`; what arrived before them has been yielded.
   */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncGenerator<Pieces, Finish>;
  /** What takes the tokens of this conversation's prompt, counted here at once; undefined where that can't be told. */
  countTokens?(prompt: PromptRequest): Promise<PromptTokens | undefined>;
  /** OpenAI's embeddings, handed through: the answer as the engine wrote it. Absent where it has none. */
  embeddings?(request: EmbeddingsRequest, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>>;
  /** Absent where the engine can't be asked for tokens. */
  readonly tokenizer?: EngineTokenizer;
  /** How many turns wait for a free replica. */
  queued?(): number;
  close?(): Promise<void>;
}

/** What an engine can say of the tokens of its models. Each throws `ApiError` if it can't be asked. */
export interface EngineTokenizer {
  /** The tokens of the prompt that this conversation makes. */
  promptTokens(prompt: PromptRequest, signal: AbortSignal): Promise<readonly number[]>;
  /** The tokens of a text; special tokens that it spells are themselves. */
  encode(request: EncodeRequest, signal: AbortSignal): Promise<readonly number[]>;
  decode(request: DecodeRequest, signal: AbortSignal): Promise<string>;
}

export interface EmbeddingsRequest {
  readonly model: Model;
  /** The client's request; `model` stands for its name. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface EncodeRequest {
  readonly model: Model;
  readonly text: string;
  /** Whether tokens are added that the model expects at the start of a prompt. */
  readonly addSpecialTokens: boolean;
}

export interface DecodeRequest {
  readonly model: Model;
  readonly tokens: readonly number[];
}

export interface Capabilities {
  /** Decodes under a token mask made in this process: a constraint costs nothing and holds always. */
  readonly mask: boolean;
  /**
   * Takes a grammar with the request, in this language. `json_schema`: a schema for all of the output, which holds an answer
   * and no calls.
   */
  readonly grammar: false | "structural_tag" | "json_schema" | LowerTarget;
  /** Pieces carry the ids of their tokens. */
  readonly tokens: boolean;
  /** Goes on writing a last message of the assistant's. */
  readonly prefill?: boolean;
  /** Takes a prompt as it is, instead of a conversation. */
  readonly rawPrompt?: boolean;
  /** Takes no images, audio or files in a message. */
  readonly textOnly: boolean;
  /** Tells the log probabilities of the tokens that it writes. */
  readonly logprobs?: boolean;
  /** The sampling parameters that have an effect; `"any"` where they have none by nature (a recording). */
  readonly sampling: readonly (keyof Sampling)[] | "any";
}

export interface Model {
  readonly id: string;
  /** Other names by which the checkpoint may be known: its path, its repository. */
  readonly checkpoints?: readonly string[];
  /** How this model writes reasoning and calls. */
  readonly format: Format;
  /** It is asked for embeddings and for nothing else: nobody knows its format. */
  readonly embeddingsOnly?: boolean;
  readonly owner: string;
  /** Tokens of prompt and answer. Where it is not given, prompts are held to what the model's profile says. */
  readonly contextLength?: number;
  /** How many tools it can be trusted with. Where it is not given, what the model's profile says. */
  readonly toolsSoftCap?: number;
  /** What a person should know of it: "demo model, 1 M parameters". */
  readonly description?: string;
  /** Special tokens by id, where pieces carry ids. */
  readonly specialTokens?: ReadonlyMap<number, string>;
  /** Reported as `system_fingerprint`. */
  readonly fingerprint?: string;
}

/** Sampling parameters by the names that every server uses. */
export interface Sampling {
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly top_k?: number;
  readonly min_p?: number;
  readonly seed?: number;
  readonly frequency_penalty?: number;
  readonly presence_penalty?: number;
  readonly repetition_penalty?: number;
  readonly logit_bias?: Readonly<Record<string, number>>;
}

export type ContentPart =
  | { readonly type: "text"; readonly text: string }
  /** An image, audio, a file: handed on as it came. */
  | { readonly type: string; readonly [field: string]: unknown };

/** A message as chat templates and chat endpoints take it. */
export interface ChatMessage {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly content?: string | readonly ContentPart[] | null;
  readonly name?: string;
  readonly reasoning_content?: string | null;
  readonly tool_calls?: readonly ChatToolCall[] | null;
  readonly tool_call_id?: string;
}

export interface ChatToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | {
      readonly type: "json_schema";
      readonly json_schema: {
        readonly name: string;
        readonly schema?: Readonly<Record<string, unknown>>;
        readonly strict?: boolean;
      };
    }
  /** ECMA-262 syntax; the whole answer has to match. */
  | { readonly type: "regex"; readonly pattern: string }
  | { readonly type: "choice"; readonly choices: readonly string[] }
  /** EBNF as xgrammar and llama.cpp read it, from its rule `root` on. */
  | { readonly type: "grammar"; readonly grammar: string };

export interface GenerateRequest {
  readonly model: Model;
  readonly messages: readonly ChatMessage[];
  /** The last message is the assistant's, and goes on. Only where the engine has `prefill`. */
  readonly continueFinalMessage?: boolean;
  /** The whole prompt, which stands for the conversation. Only where the engine has `rawPrompt`. */
  readonly rawPrompt?: string;
  /** The tools that the prompt shows. */
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly responseFormat: ResponseFormat;
  readonly sampling: Sampling;
  /**
   * Log probabilities are wanted, with so many of the likeliest tokens at each place, 0 to 20. Only where the engine has
   * `logprobs`.
   */
  readonly topLogprobs?: number;
  /** Variables of the chat template: `enable_thinking` and whatever else the client sets. */
  readonly templateVariables: Readonly<Record<string, unknown>>;
  readonly reasoningEffort?: string;
  /**
   * The grammar that the output has to follow, given the prompt or its tail where the engine knows it before it decodes.
   * With `relax`, tools take any object instead. Absent, or nothing: no grammar is needed, or the engine takes none.
   */
  readonly constrain?: (prompt?: string, relax?: Relax) => StructuralTag | undefined;
  /** Nothing is shown of the answer before it is complete: an engine may be asked for all of it at once. */
  readonly whole?: boolean;
  /** The reader may stop before the model does, and wants to know the usage even so. */
  readonly mayBeCut: boolean;
}

/** Which tools take any object: those whose parameters make no grammar. */
export interface Relax {
  /**
   * What the engine says of a grammar that it refuses as a whole. All tools that are not strict take any object then; where
   * that changes nothing, `constrain` throws an `ApiError` that names the field and says this.
   */
  readonly refusal?: string;
}

/** What a prompt is made of. */
export type PromptRequest = Pick<
  GenerateRequest,
  "model" | "messages" | "continueFinalMessage" | "tools" | "templateVariables" | "reasoningEffort"
>;

/** What an engine has to say of an answer. */
export type Piece =
  /** The prompt as the engine rendered it, or its tail; comes first or not at all. */
  | { readonly type: "prompt"; readonly text: string }
  /** Raw output, with the ids of its tokens and the usage so far where the engine tells. */
  | {
      readonly type: "text";
      /** Empty only where `logprobs` come before their text. */
      readonly text: string;
      readonly tokens?: readonly number[];
      readonly usage?: Usage;
      /** Of the tokens of this text, in order, where they were asked for. Those of an unfinished character may come before it. */
      readonly logprobs?: readonly TokenLogprob[];
    }
  /** Reasoning that the engine has already told from the rest. */
  | { readonly type: "reasoning"; readonly text: string }
  /** A piece of a call that the engine has already parsed; `id` and `name` come with its first. */
  | {
      readonly type: "call";
      readonly index: number;
      readonly id?: string;
      readonly name?: string;
      readonly arguments?: string;
    };

/** What an engine yields at a time: a piece, or those that arrived together. */
export type Pieces = Piece | readonly Piece[];

/** Whether nothing of the answer is among them. */
export function isPrompt(pieces: Pieces): boolean {
  return [pieces].flat().every(({ type }) => type === "prompt");
}

export interface Usage {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cachedTokens?: number;
  /** How many of the completion's tokens were reasoning. */
  readonly reasoningTokens?: number;
}

export interface Finish {
  readonly reason: "stop" | "length" | "content_filter";
  readonly usage?: Usage;
}
