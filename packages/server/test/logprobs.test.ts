import { createOpenAI } from "@ai-sdk/openai";
import { loadDemoEngine, type DemoEngine } from "@glossa/demo-engine";
import { demoEngine, type Engine, type TokenLogprob } from "@glossa/server";
import { generateText, streamText } from "ai";
import { beforeAll, describe, expect, test } from "vitest";
import { eventsOf, namedEventsOf, scriptedEngine, startGateway, user, weatherTool } from "./gateway.ts";

const token = (text: string, logprob: number, top: readonly (readonly [string, number])[] = []): TokenLogprob => {
  const bytes = (one: string): number[] => [...new TextEncoder().encode(one)];
  const likeliest = top.map(([other, value]) => ({ token: other, logprob: value, bytes: bytes(other) }));
  return { token: text, logprob, bytes: bytes(text), top: likeliest };
};

/** Writes these tokens, one at a time; the format is Qwen3's. */
function writing(...tokens: readonly TokenLogprob[]): Engine {
  const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* () {
    for (const each of tokens) yield { type: "text", text: each.token, logprobs: [each] };
    return { reason: "stop", usage: { promptTokens: 3, completionTokens: tokens.length } };
  });
  return { ...engine, capabilities: { ...engine.capabilities, logprobs: true } };
}

const thought = [token("<think>", -1), token("Hm.", -2), token("</think>", -3), token("\n\n", -4)];
const called = [
  token("<tool_call>", -8),
  token('\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n', -9),
  token("</tool_call>", -10),
];
const ask = { model: "m", messages: [user("?")], logprobs: true };

describe("Chat Completions", () => {
  test("tell the tokens of the content, and neither reasoning's nor markup's nor a call's", async () => {
    const engine = writing(
      ...thought,
      token("It", -5, [
        ["It", -5],
        ["I", -6],
      ]),
      token(" is", -6),
      ...called,
    );
    const { client, post } = await startGateway(engine);
    const request = { ...ask, top_logprobs: 2, tools: [weatherTool] };
    const [choice] = (await client.chat.completions.create(request)).choices;
    expect(choice?.message).toMatchObject({ content: "It is", tool_calls: [{ function: { name: "get_weather" } }] });
    const content = [
      {
        token: "It",
        logprob: -5,
        bytes: [73, 116],
        top_logprobs: [
          { token: "It", logprob: -5, bytes: [73, 116] },
          { token: "I", logprob: -6, bytes: [73] },
        ],
      },
      { token: " is", logprob: -6, bytes: [32, 105, 115], top_logprobs: [] },
    ];
    expect(choice?.logprobs).toEqual({ content, refusal: null });

    const events = await eventsOf(await post({ ...request, stream: true }));
    const told = events.flatMap(
      ({ choices }) => choices?.map((each: any) => [each.delta.content ?? "", each.logprobs]) ?? [],
    );
    // Every chunk has the field, as OpenAI's have, and those with content have its tokens.
    expect(told.every(([text, logprobs]) => (text === "") === (logprobs === null))).toBe(true);
    expect(told.flatMap(([, logprobs]) => logprobs?.content ?? [])).toEqual(content);
    const gathered = await client.chat.completions.stream(request).finalChatCompletion();
    expect(gathered.choices[0]?.logprobs?.content).toEqual(content);
  });

  test("say nothing of it where nobody asks, and an empty list for an answer of calls alone", async () => {
    const { client, post } = await startGateway(writing(token("Hi", -1)));
    const request = { model: "m", messages: [user("?")] };
    expect((await client.chat.completions.create(request)).choices[0]?.logprobs).toBeNull();
    const events = await eventsOf(await post({ ...request, stream: true }));
    expect(events.some(({ choices }) => choices?.some((each: any) => "logprobs" in each))).toBe(false);

    const { client: calling } = await startGateway(writing(...called));
    const answer = await calling.chat.completions.create({ ...ask, tools: [weatherTool] });
    expect(answer.choices[0]).toMatchObject({ message: { content: null }, logprobs: { content: [], refusal: null } });
    expect((answer as any).glossa).toBeUndefined();
  });

  test("end where a stop sequence ends the text; a token of both stays", async () => {
    const engine = writing(token("One", -1), token(" tw", -2), token("o E", -3), token("ND", -4), token(" more", -5));
    const { client } = await startGateway(engine);
    for (const stop_scope of ["content", "output"]) {
      const request = { ...ask, stop: "END", stop_scope };
      const [choice] = (await client.chat.completions.create(request)).choices;
      expect(choice?.message.content).toBe("One two ");
      expect(choice?.logprobs?.content?.map(({ token }) => token)).toEqual(["One", " tw", "o E"]);
    }
    const [whole] = (await client.chat.completions.create({ ...ask, stop: "EX" })).choices;
    expect(whole?.logprobs?.content).toHaveLength(5);
  });

  test("have those of each answer where there are several, gathered or not", async () => {
    const { client } = await startGateway(writing(token("a", -1), token("b", -2)), { coalesceMs: 20 });
    const request = { ...ask, n: 2 };
    const answer = await client.chat.completions.create(request);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    for (const { choices } of [answer, streamed]) {
      expect(choices.map(({ logprobs }) => logprobs?.content?.map(({ logprob }) => logprob))).toEqual([
        [-1, -2],
        [-1, -2],
      ]);
    }
  });

  test("take a token that may never come as very unlikely: JSON has no infinity", async () => {
    const { client } = await startGateway(writing(token("a", -Infinity, [["b", -Infinity]])));
    const [choice] = (await client.chat.completions.create({ ...ask, top_logprobs: 1 })).choices;
    expect(choice?.logprobs?.content?.[0]).toMatchObject({ logprob: -9999, top_logprobs: [{ logprob: -9999 }] });
  });

  test.each([
    [{ top_logprobs: 3, logprobs: false }, "top_logprobs"],
    [{ top_logprobs: 21 }, "top_logprobs"],
    [{ top_logprobs: -1 }, "top_logprobs"],
    [{ top_logprobs: 1.5 }, "top_logprobs"],
    [{ logprobs: 3 }, "logprobs"],
  ])("refuse %j", async (given, param) => {
    const { post } = await startGateway(writing(token("a", -1)));
    const response = await post({ ...ask, ...given });
    expect(response.status).toBe(400);
    expect((await response.json()).error.param).toBe(param);
  });
});

