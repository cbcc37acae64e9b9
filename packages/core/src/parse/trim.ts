import type { Input } from "./input.ts";
import type { Reading } from "./walk.ts";

/** Reads as much of exactly this white space as is there. */
export function* readTrim(input: Input, text: string): Reading<void> {
  for (const character of text) {
    if (input.pos === input.text.length && !input.ended) yield undefined;
    if (input.text[input.pos] !== character) return;
    input.take(input.pos + 1, "markup");
  }
}
