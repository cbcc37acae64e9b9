import { describe, expect, it } from "vitest";
import { NoTokenAllowedError, Sampler, type Sampling, type TokenConstraint } from "../src/sampling.ts";

const END = 5;
const LOGITS = [2, 1, 0, -1, 1.5, 0.5];

const only = (allowed: number[], isComplete = false): TokenConstraint => ({
  allows: (id) => allowed.includes(id),
  accept: () => {},
  isComplete,
});

function frequencies(sampling: Sampling, constraint?: TokenConstraint, draws = 20_000): number[] {
  const sampler = new Sampler({ seed: 7, ...sampling }, LOGITS.length, [END]);
  const counts = LOGITS.map(() => 0);
  for (let i = 0; i < draws; i++) counts[sampler.next(Float32Array.from(LOGITS), constraint)]! += 1 / draws;
  return counts;
}

/** Softmax over the ids given. */
function expected(ids: number[], temperature: number): number[] {
  const weights = LOGITS.map((logit, id) => (ids.includes(id) ? Math.exp(logit / temperature) : 0));
  const total = weights.reduce((a, b) => a + b);
  return weights.map((w) => w / total);
}

/** How far the frequencies are from the probabilities. */
const distance = (actual: number[], wanted: number[]): number =>
  Math.max(...wanted.map((p, id) => Math.abs(actual[id]! - p)));

describe("Sampler", () => {
  it("takes the likeliest token at temperature 0", () => {
    expect(frequencies({}, undefined, 10)[0]).toBeCloseTo(1);
  });

  it("draws from the softmax at the temperature", () => {
    expect(distance(frequencies({ temperature: 1 }), expected([0, 1, 2, 3, 4, 5], 1))).toBeLessThan(0.015);
    expect(distance(frequencies({ temperature: 0.5 }), expected([0, 1, 2, 3, 4, 5], 0.5))).toBeLessThan(0.015);
  });

  it("keeps the k likeliest", () => {
    expect(distance(frequencies({ temperature: 1, topK: 2 }), expected([0, 4], 1))).toBeLessThan(0.015);
  });

  it("keeps the likeliest that reach top-p together", () => {
    // 0.42, 0.25, 0.15: two of them make 0.67, the third is needed for 0.7.
    expect(distance(frequencies({ temperature: 1, topP: 0.7 }), expected([0, 4, 1], 1))).toBeLessThan(0.015);
  });

  it("draws from the allowed tokens in the proportions that the model gives them", () => {
    expect(distance(frequencies({ temperature: 1 }, only([1, 2, 3])), expected([1, 2, 3], 1))).toBeLessThan(0.015);
    expect(distance(frequencies({ temperature: 0.7 }, only([1], true)), expected([1, END], 0.7))).toBeLessThan(0.015);
  });

  it("goes beyond top-k when the constraint refuses all of it", () => {
    expect(distance(frequencies({ temperature: 1, topK: 2 }, only([2, 3])), expected([2, 3], 1))).toBeLessThan(0.015);
  });

  it("ends only where the constraint may end", () => {
    expect(frequencies({}, only([], true), 1)[END]).toBe(1);
    expect(frequencies({}, only([3]), 1)[3]).toBe(1);
  });

  it("says so when no token is allowed", () => {
    for (const temperature of [0, 1])
      expect(() => frequencies({ temperature }, only([]), 1)).toThrow(NoTokenAllowedError);
  });

  it("gives the same draws for the same seed, others for another", () => {
    const draws = (seed: number): number[] => {
      const sampler = new Sampler({ temperature: 1, seed }, LOGITS.length, [END]);
      return Array.from({ length: 50 }, () => sampler.next(Float32Array.from(LOGITS), undefined));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  it("refuses settings without a meaning", () => {
    for (const sampling of [
      { temperature: -1 },
      { temperature: Number.NaN },
      { topP: 0 },
      { topP: 2 },
      { topK: 1.5 },
    ]) {
      expect(() => new Sampler(sampling, 6, [END])).toThrow(RangeError);
    }
  });
});