describe("Completions", () => {
  const tokens = [
    token("<think>", -1, [["a", -0.5]]),
    token("né", -2, [["né", -2]]),
    token("👋", -3),
    token("!", -4, [["?", -1]]),
  ];

  test("tell all tokens in lists, the one that came among the likeliest, by their places in characters", async () => {
    const { client } = await startGateway(writing(...tokens));
    const request = { model: "m", prompt: "Once", logprobs: 1 };
    const { choices } = await client.completions.create(request);
    expect(choices[0]).toMatchObject({
      text: "<think>né👋!",
      logprobs: {
        tokens: ["<think>", "né", "👋", "!"],
        token_logprobs: [-1, -2, -3, -4],
        top_logprobs: [{ a: -0.5, "<think>": -1 }, { né: -2 }, { "👋": -3 }, { "?": -1, "!": -4 }],
        text_offset: [0, 7, 9, 10],
      },
    });
    const streamed: any[] = [];
    for await (const chunk of await client.completions.create({ ...request, stream: true }))
      streamed.push(...chunk.choices.map(({ logprobs }) => logprobs));
    expect(streamed.at(-1)).toBeNull();
    expect(streamed.flatMap((each) => each?.text_offset ?? [])).toEqual([0, 7, 9, 10]);
    expect(streamed.flatMap((each) => each?.top_logprobs ?? [])).toEqual(choices[0]?.logprobs?.top_logprobs);
  });

  test("refuse to echo with them: those of the prompt are not told", async () => {
    const { send } = await startGateway(writing(...tokens));
    const response = await send("/v1/completions", { model: "m", prompt: "Once", logprobs: 1, echo: true });
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatchObject({ param: "echo", code: "unsupported_parameter" });
  });
});

describe("Responses", () => {
  const half: TokenLogprob = { token: "\uFFFD", logprob: -6, bytes: null, top: [] };
  const engine = (): Engine => writing(...thought, token("It", -5, [["I", -0.1]]), half);

  test("tell them in the part, and in its events without the bytes", async () => {
    const { client, send } = await startGateway(engine());
    const request = { model: "m", input: "?", include: ["message.output_text.logprobs" as const], top_logprobs: 1 };
    const response = await client.responses.create(request);
    const message = response.output.find((item) => item.type === "message") as any;
    const logprobs = [
      { token: "It", logprob: -5, bytes: [73, 116], top_logprobs: [{ token: "I", logprob: -0.1, bytes: [73] }] },
      { token: "\uFFFD", logprob: -6, bytes: [239, 191, 189], top_logprobs: [] },
    ];
    expect(message.content[0]).toMatchObject({ text: "It\uFFFD", logprobs });
    expect(response).toMatchObject({ top_logprobs: 1 });

    const events = await namedEventsOf(await send("/v1/responses", { ...request, stream: true }));
    const bare = [
      { token: "It", logprob: -5, top_logprobs: [{ token: "I", logprob: -0.1 }] },
      { token: "\uFFFD", logprob: -6, top_logprobs: [] },
    ];
    const deltas = events.filter(({ type }) => type === "response.output_text.delta");
    expect(deltas.flatMap((event) => event.logprobs)).toEqual(bare);
    expect(events.find(({ type }) => type === "response.output_text.done").logprobs).toEqual(bare);
    expect(
      events.find(({ type, part }) => type === "response.content_part.done" && part.type === "output_text").part,
    ).toEqual(message.content[0]);
    const streamed = await client.responses.stream(request).finalResponse();
    expect((streamed.output.find((item) => item.type === "message") as any).content[0].logprobs).toEqual(logprobs);
  });

  test("by their number alone as well; without either there are none", async () => {
    const { client } = await startGateway(engine());
    const logprobs = async (more: object): Promise<any[]> => {
      const { output } = await client.responses.create({ model: "m", input: "?", stream: false, ...more });
      return (output.find((item) => item.type === "message") as any).content[0].logprobs;
    };
    expect((await logprobs({ top_logprobs: 1 })).map(({ top_logprobs }) => top_logprobs.length)).toEqual([1, 0]);
    expect(await logprobs({ include: ["message.output_text.logprobs"] })).toHaveLength(2);
    expect(await logprobs({})).toEqual([]);
    expect(await logprobs({ top_logprobs: 0 })).toEqual([]);
  });
});

