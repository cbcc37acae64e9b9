import { findProfile } from "@glossa/models";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DoesNotFit, USABLE } from "../../src/compose/assign.ts";
import { cacheBytes, canSpread, GIB, need } from "../../src/compose/memory.ts";
import { placed, refusal } from "./stacks.ts";

const attention = (model: string) => findProfile(model)!.size!.attention!;

describe("what a token leaves in the cache", () => {
  test.each([
    // 2 (keys and values) x 36 layers x 8 heads x 128 x 2 bytes.
    ["Qwen/Qwen3-8B", 1, 147_456],
    ["Qwen/Qwen3-8B", 8, 18_432],
    // More cards than the four heads of keys and values: each keeps one.
    ["Qwen/Qwen3-30B-A3B", 8, 2 * 48 * 1 * 128 * 2],
    // 61 layers x (512 + 64) x 2 bytes, on every card alike.
    ["deepseek-ai/DeepSeek-V3", 1, 70_272],
    ["deepseek-ai/DeepSeek-V3", 8, 70_272],
  ])("%s over %i: %i bytes", (model, parallel, bytes) => {
    expect(cacheBytes(attention(model), 1000, parallel)).toBe(bytes * 1000);
  });

  test("windows are kept up to their length, states whatever the length", () => {
    const gemma = attention("google/gemma-3-4b-it");
    const full = 5 * 2 * 4 * 256 * 2;
    const windowed = 29 * 2 * 4 * 256 * 2;
    expect(cacheBytes(gemma, 500, 1)).toBe(500 * (full + windowed));
    expect(cacheBytes(gemma, 10_000, 1)).toBe(10_000 * full + 1024 * windowed);
    const qwen = attention("Qwen/Qwen3.5-9B");
    const grows = cacheBytes(qwen, 2000, 1) - cacheBytes(qwen, 1000, 1);
    expect(grows).toBe(1000 * 8 * 2 * 4 * 256 * 2);
    expect(cacheBytes(qwen, 1000, 1) - grows).toBeGreaterThan(24 * 32 * 128 * 128 * 4);
  });
});

describe("what an engine needs", () => {
  const size = findProfile("Qwen/Qwen3-8B")!.size!;
  const load = { size, attention: size.attention!, context: 8192, sequences: 2, parallel: 1, gpu: true } as const;

  test("weights by their type, spread over cards; the published bytes where there are any", () => {
    expect(need({ ...load, quantization: "bf16", engine: "vllm" }).weights).toBeCloseTo(8.19e9 * 2, 0);
    expect(need({ ...load, quantization: "bf16", engine: "vllm", parallel: 2 }).weights).toBeCloseTo(8.19e9, 0);
    const oss = findProfile("openai/gpt-oss-20b")!.size!;
    const mxfp4 = { ...load, size: oss, attention: oss.attention!, quantization: "mxfp4", engine: "sglang" } as const;
    expect(need(mxfp4).weights).toBe(oss.weightBytes);
  });

  test("is the sum of weights, cache and overhead", () => {
    const { weights, cache, overhead, total } = need({ ...load, quantization: "fp8", engine: "vllm" });
    expect(cache).toBe(2 * 8192 * 147_456);
    expect(total).toBe(weights + cache + overhead);
  });

  test("heads decide over how many cards", () => {
    expect([1, 2, 4, 8].filter((n) => canSpread(attention("Qwen/Qwen2.5-7B-Instruct"), n))).toEqual([1, 2, 4]);
    expect([1, 2, 4, 8].filter((n) => canSpread(attention("Qwen/Qwen2.5-0.5B-Instruct"), n))).toEqual([1, 2]);
  });
});

