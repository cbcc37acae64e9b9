import {
  renderPrompt,
  TemplateError,
  type Checkpoint,
  type PromptOptions,
  type PromptSource,
  type PromptTokens,
} from "@glossa/chat";
import {
  countTokens,
  createTokenizer,
  encodePrompt,
  type EncodePromptOptions,
  type Tokenizer,
} from "@glossa/chat/tokenizer";
import type { Format } from "@glossa/core";
import { invalidRequest } from "../error.ts";
import { chatTool } from "./chat-tool.ts";
import { contentText } from "./content-text.ts";
import type { ChatMessage, Engine, GenerateRequest, PromptRequest } from "./engine.ts";
import { shownConversation } from "./system-messages.ts";
import { templateMessage } from "./template-message.ts";

/** What a turn's prompt is made of: a conversation, or the prompt itself. */
export type TurnPrompt = PromptRequest & Pick<GenerateRequest, "rawPrompt">;

export interface Prompt {
  /** All of it, with the token that begins a text where there is one. */
  readonly text: string;
  /** Absent where no tokenizer is known. */
  readonly ids?: readonly number[];
}

/** The prompts of the models of one checkpoint. */
export interface CheckpointPrompts {
  /**
   * The prompt of a turn: by the checkpoint's own chat template, as transformers renders it; a raw one as it is. What the
   * template refuses (roles out of order, a variable that is none) is the client's to mend: a 400 with the template's words.
   */
  render(turn: TurnPrompt): Prompt;
  /**
   * The prompt for an engine that tokenises text by itself and puts the token that begins a text before it: without that
   * token, or else it would stand there twice.
   */
  renderText(turn: TurnPrompt): string;
  /** The format's markers that are one token, by id. */
  markers(format: Format): ReadonlyMap<number, string>;
  /** What an engine can say of tokens by the checkpoint's tokenizer; nothing without one. */
  readonly abilities: Pick<Engine, "countTokens" | "tokenizer">;
}

export interface CheckpointPromptsOptions {
  readonly tokenizer?: Tokenizer | undefined;
  /**
   * Text of messages and tools that spells a control token is that token. Default false: such text stays text. True also for
   * an engine that is sent text, whose own tokenizer makes tokens of it.
   */
  readonly controlTokensInText?: boolean | undefined;
}

const tokenizers = new WeakMap<PromptSource, Tokenizer>();

/** The checkpoint's tokenizer, read once: a `tokenizer.json` has megabytes. Undefined if it has none. Throws `CheckpointError`. */
export function tokenizerOf(source: PromptSource | Checkpoint): Tokenizer | undefined {
  if (!("tokenizer" in source) || (source.tokenizer === undefined && source.vocabulary === undefined)) return undefined;
  const known = tokenizers.get(source) ?? createTokenizer(source);
  tokenizers.set(source, known);
  return known;
}

export function checkpointPrompts(
  checkpoint: PromptSource,
  { tokenizer, controlTokensInText = false }: CheckpointPromptsOptions,
): CheckpointPrompts {
  const beginning = beginningOf(checkpoint, tokenizer);

  /** A raw prompt is a text, which the tokenizer begins if it does not do so itself. */
  function renderRaw(raw: string): Prompt {
    const text = beginning === undefined || raw.startsWith(beginning) ? raw : beginning + raw;
    return { text, ...(tokenizer && { ids: tokenizer.encode(text) }) };
  }

  function render(turn: TurnPrompt): Prompt {
    if (turn.rawPrompt !== undefined) return renderRaw(turn.rawPrompt);
    const { messages, answerStart } = splitStarted(turn);
    const options = { ...templateOptions(checkpoint, turn), addGenerationPrompt: true };
    const values = shown(messages, options).map(templateMessage);
    return refusing(() =>
      tokenizer
        ? encodePrompt(values, { ...options, tokenizer, controlTokensInText, answerStart })
        : { text: renderPrompt(values, options) + answerStart },
    );
  }

  function count(turn: PromptRequest): PromptTokens | undefined {
    if (!tokenizer || !turn.messages.every(isText)) return undefined;
    const { messages, answerStart } = splitStarted(turn);
    const options = { ...templateOptions(checkpoint, turn), addGenerationPrompt: true };
    try {
      return countTokens(shown(messages, options).map(templateMessage), {
        ...options,
        tokenizer,
        controlTokensInText,
        answerStart,
      });
    } catch (error) {
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
  }

  return {
    render,
    renderText(turn) {
      const { text } = render(turn);
      return beginning !== undefined && text.startsWith(beginning) ? text.slice(beginning.length) : text;
    },
    markers: ({ specialTokens = [] }) =>
      new Map(
        specialTokens.flatMap((text) => {
          const ids = tokenizer?.encode(text) ?? [];
          return ids.length === 1 ? [[ids[0]!, text]] : [];
        }),
      ),
    abilities: tokenizer
      ? {
          countTokens: async (turn) => count(turn),
          tokenizer: {
            promptTokens: async (turn) => render(turn).ids!,
            encode: async ({ text, addSpecialTokens }) => tokenizer.encode(text, { addSpecialTokens }),
            decode: async ({ tokens }) => tokenizer.decode(tokens),
          },
        }
      : {},
  };
}

/** The conversation without the message that is to go on, and the text of that. */
export function splitStarted({ messages, continueFinalMessage }: PromptRequest): {
  readonly messages: readonly ChatMessage[];
  readonly answerStart: string;
} {
  if (!continueFinalMessage) return { messages, answerStart: "" };
  return { messages: messages.slice(0, -1), answerStart: contentText(messages.at(-1)?.content ?? "") };
}

/** What the template shows all of, or the same put so that it does. */
function shown(messages: readonly ChatMessage[], options: PromptOptions): readonly ChatMessage[] {
  const render = (tried: readonly ChatMessage[]): string => renderPrompt(tried.map(templateMessage), options);
  return shownConversation(messages, render, (error) => error instanceof TemplateError);
}

function templateOptions(
  checkpoint: PromptSource,
  { tools, templateVariables, reasoningEffort }: PromptRequest,
): Omit<EncodePromptOptions, "tokenizer"> {
  return {
    checkpoint,
    chatTemplateKwargs: templateVariables,
    tools: tools.length === 0 ? undefined : tools.map(chatTool),
    reasoningEffort,
  };
}

function refusing(render: () => Prompt): Prompt {
  try {
    return render();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const message = `The model's chat template can't render this request: ${error.message}`;
    throw invalidRequest(message, "messages", "template_error");
  }
}

/**
 * The token that a tokenizer puts before any text, as text; nothing if it puts none. `add_bos_token` has the last word, as it
 * has where transformers builds the tokenizer.
 */
function beginningOf(checkpoint: PromptSource | Checkpoint, tokenizer: Tokenizer | undefined): string | undefined {
  const configured = "tokenizerConfig" in checkpoint ? checkpoint.tokenizerConfig?.["add_bos_token"] : undefined;
  if (typeof configured === "boolean") return configured ? checkpoint.specialTokens["bos_token"] : undefined;
  const first = tokenizer?.encode("a", { addSpecialTokens: true })[0];
  return first === undefined || first === tokenizer?.encode("a")[0] ? undefined : tokenizer?.tokenText(first);
}

function isText({ content }: ChatMessage): boolean {
  return !Array.isArray(content) || content.every(({ type }) => type === "text");
}