describe("the AI SDK, which reads by strict schemas", () => {
  test.each(["chat", "responses"] as const)("has them from %s", async (endpoint) => {
    const { url } = await startGateway(writing(token("It", -5, [["I", -0.1]]), token(" is", -6, [[" is", -6]])));
    const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "none" });
    const request = { model: openai[endpoint]("m"), prompt: "?", providerOptions: { openai: { logprobs: 1 } } };
    const told = [
      { token: "It", logprob: -5 },
      { token: " is", logprob: -6 },
    ];
    const whole = await generateText(request);
    expect([whole.providerMetadata?.["openai"]?.["logprobs"]].flat(2)).toMatchObject(told);
    const stream = streamText(request);
    expect(await stream.text).toBe("It is");
    expect([(await stream.providerMetadata)?.["openai"]?.["logprobs"]].flat(2)).toMatchObject(told);
  });
});

describe("the demo engine", () => {
  let engine: Engine;
  let demo: DemoEngine;
  beforeAll(async () => {
    engine = await demoEngine();
    demo = await loadDemoEngine();
  });

  /** The log probabilities of each step, of all tokens, computed from the logits of the whole sequence. */
  function softmaxes(prompt: readonly number[], answer: readonly number[]): number[][] {
    return demo.logits([...prompt, ...answer.slice(0, -1)], answer.length).map((logits) => {
      const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
      return Array.from(logits, (logit) => logit - Math.log(sum));
    });
  }

  test.each([
    ["greedy", { temperature: 0 }],
    ["at a temperature", { temperature: 1.5, top_p: 0.9, seed: 4 }],
    ["with biases and penalties", { temperature: 0.5, seed: 4, repetition_penalty: 1.5, logit_bias: { 300: 6 } }],
    ["under a grammar", { temperature: 0, response_format: { type: "json_object" } as const, seed: 1 }],
  ])("tells the model's own softmax, %s", async (_name, sampling) => {
    const { client } = await startGateway(engine);
    const [model] = await engine.models();
    const messages = [user("Hello, I live in Paris.")];
    const signal = new AbortController().signal;
    const variables = { enable_thinking: false };
    const prompt = await engine.tokenizer!.promptTokens(
      { model: model!, messages, tools: [], templateVariables: variables },
      signal,
    );
    const answer = await client.chat.completions.create({
      model: model!.id,
      messages,
      max_tokens: 30,
      logprobs: true,
      top_logprobs: 4,
      ...({ chat_template_kwargs: variables } as object),
      ...sampling,
      stream: false,
    });
    const told = answer.choices[0]!.logprobs!.content!;
    const bytes = Uint8Array.from(told.flatMap(({ bytes: own }) => own!));
    expect(new TextDecoder().decode(bytes)).toBe(answer.choices[0]!.message.content);
    expect(told.length).toBeGreaterThan(3);

    // Tokens are told by their bytes; the vocabulary has each once.
    const idOf = new Map(
      Array.from({ length: demo.vocabularySize }, (_, id) => [String([...demo.tokenBytes(id)]), id]),
    );
    const ids = told.map(({ bytes: own }) => idOf.get(String(own))!);
    const steps = softmaxes(prompt, ids);
    for (const [index, { logprob, top_logprobs: top }] of told.entries()) {
      const step = steps[index]!;
      expect(logprob).toBeCloseTo(step[ids[index]!]!, 3);
      const likeliest = step.toSorted((one, other) => other - one).slice(0, 4);
      for (const [rank, each] of top.entries()) {
        expect(each.logprob).toBeCloseTo(likeliest[rank]!, 3);
        expect(each.logprob).toBeCloseTo(step[idOf.get(String(each.bytes))!]!, 3);
      }
      expect(top).toHaveLength(4);
    }
  });
});
