import { expect, test } from "vitest";
import {
  demoEngine,
  openAIChatEngine,
  renamedModels,
  replayEngine,
  replicaEngine,
  vllmEngine,
  type Engine,
} from "@glossa/server";
import { eventsOf, scriptedEngine, startGateway, startReplay, user } from "./gateway.ts";
import { doneEvent, openEvents, startUpstream } from "./scripted-upstream.ts";

const raw = '<think>\nHm.\n</think>\n<tool_call>\n{"name": "f"}\n</tool_call> END of it';

test("what the model writes comes as it is, up to a stop sequence", async () => {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* (request) {
    seen.push(request);
    for (const text of raw) yield { type: "text", text };
    return { reason: "stop", usage: { promptTokens: 4, completionTokens: 20 } };
  });
  const { client } = await startGateway(engine);
  const answer = await client.completions.create({ model: "m", prompt: "Once <|im_start|>", stop: "END" });
  expect(answer).toMatchObject({
    id: expect.stringMatching(/^cmpl-/),
    object: "text_completion",
    model: "m",
    choices: [{ index: 0, text: raw.slice(0, raw.indexOf("END")), logprobs: null, finish_reason: "stop" }],
  });
  expect(seen[0]).toMatchObject({
    rawPrompt: "Once <|im_start|>",
    messages: [],
    tools: [],
    sampling: { max_tokens: 16 },
  });
  expect(seen[0].constrain).toBeUndefined();
});

test("the stream says the same, with the usage if asked for", async () => {
  const { client, send } = await startReplay(
    [{ raw, finish_reason: "length", usage: { prompt_tokens: 4, completion_tokens: 20 } }],
    { cut: 7 },
  );
  let text = "";
  const request = { model: "replay", prompt: "Once", echo: true, stream: true } as const;
  for await (const { choices } of await client.completions.create(request)) text += choices[0]?.text ?? "";
  expect(text).toBe(`Once${raw}`);
  const events = await eventsOf(await send("/v1/completions", { ...request, stream_options: { include_usage: true } }));
  expect(events.slice(-3)).toMatchObject([
    { object: "text_completion", choices: [{ index: 0, text: "", finish_reason: "length" }], usage: null },
    { choices: [], usage: { prompt_tokens: 4, completion_tokens: 20, total_tokens: 24 } },
    "[DONE]",
  ]);
});

test("several prompts and several answers of each", async () => {
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* ({ rawPrompt }) {
    yield { type: "text", text: `after ${rawPrompt}` };
    return { reason: "stop", usage: { promptTokens: rawPrompt!.length, completionTokens: 3 } };
  });
  const { client } = await startGateway(engine);
  const answer = await client.completions.create({ model: "m", prompt: ["a", "bb"], n: 2 });
  expect(answer.choices.map(({ index, text }) => [index, text])).toEqual([
    [0, "after a"],
    [1, "after a"],
    [2, "after bb"],
    [3, "after bb"],
  ]);
  expect(answer.usage).toEqual({ prompt_tokens: 3, completion_tokens: 12, total_tokens: 15 });
});

test("the demo model continues text and tokens; tokens and text turn into one another", async () => {
  const engine = await demoEngine();
  const { client, send } = await startGateway(engine);
  const [model] = await engine.models();
  const prompt = "<|im_start|>user\nWhat is the weather in Rome?<|im_end|>\n<|im_start|>assistant\n";
  const ask = async (path: string, body: object): Promise<any> =>
    (await send(path, { model: model!.id, ...body })).json();
  const { count, tokens, max_model_len } = await ask("/tokenize", { prompt });
  expect([count, max_model_len]).toEqual([tokens.length, model!.contextLength]);
  expect(await ask("/detokenize", { tokens })).toEqual({ prompt });
  const request = { model: model!.id, temperature: 0, max_tokens: 12 };
  const byText = await client.completions.create({ ...request, prompt });
  const byTokens = await client.completions.create({ ...request, prompt: tokens });
  expect(byText.choices[0]?.text).toMatch(/\S/);
  expect(byTokens.choices).toEqual(byText.choices);
  expect(byText.usage).toMatchObject({ prompt_tokens: count, completion_tokens: 12 });

  const messages = [{ role: "user", content: "What is the weather in Rome?" }];
  const { tokens: rendered } = await ask("/tokenize", { messages, chat_template_kwargs: { enable_thinking: true } });
  expect((await ask("/detokenize", { tokens: rendered })).prompt).toContain(prompt.trim());
  expect((await send("/detokenize", { tokens: [1e9] })).status).toBe(400);
  const long = await send("/v1/completions", { prompt: "word ".repeat(3000) });
  expect((await long.json()).error).toMatchObject({
    param: "prompt",
    code: "context_length_exceeded",
    message: expect.stringMatching(/^The prompt has \d+ tokens/),
  });
});

