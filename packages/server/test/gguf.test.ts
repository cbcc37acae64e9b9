import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadDemoEngine, type DemoEngine } from "@glossa/demo-engine";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ggufEngine,
  type Engine,
  type GenerateRequest,
  type NodeLlamaCpp,
  type Piece,
  type Sampling,
} from "@glossa/server";
import { startGateway, timeTool, user, weatherTool } from "./gateway.ts";
import { demoModel } from "./llama-server.ts";

const installed = fileURLToPath(new URL("node-llama-cpp/node_modules/node-llama-cpp/dist/index.js", import.meta.url));
const missing = existsSync(installed) ? "" : " (skipped: npm run node-llama-cpp has not been run)";
if (missing !== "") console.info(`the tests with node-llama-cpp are skipped: npm run node-llama-cpp has not been run`);

const tools = [weatherTool, timeTool];
const ajv = new Ajv();
const cities = ["Paris", "Tokyo", "New York", "Oslo", "Lima", "Cairo", "Rome", "Berlin", "Madrid", "Sydney"];

describe.skipIf(missing !== "")(`a GGUF file in this process${missing}`, () => {
  let engine: Engine;
  let demo: DemoEngine;
  beforeAll(async () => {
    const library = (await import(installed)) as NodeLlamaCpp;
    engine = await ggufEngine({ model: demoModel, library, gpu: false, contextLength: 1024 });
    demo = await loadDemoEngine();
  }, 120_000);
  afterAll(() => engine?.close?.());

  /** A gateway closes its engine, and this one serves the next test too. */
  const kept = (): Engine => ({ ...engine, close: () => Promise.resolve() });

  const model = "glossa-demo.Q8_0";
  const ask = { model, temperature: 0, max_tokens: 200, chat_template_kwargs: { enable_thinking: false } };

  async function turn(text: string): Promise<GenerateRequest> {
    return {
      model: (await engine.models())[0]!,
      messages: [user(text)],
      tools: [],
      toolChoice: "auto",
      parallelToolCalls: true,
      responseFormat: { type: "text" },
      sampling: { temperature: 0, max_tokens: 60 },
      templateVariables: { enable_thinking: false },
      mayBeCut: false,
    };
  }

  async function answer(request: GenerateRequest): Promise<{ text: string; tokens: number[] }> {
    const pieces: Piece[] = [];
    for await (const piece of engine.generate(request, new AbortController().signal)) pieces.push(...[piece].flat());
    const texts = pieces.filter((piece) => piece.type === "text");
    return { text: texts.map(({ text }) => text).join(""), tokens: texts.flatMap(({ tokens = [] }) => tokens) };
  }

  test("says what it serves: the format by the template, the context, the markers", async () => {
    const [served] = await engine.models();
    expect(served).toMatchObject({ id: model, contextLength: 1024, format: { name: "hermes" } });
    for (const marker of ["<think>", "<tool_call>", "</tool_call>"])
      expect([...served!.specialTokens!.values()]).toContain(marker);
  });

  test("has the prompts and the answers of the demo engine, which runs the same weights in eight bits of its own", async () => {
    let same = 0;
    const questions = cities.flatMap((city) => [`What is the weather in ${city}?`, `Hello, I live in ${city}.`]);
    for (const question of questions) {
      const request = await turn(question);
      const ids = await engine.tokenizer!.promptTokens(request, new AbortController().signal);
      expect(ids).toEqual(
        demo.encodePrompt([user(question)] as any, { addGenerationPrompt: true, enableThinking: false }),
      );
      const expected: number[] = [];
      for await (const step of demo.generate(ids, { sampling: { temperature: 0, maxTokens: 60 } }))
        expected.push(...step.ids);
      const { tokens } = await answer(request);
      if (JSON.stringify(tokens) === JSON.stringify(expected)) same++;
    }
    console.info(`the same answer to ${same} of ${questions.length} questions`);
    expect(same).toBeGreaterThanOrEqual(0.8 * questions.length);
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
    const together = await Promise.all(requests.map(answer));
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

  test(
    "biases and penalties do what they do in the demo engine, whose sampler goes by their definitions",
    { timeout: 300_000 },
    async () => {
      const samplings = [
        { logit_bias: { 300: 5, 301: -100 }, frequency_penalty: 1, presence_penalty: 0.5 },
        { repetition_penalty: 1.3 },
        { repetition_penalty: 1.2, logit_bias: { 300: 5 }, frequency_penalty: -0.5 },
      ];
      let same = 0;
      let changed = 0;
      for (const sampling of samplings) {
        for (const city of cities) {
          const plain = await turn(`Hello, I live in ${city}.`);
          const request = { ...plain, sampling: { ...plain.sampling, ...sampling } };
          const ids = await engine.tokenizer!.promptTokens(request, new AbortController().signal);
          const expected: number[] = [];
          const { logit_bias, frequency_penalty, presence_penalty, repetition_penalty } = request.sampling as Sampling;
          const steps = demo.generate(ids, {
            sampling: {
              maxTokens: 60,
              logitBias: new Map(Object.entries(logit_bias ?? {}).map(([id, bias]) => [Number(id), bias])),
              frequencyPenalty: frequency_penalty ?? 0,
              presencePenalty: presence_penalty ?? 0,
              repetitionPenalty: repetition_penalty ?? 1,
            },
          });
          for await (const step of steps) expected.push(...step.ids);
          const { tokens } = await answer(request);
          if (JSON.stringify(tokens) === JSON.stringify(expected)) same++;
          if (JSON.stringify(tokens) !== JSON.stringify((await answer(plain)).tokens)) changed++;
        }
      }
      console.info(
        `with biases and penalties, the same answer ${same} times of ${3 * cities.length}, ${changed} of them changed`,
      );
      expect(same).toBeGreaterThanOrEqual(0.7 * 3 * cities.length);
      expect(changed).toBeGreaterThan(10);
    },
  );

  test("a required call holds under a repetition penalty", async () => {
    const { client } = await startGateway(kept());
    for (let seed = 0; seed < 10; seed++) {
      const completion = await client.chat.completions.create({
        ...ask,
        ...({ repetition_penalty: 1.5, min_p: 0.05 } as object),
        messages: [user(`What is the weather in ${cities[seed]}?`)],
        tools,
        tool_choice: "required",
        frequency_penalty: 0.5,
        temperature: 1,
        seed,
        max_tokens: 600,
        stream: false,
      });
      const [choice] = completion.choices;
      if (choice?.finish_reason === "length") continue;
      expect(choice?.finish_reason).toBe("tool_calls");
    }
  });

  test("log probabilities are those of what was sampled from: greedily the model's own", async () => {
    const { client } = await startGateway(kept());
    const request = { ...ask, messages: [user("Hello, I live in Paris.")], max_tokens: 30, stream: false as const };
    const plain = await client.chat.completions.create(request);
    const { choices } = await client.chat.completions.create({ ...request, logprobs: true, top_logprobs: 3 });
    const told = choices[0]!.logprobs!.content!;
    expect(choices[0]!.message.content).toBe(plain.choices[0]!.message.content);
    expect(told.map(({ token }) => token).join("")).toBe(plain.choices[0]!.message.content);

    const idOf = new Map(
      Array.from({ length: demo.vocabularySize }, (_, id) => [String([...demo.tokenBytes(id)]), id]),
    );
    const ids = told.map(({ bytes }) => idOf.get(String(bytes))!);
    const turned = await turn("Hello, I live in Paris.");
    const prompt = await engine.tokenizer!.promptTokens(turned, new AbortController().signal);
    for (const [index, logits] of demo.logits([...prompt, ...ids.slice(0, -1)], ids.length).entries()) {
      const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
      const { logprob, top_logprobs: top } = told[index]!;
      expect(Math.exp(logprob)).toBeCloseTo(Math.exp(logits[ids[index]!]!) / sum, 1);
      expect(top).toHaveLength(3);
      expect(top[0]!.logprob).toBe(logprob);
      expect(top[0]!.token).toBe(told[index]!.token);
    }
  });

  test("log probabilities at a temperature and under a grammar: whole distributions, of what may come", async () => {
    const { client } = await startGateway(kept());
    const request = { ...ask, messages: [user("Hello!")], logprobs: true, top_logprobs: 20, stream: false as const };
    const answer = (more: object): Promise<any> => client.chat.completions.create({ ...request, ...more });
    const drawn = async (seed: number): Promise<string> =>
      (await answer({ temperature: 1.5, top_k: 5, seed })).choices[0].message.content;
    expect(await drawn(3)).toBe(await drawn(3));
    expect(new Set([await drawn(1), await drawn(2), await drawn(3), await drawn(4)]).size).toBeGreaterThan(1);

    const cut = await answer({ temperature: 1.5, top_k: 5, seed: 3 });
    for (const { top_logprobs: top } of cut.choices[0].logprobs.content) {
      expect(top.length).toBeLessThanOrEqual(5);
      expect(top.reduce((sum: number, { logprob }: any) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 3);
    }
    const held = await answer({ response_format: { type: "json_object" } });
    const [first] = held.choices[0].logprobs.content;
    expect(first.token.startsWith("{")).toBe(true);
    const sum = first.top_logprobs.reduce((all: number, { logprob }: any) => all + Math.exp(logprob), 0);
    expect(first.top_logprobs.every(({ token }: any) => /^\s*\{?/.exec(token)![0] !== "")).toBe(true);
    expect(sum).toBeCloseTo(1, 2);
  });

  test("the limit of tokens is exact", async () => {
    const { client } = await startGateway(kept());
    const cut = await client.chat.completions.create({ ...ask, messages: [user("Hello")], max_tokens: 3 });
    expect(cut.choices[0]?.finish_reason).toBe("length");
    expect(cut.usage?.completion_tokens).toBe(3);
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
});

test("a file that is none is told by its name", async () => {
  const library = {} as NodeLlamaCpp;
  await expect(ggufEngine({ model: "/nowhere/x.gguf", library })).rejects.toThrow("/nowhere/x.gguf");
});
