import { expect, test } from "vitest";
import { compileTokenGrammar, Vocabulary, warmUp } from "../src/index.ts";

/** The bytes as tokens, some pairs of letters, and enough made-up words that it counts as a vocabulary of a model. */
function vocabularyOf(size: number): Vocabulary {
  const word = (id: number): Uint8Array => {
    if (id < 256) return Uint8Array.of(id);
    return new TextEncoder().encode(` w${id}`);
  };
  return new Vocabulary({ size, tokenBytes: word, isSpecial: (id) => id === size - 1, endTokens: [size - 1] });
}

test("a vocabulary that was warmed up gives the masks that it gives otherwise", () => {
  const warm = vocabularyOf(20_000);
  warmUp(warm);
  warmUp(warm);
  const cold = vocabularyOf(20_000);
  const input = { jsonSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] } };
  const matchers = [warm, cold].map((vocabulary) => compileTokenGrammar(input, vocabulary).matcher());
  for (const byte of new TextEncoder().encode('{"city": "Zürich"}')) {
    const [first, second] = matchers.map((matcher) => Uint32Array.from(matcher.mask()));
    expect(first).toEqual(second);
    expect(matchers.map((matcher) => matcher.accept(byte))).toEqual([true, true]);
  }
});
