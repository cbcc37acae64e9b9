import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NoTokenAllowedError, Sampler, type Sampling, type TokenConstraint } from "../src/sampling.ts";

const END = 5;
const LOGITS = [2, 1, 0, -1, 1.5, 0.5];
const OPTIONS = { vocabularySize: LOGITS.length, endTokens: [END] };

const only = (allowed: number[], isComplete = false): TokenConstraint => ({
  allows: (id) => allowed.includes(id),
  accept: () => {},
  isComplete,
});

function frequencies(sampling: Sampling, constraint?: TokenConstraint, draws = 20_000): number[] {
  const sampler = new Sampler({ seed: 7, ...sampling }, OPTIONS);
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

/** The logits that top-k, top-p and min-p leave, by their definitions. */
function candidates(logits: number[], { topK, topP, minP }: { topK: number; topP: number; minP: number }): Set<number> {
  const descending = logits.toSorted((a, b) => b - a);
  const first = descending.filter((logit) => logit >= descending[topK - 1]!);
  const total = first.reduce((sum, logit) => sum + Math.exp(logit), 0);
  let sum = 0;
  const likely = first.filter((logit) => {
    const before = sum;
    sum += Math.exp(logit);
    return before < topP * total;
  });
  return new Set(likely.filter((logit) => Math.exp(logit - descending[0]!) >= minP));
}

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

  it("sums up for top-p what top-k has left", () => {
    // Of the three that are left, 0.51, 0.31 and 0.19, two make 0.81; of all they would make 0.67.
    expect(distance(frequencies({ temperature: 1, topK: 3, topP: 0.8 }), expected([0, 4], 1))).toBeLessThan(0.015);
  });

  it("takes the likeliest alone where top-p is 0", () => {
    expect(frequencies({ temperature: 1, topP: 0 }, undefined, 50)[0]).toBeCloseTo(1);
  });

  it("keeps what is likely enough beside the likeliest", () => {
    // e^-1 = 0.37 and e^-0.5 = 0.61 of the likeliest's probability; e^-1.5 = 0.22.
    expect(distance(frequencies({ temperature: 1, minP: 0.3 }), expected([0, 4, 1], 1))).toBeLessThan(0.015);
    expect(distance(frequencies({ temperature: 2, minP: 0.3 }), expected([0, 1, 2, 4, 5], 2))).toBeLessThan(0.015);
  });

  it("leaves the same tokens as the definitions, cut by cut, whatever the logits", () => {
    const size = 40;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -30, max: 30 }), { minLength: size, maxLength: size }),
        fc.integer({ min: 1, max: size }),
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.nat(),
        (tenths, topK, topP, minP, seed) => {
          const logits = tenths.map((each) => Math.fround(each / 10));
          const left = candidates(logits, { topK, topP, minP });
          const asked: number[] = [];
          const none = { allows: (id: number) => asked.push(id) < 0, accept: () => {}, isComplete: false };
          const sampling = { temperature: 1, topK, topP, minP, seed };
          const sampler = new Sampler(sampling, { vocabularySize: size, endTokens: [] });
          // The candidates are tried first, and then all others.
          expect(() => sampler.next(Float32Array.from(logits), none)).toThrow(NoTokenAllowedError);
          expect(new Set(asked.slice(0, left.size).map((id) => logits[id]))).toEqual(left);
          expect(new Set(asked).size).toBe(size);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("adds the biases of the request", () => {
    const banned = { logitBias: new Map([[0, -100]]) };
    expect(frequencies(banned, undefined, 5)[4]).toBeCloseTo(1);
    const lifted = { temperature: 1, logitBias: new Map([[3, 3]]) };
    const weights = [2, 1, 0, 2, 1.5, 0.5].map((logit) => Math.exp(logit));
    const total = weights.reduce((a, b) => a + b);
    expect(
      distance(
        frequencies(lifted),
        weights.map((each) => each / total),
      ),
    ).toBeLessThan(0.015);
  });

  describe("penalties", () => {
    /** The tokens of a greedy answer over the same logits again and again. */
    function greedy(sampling: Sampling, steps: number, prompt: readonly number[] = []): number[] {
      const sampler = new Sampler(sampling, { ...OPTIONS, prompt });
      return Array.from({ length: steps }, () => sampler.next(Float32Array.from(LOGITS), undefined));
    }

    it("takes from a logit for each time its token has been written", () => {
      // 2, 1.4, 0.8, ... against 1.5, 0.9, ... against 1.
      expect(greedy({ frequencyPenalty: 0.6 }, 5)).toEqual([0, 4, 0, 1, 4]);
      expect(greedy({ frequencyPenalty: 0.6 }, 2, [0, 0, 0])).toEqual([0, 4]);
    });

    it("takes from a logit once, however often its token has been written", () => {
      // 2 becomes 1.3 and stays there; 1.5 becomes 0.8.
      expect(greedy({ presencePenalty: 0.7 }, 5)).toEqual([0, 4, 0, 0, 0]);
      expect(greedy({ presencePenalty: 0.7 }, 2, [0])).toEqual([0, 4]);
    });

    it("divides the logits above 0, and multiplies the others, of what prompt and answer have", () => {
      // 2 of the prompt becomes 1, 1.5 becomes 0.75 once written: then two have 1, and the first of them is taken.
      expect(greedy({ repetitionPenalty: 2 }, 3, [0])).toEqual([4, 0, 0]);
      const sampler = new Sampler({ repetitionPenalty: 2 }, { vocabularySize: 2, endTokens: [], prompt: [0] });
      expect(sampler.next(Float32Array.from([-1, -1.5]), undefined)).toBe(1);
    });

    it("comes after the biases and before the temperature", () => {
      const sampler = new Sampler(
        { repetitionPenalty: 2, presencePenalty: 1, logitBias: new Map([[0, 2]]), temperature: 0.5, seed: 3 },
        { vocabularySize: 2, endTokens: [], prompt: [0] },
      );
      // (2 + 2) / 2 = 2 against 1.9; once token 0 is written, 1 against 1.9.
      sampler.next(Float32Array.from([2, -100]), undefined);
      let zeros = 0;
      const runs = 20_000;
      for (let run = 0; run < runs; run++) {
        const again = new Sampler(
          { repetitionPenalty: 2, presencePenalty: 1, logitBias: new Map([[0, 2]]), temperature: 0.5, seed: run },
          { vocabularySize: 2, endTokens: [], prompt: [0] },
        );
        again.next(Float32Array.from([2, -100]), undefined);
        if (again.next(Float32Array.from([2, 1.9]), undefined) === 0) zeros++;
      }
      expect(Math.abs(zeros / runs - 1 / (1 + Math.exp(0.9 / 0.5)))).toBeLessThan(0.015);
    });
  });

  it("never draws a token whose logit is minus infinity", () => {
    const sampler = new Sampler({ temperature: 2, seed: 1 }, { vocabularySize: 3, endTokens: [] });
    const drawn = Array.from({ length: 200 }, () =>
      sampler.next(Float32Array.from([0, -Infinity, 0]), only([0, 1, 2])),
    );
    expect(drawn).not.toContain(1);
    expect(() => sampler.next(Float32Array.from([0, -Infinity, 0]), only([1]))).toThrow(NoTokenAllowedError);
  });

  it("draws in proportion also from what is next to nothing beside a refused token", () => {
    const sampler = new Sampler({ temperature: 0.1, seed: 1 }, { vocabularySize: 3, endTokens: [] });
    const drawn = Array.from({ length: 200 }, () => sampler.next(Float32Array.from([200, 1, 0]), only([1, 2])));
    expect(drawn.every((id) => id === 1)).toBe(true);
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
      const sampler = new Sampler({ temperature: 1, seed }, OPTIONS);
      return Array.from({ length: 50 }, () => sampler.next(Float32Array.from(LOGITS), undefined));
    };
    expect(draws(1)).toEqual(draws(1));
    expect(draws(1)).not.toEqual(draws(2));
  });

  it("refuses settings without a meaning", () => {
    for (const sampling of [
      { temperature: -1 },
      { temperature: Number.NaN },
      { topP: -0.1 },
      { topP: 2 },
      { minP: 1.5 },
      { repetitionPenalty: 0 },
      { frequencyPenalty: Number.NaN },
      { presencePenalty: Infinity },
      { logitBias: new Map([[6, 1]]) },
      { topK: 1.5 },
    ]) {
      expect(() => new Sampler(sampling, OPTIONS)).toThrow(RangeError);
    }
  });
});
