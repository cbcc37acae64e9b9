import type { JsonSchema } from "@glossa/core";
import { compileGrammar, constrainTokens, GrammarError, type Grammar, type TokenConstraint } from "@glossa/grammar";
import { invalidRequest } from "../error.ts";
import { chatTool, type ChatTool } from "./chat-tool.ts";
import type { ChatMessage, Engine, Finish, GenerateRequest, Model, Piece } from "./engine.ts";

/** An engine in this process: token ids in, token ids out, under a mask. */
export interface TokenEngine {
  /** How many tokens the prompt and the answer may have together. */
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** The tokens that end a turn. */
  readonly endTokens: readonly number[];
  /** The conversation through the model's chat template, as text and as the tokens of it. */
  renderPrompt(messages: readonly ChatMessage[], options: PromptOptions): string;
  encodePrompt(messages: readonly ChatMessage[], options: PromptOptions): readonly number[];
  /** The bytes of a token: half a character, perhaps. */
  tokenBytes(id: number): Uint8Array;
  isSpecial(id: number): boolean;
  generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<TokenPiece, TokenFinish>;
}

export interface PromptOptions {
  readonly tools: readonly ChatTool[];
  readonly enableThinking?: boolean;
  readonly addGenerationPrompt: boolean;
}

export interface GenerateOptions {
  readonly sampling: {
    readonly temperature?: number;
    readonly topK?: number;
    readonly topP?: number;
    readonly seed?: number;
    readonly maxTokens?: number;
  };
  readonly constraint?: TokenConstraint;
  readonly signal: AbortSignal;
}

export interface TokenPiece {
  readonly text: string;
  readonly ids: readonly number[];
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
  const endTokens = new Set(engine.endTokens);
  const model: Model = { ...described, contextLength: engine.contextLength, specialTokens: specialTokens(engine) };

  async function* generate(turn: GenerateRequest, signal: AbortSignal): AsyncGenerator<Piece, Finish> {
    const enableThinking = turn.templateVariables["enable_thinking"];
    const options: PromptOptions = {
      tools: turn.tools.map(chatTool),
      addGenerationPrompt: true,
      ...(typeof enableThinking === "boolean" && { enableThinking }),
    };
    const text = engine.renderPrompt(turn.messages, options);
    const prompt = engine.encodePrompt(turn.messages, options);
    const room = engine.contextLength - prompt.length;
    if (room < 1) {
      const message = `The messages have ${prompt.length} tokens; the model ${model.id} takes ${engine.contextLength} with the answer.`;
      throw invalidRequest(message, "messages", "context_length_exceeded");
    }
    yield { type: "prompt", text };

    const constraint = turn.constrain && constrainTurn(turn.constrain, text);
    const { temperature, top_p: topP, top_k: topK, seed, max_tokens: maxTokens = room } = turn.sampling;
    const output = engine.generate(prompt, {
      sampling: {
        maxTokens: Math.min(maxTokens, room),
        ...(temperature !== undefined && { temperature }),
        ...(topP !== undefined && { topP }),
        ...(topK !== undefined && topK > 0 && { topK }),
        ...(seed !== undefined && { seed }),
      },
      ...(constraint && { constraint }),
      signal,
    });
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
      yield { type: "text", text: step.value.text, tokens: step.value.ids, usage };
      // Decoding never waits for anything by itself: without a pause, sockets and other requests would starve.
      await pause();
    }
  }

  function constrainTurn(constrain: NonNullable<GenerateRequest["constrain"]>, prompt: string): TokenConstraint {
    let grammar: Grammar;
    try {
      grammar = compileGrammar(constrain(prompt));
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      grammar = compileGrammar(constrain(prompt, refusalOf));
    }
    return constrainTokens(grammar, engine.tokenBytes, (id) => endTokens.has(id));
  }

  return {
    name,
    kind,
    capabilities: {
      mask: true,
      grammar: "structural_tag",
      tokens: true,
      textOnly: true,
      sampling: ["max_tokens", "temperature", "top_p", "top_k", "seed"],
    },
    models: async () => [model],
    generate,
  };
}

/** Why a schema can't be enforced, in a sentence; nothing if it can. */
function refusalOf(schema: JsonSchema): string | undefined {
  try {
    compileGrammar({ type: "structural_tag", format: { type: "json_schema", json_schema: schema } });
    return undefined;
  } catch (error) {
    if (error instanceof GrammarError) return error.message;
    throw error;
  }
}

function specialTokens(engine: TokenEngine): ReadonlyMap<number, string> {
  const decoder = new TextDecoder();
  const tokens = new Map<number, string>();
  for (let id = 0; id < engine.vocabularySize; id++) {
    if (engine.isSpecial(id)) tokens.set(id, decoder.decode(engine.tokenBytes(id)));
  }
  return tokens;
}

/** Lets everything that waits for the event loop have its turn. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
