import type { Piece } from "./engines/engine.ts";
import type { TurnEvent } from "./turn.ts";

/** How many tokens of an output were reasoning, where its pieces tell how many tokens they have. */
export interface ReasoningTokens {
  /** A piece of the output, and the events that it brought. */
  add(piece: Piece, batch: readonly TurnEvent[]): void;
  /** Nothing where the pieces don't tell. */
  readonly count: number | undefined;
}

/** Tokens that bring no event (markup, text that is held back) are counted with the event that comes next. */
export function createReasoningTokens(): ReasoningTokens {
  let known = true;
  let seen = 0;
  let pending = 0;
  let count = 0;

  function tokensOf(piece: Piece): number | undefined {
    if (piece.type !== "text") return undefined;
    if (!piece.usage) return piece.tokens?.length;
    const { completionTokens } = piece.usage;
    const fresh = completionTokens - seen;
    seen = completionTokens;
    return fresh;
  }

  return {
    add(piece, batch) {
      if (piece.type === "prompt") return;
      const tokens = tokensOf(piece);
      if (tokens === undefined) known = false;
      else pending += tokens;
      if (batch.length === 0) return;
      if (batch.every(({ type }) => type === "reasoning")) count += pending;
      pending = 0;
    },
    get count() {
      return known ? count : undefined;
    },
  };
}
