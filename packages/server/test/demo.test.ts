import { compileGrammar } from "@glossa/grammar";
import { beforeAll, expect, test } from "vitest";
import { banner, demoEngine, type Engine } from "@glossa/server";
import { eventsOf, startGateway, timeTool, user, weatherTool } from "./gateway.ts";

let engine: Engine;
let model: string;

/** Without reasoning first: it is the constraint that is looked at. */
let unthinking: { model: string; reasoning_effort: "none" };

beforeAll(async () => {
  engine = await demoEngine();
  model = (await engine.models())[0]!.id;
  unthinking = { model, reasoning_effort: "none" };
});

test("it says what it is: in the model list, the banner and the fingerprint", async () => {
  const { client, server } = await startGateway(engine);
  const [listed] = (await client.models.list()).data;
  expect(listed).toMatchObject({ id: model, owned_by: "glossa", description: expect.stringContaining("demo model") });
  expect(banner(server, await engine.models())).toContain("demo model");
  const answer = await client.chat.completions.create({ model, messages: [user("Hello!")], max_tokens: 4 });
  expect(answer.system_fingerprint).toContain("demo");
});

test("a tool loop: call, result, answer", async () => {
  const { client } = await startGateway(engine);
  const question = user("What is the weather in Paris?");
  const first = await client.chat.completions.create({ model, messages: [question], tools: [weatherTool, timeTool] });
  const [choice] = first.choices;
  expect(choice?.finish_reason).toBe("tool_calls");
  const [call] = choice?.message.tool_calls ?? [];
  expect(call).toMatchObject({ type: "function", function: { name: "get_weather" } });
  expect(JSON.parse((call as any).function.arguments)).toMatchObject({ city: "Paris" });
  expect(first.usage?.prompt_tokens).toBeGreaterThan(10);
  expect(first.usage?.completion_tokens).toBeGreaterThan(5);

  const result = { role: "tool" as const, tool_call_id: call!.id, content: '{"sky": "clear", "celsius": 21}' };
  const second = await client.chat.completions.create({
    model,
    messages: [question, choice!.message, result],
    tools: [weatherTool, timeTool],
    tool_choice: "none",
    max_tokens: 200,
  });
  expect(second.choices[0]?.message.content).toBeTruthy();
  expect(second.choices[0]?.message.tool_calls).toBeUndefined();
});

