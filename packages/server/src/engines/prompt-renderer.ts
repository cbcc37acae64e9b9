import { renderPrompt, TemplateError, type PromptSource } from "@glossa/chat";
import { invalidRequest } from "../error.ts";
import { chatTool } from "./chat-tool.ts";
import type { CheckpointTokens } from "./checkpoint-tokens.ts";
import type { GenerateRequest } from "./engine.ts";
import { templateMessage } from "./template-message.ts";

/** Makes the prompt of a turn, for engines that take text and not messages. Throws `ApiError` where it can't. */
export type PromptRenderer = (turn: GenerateRequest, signal: AbortSignal) => string | Promise<string>;

/**
 * Renders by a checkpoint's own chat template, as transformers does. What the template refuses (roles out of order, a
 * variable that is none) is the client's to mend: a 400 with the template's words.
 */
export function templateRenderer(checkpoint: PromptSource): PromptRenderer {
  return ({ messages, tools, templateVariables, reasoningEffort }) => {
    try {
      return renderPrompt(messages.map(templateMessage), {
        checkpoint,
        addGenerationPrompt: true,
        chatTemplateKwargs: templateVariables,
        ...(tools.length > 0 && { tools: tools.map(chatTool) }),
        ...(reasoningEffort !== undefined && { reasoningEffort }),
      });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      const message = `The model's chat template can't render this request: ${error.message}`;
      throw invalidRequest(message, "messages", "template_error");
    }
  };
}

/**
 * A prompt for an engine that tokenises text by itself and puts the token that begins a text before it: without that token
 * where the template has written it already, or else it would stand there twice.
 */
export function textRenderer(checkpoint: PromptSource, { beginning }: CheckpointTokens): PromptRenderer {
  const render = templateRenderer(checkpoint);
  return async (turn, signal) => {
    const prompt = await render(turn, signal);
    return beginning !== undefined && prompt.startsWith(beginning) ? prompt.slice(beginning.length) : prompt;
  };
}
