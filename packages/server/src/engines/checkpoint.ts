import { type Checkpoint, TemplateError } from "@glossa/chat";
import { countTokens, createTokenizer } from "@glossa/chat/tokenizer";
import { chatTool } from "./chat-tool.ts";
import type { ChatMessage, Engine } from "./engine.ts";
import { templateMessage } from "./template-message.ts";

export interface CheckpointOptions {
  readonly checkpoint: Checkpoint;
  /** For models whose engine does not say how long their context is. */
  readonly contextLength?: number;
  /** For models that do best with no more tools than that. */
  readonly toolsSoftCap?: number;
}

/**
 * An engine whose models' checkpoint is at hand, so that prompts are counted before it reads them. What the template can't
 * write down and what is no text is not counted. Throws `CheckpointError`.
 */
export function withCheckpoint(engine: Engine, options: CheckpointOptions): Engine {
  const { checkpoint, contextLength, toolsSoftCap } = options;
  const tokenizer = createTokenizer(checkpoint);
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
    async promptTokens({ messages, tools, templateVariables, reasoningEffort }) {
      if (!messages.every(isText)) return undefined;
      try {
        return countTokens(messages.map(templateMessage), {
          checkpoint,
          tokenizer,
          // The engine's own tokenizer makes control tokens of whatever spells them.
          controlTokensInText: true,
          addGenerationPrompt: true,
          tools: tools.length === 0 ? undefined : tools.map(chatTool),
          chatTemplateKwargs: templateVariables,
          reasoningEffort,
        });
      } catch (error) {
        if (error instanceof TemplateError) return undefined;
        throw error;
      }
    },
  };
}

function isText({ content }: ChatMessage): boolean {
  return !Array.isArray(content) || content.every(({ type }) => type === "text");
}
