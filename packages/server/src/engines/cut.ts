/** How a recorded output is cut into pieces: in one, by character, by so many characters, or at random. */
export type Cut = "whole" | "chars" | number | { readonly seed: number };

/** Reads `whole`, `chars`, `7` or `random:42`. Throws `RangeError` on anything else. */
export function parseCut(text: string): Cut {
  if (text === "whole" || text === "chars") return text;
  const [, random, number] = /^(random:)?(\d{1,9})$/.exec(text) ?? [];
  if (number === undefined || (random === undefined && Number(number) === 0)) {
    throw new RangeError(`a cut is whole, chars, a number of characters or random:SEED, not ${JSON.stringify(text)}`);
  }
  return random === undefined ? Number(number) : { seed: Number(number) };
}

/** The pieces of `text`; a character is a code point, so that no piece holds half a surrogate pair. */
export function* cutText(text: string, cut: Cut): Generator<string, void> {
  if (text === "") return;
  if (cut === "whole") {
    yield text;
    return;
  }
  const next = typeof cut === "object" ? randomLengths(cut.seed) : () => (cut === "chars" ? 1 : cut);
  let piece = "";
  let left = next();
  for (const character of text) {
    piece += character;
    if (--left > 0) continue;
    yield piece;
    piece = "";
    left = next();
  }
  if (piece !== "") yield piece;
}

/** Lengths from 1 to 12, the same for the same seed (xorshift32). */
function randomLengths(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) % 12) + 1;
  };
}
