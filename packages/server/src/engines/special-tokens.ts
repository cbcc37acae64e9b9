import type { Format } from "@glossa/core";
import type { Piece } from "./engine.ts";

/**
 * The piece with its ids only if a special token is among them. Ids and text may be out of step where the detokeniser holds
 * text back; other ids would then deny a marker that is one.
 */
export function telling(piece: Piece, special: ReadonlyMap<number, string> | undefined): Piece {
  if (piece.type !== "text" || !piece.tokens || piece.tokens.some((id) => special?.has(id))) return piece;
  const { tokens: _, ...rest } = piece;
  return rest;
}

/** Whether the tokens that end a turn are markup of the format, and say more than that it is over. */
export function endIsMarkup({ end, specialTokens = [] }: Format): boolean {
  return end.some((text) => specialTokens.includes(text));
}
