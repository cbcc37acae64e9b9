import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { mergePairs } from "../src/merge.ts";
import { Tokenizer } from "../src/tokenizer.ts";
import { fixture } from "./fixtures.ts";

const tokenizer = new Tokenizer(readFileSync(new URL("../model/tokenizer.json", import.meta.url), "utf8"));
const rows = fixture<{ text: string; special: number[]; plain: number[] }>("tokenizer");

const decode = (ids: number[]): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(ids.flatMap((id) => [...tokenizer.bytes(id)])));

describe("Tokenizer", () => {
  it("encodes as the Python library does, with special tokens", () => {
    expect(rows.length).toBeGreaterThan(200);
    for (const row of rows)
      expect({ text: row.text, ids: tokenizer.encode(row.text, true) }).toEqual({ text: row.text, ids: row.special });
  });

  it("encodes as the Python library does, without special tokens", () => {
    for (const row of rows)
      expect({ text: row.text, ids: tokenizer.encode(row.text, false) }).toEqual({ text: row.text, ids: row.plain });
  });

  it("gives every text back", () => {
    for (const row of rows) expect(decode(tokenizer.encode(row.text, false))).toBe(row.text);
  });

  it("makes special tokens of markers only when asked to", () => {
    const marker = "<|im_end|>";
    expect(tokenizer.encode(marker, true)).toEqual([tokenizer.special(marker)]);
    const plain = tokenizer.encode(marker, false);
    expect(plain.some((id) => tokenizer.isSpecial(id))).toBe(false);
    expect(decode(plain)).toBe(marker);
  });

  it("replaces half a surrogate pair, as UTF-8 has no room for it", () => {
    expect(decode(tokenizer.encode("a\ud83d!", false))).toBe("a\ufffd!");
  });

  it("merges long pieces as it merges short ones", () => {
    // A rule with ties and overlaps: pairs of equal ids merge to the next id, lower ids first.
    const mergeOf = (left: number, right: number): number | undefined =>
      left === right && left < 40 ? left * 100 + left + 1 : undefined;
    for (const length of [49, 64, 100, 333]) {
      const ids = Array.from({ length }, (_, i) => (i * 7 + (i >> 3)) % 3);
      const naive = [...ids];
      for (;;) {
        let best = Infinity;
        let at = -1;
        for (let i = 0; i + 1 < naive.length; i++) {
          const merge = mergeOf(naive[i]!, naive[i + 1]!);
          if (merge !== undefined && merge < best) {
            best = merge;
            at = i;
          }
        }
        if (at < 0) break;
        naive.splice(at, 2, best % 100);
      }
      expect(mergePairs([...ids], mergeOf, 100)).toEqual(naive);
    }
  });

  it("refuses an id that it does not have", () => {
    expect(() => tokenizer.bytes(tokenizer.size)).toThrow(/vocabulary has/);
  });
});
