import { countParts } from "@glossa/chat";
import type { StructuralTag } from "@glossa/core";
import {
  compileTokenGrammar,
  GrammarError,
  type TokenGrammar,
  type TokenMatcher,
  Vocabulary,
  warmUp,
} from "@glossa/grammar";
import { invalidRequest } from "../../error.ts";
import { keepYoungest } from "../../youngest.ts";
import { chatTool, type ChatTool } from "../chat-tool.ts";
import { contentText } from "../content-text.ts";
import type { ChatMessage, Engine, Finish, GenerateRequest, Model, Piece, PromptRequest, Sampling } from "../engine.ts";
import { shownConversation } from "../system-messages.ts";
import { tokenOfBytes, type TokenLogprob, type TokenProbability } from "../token-logprobs.ts";
import { promptTooLong } from "../prompt-too-long.ts";
import { everySampling } from "../sampling.ts";

/** An engine in this process: token ids in, token ids out, under a mask. */
export interface TokenEngine {
  /** How many tokens the prompt and the answer may have together. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** The tokens that end a turn. */
  readonly endTokens: readonly number[];
  /** The conversation through the model's chat template, as text and as the tokens of it. */
  renderPrompt(messages: readonly PromptMessage[], options: PromptOptions): string;
  encodePrompt(messages: readonly PromptMessage[], options: PromptOptions): readonly number[];
  /** Text as it stands; without `special`, text that spells a special token stays text. */
  encode?(text: string, options: { readonly special: boolean }): readonly number[];
  /** The bytes of a token: half a character, perhaps. */
  tokenBytes(id: number): Uint8Array;
  isSpecial(id: number): boolean;
  /** Pieces tell log probabilities where they are asked for. Default false. */
  readonly logprobs?: boolean;
  /** Lets the event loop run every few milliseconds: sockets, other requests and the signal depend on it. */
  generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<TokenPiece, TokenFinish>;
}

/** A message whose content is one text. */
export interface PromptMessage extends Omit<ChatMessage, "content"> {
  readonly content: string | null;
}

export interface PromptOptions {
  readonly tools: readonly ChatTool[];
  readonly enableThinking?: boolean;
  /** Variables of the chat template, `enable_thinking` among them. */
  readonly templateVariables: Readonly<Record<string, unknown>>;
  readonly reasoningEffort?: string;
  readonly addGenerationPrompt: boolean;
}

export interface GenerateOptions {
  readonly sampling: TokenSampling;
  /** Log probabilities are wanted, with so many of the likeliest tokens at each place. Only where the engine has `logprobs`. */
  readonly topLogprobs?: number;
  /** Says which tokens may come, and is told which one did. */
  readonly constraint?: TokenMatcher;
  readonly signal: AbortSignal;
}

/** The sampling of a request, as `Sampler` of `@glossa/demo-engine` takes it; what says "no effect" is left out. */
export interface TokenSampling {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly repetitionPenalty?: number;
  readonly logitBias?: ReadonlyMap<number, number>;
  readonly seed?: number;
  readonly maxTokens?: number;
}

export interface TokenPiece {
  readonly text: string;
  readonly ids: readonly number[];
  /** Of each of `ids`. */
  readonly logprobs?: readonly IdLogprob[];
}

