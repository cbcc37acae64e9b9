import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TokenLogprob } from "@glossa/server";
import { createContentLogprobs } from "../src/content-logprobs.ts";
import { TokenPlaces } from "../src/token-places.ts";

const encoder = new TextEncoder();

const token = (text: string, bytes: readonly number[] | null = [...encoder.encode(text)]): TokenLogprob => ({
  token: text,
  logprob: -1,
  bytes,
  top: [],
});

/** Each token's text with its place. */
function placesOf(...pieces: readonly (readonly [text: string, tokens: readonly TokenLogprob[]])[]): unknown[] {
  const places = new TokenPlaces();
  return pieces.flatMap(([text, tokens]) =>
    places.add(text, tokens).map(({ token: each, start, end }) => [each.token, start, end]),
  );
}

test("a token whose text comes later waits for it", () => {
  expect(placesOf(["He", [token("He"), token("llo")]], ["llo", []], [" world", [token(" wo"), token("rld")]])).toEqual([
    ["He", 0, 2],
    ["llo", 2, 5],
    [" wo", 5, 8],
    ["rld", 8, 11],
  ]);
});

test("a token whose text never comes has no place, wherever it stands", () => {
  const hidden = token("<|hidden|>");
  expect(
    placesOf(["ab", [token("a"), hidden, token("b"), hidden]], ["c", [hidden, token("c")]], ["", [hidden]]),
  ).toEqual([
    ["a", 0, 1],
    ["b", 1, 2],
    ["c", 2, 3],
  ]);
});

test("tokens that are written down otherwise than they are share what is left", () => {
  const bare = token("▁my", null);
  expect(placesOf([" Hello my friend", [token("Hello", null), bare, token(" friend")]])).toEqual([
    ["Hello", 0, 6],
    ["▁my", 6, 9],
    [" friend", 9, 16],
  ]);
  expect(placesOf(["xyz!", [token("?", null), token("??", null), token("!")]])).toEqual([
    ["?", 0, 3],
    ["??", 0, 3],
    ["!", 3, 4],
  ]);
});

test("parts of a character have all of it, told by their bytes or not, early or late", () => {
  const [a, b, c, d] = [...encoder.encode("👋")].map((byte) => token("\uFFFD", [byte]));
  const all = [
    ["\uFFFD", 1, 3],
    ["\uFFFD", 1, 3],
    ["\uFFFD", 1, 3],
    ["\uFFFD", 1, 3],
  ];
  expect(placesOf(["x", [token("x")]], ["", [a!, b!]], ["👋", [c!, d!]])).toEqual([["x", 0, 1], ...all]);
  const lost = token("\uFFFD", null);
  expect(placesOf(["x👋y", [token("x"), lost, lost, lost, lost, token("y")]])).toEqual([
    ["x", 0, 1],
    ...all,
    ["y", 3, 4],
  ]);
  // vLLM gives the whole character to the last of them, and no text to the others.
  expect(placesOf(["x👋", [token("x"), token("", []), token("👋")]])).toEqual([
    ["x", 0, 1],
    ["", 1, 3],
    ["👋", 1, 3],
  ]);
});

test("whatever comes, no token is told twice, and all come in their order", () => {
  const text = fc.oneof(fc.string({ maxLength: 6 }), fc.string({ unit: "binary", maxLength: 3 }));
  const anyToken = fc.tuple(text, fc.option(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })));
  const piece = fc.tuple(text, fc.array(anyToken, { maxLength: 4 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const logprobs = createContentLogprobs(() => undefined);
      const given: TokenLogprob[] = [];
      const told: number[] = [];
      let waiting = "";
      for (const [said, tokens, flush] of pieces) {
        const own = tokens.map(([each, bytes], index) => ({
          ...token(each, bytes),
          logprob: -(given.length + index + 1),
        }));
        given.push(...own);
        logprobs.add(said, own);
        waiting += said;
        if (!flush) continue;
        told.push(...logprobs.take(waiting).map(({ logprob }) => logprob));
        waiting = "";
      }
      told.push(...logprobs.take(waiting).map(({ logprob }) => logprob));
      expect(told).toEqual([...new Set(told)].toSorted((one, other) => other - one));
      expect(told.length).toBeLessThanOrEqual(given.length);
    }),
    { numRuns: 2000 },
  );
});
