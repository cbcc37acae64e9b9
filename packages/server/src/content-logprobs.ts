import type { Span } from "@glossa/core";
import type { TokenLogprob } from "./engines/token-logprobs.ts";
import { TokenPlaces, type PlacedToken } from "./token-places.ts";

/** A token of the visible text. */
export interface ContentLogprob extends TokenLogprob {
  /** Where its part of the visible text begins, in characters (code points). */
  readonly offset: number;
}

/**
 * Which of an output's tokens made up its visible text. Tokens are given places in the raw text as they come; the parser's spans tell
 * which places are visible. A token belongs to the visible text if any character of it does, or of the character that it is a part of.
 */
export interface ContentLogprobs {
  /**
   * What the model wrote, with the tokens that it was detokenised from. A token may come before its text. Tokens whose text never
   * comes (the end of the turn, markers that a server hides) are left out.
   */
  add(text: string, tokens: readonly TokenLogprob[]): void;
  /** The tokens of the visible text that comes next: those that begin with it, and none twice. */
  take(text: string): readonly ContentLogprob[];
}

/** `spans`: what the raw text is so far, which what is taken was certain of; undefined where all of it is visible. */
export function createContentLogprobs(spans: () => readonly Span[] | undefined): ContentLogprobs {
  const places = new TokenPlaces();
  const placed: PlacedToken[] = [];
  /** How far the raw text has been told, and the span in which that is. */
  let told = 0;
  let index = 0;
  let characters = 0;

  /** The stretch of raw text that the next visible characters are, `count` at most, all in one span. */
  function nextStretch(count: number): { readonly start: number; readonly end: number } {
    const all = spans();
    if (!all) return { start: told, end: told + count };
    // Spans that were not certain yet may have become one with the one before.
    while (index > 0 && (all[index]?.start ?? Infinity) > told) index--;
    while (index < all.length && (all[index]!.kind !== "text" || all[index]!.end <= told)) index++;
    const span = all[index];
    if (!span) return { start: told, end: told + count };
    const start = Math.max(told, span.start);
    return { start, end: Math.min(span.end, start + count) };
  }

  return {
    add(text, tokens) {
      placed.push(...places.add(text, tokens));
    },
    take(text) {
      const taken: ContentLogprob[] = [];
      for (let done = 0; done < text.length;) {
        const { start, end } = nextStretch(text.length - done);
        let count = 0;
        for (const { token, ...range } of placed) {
          if (range.start >= end) break;
          count++;
          if (range.end <= start) continue;
          const before = text.slice(done, done + Math.max(0, range.start - start));
          taken.push({ ...token, offset: characters + lengthOf(before) });
        }
        placed.splice(0, count);
        characters += lengthOf(text.slice(done, done + end - start));
        done += end - start;
        told = end;
      }
      return taken;
    },
  };
}

/** In code points; half a pair is one. */
function lengthOf(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
