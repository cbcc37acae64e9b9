import { type Checkpoint, TemplateError } from "@glossa/chat";
import { countTokens, createTokenizer, encodePrompt, type EncodePromptOptions } from "@glossa/chat/tokenizer";
import { invalidRequest } from "../error.ts";
import { chatTool } from "./chat-tool.ts";
import type { ChatMessage, Engine, PromptRequest } from "./engine.ts";
import { templateMessage } from "./template-message.ts";

export interface CheckpointOptions {
  readonly checkpoint: Checkpoint;
  /** For models whose engine does not say how long their context is. */
  readonly contextLength?: number;
  /** For models that do best with no more tools than that. */
  readonly toolsSoftCap?: number;
}

/**
 * An engine whose models' checkpoint is at hand, so that prompts are counted before it reads them,
 * and its tokens are known where it does not tell them. What the template can't
 * write down and what is no text is not counted. Throws `CheckpointError`.
 */
export function withCheckpoint(engine: Engine, options: CheckpointOptions): Engine {
  const { checkpoint, contextLength, toolsSoftCap } = options;
  const tokenizer = createTokenizer(checkpoint);

  function promptOptions({ tools, templateVariables, reasoningEffort }: PromptRequest): EncodePromptOptions {
    return {
      checkpoint,
      tokenizer,
      // The engine's own tokenizer makes control tokens of whatever spells them.
      controlTokensInText: true,
      addGenerationPrompt: true,
      tools: tools.length === 0 ? undefined : tools.map(chatTool),
      chatTemplateKwargs: templateVariables,
      reasoningEffort,
    };
  }

  return {
    ...engine,
    async models(signal) {
      const models = await engine.models(signal);
      return models.map((model) => ({
        ...(contextLength !== undefined && { contextLength }),
        ...(toolsSoftCap !== undefined && { toolsSoftCap }),
        ...model,
      }));
    },
    async countTokens(prompt) {
      if (!prompt.messages.every(isText)) return undefined;
      try {
        return countTokens(prompt.messages.map(templateMessage), promptOptions(prompt));
      } catch (error) {
        if (error instanceof TemplateError) return undefined;
        throw error;
      }
    },
    tokenizer: engine.tokenizer ?? {
      async promptTokens(prompt) {
        try {
          return encodePrompt(prompt.messages.map(templateMessage), promptOptions(prompt)).ids;
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          const message = `The model's chat template can't render this request: ${error.message}`;
          throw invalidRequest(message, "messages", "template_error");
        }
      },
      encode: async ({ text, addSpecialTokens }) => tokenizer.encode(text, { addSpecialTokens }),
      decode: async ({ tokens }) => tokenizer.decode(tokens),
    },
  };
}

function isText({ content }: ChatMessage): boolean {
  return !Array.isArray(content) || content.every(({ type }) => type === "text");
}
