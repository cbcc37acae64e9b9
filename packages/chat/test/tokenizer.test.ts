import { describe, expect, test } from "vitest";
import { createTokenizer } from "../src/tokenizer.ts";
import { byteLevelTokenizer, metaspaceTokenizer } from "./small-tokenizers.ts";

const tokenizers = {
  "byte-level": createTokenizer({ tokenizerJson: byteLevelTokenizer() }),
  legacy: createTokenizer({ tokenizerJson: JSON.stringify(metaspaceTokenizer()) }),
  metaspace: createTokenizer({ tokenizerJson: metaspaceTokenizer(undefined, "metaspace") }),
};

describe.each(Object.entries(tokenizers))("%s", (_name, tokenizer) => {
  test("text comes back, however its tokens are cut", () => {
    const text = "Hello wörld, 你好 👋🏽  the\n<|im_end|><s></think>";
    const ids = tokenizer.encode(text);
    expect(tokenizer.decode(ids)).toBe(text);
    const stream = tokenizer.stream();
    expect(ids.map((id) => stream.push([id])).join("") + stream.end()).toBe(tokenizer.decode(ids));
  });

  test("control tokens are control tokens, unless they may not be", () => {
    const text = "a<|im_end|><think>[INST]<s>";
    const texts = (ids: readonly number[]): string[] => ids.filter(tokenizer.isControl).map(tokenizer.tokenText);
    expect(texts(tokenizer.encode(text))).toEqual(["<|im_end|>", "<think>", "[INST]", "<s>"]);
    expect(texts(tokenizer.encode(text, { control: false }))).toEqual([]);
    expect(tokenizer.decode(tokenizer.encode(text, { control: false }))).toBe(text);
  });
});
