/** Pieces of a grammar, texts and formats in order, and what they are put together to. */
import type { Format, TagFormat } from "./structural-tag.ts";

export type Piece = string | Format;

/** Neighbouring texts become one, empty ones go. */
export function merge(pieces: readonly Piece[]): Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces.flatMap(flatten)) {
    const last = merged.at(-1);
    if (piece === "") continue;
    if (typeof piece === "string" && typeof last === "string") merged[merged.length - 1] = last + piece;
    else merged.push(piece);
  }
  return merged;
}

function flatten(piece: Piece): readonly Piece[] {
  if (typeof piece === "string") return [piece];
  if (piece.type === "const_string") return [piece.value];
  return piece.type === "sequence" ? piece.elements.flatMap(flatten) : [piece];
}

const format = (piece: Piece): Format => (typeof piece === "string" ? { type: "const_string", value: piece } : piece);

/** One after the other. */
export function sequence(...pieces: readonly Piece[]): Format {
  const elements = merge(pieces).map(format);
  if (elements.length === 1) return elements[0]!;
  if (elements.length === 0) throw new TypeError("a sequence of nothing");
  return { type: "sequence", elements };
}

/** One of several, each once. */
export function oneOf(alternatives: readonly Format[]): Format {
  const seen = new Map(alternatives.map((alternative) => [JSON.stringify(alternative), alternative]));
  const elements = [...seen.values()];
  return elements.length === 1 ? elements[0]! : { type: "or", elements };
}

/** Once or not at all; nothing at all if there is nothing to it. */
export function optionally(...pieces: readonly Piece[]): readonly Piece[] {
  return merge(pieces).length === 0 ? [] : [{ type: "optional", content: sequence(...pieces) }];
}

/** The pieces as a tag: what is text at the start and at the end is its begin and its end. */
export function tag(...pieces: readonly Piece[]): TagFormat {
  const rest = merge(pieces);
  const begin = typeof rest[0] === "string" ? (rest.shift() as string) : "";
  if (rest.length === 0) {
    // Nothing but text: a tag must have a content, so its middle is cut out.
    const [first = "", second = "", ...others] = [...begin];
    return { type: "tag", begin: first, content: { type: "const_string", value: second }, end: others.join("") };
  }
  const last = rest.at(-1);
  const end = typeof last === "string" ? (rest.pop() as string) : "";
  return { type: "tag", begin, content: sequence(...rest), end };
}