test("runTools runs it over a stream", async () => {
  const { client } = await startGateway(engine);
  const runner = client.chat.completions.runTools({
    model,
    stream: true,
    // A tiny model may ramble; what it says is not looked at.
    max_tokens: 120,
    messages: [user("What is the weather in Paris?")],
    tools: [
      {
        type: "function",
        function: {
          ...weatherTool.function,
          parameters: weatherTool.function.parameters as never,
          parse: JSON.parse as (text: string) => { city: string },
          function: ({ city }: { city: string }) => `In ${city} the sky is clear.`,
        },
      },
    ],
  });
  expect(await runner.finalContent()).toBeTruthy();
  expect(runner.messages.map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant"]);
});

test("the same seed gives the same answer, streamed or not", async () => {
  const { client } = await startGateway(engine);
  const request = { model, messages: [user("Tell me something.")], temperature: 1, seed: 5, max_tokens: 40 };
  const plain = await client.chat.completions.create(request);
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  expect(streamed.choices[0]?.message.content).toBe(plain.choices[0]?.message.content);
});

const orders = {
  type: "object",
  properties: {
    orderId: { type: "string", pattern: "^[A-Z]{2}-[0-9]{4}$" },
    priority: { enum: ["low", "high"] },
    lines: {
      type: "array",
      minItems: 1,
      maxItems: 3,
      items: {
        type: "object",
        properties: { sku: { type: "string", maxLength: 12 }, quantity: { type: "integer", minimum: 1, maximum: 20 } },
        required: ["sku", "quantity"],
        additionalProperties: false,
      },
    },
  },
  required: ["orderId", "priority", "lines"],
  additionalProperties: false,
};

test("any schema gets a valid call: a required one, a named one, and an answer by the schema", async () => {
  const { client, post } = await startGateway(engine);
  const tools = [{ type: "function" as const, function: { name: "place_order", parameters: orders } }, weatherTool];
  const messages = [user("Order two lamps, and hurry.")];
  const grammar = compileGrammar({ jsonSchema: orders });
  const named = { type: "function" as const, function: { name: "place_order" } };
  for (const tool_choice of [named, "required" as const]) {
    const offered = tool_choice === "required" ? tools.slice(0, 1) : tools;
    const answer = await client.chat.completions.create({ ...unthinking, messages, tools: offered, tool_choice });
    expect(answer).not.toHaveProperty("glossa");
    expect(answer.choices[0]?.finish_reason).toBe("tool_calls");
    for (const call of answer.choices[0]?.message.tool_calls ?? []) {
      const { name, arguments: text } = (call as any).function;
      expect(name).toBe("place_order");
      expect(grammar.explain(JSON.stringify(JSON.parse(text)))).toEqual({ ok: true });
    }
  }
  const response_format = { type: "json_schema", json_schema: { name: "order", schema: orders, strict: true } };
  const events = await eventsOf(await post({ ...unthinking, messages, response_format, stream: true }));
  const text = events.flatMap((event) => event.choices?.[0]?.delta.content ?? []).join("");
  expect(grammar.explain(JSON.stringify(JSON.parse(text)))).toEqual({ ok: true });
});

test("several conversations at once don't disturb one another", async () => {
  const { client } = await startGateway(engine);
  const cities = ["Paris", "Oslo", "Lima"];
  const ask = async (city: string): Promise<string> => {
    const messages = [user(`What is the weather in ${city}?`)];
    const request = { ...unthinking, messages, tools: [weatherTool], tool_choice: "required" as const };
    const answer = await client.chat.completions.stream(request).finalChatCompletion();
    return JSON.stringify(answer.choices[0]?.message.tool_calls?.map((call: any) => call.function.arguments));
  };
  const alone: string[] = [];
  for (const city of cities) alone.push(await ask(city));
  expect(await Promise.all(cities.map(ask))).toEqual(alone);
});

test("a client that leaves stops the model", async () => {
  const { client, post } = await startGateway(engine);
  const stream = await client.chat.completions.create({
    model,
    messages: [user("Say something long.")],
    stream: true,
    ...({
      response_format: {
        type: "json_schema",
        json_schema: { name: "long", schema: { type: "string", minLength: 3000 } },
      },
    } as object),
  });
  for await (const event of stream) {
    if (event.choices[0]?.delta.content) break;
  }
  const answer = await post({ model, messages: [user("Hi")], max_tokens: 2 });
  expect(answer.status).toBe(200);
});

test("biases and penalties change what is written", async () => {
  const { client } = await startGateway(engine);
  const ask = { ...unthinking, messages: [user("Hello!")], temperature: 0, max_tokens: 24 };
  const text = async (more: object): Promise<string> => {
    const answer = await client.chat.completions.create({ ...ask, ...more, stream: false });
    return answer.choices[0]?.message.content ?? "";
  };
  const plain = await text({});
  const signal = new AbortController().signal;
  const [served] = await engine.models();
  const encode = { model: served!, text: plain, addSpecialTokens: false };
  const [first] = await engine.tokenizer!.encode(encode, signal);
  const without = await text({ logit_bias: { [first!]: -100 } });
  expect(without.slice(0, 4)).not.toBe(plain.slice(0, 4));
  expect(await text({ repetition_penalty: 2 })).not.toBe(plain);
  expect(await text({ frequency_penalty: -2, presence_penalty: -2, max_tokens: 60 })).not.toBe(plain);
  // With a temperature, what is far less likely than the likeliest never comes.
  expect(await text({ temperature: 1.5, min_p: 1 })).toBe(plain);
});
