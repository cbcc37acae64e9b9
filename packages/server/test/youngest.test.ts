import { expect, test } from "vitest";
import { keepYoungest } from "../src/youngest.ts";

test("what was asked for last is kept, and made again only when it is gone", () => {
  const made: string[] = [];
  const kept = keepYoungest<string | undefined>(2);
  const ask = (key: string): string | undefined =>
    kept(key, () => {
      made.push(key);
      return key === "nothing" ? undefined : key.toUpperCase();
    });
  expect(["a", "nothing", "a", "nothing", "a"].map(ask)).toEqual(["A", undefined, "A", undefined, "A"]);
  expect(made).toEqual(["a", "nothing"]);
  expect(ask("c")).toBe("C");
  expect([ask("a"), ask("nothing")]).toEqual(["A", undefined]);
  expect(made).toEqual(["a", "nothing", "c", "nothing"]);
});

test("what can't be made is not kept", () => {
  const kept = keepYoungest<number>(2);
  const fail = (): number => {
    throw new Error("no");
  };
  expect(() => kept("a", fail)).toThrow("no");
  expect(kept("a", () => 1)).toBe(1);
});