/** The natural logarithm of a token's probability, and the likeliest tokens at its place, the likeliest first. */
export interface IdLogprob {
  readonly logprob: number;
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

export interface TokenFinish {
  readonly reason: "stop" | "length" | "abort";
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

export interface TokenEngineOptions {
  readonly name: string;
  readonly kind: string;
  readonly model: Omit<Model, "contextLength" | "specialTokens">;
  readonly engine: TokenEngine;
}

/** Makes an engine of a model in this process: renders, masks by the grammar, and hands out text with its token ids. */
export function tokenEngine({ name, kind, model: described, engine }: TokenEngineOptions): Engine {
  const vocabulary = new Vocabulary({
    size: engine.vocabularySize,
    tokenBytes: (id) => engine.tokenBytes(id),
    isSpecial: (id) => engine.isSpecial(id),
    endTokens: engine.endTokens,
  });
  warmUp(vocabulary);
  const model: Model = { ...described, contextLength: engine.contextLength, specialTokens: specialTokens(engine) };

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Piece, Finish> {
    const { text, ids: prompt } = renderTurn(turn);
    if (prompt.length === 0) throw invalidRequest("The prompt has no tokens.", "prompt");
    const room = engine.contextLength - prompt.length;
    if (room < 1) throw promptTooLong(turn, prompt.length, engine.contextLength);
    yield { type: "prompt", text };

    const constraint = turn.constrain && constrainTurn(turn.constrain, text);
    const output = engine.generate(prompt, {
      sampling: {
        ...tokenSampling(turn.sampling, engine),
        maxTokens: Math.min(turn.sampling.max_tokens ?? room, room),
      },
      ...(turn.topLogprobs !== undefined && { topLogprobs: turn.topLogprobs }),
      ...(constraint && { constraint }),
      signal,
    });
    try {
      let completionTokens = 0;
      for (;;) {
        const step = await output.next();
        signal.throwIfAborted();
        if (step.done) {
          const { reason, promptTokens, cachedTokens } = step.value;
          const usage = { promptTokens, cachedTokens, completionTokens: step.value.completionTokens };
          return { reason: reason === "length" ? "length" : "stop", usage };
        }
        completionTokens += step.value.ids.length;
        const usage = { promptTokens: prompt.length, completionTokens };
        // Under a grammar a marker may be spelt in ordinary tokens and is meant all the same: only special ones say more than text.
        const tokens = constraint && !step.value.ids.some((id) => engine.isSpecial(id)) ? undefined : step.value.ids;
        const logprobs = turn.topLogprobs === undefined ? undefined : tokenLogprobs(engine, step.value);
        yield { type: "text", text: step.value.text, usage, ...(tokens && { tokens }), ...(logprobs && { logprobs }) };
      }
    } finally {
      // Whoever stops reading, or aborts while a piece is on its way, leaves it between two tokens.
      await output.return(undefined as never);
    }
  }

  function renderTurn(turn: PromptRequest & { readonly rawPrompt?: string }): ReturnType<typeof render> {
    const { messages, rawPrompt } = turn;
    if (rawPrompt !== undefined) return { text: rawPrompt, ids: encode(rawPrompt, true) };
    const options = promptOptions(turn);
    if (!turn.continueFinalMessage) return render(shown(messages, options), options);
    const started = contentText(messages.at(-1)?.content ?? "");
    const { text, ids } = render(shown(messages.slice(0, -1), options), options);
    return { text: text + started, ids: [...ids, ...encode(started, false)] };
  }

  /** What the template shows all of, or the same put so that it does. */
  function shown(messages: readonly ChatMessage[], options: PromptOptions): readonly PromptMessage[] {
    const tried = (each: readonly ChatMessage[]): string => engine.renderPrompt(each.map(promptMessage), options);
    // Whatever the engine throws here it throws again for a prompt that it can't make at all.
    return shownConversation(messages, tried, () => true).map(promptMessage);
  }

  function encode(text: string, special: boolean): readonly number[] {
    if (engine.encode) return engine.encode(text, { special });
    const message = `The model ${model.id} takes conversations only.`;
    throw invalidRequest(message, null, "unsupported_prompt");
  }

  function render(
    messages: readonly PromptMessage[],
    options: PromptOptions,
  ): { text: string; ids: readonly number[] } {
    try {
      return { text: engine.renderPrompt(messages, options), ids: engine.encodePrompt(messages, options) };
    } catch (error) {
      // Templates refuse what they can't write down: roles out of order, a schema that is none.
      const reason = error instanceof Error ? error.message : String(error);
      throw invalidRequest(
        `The model's chat template can't render this request: ${reason}`,
        "messages",
        "template_error",
      );
    }
  }

  /** The same tools come again with every turn of a conversation, and a grammar grows faster with use. */
  const grammars = keepYoungest<TokenGrammar>(32);

  function compile(tag: StructuralTag): TokenGrammar {
    return grammars(JSON.stringify(tag), () => compileTokenGrammar(tag, vocabulary, { lenient: true }));
  }

  /** With schemas out of the way, what is left to refuse is the format's own notation. */
  function compileRelaxed(tag: StructuralTag): TokenGrammar {
    try {
      return compile(tag);
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      const message = `The model ${model.id} can't be held to calls or answers of its format: ${error.message}`;
      throw invalidRequest(message, null, "unsupported_grammar");
    }
  }

  function constrainTurn(
    constrain: NonNullable<GenerateRequest["constrain"]>,
    prompt: string,
  ): TokenMatcher | undefined {
    const tag = constrain(prompt);
    if (!tag) return undefined;
    let grammar: TokenGrammar;
    try {
      grammar = compile(tag);
    } catch (error) {
      const relaxed = error instanceof GrammarError ? constrain(prompt, {}) : undefined;
      if (!relaxed) throw error;
      grammar = compileRelaxed(relaxed);
    }
    return grammar.matcher();
  }

  return {
    name,
    kind,
    capabilities: {
      mask: true,
      grammar: "structural_tag",
      tokens: true,
      prefill: engine.encode !== undefined,
      rawPrompt: engine.encode !== undefined,
      textOnly: true,
      logprobs: engine.logprobs ?? false,
      sampling: everySampling,
    },
    models: async () => [model],
    generate,
    tokenizer: {
      promptTokens: async (prompt) => renderTurn(prompt).ids,
      encode: async ({ text }) => encode(text, true),
      decode: async ({ tokens }) => decode(engine, tokens),
    },
    async countTokens(turn) {
      const { tools, ...options } = promptOptions(turn);
      const shares = { tools: tools.length > 0, generation: true };
      return countParts(shown(turn.messages, promptOptions(turn)), shares, (messages, parts) => {
        const counted = { ...options, tools: parts.tools ? tools : [], addGenerationPrompt: parts.generation };
        return render(messages, counted).ids.length;
      });
    },
  };
}

/** Throws `ApiError` for what the schema of a request can't tell: a bias for a token that the vocabulary does not have. */
function tokenSampling(given: Sampling, { vocabularySize }: TokenEngine): TokenSampling {
  const { temperature, top_p: topP, top_k: topK = 0, min_p: minP = 0, seed } = given;
  const {
    frequency_penalty: frequency = 0,
    presence_penalty: presence = 0,
    repetition_penalty: repetition = 1,
  } = given;
  if (!(repetition > 0)) {
    throw invalidRequest("Invalid value for 'repetition_penalty': it is not above 0.", "repetition_penalty");
  }
  const logitBias = Object.entries(given.logit_bias ?? {}).map(([key, bias]): [number, number] => {
    const id = Number(key);
    if (/^\d+$/.test(key) && id < vocabularySize) return [id, bias];
    const message = `Invalid value for 'logit_bias': ${JSON.stringify(key)} is none of the ${vocabularySize} tokens of the vocabulary.`;
    throw invalidRequest(message, "logit_bias");
  });
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && topP < 1 && { topP }),
    ...(topK > 0 && { topK }),
    ...(minP > 0 && { minP }),
    ...(frequency !== 0 && { frequencyPenalty: frequency }),
    ...(presence !== 0 && { presencePenalty: presence }),
    ...(repetition !== 1 && { repetitionPenalty: repetition }),
    ...(logitBias.length > 0 && { logitBias: new Map(logitBias) }),
    ...(seed !== undefined && { seed }),
  };
}