test("vLLM's own endpoints are asked", async () => {
  const asked: any[] = [];
  const upstream = await startUpstream(
    (response, request, body) => {
      asked.push([request.url, body]);
      if (request.url === "/tokenize") return void response.end('{"count": 2, "tokens": [5, 6]}');
      if (request.url === "/detokenize") return void response.end('{"prompt": "text"}');
      openEvents(response);
      const event = {
        id: "c",
        object: "text_completion",
        choices: [{ index: 0, text: " 42.", finish_reason: "stop" }],
      };
      response.end(`data: ${JSON.stringify(event)}\n\n${doneEvent}`);
    },
    ["Qwen/Qwen3-8B"],
  );
  const { client, send } = await startGateway(vllmEngine({ url: upstream.url }));
  const model = "Qwen/Qwen3-8B";
  const answer = await client.completions.create({ model, prompt: "It is", max_tokens: 3 });
  expect(answer.choices[0]?.text).toBe(" 42.");
  expect(asked.at(-1)).toEqual([
    "/v1/completions",
    expect.objectContaining({ prompt: "It is", max_tokens: 3, stream: true, skip_special_tokens: false }),
  ]);
  expect(await (await send("/tokenize", { prompt: "a b" })).json()).toMatchObject({ count: 2, tokens: [5, 6] });
  expect(asked.at(-1)).toEqual(["/tokenize", { model, prompt: "a b", add_special_tokens: true }]);
  expect(await (await send("/detokenize", { tokens: [5, 6] })).json()).toEqual({ prompt: "text" });
});

test.each<[string, object, string]>([
  ["no prompt", {}, "prompt"],
  ["an empty list", { prompt: [] }, "prompt"],
  ["a prompt that is none", { prompt: [{}] }, "prompt[0]"],
  ["tokens and text", { prompt: [1, "a"] }, "prompt[0]"],
  ["tokens that nobody can read", { prompt: [1, 2] }, "prompt"],
  ["too many", { prompt: ["a", "b"], n: 17 }, "n"],
  ["logprobs", { prompt: "a", logprobs: 0 }, "logprobs"],
  ["suffix", { prompt: "a", suffix: "b" }, "suffix"],
  ["a format", { prompt: "a", guided_regex: "a" }, "guided_regex"],
])("a request that is wrong is refused: %s", async (_, body, param) => {
  const { send } = await startReplay([{ raw: "Hello." }]);
  const response = await send("/v1/completions", body);
  const { error } = await response.json();
  expect([response.status, error.param]).toEqual([400, param]);
  expect(error.message).toContain(param);
});

test("where the engine takes no prompts or knows no tokens, that is said", async () => {
  const upstream = await startUpstream((response) => void response.end());
  const { send } = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
  for (const [path, body, status] of [
    ["/v1/completions", { prompt: "a" }, 400],
    ["/tokenize", { prompt: "a" }, 400],
    ["/detokenize", { tokens: [1] }, 400],
  ] as const) {
    const response = await send(path, body);
    expect([response.status, (await response.json()).error.code]).toEqual([status, "unsupported_endpoint"]);
  }
  const replay = await startGateway(replayEngine({ recordings: [{ raw: "Hello." }] }));
  expect((await (await replay.send("/tokenize", {})).json()).error.code).toBe("unsupported_endpoint");
});

test("under other names and behind replicas, tokens are asked of the engine all the same", async () => {
  const asked: string[] = [];
  const base = replayEngine({ recordings: [{ raw: "Hello.", model: "own" }] });
  const engine: Engine = {
    ...base,
    tokenizer: {
      promptTokens: async ({ model, messages }) => [asked.push(model.id), messages.length],
      encode: async ({ model, text }) => [asked.push(model.id), text.length],
      decode: async ({ model, tokens }) => `${asked.push(model.id)} ${tokens.join()}`,
    },
  };
  const renamed = renamedModels(engine, { other: "own" });
  const replicas = replicaEngine({ checkInterval: 0, replicas: [{ engine: renamed }, { engine: renamed }] });
  const { send } = await startGateway(replicas);
  const ask = async (path: string, body: object): Promise<any> => (await send(path, body)).json();
  expect((await ask("/tokenize", { model: "other", prompt: "abc" })).tokens).toEqual([1, 3]);
  expect((await ask("/tokenize", { messages: [user("a"), user("b")] })).tokens).toEqual([2, 2]);
  expect(await ask("/detokenize", { tokens: [7, 8] })).toEqual({ prompt: "3 7,8" });
  expect(asked).toEqual(["own", "own", "own"]);
});
