/** Markup around reasoning, text and calls, as text. */
import type { Node } from "../format.ts";
import { sectionText } from "./call-text.ts";

export const isWhiteSpace = (text: string): boolean => text.trim() === "";

/** The text of markup that says nothing about a call. */
export function markupText(nodes: readonly Node[]): string {
  return sectionText(nodes, { calls: [], tools: [] });
}

/** Whether a closer ends in white space of its own, which stands in for a lead. */
export function endsInWhiteSpace(close: readonly Node[]): boolean {
  const last = close.at(-1);
  return (last?.kind === "trim" || last?.kind === "blank") && last.text !== "" && isWhiteSpace(last.text);
}
