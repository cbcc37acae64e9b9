import { renderPrompt, type Checkpoint, type PromptSource } from "@glossa/chat";
import { encodePrompt, type Tokenizer } from "@glossa/chat/tokenizer";
import { detect, getFormat, type Format } from "@glossa/core";
import { engineError } from "../../error.ts";
import { templateMessage } from "../template-message.ts";
import type { Sequence, SequencePool } from "./sequence-pool.ts";
import type {
  GenerateOptions,
  PromptMessage,
  PromptOptions,
  TokenEngine,
  TokenFinish,
  TokenPiece,
} from "./token-engine.ts";

export interface CheckpointRunnerOptions<S extends Sequence> {
  readonly contextLength: number;
  readonly checkpoint: PromptSource;
  readonly tokenizer: Tokenizer;
  /** The tokens that end a turn. */
  readonly endTokens: readonly number[];
  /** The token that ends a turn is markup of the format. */
  readonly writesEnd: boolean;
  /** What turns run on. */
  readonly pool: SequencePool<S>;
}

/**
 * What an engine in this process does by a checkpoint's own files: prompts, their ids, and what tokens say. A turn has a sequence
 * of the pool for itself.
 */
export abstract class CheckpointRunner<S extends Sequence> implements TokenEngine {
  readonly contextLength: number;
  readonly vocabularySize: number;
  readonly endTokens: readonly number[];
  protected readonly ends: ReadonlySet<number>;
  protected readonly tokenizer: Tokenizer;
  protected readonly writesEnd: boolean;
  readonly #checkpoint: PromptSource;
  readonly #pool: SequencePool<S>;

  constructor(options: CheckpointRunnerOptions<S>) {
    const { contextLength, checkpoint, tokenizer, endTokens, writesEnd, pool } = options;
    this.contextLength = contextLength;
    this.vocabularySize = tokenizer.size;
    this.endTokens = endTokens;
    this.ends = new Set(endTokens);
    this.tokenizer = tokenizer;
    this.writesEnd = writesEnd;
    this.#checkpoint = checkpoint;
    this.#pool = pool;
  }

  protected abstract run(
    sequence: S,
    prompt: readonly number[],
    options: GenerateOptions,
  ): AsyncGenerator<TokenPiece, TokenFinish>;

  async *generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<TokenPiece, TokenFinish> {
    const sequence = await this.#pool.take(prompt, options.signal);
    if (!sequence) return { reason: "abort", promptTokens: prompt.length, cachedTokens: 0, completionTokens: 0 };
    try {
      return yield* this.run(sequence, prompt, options);
    } finally {
      this.#pool.give(sequence);
    }
  }

  renderPrompt(messages: readonly PromptMessage[], options: PromptOptions): string {
    return renderPrompt(messages.map(templateMessage), this.#promptOptions(options));
  }

  encodePrompt(messages: readonly PromptMessage[], options: PromptOptions): readonly number[] {
    const { tokenizer } = this;
    return encodePrompt(messages.map(templateMessage), { ...this.#promptOptions(options), tokenizer }).ids;
  }

  #promptOptions({ tools, templateVariables, reasoningEffort, addGenerationPrompt }: PromptOptions): {
    readonly checkpoint: PromptSource;
    readonly tools: PromptOptions["tools"] | undefined;
    readonly chatTemplateKwargs: PromptOptions["templateVariables"];
    readonly reasoningEffort: string | undefined;
    readonly addGenerationPrompt: boolean;
  } {
    return {
      checkpoint: this.#checkpoint,
      tools: tools.length === 0 ? undefined : tools,
      chatTemplateKwargs: templateVariables,
      reasoningEffort,
      addGenerationPrompt,
    };
  }

  encode(text: string, { special }: { readonly special: boolean }): readonly number[] {
    return this.tokenizer.encode(text, { control: special });
  }

  tokenBytes(id: number): Uint8Array {
    return this.tokenizer.tokenBytes(id);
  }

  isSpecial(id: number): boolean {
    return this.ends.has(id) || this.tokenizer.isControl(id);
  }
}

/** The format of a checkpoint's model: the one that is given, or what its template, its vocabulary or its name tells. Throws `ApiError`. */
export function formatOf(
  given: string | Format | undefined,
  { templates, vocabulary }: Checkpoint,
  name: string,
): Format {
  if (given !== undefined) return typeof given === "string" ? getFormat(given) : given;
  const found = detect({
    ...(templates["default"] !== undefined && { template: templates["default"] }),
    ...(vocabulary && { vocabulary: vocabulary.tokens }),
    model: name,
  });
  if (found) return found.format;
  throw engineError(`Neither the chat template nor the name of ${name} tells its format.`, "unknown_format");
}
