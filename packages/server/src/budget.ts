import { invalidRequest } from "./error.ts";
import { limitsOf } from "./model-limits.ts";
import type { TurnRequest } from "./turn.ts";

/** The share of a context from which its tools are worth a warning: the conversation has to live beside them. */
const toolsShare = 1 / 4;

/**
 * Whether the prompt fits the model's context, and what whoever sends the request should know of it: a sentence each. Nothing
 * is counted where the engine has no tokenizer. Throws `ApiError` for what can't fit; how long the answer may get beside it is
 * the engine's to say.
 */
export async function checkBudget(turn: TurnRequest): Promise<readonly string[]> {
  const { engine, model, tools, fields } = turn;
  const { contextLength, toolsSoftCap } = limitsOf(model);
  const warnings: string[] = [];
  if (toolsSoftCap !== undefined && tools.length > toolsSoftCap) {
    warnings.push(`${tools.length} tools are more than the ${toolsSoftCap} that this model can be trusted with`);
  }
  const tokens = contextLength === undefined ? undefined : await engine.countTokens?.(turn);
  if (contextLength === undefined || tokens === undefined) return warnings;

  const { total } = tokens;
  if (total >= contextLength) {
    const parts = `${tokens.tools} of tools, ${tokens.system} of the system prompt, ${tokens.history + tokens.generation} of messages`;
    throw invalidRequest(
      `The model ${model.id} has a context of ${contextLength} tokens. The prompt has ${total} (${parts}), which leaves no room for an answer.`,
      fields.prompt,
      "context_length_exceeded",
    );
  }
  if (tokens.tools > contextLength * toolsShare) {
    const percent = Math.round((100 * tokens.tools) / contextLength);
    warnings.push(`the tools take ${tokens.tools} of the ${contextLength} tokens of the context, ${percent} %`);
  }
  return warnings;
}
