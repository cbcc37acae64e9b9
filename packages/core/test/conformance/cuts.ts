/** UTF-16 units, so that a surrogate pair is cut as well. */
export const characters = (text: string): string[] => text.split("");

/** The text in two, at every place, or at about `limit` places. */
export function* splits(text: string, limit: number = Number.POSITIVE_INFINITY): Generator<[string, string]> {
  const step = Math.max(1, Math.ceil(text.length / limit));
  for (let at = 1; at < text.length; at += step) yield [text.slice(0, at), text.slice(at)];
}

/** A small generator of numbers below `bound`, the same for the same seed. */
export function randomNumbers(seed: number): (bound: number) => number {
  let state = seed >>> 0;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

/** The text in pieces of random length, sometimes of one character and sometimes of many. */
export function randomPieces(text: string, random: (bound: number) => number): string[] {
  const longest = [2, 6, 24][random(3)]!;
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + 1 + random(longest);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
