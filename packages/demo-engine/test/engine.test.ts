import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  ContextLengthError,
  DemoEngine,
  loadDemoEngine,
  NoTokenAllowedError,
  type TokenConstraint,
} from "../src/index.ts";
import { collect, fixture, WEATHER } from "./fixtures.ts";

const engine = await loadDemoEngine();
const read = (name: string): Buffer => readFileSync(new URL(`../model/${name}`, import.meta.url));
const files = {
  config: String(read("config.json")),
  tokenizer: String(read("tokenizer.json")),
  weights: read("weights.bin"),
};
const ask = (content: string): number[] =>
  engine.encodePrompt([{ role: "user", content }], { tools: WEATHER, enableThinking: false });

/** Spells one text, byte for byte, whatever the model would rather say. */
class Spelling implements TokenConstraint {
  readonly #wanted: Uint8Array;
  #at = 0;

  constructor(text: string) {
    this.#wanted = new TextEncoder().encode(text);
  }

  allows(id: number): boolean {
    if (engine.isSpecial(id)) return false;
    const bytes = engine.tokenBytes(id);
    return bytes.length > 0 && bytes.every((byte, i) => byte === this.#wanted[this.#at + i]);
  }

  accept(id: number): void {
    this.#at += engine.tokenBytes(id).length;
  }

  get isComplete(): boolean {
    return this.#at === this.#wanted.length;
  }
}

describe("the decoder", () => {
  it("computes the logits of the Python reference", () => {
    interface Row {
      ids: number[];
      mean: number;
      sum2: number;
      every64: number[];
      top: number[];
      topLogits: number[];
    }
    for (const row of fixture<Row>("logits")) {
      const [logits] = engine.logits(row.ids) as [Float32Array];
      for (const [i, value] of row.every64.entries()) expect(logits[i * 64]).toBeCloseTo(value, 2);
      for (const [i, id] of row.top.entries()) expect(logits[id]).toBeCloseTo(row.topLogits[i]!, 2);
      expect(logits.indexOf(Math.max(...logits))).toBe(row.top[0]);
      expect(logits.reduce((a, b) => a + b) / logits.length).toBeCloseTo(row.mean, 2);
      expect(logits.reduce((a, b) => a + b * b, 0) / row.sum2).toBeCloseTo(1, 2);
    }
  });

  it("gives a token the same logits in a batch, alone and from the cache", async () => {
    const prompt = ask("What's the weather in Paris?");
    const cold = await loadDemoEngine();
    const first = await collect(cold, prompt, { sampling: { temperature: 1, seed: 3, maxTokens: 40 } });
    expect(first.cachedTokens).toBe(0);
    const again = await collect(cold, prompt, { sampling: { temperature: 1, seed: 3, maxTokens: 40 } });
    expect(again.cachedTokens).toBe(prompt.length - 1);
    expect(again.ids).toEqual(first.ids);
  });
});

describe("generate", () => {
  it("reuses what an earlier prompt has in common, and says the same as without", async () => {
    const cold = await loadDemoEngine();
    const warm = await loadDemoEngine();
    const sampling = { temperature: 0.8, seed: 11, maxTokens: 30 };
    await collect(warm, ask("What's the weather in Rome?"), { sampling });
    const prompt = ask("Is it raining in Reykjavik?");
    const fromCache = await collect(warm, prompt, { sampling });
    expect(fromCache.cachedTokens).toBeGreaterThan(20);
    expect(fromCache.cachedTokens).toBeLessThan(prompt.length);
    expect(fromCache.ids).toEqual((await collect(cold, prompt, { sampling })).ids);
  });

  it("reuses the model's own answer when the conversation goes on", async () => {
    const fresh = await loadDemoEngine();
    const question = { role: "user", content: "Weather in Oslo?" };
    const options = { tools: WEATHER, enableThinking: true };
    const prompt = fresh.encodePrompt([question], options);
    const answer = await collect(fresh, prompt, {
      constraint: new Spelling("It is cold."),
      sampling: { maxTokens: 30 },
    });
    expect(answer.text).toBe("It is cold.");
    const next = fresh.encodePrompt(
      [question, { role: "assistant", content: answer.text }, { role: "user", content: "Thanks" }],
      options,
    );
    const { cachedTokens } = await collect(fresh, next, { sampling: { maxTokens: 1 } });
    expect(cachedTokens).toBeGreaterThanOrEqual(prompt.length);
  });

  it("reproduces a seed, and varies with it", async () => {
    const run = async (seed: number): Promise<string> =>
      (await collect(engine, ask("Hello"), { sampling: { temperature: 2, seed, maxTokens: 25 } })).text;
    expect(await run(1)).toBe(await run(1));
    expect(await run(1)).not.toBe(await run(2));
  });

  it("stops at the end token without saying it", async () => {
    const { reason, text, completionTokens, ids } = await collect(engine, ask("What's the weather in Paris?"));
    expect(reason).toBe("stop");
    expect(text).not.toContain("<|im_end|>");
    expect(completionTokens).toBe(ids.length);
    expect(text).toBe(new TextDecoder().decode(Uint8Array.from(ids.flatMap((id) => [...engine.tokenBytes(id)]))));
  });

  it("says special tokens as their text", async () => {
    const { text } = await collect(engine, ask("What's the weather in Paris?"));
    expect(text.startsWith("<tool_call>\n")).toBe(true);
    expect(text.endsWith("\n</tool_call>")).toBe(true);
  });

  it("stops at maxTokens and at the end of the context", async () => {
    const prompt = ask("What's the weather in Paris?");
    const short = await collect(engine, prompt, { sampling: { maxTokens: 3 } });
    expect(short).toMatchObject({ reason: "length", completionTokens: 3, promptTokens: prompt.length });
    const small = DemoEngine.fromFiles({
      ...files,
      config: files.config.replace(/"contextLength": \d+/, '"contextLength": 96'),
    });
    const filler = small.encode(" the".repeat(91));
    const endless: TokenConstraint = { allows: () => true, accept: () => {}, isComplete: false };
    expect(await collect(small, filler, { constraint: endless })).toMatchObject({
      reason: "length",
      promptTokens: 91,
      completionTokens: 5,
    });
  });

  it("refuses a prompt that leaves no room, with the numbers", async () => {
    const long = engine.encode(" the".repeat(engine.contextLength));
    const failure = collect(engine, long);
    await expect(failure).rejects.toThrow(ContextLengthError);
    await expect(failure).rejects.toThrow(`${long.length} tokens; the context of ${engine.contextLength} tokens`);
    await expect(collect(engine, [])).rejects.toThrow(RangeError);
    await expect(collect(engine, [engine.vocabularySize])).rejects.toThrow(RangeError);
  });

  it("yields whole characters only", async () => {
    const text = "naïve 東京 😀 👨‍👩‍👧 ok";
    const steps: string[] = [];
    for await (const step of engine.generate(ask("Hello"), { constraint: new Spelling(text) })) steps.push(step.text);
    expect(steps.join("")).toBe(text);
    for (const step of steps) {
      expect(step).not.toBe("");
      expect(step).not.toContain("\ufffd");
    }
  });

  it("obeys a constraint at every temperature", async () => {
    const text = '{"city": "Kraków", "days": 12}';
    for (const temperature of [0, 1, 3]) {
      const { reason, text: said } = await collect(engine, ask("Hello"), {
        constraint: new Spelling(text),
        sampling: { temperature, seed: 5, topK: 5 },
      });
      expect(said).toBe(text);
      expect(reason).toBe("stop");
    }
  });

  it("throws when the constraint allows nothing, and goes on working", async () => {
    const nothing: TokenConstraint = { allows: () => false, accept: () => {}, isComplete: false };
    await expect(collect(engine, ask("Hello"), { constraint: nothing })).rejects.toThrow(NoTokenAllowedError);
    expect((await collect(engine, ask("Hello"), { sampling: { maxTokens: 2 } })).completionTokens).toBeGreaterThan(0);
  });

  it("aborts before it begins, and in the middle", async () => {
    const prompt = ask("Hello");
    expect(await collect(engine, prompt, { signal: AbortSignal.abort() })).toMatchObject({
      reason: "abort",
      completionTokens: 0,
    });

    const controller = new AbortController();
    const endless: TokenConstraint = { allows: () => true, accept: () => {}, isComplete: false };
    const running = collect(engine, prompt, {
      constraint: endless,
      signal: controller.signal,
      sampling: { temperature: 1, seed: 1 },
    });
    // A timer fires only if generation lets the event loop run.
    setTimeout(() => controller.abort(), 5);
    const { reason, completionTokens } = await running;
    expect(reason).toBe("abort");
    expect(completionTokens).toBeLessThan(engine.contextLength - prompt.length);
  });

  it("keeps calls that run at the same time apart", async () => {
    const cities = ["Paris", "Tokyo", "Lima", "Accra", "Oslo", "Quito"];
    const fresh = await loadDemoEngine();
    const sampling = { temperature: 0.7, seed: 9, maxTokens: 40 };
    const alone: number[][] = [];
    for (const city of cities) alone.push((await collect(fresh, ask(`Weather in ${city}?`), { sampling })).ids);
    const together = await Promise.all(cities.map((city) => collect(fresh, ask(`Weather in ${city}?`), { sampling })));
    expect(together.map((generated) => generated.ids)).toEqual(alone);
  });

  it("interleaves step by step without mixing", async () => {
    const one = engine.generate(ask("Weather in Paris?"), { sampling: { maxTokens: 20 } });
    const two = engine.generate(ask("Weather in Paris?"), { sampling: { maxTokens: 20 } });
    for (;;) {
      const [a, b] = [await one.next(), await two.next()];
      if (a.done || b.done) {
        expect(a.done).toBe(b.done);
        break;
      }
      expect(a.value).toEqual(b.value);
    }
  });

  it("gives its cache back when the reader leaves early", async () => {
    const fresh = await loadDemoEngine();
    const prompt = ask("Weather in Bern?");
    for await (const _ of fresh.generate(prompt)) break;
    expect((await collect(fresh, prompt, { sampling: { maxTokens: 1 } })).cachedTokens).toBe(prompt.length - 1);
  });
});

describe("fromFiles", () => {
  it("refuses weights that do not fit the configuration", () => {
    expect(() => DemoEngine.fromFiles({ ...files, weights: files.weights.subarray(4) })).toThrow(/weights file has/);
    const heads = files.config.replace(/"heads": \d+/, '"heads": 7');
    expect(() => DemoEngine.fromFiles({ ...files, config: heads })).toThrow(/heads/);
    const vocabulary = files.config.replace(/"vocabularySize": \d+/, '"vocabularySize": 2049');
    expect(() => DemoEngine.fromFiles({ ...files, config: vocabulary })).toThrow(/bytes/);
    expect(DemoEngine.fromFiles(files).model).toBe("glossa-demo");
  });
});
