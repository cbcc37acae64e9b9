/** Ways to cut an output: UTF-16 units, so that a surrogate pair is cut as well. */
export interface CutText {
  /** How it was cut, for a person. */
  readonly how: string;
  readonly pieces: readonly string[];
}

/** In two: at every place of an output of ordinary length, at so many places of a long one. */
const mostSplits = 2000;
const randomCuts = 20;

export function* cuts(text: string): Generator<CutText> {
  yield { how: "by character", pieces: text.split("") };
  const step = Math.max(1, Math.ceil(text.length / mostSplits));
  for (let at = 1; at < text.length; at += step)
    yield { how: `in two, at ${at}`, pieces: [text.slice(0, at), text.slice(at)] };
  for (let seed = 1; seed <= randomCuts; seed++) yield { how: `at random, ${seed}`, pieces: randomPieces(text, seed) };
}

/** The places at which an output is stopped: every one, or so many of a long one. */
export function* stops(text: string): Generator<number> {
  const step = Math.max(1, Math.ceil(text.length / mostSplits));
  for (let end = 0; end < text.length; end += step) yield end;
}

/** By character, or in so many pieces of a long one: for what costs as much as all that was read so far. */
export function steps(text: string): string[] {
  const ends = [...stops(text)].slice(1);
  return [...ends, text.length].map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
}

/** Pieces of random length, mostly short and sometimes long; the same for the same seed. */
function randomPieces(text: string, seed: number): string[] {
  let state = seed;
  const below = (bound: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + 1 + below(below(4) === 0 ? 32 : 5);
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}
