import { cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as nextTask } from "node:timers/promises";
import { loadDemoEngine, type DemoEngine } from "@glossa/demo-engine";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  demoEngine,
  onnxEngine,
  type Engine,
  type GenerateRequest,
  type Piece,
  type TransformersJs,
} from "@glossa/server";
import { startGateway, timeTool, user, weatherTool } from "./gateway.ts";
import { missingTransformersJs, transformersJs, writeDemoOnnx, type OnnxModel } from "./transformers-js.ts";

const tools = [weatherTool, timeTool];
const ajv = new Ajv();
const cities = ["Paris", "Tokyo", "New York", "Oslo", "Lima", "Cairo", "Rome", "Berlin", "Madrid", "Sydney"];

describe.skipIf(missingTransformersJs !== "")(`ONNX files in this process${missingTransformersJs}`, () => {
  let library: TransformersJs;
  let files: OnnxModel;
  let engine: Engine;
  let demo: DemoEngine;
  beforeAll(async () => {
    library = (await import(transformersJs)) as TransformersJs;
    files = writeDemoOnnx();
    engine = await onnxEngine({ model: files.directory, library });
    demo = await loadDemoEngine();
  }, 120_000);
  afterAll(async () => {
    await engine?.close?.();
    files?.remove();
  });

  /** A gateway closes its engine, and this one serves the next test too. */
  const kept = (): Engine => ({ ...engine, close: () => Promise.resolve() });

  const model = "glossa-demo";
  const ask = { model, temperature: 0, max_tokens: 200, chat_template_kwargs: { enable_thinking: false } };

  async function turn(
    text: string,
    sampling: GenerateRequest["sampling"] = { temperature: 0, max_tokens: 60 },
  ): Promise<GenerateRequest> {
    return {
      model: (await engine.models())[0]!,
      messages: [user(text)],
      tools: [],
      toolChoice: "auto",
      parallelToolCalls: true,
      responseFormat: { type: "text" },
      sampling,
      templateVariables: { enable_thinking: false },
      mayBeCut: false,
    };
  }

  async function answer(
    request: GenerateRequest,
    by: Engine = engine,
  ): Promise<{ text: string; tokens: number[]; cached: number | undefined }> {
    const pieces: Piece[] = [];
    const turn = by.generate(request, new AbortController().signal);
    for (;;) {
      const { done, value } = await turn.next();
      if (!done) {
        pieces.push(...[value].flat());
        continue;
      }
      const texts = pieces.filter((piece) => piece.type === "text");
      return {
        text: texts.map(({ text }) => text).join(""),
        tokens: texts.flatMap(({ tokens = [] }) => tokens),
        cached: value.usage?.cachedTokens,
      };
    }
  }

  /** The same model in a directory of its own, with some of its files otherwise. */
  async function withFiles<T>(changes: Record<string, unknown>, use: (directory: string) => Promise<T>): Promise<T> {
    const directory = join(files.directory, "..", `changed-${Math.random()}`);
    cpSync(files.directory, directory, { recursive: true });
    for (const [name, content] of Object.entries(changes)) {
      const path = join(directory, name);
      if (content === null) rmSync(path);
      else if (typeof content === "string") renameSync(path, join(directory, content));
      else writeFileSync(path, JSON.stringify(content));
    }
    return use(directory);
  }

  test("says what it serves: the format by the template, the context, the markers", async () => {
    const [served] = await engine.models();
    expect(served).toMatchObject({ id: model, contextLength: 2048, format: { name: "hermes" } });
    for (const marker of ["<think>", "<tool_call>", "</tool_call>"])
      expect([...served!.specialTokens!.values()]).toContain(marker);
  });

  test("has the prompts and the answers of the demo engine, which runs the same weights", async () => {
    let same = 0;
    // On one sequence, so that each turn goes on behind what it shares with the one before.
    const single = await onnxEngine({ model: files.directory, library, sequences: 1 });
    const questions = cities.flatMap((city) => [`What is the weather in ${city}?`, `Hello, I live in ${city}.`]);
    for (const [index, question] of questions.entries()) {
      const request = await turn(question);
      const ids = await engine.tokenizer!.promptTokens(request, new AbortController().signal);
      expect(ids).toEqual(
        demo.encodePrompt([user(question)] as any, { addGenerationPrompt: true, enableThinking: false }),
      );
      const expected: number[] = [];
      for await (const step of demo.generate(ids, { sampling: { temperature: 0, maxTokens: 60 } }))
        expected.push(...step.ids);
      const { tokens, cached } = await answer(request, single);
      expect(cached).toBeGreaterThanOrEqual(index === 0 ? 0 : 3);
      if (JSON.stringify(tokens) === JSON.stringify(expected)) same++;
    }
    await single.close!();
    console.info(`the same answer to ${same} of ${questions.length} questions`);
    expect(same).toBeGreaterThanOrEqual(0.9 * questions.length);
  });

  test("what spells a control token in a message stays text", async () => {
    const signal = new AbortController().signal;
    const [end] = await engine.tokenizer!.encode(
      { ...(await turn("")), text: "<|im_end|>", addSpecialTokens: false },
      signal,
    );
    const count = async (text: string): Promise<number> =>
      (await engine.tokenizer!.promptTokens(await turn(text), signal)).filter((id) => id === end).length;
    expect(await count("<|im_end|>")).toBe(await count("Hello"));
  });

  test(
    "a required call holds a hundred times, at a temperature that knows no sense, four at once",
    { timeout: 300_000 },
    async () => {
      const { client } = await startGateway(kept());
      const validate = new Map(
        tools.map(({ function: { name, parameters } }) => [name, ajv.compile(parameters as object)]),
      );
      let calls = 0;
      const worker = async (first: number): Promise<void> => {
        for (let seed = first; seed < 100; seed += 4) {
          const completion = await client.chat.completions.create({
            ...ask,
            messages: [user(`What is the weather in ${cities[seed % cities.length]}?`)],
            tools: tools.map((tool) => ({ ...tool, function: { ...tool.function, strict: true } })),
            tool_choice: "required",
            temperature: 2,
            seed,
            max_tokens: 600,
          });
          const [choice] = completion.choices;
          // Only the limit of tokens may have ended it before the call did.
          if (choice?.finish_reason === "length") continue;
          expect(choice?.finish_reason).toBe("tool_calls");
          for (const call of choice!.message.tool_calls!) {
            const { name, arguments: text } = (call as any).function;
            expect(validate.get(name)?.(JSON.parse(text)), text).toBe(true);
            calls++;
          }
        }
      };
      await Promise.all([0, 1, 2, 3].map(worker));
      expect(calls).toBeGreaterThanOrEqual(90);
    },
  );

  test("turns at once say what each says alone, those that wait for a sequence too", async () => {
    const requests = await Promise.all(cities.slice(0, 6).map((city) => turn(`What is the weather in ${city}?`)));
    const alone: string[] = [];
    for (const request of requests) alone.push((await answer(request)).text);
    const together = await Promise.all(requests.map((request) => answer(request)));
    expect(together.map(({ text }) => text)).toEqual(alone);
  });

  test("a tool loop, with usage and what was read already", async () => {
    const { client } = await startGateway(kept());
    const messages: any[] = [user("What is the weather in Paris?")];
    const first = await client.chat.completions.create({ ...ask, messages, tools });
    expect(first.choices[0]?.finish_reason).toBe("tool_calls");
    const call = first.choices[0]!.message.tool_calls![0] as any;
    expect(JSON.parse(call.function.arguments)).toMatchObject({ city: "Paris" });
    messages.push(first.choices[0]!.message, { role: "tool", tool_call_id: call.id, content: '{"sky": "clear"}' });
    const second = await client.chat.completions.create({ ...ask, messages, tools });
    expect(second.choices[0]?.message.content).toBeTruthy();
    expect(second.usage!.prompt_tokens).toBeGreaterThan(first.usage!.prompt_tokens);
    expect(second.usage?.prompt_tokens_details?.cached_tokens).toBeGreaterThan(30);
  });

  test("a seed says the same again, and another one something else", async () => {
    const drawn = async (seed: number): Promise<string> =>
      (await answer(await turn("Hello", { temperature: 1.5, top_p: 0.9, top_k: 200, seed, max_tokens: 30 }))).text;
    expect(await drawn(1)).toBe(await drawn(1));
    expect(new Set(await Promise.all([1, 2, 3, 4].map(drawn))).size).toBeGreaterThan(1);
  });

  test("samples as generation_config.json says where the request does not", async () => {
    const config = { do_sample: true, temperature: 5, eos_token_id: [0, 2] };
    await withFiles({ "generation_config.json": config }, async (directory) => {
      const wild = await onnxEngine({ model: directory, library });
      const greedy = (await answer(await turn("Hello"), wild)).text;
      expect(greedy).toBe((await answer(await turn("Hello"))).text);
      const drawn = await turn("Hello", { max_tokens: 60, seed: 1 });
      expect((await answer(drawn)).text).toBe(greedy);
      expect((await answer(drawn, wild)).text).not.toBe(greedy);
      await wild.close!();
    });
  });

  test("tells the log probabilities of the model, as the demo engine does", async () => {
    const told = async (by: Engine, id: string): Promise<readonly any[]> => {
      const { client } = await startGateway(by);
      const messages = [user("What is the weather in Paris?")];
      const completion = await client.chat.completions.create({
        ...ask,
        model: id,
        messages,
        logprobs: true,
        top_logprobs: 3,
      } as any);
      return (completion as any).choices[0].logprobs.content;
    };
    const ours = await told(kept(), model);
    const theirs = await told(await demoEngine(), "glossa-demo");
    expect(ours.length).toBeGreaterThan(3);
    expect(ours.map(({ token }) => token)).toEqual(theirs.map(({ token }) => token));
    for (const [index, { logprob, top_logprobs: top }] of ours.entries()) {
      expect(logprob).toBeCloseTo(theirs[index].logprob, 3);
      expect(top.map(({ token }: any) => token)).toEqual(theirs[index].top_logprobs.map(({ token }: any) => token));
    }
  });

  test("biases and penalties bear on what is written", async () => {
    const greedy = await answer(await turn("Hello"));
    const [first] = greedy.tokens;
    const banned = await answer(
      await turn("Hello", { temperature: 0, max_tokens: 60, logit_bias: { [first!]: -100 } }),
    );
    expect(banned.tokens[0]).not.toBe(first);
    const penalised = await answer(await turn("Hello", { temperature: 0, max_tokens: 60, repetition_penalty: 3 }));
    expect(penalised.tokens).not.toEqual(greedy.tokens);
  });

  test("an empty prompt is refused", async () => {
    const { send } = await startGateway(kept());
    const refused = await send("/v1/completions", { model, prompt: "" });
    expect(refused.status).toBe(400);
    expect((await refused.json()).error).toMatchObject({ param: "prompt", message: "The prompt has no tokens." });
  });

  test("the limit of tokens is exact", async () => {
    const { client } = await startGateway(kept());
    const cut = await client.chat.completions.create({ ...ask, messages: [user("Hello")], max_tokens: 3 });
    expect(cut.choices[0]?.finish_reason).toBe("length");
    expect(cut.usage?.completion_tokens).toBe(3);
  });

  test("other tasks run between two tokens, and between two batches of a prompt", async () => {
    let tasks = 0;
    const ended = new AbortController();
    const others = (async () => {
      for (; !ended.signal.aborted; tasks++) await nextTask();
    })();
    const { tokens } = await answer(await turn("Hello ".repeat(250)));
    ended.abort();
    await others;
    // The library hands each run to the event loop, and a prompt of 600 tokens and more makes three batches at least.
    expect(tasks).toBeGreaterThanOrEqual(tokens.length + 2);
  });

  test("an abort ends a turn, also one that waits, and gives its sequence back", async () => {
    const long = await turn("Hello");
    for (let round = 0; round < 8; round++) {
      const left = new AbortController();
      const turns = Array.from({ length: 6 }, async () => {
        for await (const pieces of engine.generate(long, left.signal))
          if ([pieces].flat().some(({ type }) => type === "text")) left.abort();
      });
      const ended = await Promise.allSettled(turns);
      expect(ended.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "rejected"));
    }
    expect((await answer(long)).text).not.toBe("");
  });

  test("whoever stops reading gives the sequence back as well", async () => {
    const request = await turn("Hello");
    for (let left = 0; left < 5; left++)
      for await (const pieces of engine.generate(request, new AbortController().signal))
        if ([pieces].flat().some(({ type }) => type === "text")) break;
    expect((await answer(request)).text).not.toBe("");
  });

  test("the only file there is is taken, and of several the one that is asked for", async () => {
    await withFiles({ "onnx/model.onnx": "onnx/model_q4.onnx" }, async (directory) => {
      const only = await onnxEngine({ model: directory, library });
      expect((await answer(await turn("Hello"), only)).text).toBe((await answer(await turn("Hello"))).text);
      await only.close!();
      await expect(onnxEngine({ model: directory, library, dtype: "int8" })).rejects.toThrow(
        `${directory}: has no weights of dtype int8 in onnx/, but those of dtype q4`,
      );
      cpSync(join(directory, "onnx/model_q4.onnx"), join(directory, "onnx/model_quantized.onnx"));
      await expect(onnxEngine({ model: directory, library })).rejects.toThrow(
        "has no weights of dtype fp32 in onnx/, but those of dtype q4, q8",
      );
      const chosen = await onnxEngine({ model: directory, library, dtype: "q8" });
      await chosen.close!();
    });
  });

  test("files that are no model are told by their names", async () => {
    await withFiles({ "onnx/model.onnx": null }, (directory) =>
      expect(onnxEngine({ model: directory, library })).rejects.toThrow(
        `${directory}: has no weights of dtype fp32 in onnx/, but none`,
      ),
    );
    await withFiles({ "onnx/model.onnx": { no: "model" } }, (directory) =>
      expect(onnxEngine({ model: directory, library })).rejects.toThrow(`${directory} can't be run: `),
    );
    await withFiles({ "config.json": null }, (directory) =>
      expect(onnxEngine({ model: directory, library })).rejects.toThrow(/changed-.* can't be run: .*config\.json/),
    );
    await withFiles({ "chat_template.jinja": null }, (directory) =>
      expect(onnxEngine({ model: directory, library })).rejects.toThrow("has no chat template"),
    );
  });
});

test("a directory that is none is told by its name", async () => {
  await expect(onnxEngine({ model: "/nowhere", library: {} as TransformersJs })).rejects.toThrow("/nowhere");
});
