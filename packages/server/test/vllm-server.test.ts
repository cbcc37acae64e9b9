import { loadDemoEngine } from "@glossa/demo-engine";
import { vllmEngine, type Engine } from "@glossa/server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventsOf, startGateway, timeTool, user, weatherTool } from "./gateway.ts";
import { expectHeldAnswers, expectHeldCalls, heldCalls } from "./held-to-grammar.ts";
import { expectOwnLogprobs } from "./own-logprobs.ts";
import { startVllm, vllmCommand, type RunningVllm } from "./vllm-server.ts";

const tools = [weatherTool, timeTool];
const question = user("What is the weather in Paris?");
const model = "demo";
const ask = { model, temperature: 0, max_tokens: 200, chat_template_kwargs: { enable_thinking: false } };
const tool = (parameters: unknown): any => ({ type: "function", function: { ...weatherTool.function, parameters } });

const missing = vllmCommand === undefined ? " (skipped: GLOSSA_VLLM names no vllm command)" : "";
const startTimeout = 400_000;

describe.skipIf(missing !== "").each([
  ["its default backend", "xgrammar", []],
  ["xgrammar alone", "xgrammar", ["--structured-outputs-config.backend", "xgrammar"]],
  ["guidance", "guidance", ["--structured-outputs-config.backend", "guidance"]],
] as const)(`the real vLLM with %s${missing}`, (_, backend, argv) => {
  let server: RunningVllm;
  let engine: Engine;
  beforeAll(async () => {
    server = await startVllm(...argv);
    engine = vllmEngine({ url: server.url, format: "qwen3", backend });
  }, startTimeout);
  afterAll(() => server.stop(), 60_000);

  test("says what it serves: the version, the context, the markers that are tokens", async () => {
    const [served] = await engine.models();
    expect(served).toMatchObject({ id: model, owner: "vllm", contextLength: 2048, format: { name: "hermes" } });
    expect(served!.fingerprint).toMatch(/^vllm-\d/);
    const markers = ["<think>", "</think>", "<tool_call>", "</tool_call>"];
    expect([...served!.specialTokens!].toSorted()).toEqual(markers.map((marker, index) => [index + 3, marker]));
  });

  test("a tool loop, with usage", async () => {
    const { client } = await startGateway(engine);
    const first = await client.chat.completions.create({ ...ask, messages: [question], tools });
    const [choice] = first.choices;
    expect(choice?.finish_reason).toBe("tool_calls");
    expect(choice?.message.tool_calls).toMatchObject([{ function: { name: "get_weather" } }]);
    expect(first.usage!.prompt_tokens).toBeGreaterThan(60);
    expect(first.usage!.completion_tokens).toBeGreaterThan(15);
    const result = {
      role: "tool" as const,
      tool_call_id: choice!.message.tool_calls![0]!.id,
      content: '{"sky": "clear"}',
    };
    const messages = [question, choice!.message, result];
    const second = await client.chat.completions.create({ ...ask, messages, tools });
    expect(second.choices[0]?.message.content).toBeTruthy();
    expect(second.choices[0]?.message.tool_calls).toBeUndefined();
  });

  test("it renders the prompt that the model's own engine has", async () => {
    const demo = await loadDemoEngine();
    const { send } = await startGateway(engine);
    const options = { tools: [weatherTool], enableThinking: false, addGenerationPrompt: true };
    const ids = demo.encodePrompt([question] as never, options as never);
    const body = {
      model,
      messages: [question],
      tools: [weatherTool],
      chat_template_kwargs: { enable_thinking: false },
    };
    expect((await (await send("/tokenize", body)).json()).tokens).toEqual([...ids]);
  });

  test("reasoning is told from the call, streamed as well", async () => {
    const { client } = await startGateway(engine);
    const request = { model, temperature: 0, messages: [question], tools };
    const answer = (await client.chat.completions.create(request)).choices[0]!;
    expect((answer.message as any).reasoning_content).toBeTruthy();
    expect((answer.message as any).reasoning_content).not.toContain("think>");
    expect(answer.message.tool_calls).toHaveLength(1);
    const streamed = (await client.chat.completions.stream(request).finalChatCompletion()).choices[0]!;
    expect(streamed.finish_reason).toBe("tool_calls");
    expect(streamed.message.tool_calls?.[0]).toMatchObject({ function: { name: "get_weather" } });
  });

  test.each(heldCalls)(
    "calls that are %s keep to the grammar, hot or cold, with reasoning and without",
    (name, extra) => expectHeldCalls(engine, name, extra),
  );

  test("an answer keeps to its schema, a pattern, a list of choices, a grammar", () => expectHeldAnswers(engine));

  test("a tool's schema that the server's grammar can't hold is told of, an answer's or a strict tool's is refused by name", async () => {
    const { post } = await startGateway(engine);
    // xgrammar has no word boundaries in patterns, guidance none of these at all.
    const parameters = { type: "object", properties: { city: { type: "string", pattern: "\\bx(?=y)" } } };
    for (const stream of [false, true]) {
      const body = { ...ask, messages: [question], tools: [tool(parameters)], tool_choice: "required", stream };
      const response = await post(body);
      expect(response.status).toBe(200);
      if (stream) {
        const calls = (await eventsOf(response)).flatMap(({ choices }) => choices?.[0]?.delta.tool_calls ?? []);
        expect(calls[0].function.name).toBe("get_weather");
        continue;
      }
      const { choices, glossa } = await response.json();
      expect(choices[0].message.tool_calls).toHaveLength(1);
      expect(glossa.diagnostics.at(-1)).toMatchObject({
        kind: "schema-not-enforced",
        message: expect.stringContaining("get_weather are not held to their schema: the engine refuses the grammar"),
      });
    }
    const strict = { ...tool(parameters), function: { ...tool(parameters).function, strict: true } };
    const json_schema = { name: "a", schema: parameters };
    for (const [extra, param] of [
      [{ tools: [strict] }, "tools[0].function.parameters"],
      [{ response_format: { type: "json_schema", json_schema } }, "response_format.json_schema.schema"],
    ] as const) {
      const refused = await post({ ...ask, messages: [question], ...extra });
      expect(refused.status).toBe(400);
      expect((await refused.json()).error).toMatchObject({ param, code: "unsupported_schema" });
    }
  });

  test("a started answer goes on; a prompt as it is, as text and as ids; tokens there and back", async () => {
    const { post, send } = await startGateway(engine);
    const prompt = `<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n`;
    const { tokens } = await (await send("/tokenize", { model, prompt, add_special_tokens: false })).json();
    const raw = await (await send("/v1/completions", { model, prompt, temperature: 0, max_tokens: 12 })).json();
    expect(raw.usage).toMatchObject({ prompt_tokens: tokens.length, completion_tokens: 12 });
    const { text } = raw.choices[0];
    expect(text.length).toBeGreaterThan(15);
    const byIds = await send("/v1/completions", { model, prompt: tokens, temperature: 0, max_tokens: 12 });
    expect((await byIds.json()).choices[0].text).toBe(text);
    expect((await (await send("/detokenize", { model, tokens })).json()).prompt).toBe(prompt);
    const started = { role: "assistant", content: "<think>\n\n</think>\n\nHi! " };
    const goesOn = await post({ ...ask, max_tokens: 9, messages: [user("Hi"), started], continue_final_message: true });
    expect((await goesOn.json()).choices[0].message.content).toBe("What can I do for you?".slice(0, 22));
  });

  test("Anthropic's and OpenAI's other protocol: reasoning and a call", async () => {
    const { send } = await startGateway(engine);
    const { name, description, parameters } = weatherTool.function;
    const messages = { model, temperature: 0, max_tokens: 200, messages: [question] };
    const message = await send("/v1/messages", {
      ...messages,
      tools: [{ name, description, input_schema: parameters }],
    });
    expect(await message.json()).toMatchObject({
      stop_reason: "tool_use",
      content: [{ type: "thinking" }, { type: "tool_use", name, input: { city: "Paris" } }],
    });
    const input = { model, temperature: 0, input: question.content };
    const response = await send("/v1/responses", { ...input, tools: [{ type: "function", ...weatherTool.function }] });
    expect((await response.json()).output).toMatchObject([{ type: "reasoning" }, { type: "function_call", name }]);
    const counted = await (await send("/v1/messages/count_tokens", { model, messages: [question] })).json();
    expect(counted.input_tokens).toBe(18);
  });

  test("refusals name what is wrong: a prompt too long, a limit too high, a token that is none, embeddings", async () => {
    const { post, send } = await startGateway(engine);
    const long = await post({ ...ask, messages: [user("weather ".repeat(3000))] });
    expect(long.status).toBe(400);
    expect((await long.json()).error).toMatchObject({ code: "context_length_exceeded", param: "messages" });
    const limit = await post({ ...ask, messages: [question], max_tokens: 5000, stream: true });
    expect(limit.status).toBe(400);
    expect((await limit.json()).error).toMatchObject({ param: "max_tokens", type: "invalid_request_error" });
    const biased = await post({ ...ask, messages: [question], logit_bias: { "99999": 1 } });
    expect((await biased.json()).error).toMatchObject({ param: "logit_bias" });
    const embedded = await send("/v1/embeddings", { model, input: "a" });
    expect(embedded.status).toBe(400);
    expect((await embedded.json()).error).toMatchObject({ param: "model", code: "unsupported_endpoint" });
  });

  test("every sampling parameter is taken; the limit of tokens is a length", async () => {
    const { client } = await startGateway(engine);
    const sampling = { temperature: 0.9, top_p: 0.9, top_k: 20, min_p: 0.05, seed: 4, repetition_penalty: 1.1 };
    const penalties = { frequency_penalty: 0.1, presence_penalty: 0.1, logit_bias: { "5": -100 } };
    const request = { ...ask, messages: [question], tools, ...sampling, ...penalties, max_tokens: 3 } as never;
    const answers = await Promise.all([1, 2].map(async () => client.chat.completions.create(request)));
    const [first, second] = answers.map((answer: any) => answer.choices[0]);
    expect(first.message).toEqual(second.message);
    expect(first.finish_reason).toBe("length");
    expect(first.message.tool_calls).toBeUndefined();
  });

  test("log probabilities are the model's own", () => expectOwnLogprobs(engine));

  test("a client that leaves ends the decoding", async () => {
    const { post } = await startGateway(engine);
    const controller = new AbortController();
    const body = { model, messages: [question], stream: true, temperature: 1.5, logit_bias: { "2": -100, "0": -100 } };
    const response = await post(body, { signal: controller.signal });
    await response.body!.getReader().read();
    await expect.poll(() => server.metric("vllm:num_requests_running"), { timeout: 5000 }).toBe(1);
    controller.abort();
    await expect.poll(() => server.metric("vllm:num_requests_running"), { timeout: 5000 }).toBe(0);
    const written = await server.metric("vllm:generation_tokens_total");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await server.metric("vllm:generation_tokens_total")).toBe(written);
  });

  test("more turns at once than the server decodes", async () => {
    const { client } = await startGateway(engine);
    const cities = ["Paris", "London", "Rome", "Berlin", "Madrid", "Tokyo", "Oslo", "Vienna", "Prague", "Lisbon"];
    const answers = await Promise.all(
      cities.map((city) =>
        client.chat.completions.create({ ...ask, messages: [user(`What is the weather in ${city}?`)], tools }),
      ),
    );
    const called = answers.map(({ choices }) => (choices[0]!.message.tool_calls![0] as any).function.arguments);
    expect(called.map((text) => JSON.parse(text).city)).toEqual(cities);
  });

  test("told of another backend than the server's, the gateway says so", async () => {
    const other = backend === "xgrammar" ? "guidance" : "xgrammar";
    const { post } = await startGateway(vllmEngine({ url: server.url, format: "qwen3", backend: other }));
    const response = await post({ ...ask, messages: [question], tools, tool_choice: "required" });
    expect(response.status).toBe(500);
    expect((await response.json()).error).toMatchObject({ code: "grammar_backend", type: "engine_error" });
  });
});
