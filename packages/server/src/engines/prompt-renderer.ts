import { renderPrompt, TemplateError, type Checkpoint, type PromptSource } from "@glossa/chat";
import { invalidRequest } from "../error.ts";
import { chatTool } from "./chat-tool.ts";
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
export function textRenderer(checkpoint: Checkpoint): PromptRenderer {
  const render = templateRenderer(checkpoint);
  const beginning = addsBeginning(checkpoint) ? checkpoint.specialTokens["bos_token"] : undefined;
  return async (turn, signal) => {
    const prompt = await render(turn, signal);
    return beginning !== undefined && prompt.startsWith(beginning) ? prompt.slice(beginning.length) : prompt;
  };
}

/** Whether this checkpoint's tokenizer puts its first token before any text, as transformers and llama.cpp decide it. */
function addsBeginning({ tokenizer, tokenizerConfig, vocabulary }: Checkpoint): boolean {
  const configured = tokenizerConfig?.["add_bos_token"];
  if (typeof configured === "boolean") return configured;
  if (tokenizer !== undefined) return beginsWithToken((JSON.parse(tokenizer) as Processed).post_processor);
  // Where the header says nothing, llama.cpp adds it for SentencePiece alone.
  return vocabulary?.addBos ?? vocabulary?.model === "llama";
}

interface Processed {
  readonly post_processor?: PostProcessor | null;
}

interface PostProcessor {
  readonly type: string;
  readonly processors?: readonly PostProcessor[];
  readonly single?: readonly object[];
}

function beginsWithToken(processor: PostProcessor | null | undefined): boolean {
  if (processor?.type === "Sequence") return processor.processors?.some(beginsWithToken) ?? false;
  const first = processor?.single?.[0];
  return first !== undefined && "SpecialToken" in first;
}

/** The format's markers that are one token of the checkpoint's vocabulary, by id. */
export function checkpointTokens(
  { tokenizer, vocabulary }: Checkpoint,
  markers: readonly string[],
): ReadonlyMap<number, string> {
  const wanted = new Set(markers);
  const found = new Map<number, string>();
  if (tokenizer !== undefined) {
    const { added_tokens: added = [] } = JSON.parse(tokenizer) as { added_tokens?: { id: number; content: string }[] };
    for (const { id, content } of added) if (wanted.has(content)) found.set(id, content);
  } else {
    for (const [id, token] of vocabulary?.tokens.entries() ?? []) if (wanted.has(token)) found.set(id, token);
  }
  return found;
}