function promptOptions({ tools, templateVariables, reasoningEffort }: PromptRequest): PromptOptions {
  const enableThinking = templateVariables["enable_thinking"];
  return {
    tools: tools.map(chatTool),
    addGenerationPrompt: true,
    templateVariables,
    ...(reasoningEffort !== undefined && { reasoningEffort }),
    ...(typeof enableThinking === "boolean" && { enableThinking }),
  };
}

/** Content as one text; `developer` by the older name of the role, the only one that most templates know. */
function promptMessage({ role, content, ...message }: ChatMessage): PromptMessage {
  return {
    ...message,
    role: role === "developer" ? "system" : role,
    content: content === undefined || content === null ? null : contentText(content),
  };
}

function tokenLogprobs(engine: TokenEngine, { ids, logprobs = [] }: TokenPiece): readonly TokenLogprob[] {
  const token = (id: number, logprob: number): TokenProbability => tokenOfBytes(engine.tokenBytes(id), logprob);
  return logprobs.map(({ logprob, top }, index) => ({
    ...token(ids[index]!, logprob),
    top: top.map((other) => token(other.id, other.logprob)),
  }));
}

/** Throws `ApiError` for a token that the vocabulary does not have. */
function decode(engine: TokenEngine, tokens: readonly number[]): string {
  const decoder = new TextDecoder();
  let text = "";
  for (const [index, id] of tokens.entries()) {
    if (id >= engine.vocabularySize) {
      const message = `Invalid value for 'tokens[${index}]': the vocabulary has ${engine.vocabularySize} tokens.`;
      throw invalidRequest(message, `tokens[${index}]`);
    }
    text += decoder.decode(engine.tokenBytes(id), { stream: true });
  }
  return text + decoder.decode();
}

function specialTokens(engine: TokenEngine): ReadonlyMap<number, string> {
  const decoder = new TextDecoder();
  const tokens = new Map<number, string>();
  for (let id = 0; id < engine.vocabularySize; id++) {
    if (engine.isSpecial(id)) tokens.set(id, decoder.decode(engine.tokenBytes(id)));
  }
  return tokens;
}
