import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutText, parseCut } from "@glossa/server";

test("pieces join to the text, none is empty, and no character is torn", () => {
  const cuts = fc.oneof(
    fc.constantFrom("whole" as const, "chars" as const),
    fc.integer({ min: 1, max: 20 }),
    fc.record({ seed: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), cuts, (text, cut) => {
      const pieces = [...cutText(text, cut)];
      expect(pieces.join("")).toBe(text);
      for (const piece of pieces) {
        expect(piece).not.toBe("");
        expect(/\p{Surrogate}/u.test(piece)).toBe(false);
      }
      const lengths = pieces.slice(0, -1).map((piece) => [...piece].length);
      const length = cut === "chars" ? 1 : cut;
      expect(lengths.every((one) => typeof length !== "number" || one === length)).toBe(true);
    }),
  );
});

test("the same seed cuts the same way, another one otherwise", () => {
  const text = "abcdefghijklmnopqrstuvwxyz".repeat(4);
  const cut = (seed: number): string[] => [...cutText(text, { seed })];
  expect(cut(1)).toEqual(cut(1));
  expect(cut(1)).not.toEqual(cut(2));
  expect(cut(0).length).toBeGreaterThan(5);
});

test("cuts are read from the command line", () => {
  expect(["whole", "chars", "7", "random:0"].map(parseCut)).toEqual(["whole", "chars", 7, { seed: 0 }]);
  for (const wrong of ["", "0", "-1", "x", "random:", "random:x", "1.5"])
    expect(() => parseCut(wrong)).toThrow(RangeError);
});