describe("places", () => {
  const two = { gpus: [{ memory: 80 }, { memory: 80 }] };

  test("a model alone may take what is usable", () => {
    const [place] = placed({ gpus: [{ memory: 48 }], models: [{ model: "Qwen/Qwen3-8B" }] });
    expect(place).toMatchObject({ share: USABLE, gpus: [{ id: "0" }], context: 16_384, quantization: "bf16" });
  });

  test("a large model goes over as many cards as it takes, and small ones fill what is left", () => {
    const [small, large] = placed({ ...two, models: [{ model: "Qwen/Qwen3-8B" }, { model: "Qwen/Qwen3-32B" }] });
    expect(large!.gpus.map(({ id }) => id)).toEqual(["0", "1"]);
    expect(small!.gpus.length).toBe(1);
    expect(small!.share + large!.share).toBeLessThanOrEqual(USABLE);
  });

  test("cards that are asked for are taken first, whatever the size", () => {
    const [large, small] = placed({
      gpus: [
        { id: 5, memory: 80 },
        { id: 7, memory: 80 },
      ],
      models: [{ model: "Qwen/Qwen3-30B-A3B" }, { model: "Qwen/Qwen3-4B", gpus: [5] }],
    });
    expect(small!.gpus.map(({ id }) => id)).toEqual(["5"]);
    expect(large!.gpus.map(({ id }) => id)).toEqual(["7"]);
  });

  test("replicas each have a place", () => {
    const places = placed({ ...two, models: [{ model: "Qwen/Qwen3-8B", replicas: 3 }] });
    expect(places.map(({ replica }) => replica)).toEqual([1, 2, 3]);
    expect(new Set(places.flatMap(({ gpus }) => gpus.map(({ id }) => id))).size).toBe(2);
  });

  test("without cards, llama.cpp runs on the processor", () => {
    const [place] = placed({ ram: 16, models: [{ model: "Qwen/Qwen3-4B", engine: "llamacpp" }] });
    expect(place).toMatchObject({ gpus: [], quantization: "q4_k_m" });
  });

  test.each([
    ["Qwen/Qwen3-8B-FP8", undefined, "fp8", false],
    ["Qwen/Qwen3-8B", "fp8", "fp8", true],
    ["Qwen/Qwen2.5-7B-Instruct-AWQ", undefined, "int4", false],
    ["Qwen/Qwen2.5-7B-Instruct-GPTQ-Int4", undefined, "int4", false],
    ["openai/gpt-oss-20b", undefined, "mxfp4", false],
  ])("%s asked for as %s is %s, made so: %s", (model, quantization, expected, inFlight) => {
    const engine = "sglang";
    const [place] = placed({ ...two, models: [{ model, engine, ...(quantization && { quantization }) }] });
    expect(place).toMatchObject({ quantization: expected, inFlight });
  });

  test("whatever fits, fits: no card is given out twice", () => {
    const names = ["Qwen/Qwen3-0.6B", "Qwen/Qwen3-8B", "Qwen/Qwen3-32B", "Qwen/Qwen3.5-27B", "microsoft/phi-4"];
    const model = fc.record({
      model: fc.constantFrom(...names),
      engine: fc.constantFrom("vllm", "sglang"),
      context: fc.integer({ min: 1024, max: 16_384 }),
      sequences: fc.integer({ min: 1, max: 8 }),
      replicas: fc.integer({ min: 1, max: 3 }),
    });
    const stack = fc.record({
      gpus: fc.array(fc.record({ memory: fc.constantFrom(24, 48, 80, 141) }), { minLength: 1, maxLength: 8 }),
      models: fc.uniqueArray(model, { minLength: 1, maxLength: 5, selector: (each) => each.model }),
    });
    let fitted = 0;
    fc.assert(
      fc.property(stack, (value) => {
        let places;
        try {
          places = placed(value);
        } catch (error) {
          expect(error).toBeInstanceOf(DoesNotFit);
          return;
        }
        fitted += 1;
        for (const [id, { memory }] of value.gpus.entries()) {
          const here = places.filter(({ gpus }) => gpus.some((gpu) => gpu.id === String(id)));
          expect(here.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(USABLE + 1e-9);
          const needed = here.reduce((sum, each) => sum + each.need.total, 0);
          expect(needed).toBeLessThanOrEqual(memory * USABLE * GIB + 1);
          // A share is rounded down, by less than a thousandth of the card.
          for (const { share, need } of here) expect((share + 0.001) * memory * GIB).toBeGreaterThan(need.total);
        }
        for (const { gpus } of places) expect(new Set(gpus.map(({ memory }) => memory)).size).toBe(1);
      }),
      { numRuns: 300 },
    );
    expect(fitted).toBeGreaterThan(30);
  });
});

test("the tag of a GGUF repository says what its weights are", () => {
  const weights = (more: object): string =>
    placed({ models: [{ model: "Qwen/Qwen3-8B", engine: "llamacpp", ...more }] })[0]!.quantization;
  expect(weights({ gguf: "me/x-GGUF:Q8_0" })).toBe("q8_0");
  expect(weights({ gguf: "me/x-GGUF:Q5_K_M", quantization: "q8_0" })).toBe("q8_0");
  expect(weights({ gguf: "me/x-GGUF" })).toBe("q4_k_m");
});

describe("what is refused", () => {
  test("what does not fit, with the sums", () => {
    const action = (): unknown => placed({ gpus: [{ memory: 24 }], models: [{ model: "Qwen/Qwen3-8B" }] });
    expect(refusal(action)).toBe("models[0]: Qwen/Qwen3-8B does not fit");
    try {
      action();
    } catch (error) {
      expect((error as DoesNotFit).arithmetic).toEqual([
        "Qwen/Qwen3-8B on one card: weights 15.3 GiB (bf16) + cache 9.0 GiB (4 x 16384 tokens) + overhead 2.0 GiB = 26.3 GiB",
        "card 0: 24 GiB x 0.9 = 21.6 GiB",
        "less context, fewer sequences, or weights of fewer bits (quantization) take less",
      ]);
    }
  });

  test("the second where the first has taken the room, saying so", () => {
    const models = [{ model: "Qwen/Qwen3-8B" }, { model: "meta-llama/Llama-3.1-8B-Instruct" }];
    try {
      placed({ gpus: [{ memory: 48 }], models });
      expect.unreachable();
    } catch (error) {
      expect((error as DoesNotFit).arithmetic.join("\n")).toContain("less 26.3 GiB for others = 16.9 GiB");
    }
  });

  test.each([
    [
      { models: [{ model: "Qwen/Qwen3-8B" }] },
      'models[0].engine: found "vllm", which needs a card, and no gpus are given',
    ],
    [{ ram: 4, models: [{ model: "Qwen/Qwen3-8B", engine: "llamacpp" }] }, "ram: 14.2 GiB do not fit"],
    [{ models: [{ model: "me/mine" }] }, /^models\[0\].model: found "me\/mine", and there is no profile of it/],
    [
      { models: [{ model: "Qwen/Qwen3.5-7B" }] },
      /^models\[0\].model: .* the profile qwen3\.5 has no checkpoint of this name/,
    ],
    [{ models: [{ model: "google/gemma-4-E2B-it" }] }, /^models\[0\].model: .* not known what it keeps/],
    [{ models: [{ model: "openai/gpt-oss-20b" }] }, /^models\[0\].engine: found "vllm", whose chat endpoint reads/],
    [{ models: [{ model: "Qwen/QwQ-32B", context: 200_000 }] }, /^models\[0\].context: found 200000, and .* 131072/],
    [
      { models: [{ model: "Qwen/Qwen3-8B", quantization: "int4" }] },
      /^models\[0\].quantization: found "int4", and the/,
    ],
    [
      { models: [{ model: "Qwen/Qwen3-8B", engine: "llamacpp", quantization: "fp8" }] },
      /^models\[0\].quantization: found "fp8", expected q4_k_m/,
    ],
    [
      { models: [{ model: "Qwen/Qwen3-8B", engine: "llamacpp", gguf: "me/x-GGUF:Q5_K_M" }] },
      /^models\[0\].gguf: found the weights Q5_K_M, whose size is not known; `quantization` says/,
    ],
    [
      { models: [{ model: "Qwen/Qwen3-8B", engine: "llamacpp", gguf: "me/x-GGUF:Q8_0", quantization: "q4_k_m" }] },
      'models[0].quantization: found "q4_k_m", and gguf says Q8_0',
    ],
    [{ models: [{ model: "microsoft/phi-4", engine: "llamacpp" }] }, /^models\[0\].gguf: found nothing, expected/],
    [
      { gpus: [{ memory: 80 }, { memory: 80 }, { memory: 80 }], models: [{ model: "Qwen/Qwen3-8B", gpus: [0, 1, 2] }] },
      "models[0].gpus: found 3 cards, over which 32 heads can't be divided",
    ],
  ])("%j", (value, message) => {
    const said = refusal(() => placed(value));
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  test.each(["Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B", "Qwen/Qwen3-8B-GGUF"])("%s, which vLLM can't fetch", (model) => {
    expect(refusal(() => placed({ gpus: [{ memory: 80 }], models: [{ model }] }))).toBe(
      `models[0].model: found "${model}", expected a name that vllm can fetch from the Hub, such as Qwen/Qwen3-8B`,
    );
    expect(placed({ models: [{ model, engine: "llamacpp" }] })).toHaveLength(1);
  });
});
