import type { Checkpoint } from "@glossa/chat";
import { createTokenizer } from "@glossa/chat/tokenizer";
import { checkpointPrompts, tokenizerOf } from "./checkpoint-prompts.ts";
import type { Engine } from "./engine.ts";

export interface CheckpointOptions {
  readonly checkpoint: Checkpoint;
  /** For models whose engine does not say how long their context is. */
  readonly contextLength?: number;
  /** For models that do best with no more tools than that. */
  readonly toolsSoftCap?: number;
}

/**
 * An engine whose models' checkpoint is at hand, so that prompts are counted before it reads them, and its tokens are known
 * where it does not tell them. What the template can't write down and what is no text is not counted. Throws
 * `CheckpointError`.
 */
export function withCheckpoint(engine: Engine, options: CheckpointOptions): Engine {
  const { checkpoint, contextLength, toolsSoftCap } = options;
  const tokenizer = tokenizerOf(checkpoint) ?? createTokenizer(checkpoint);
  // An engine that says nothing of tokens has a tokenizer that makes control tokens of whatever spells them.
  const { abilities } = checkpointPrompts(checkpoint, { tokenizer, controlTokensInText: true });

  return {
    ...abilities,
    ...engine,
    async models(signal) {
      const models = await engine.models(signal);
      return models.map((model) => ({
        ...(contextLength !== undefined && { contextLength }),
        ...(toolsSoftCap !== undefined && { toolsSoftCap }),
        ...model,
      }));
    },
  };
}
