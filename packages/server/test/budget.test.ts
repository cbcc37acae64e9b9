import { findProfile } from "@glossa/models";
import { fileURLToPath } from "node:url";
import { BadRequestError } from "openai";
import { expect, onTestFinished, test } from "vitest";
import { loadCheckpoint } from "@glossa/chat/node";
import {
  demoEngine,
  openAIChatEngine,
  renamedModels,
  replayEngine,
  serve,
  withCheckpoint,
  type CheckpointOptions,
  type Engine,
  type PromptRequest,
} from "@glossa/server";
import { startGateway, timeTool, weatherTool, type JsonResponse } from "./gateway.ts";
import { openEvents, rawAnswer, startUpstream } from "./scripted-upstream.ts";

const checkpoint = await loadCheckpoint(fileURLToPath(new URL("../../demo-engine/model/", import.meta.url)));
const replay = replayEngine({ recordings: [{ raw: "Hi", model: "m", format: "qwen3" }] });
const messages = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "What is the weather in Zürich?" },
] as const;
const base = { model: "m", messages };

interface Gateway {
  readonly warnings: string[];
  post(body: object): Promise<JsonResponse>;
}

async function gatewayOf(engine: Engine): Promise<Gateway> {
  const warnings: string[] = [];
  const server = await serve({ engine, port: 0, drainTimeout: 0, onWarning: (message) => warnings.push(message) });
  onTestFinished(() => server.close());
  return {
    warnings,
    post: (body) =>
      fetch(`${server.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
  };
}

const counted = (options: Omit<CheckpointOptions, "checkpoint">): Promise<Gateway> =>
  gatewayOf(withCheckpoint(replay, { checkpoint, ...options }));

/** The prompt's tokens as the demo model's own tokenizer counts them. */
async function promptTokens(more: Partial<PromptRequest> = {}): Promise<Record<string, number>> {
  const engine = withCheckpoint(replay, { checkpoint });
  const [model] = await engine.models();
  const counts = await engine.countTokens!({ model: model!, messages, tools: [], templateVariables: {}, ...more });
  return { ...counts! };
}

test("what fits is answered without a word", async () => {
  const { post, warnings } = await counted({ contextLength: 4096, toolsSoftCap: 10 });
  for (const stream of [false, true]) {
    const response = await post({ ...base, tools: [weatherTool], max_tokens: 100, stream });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-glossa-warning")).toBe(null);
    await response.text();
  }
  expect(warnings).toEqual([]);
});

test("tools that take more than a quarter of the context are told to the client and to whoever runs the gateway", async () => {
  const { name, description, parameters } = weatherTool.function;
  const { tools, total } = await promptTokens({ tools: [{ name, description, parameters }] });
  const { post, warnings } = await counted({ contextLength: total! + 1 });
  for (const stream of [false, true]) {
    const response = await post({ ...base, tools: [weatherTool], stream });
    expect(response.status).toBe(200);
    const percent = Math.round((100 * tools!) / (total! + 1));
    expect(percent).toBeGreaterThan(25);
    const warning = `the tools take ${tools} of the ${total! + 1} tokens of the context, ${percent} %`;
    expect(response.headers.get("x-glossa-warning")).toBe(warning);
    expect(warnings.pop()).toBe(`m: ${warning}`);
    await response.text();
  }
});

test("more tools than the model can be trusted with are told, counted or not", async () => {
  const { post } = await counted({ toolsSoftCap: 1 });
  const response = await post({ ...base, tools: [weatherTool, timeTool] });
  expect(response.headers.get("x-glossa-warning")).toBe(
    "2 tools are more than the 1 that this model can be trusted with",
  );
  expect((await post({ ...base, tools: [weatherTool] })).headers.get("x-glossa-warning")).toBe(null);
});

test("what can't fit is refused with the arithmetic, to the token", async () => {
  const { total, system, history, generation } = await promptTokens();
  const parts = `0 of tools, ${system} of the system prompt, ${history! + generation!} of messages`;
  const fitting = await counted({ contextLength: total! + 1 });
  // How long the answer may get is not the prompt's matter: it ends where the context does.
  expect((await fitting.post({ ...base, max_tokens: 1000 })).status).toBe(200);
  const { post } = await counted({ contextLength: total! });
  const refusal = await post({ ...base, stream: true });
  expect(refusal.status).toBe(400);
  expect((await refusal.json()).error).toEqual({
    message: `The model m has a context of ${total} tokens. The prompt has ${total} (${parts}), which leaves no room for an answer.`,
    type: "invalid_request_error",
    param: "messages",
    code: "context_length_exceeded",
  });
});

test("OpenAI's client knows the refusal by its code", async () => {
  const { client } = await startGateway(withCheckpoint(replay, { checkpoint, contextLength: 5 }));
  const refused = client.chat.completions.create({ model: "m", messages: [...messages] });
  await expect(refused).rejects.toThrow(BadRequestError);
  await expect(refused).rejects.toMatchObject({ code: "context_length_exceeded" });
});

test("nothing is counted where there is no tokenizer, no context, or what is no text", async () => {
  expect((await (await gatewayOf(replay)).post({ ...base, max_tokens: 1e9 })).status).toBe(200);
  expect((await (await counted({})).post({ ...base, max_tokens: 1e9 })).status).toBe(200);
  const { post } = await counted({ contextLength: 5 });
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
  expect((await post({ ...base, messages: [{ role: "user", content: [image] }] })).status).toBe(200);
});

test("calls and results are counted as the template has them", async () => {
  const call = { id: "call_1", type: "function", function: { name: "f", arguments: '{"a": 1}' } } as const;
  const { total } = await promptTokens({
    messages: [
      ...messages,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: [{ type: "text", text: "sunny" }] },
    ],
  });
  expect(total).toBeGreaterThan((await promptTokens())["total"]!);
});

test("the context that an engine tells of its model comes before what it was started with", async () => {
  const told: Engine = {
    ...replay,
    models: async () => (await replay.models()).map((model) => ({ ...model, contextLength: 100 })),
  };
  const [model] = await withCheckpoint(told, { checkpoint, contextLength: 5, toolsSoftCap: 3 }).models();
  expect(model).toMatchObject({ contextLength: 100, toolsSoftCap: 3 });
});

const manyTools = Array.from({ length: 11 }, (_, i) => ({
  ...timeTool,
  function: { ...timeTool.function, name: `tool_${i}` },
}));
const tooMany = "11 tools are more than the 10 that this model can be trusted with";

test("the profile of a small model says how many tools are too many, whatever the model is called", async () => {
  expect(findProfile("Qwen/Qwen3-8B")).toMatchObject({ toolsSoftCap: 10, contextLength: 40_960 });
  const upstream = await startUpstream(
    (response) => {
      openEvents(response);
      response.end(rawAnswer("Hello"));
    },
    ["Qwen/Qwen3-8B", "qwen3:32b", "nobody/knows"],
  );
  const engine = openAIChatEngine({ url: upstream.url, format: "hermes" });
  const { post, warnings } = await gatewayOf(engine);
  const answer = await post({ ...base, model: "Qwen/Qwen3-8B", tools: manyTools });
  expect([answer.status, answer.headers.get("x-glossa-warning")]).toEqual([200, tooMany]);
  expect(warnings).toEqual([`Qwen/Qwen3-8B: ${tooMany}`]);
  for (const [model, tools] of [
    ["Qwen/Qwen3-8B", manyTools.slice(1)],
    ["qwen3:32b", manyTools],
    ["nobody/knows", manyTools],
  ] as const) {
    expect((await post({ ...base, model, tools })).headers.get("x-glossa-warning")).toBe(null);
  }
  const renamed = await gatewayOf(renamedModels(engine, { "gpt-4o": "Qwen/Qwen3-8B" }));
  const again = await renamed.post({ ...base, model: "gpt-4o", tools: manyTools });
  expect(again.headers.get("x-glossa-warning")).toBe(tooMany);
});

test("a profile's context holds for a checkpoint that it names, and where nobody says another", async () => {
  const listed = "Qwen3-8B-Q4_K_M.gguf";
  const recordings = [listed, "Qwen3-8B-128K"].map((model) => ({ raw: "Hi", model, format: "qwen3" }));
  const engine = replayEngine({ recordings });
  const long = [{ role: "user", content: "weather ".repeat(41_000) }];
  const { post } = await gatewayOf(withCheckpoint(engine, { checkpoint }));
  const refusal = await post({ ...base, model: listed, messages: long });
  expect(refusal.status).toBe(400);
  expect((await refusal.json()).error.message).toContain(`The model ${listed} has a context of 40960 tokens. `);
  expect((await post({ ...base, model: "Qwen3-8B-128K", messages: long })).status).toBe(200);
  const told = await gatewayOf(withCheckpoint(engine, { checkpoint, contextLength: 131_072 }));
  expect((await told.post({ ...base, model: listed, messages: long })).status).toBe(200);
  // An engine may have been started with less, and clients would rely on what they are told.
  const server = await serve({ engine, port: 0 });
  onTestFinished(() => server.close());
  const { data } = (await (await fetch(`${server.url}/v1/models`)).json()) as { data: object[] };
  expect(data.length).toBe(2);
  for (const model of data) expect(model).not.toHaveProperty("max_model_len");
});

test("the demo engine counts with its own tokenizer, what its usage says", async () => {
  const engine = await demoEngine();
  const [model] = await engine.models();
  const { name, parameters } = timeTool.function;
  const counts = await engine.countTokens!({
    model: model!,
    messages,
    tools: [{ name, parameters }],
    templateVariables: {},
  });
  const { total, tools, system, history, generation } = counts!;
  expect(tools + system + history + generation).toBe(total);
  expect(Math.min(tools, system, history, generation)).toBeGreaterThan(0);
  const { post } = await gatewayOf(engine);
  const answer = await (await post({ ...base, model: model!.id, tools: [timeTool], max_tokens: 3 })).json();
  expect(answer.usage.prompt_tokens).toBe(total);
  const long = { role: "user", content: "weather ".repeat(model!.contextLength!) };
  const refusal = await post({ ...base, model: model!.id, messages: [long] });
  expect((await refusal.json()).error).toMatchObject({ code: "context_length_exceeded", param: "messages" });
});
