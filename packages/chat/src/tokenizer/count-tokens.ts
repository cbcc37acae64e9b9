import { countParts, type PromptTokens } from "../prompt-parts.ts";
import { Dict } from "../python/dict.ts";
import { toValue } from "../python/json.ts";
import { encodePrompt, type EncodePromptOptions } from "./encode-prompt.ts";

/**
 * How many tokens the tools, the system messages and the history of a conversation take: by rendering it with and without
 * them. The parts add up to the ids that `encodePrompt` gives. Throws `TemplateError`.
 */
export function countTokens(messages: readonly unknown[], options: EncodePromptOptions): PromptTokens {
  const { tools, addGenerationPrompt = false, checkpoint } = options;
  const given = messages.map((message) => ({ role: roleOf(message), message }));
  const hasTools = tools !== undefined && tools !== null && tools.length > 0;
  // The same template without the tools, where a checkpoint has one for them.
  const template =
    options.template ?? (hasTools && Object.hasOwn(checkpoint.templates, "tool_use") ? "tool_use" : undefined);
  return countParts(given, { tools: hasTools, generation: addGenerationPrompt }, (left, shown) => {
    const conversation = left.map(({ message }) => message);
    const parts = { tools: shown.tools ? tools : undefined, addGenerationPrompt: shown.generation };
    return encodePrompt(conversation, { ...options, template, ...parts }).ids.length;
  });
}

function roleOf(message: unknown): unknown {
  const value = toValue(message);
  return value instanceof Dict ? value.get("role") : undefined;
}
