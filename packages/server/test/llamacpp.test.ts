import { expect, test } from "vitest";
import { llamaCppEngine, type LlamaCppOptions } from "@glossa/server";
import { chatmlCheckpoint, chatmlTokenizer } from "./chatml-checkpoint.ts";
import { fail, sendEvents, startFakeServer, type FakeServer, type Route } from "./fake-server.ts";
import { startGateway, user, weatherTool, type Gateway } from "./gateway.ts";

/**
 * What the real server does not do on demand: older versions, templates that can't be rendered here, faults. The shapes are
 * those of 0.7, against which `llama-server.test.ts` runs.
 */

const model = "Qwen3-8B-Q4_K_M.gguf";
const template =
  "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{{ '<|im_start|>assistant\\n' }}";
const ids = new Map([
  ["<tool_call>", 2_000_001],
  ["</tool_call>", 2_000_002],
]);

const token = (content: string, id: number, at: number): object => ({
  index: 0,
  content,
  tokens: [id],
  stop: false,
  id_slot: -1,
  tokens_predicted: at,
  tokens_evaluated: 9,
});
const done = (fields: object = {}): object => ({
  content: "",
  tokens: [],
  stop: true,
  stop_type: "eos",
  tokens_predicted: 5,
  tokens_evaluated: 9,
  timings: { cache_n: 4 },
  ...fields,
});
const call = ["<tool_call>", '\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n', "</tool_call>"];

async function start(
  routes: Readonly<Record<string, Route>> = {},
  options: Partial<LlamaCppOptions> = {},
): Promise<Gateway & { llama: FakeServer }> {
  const llama = await startFakeServer({
    "/v1/models": () => ({ object: "list", data: [{ id: model, object: "model", owned_by: "llamacpp" }] }),
    "/props": () => ({ default_generation_settings: { n_ctx: 100 }, chat_template: template, bos_token: "<s>" }),
    "/tokenize": ({ content }) => ({
      tokens: ids.has(content) ? [ids.get(content)] : [...content].map((character) => character.codePointAt(0)),
    }),
    "/completion": (_, response) => sendEvents(response, [token("Hi", 72, 1), done()]),
    ...routes,
  });
  return { ...(await startGateway(llamaCppEngine({ url: llama.url, ...options }))), llama };
}

test("what goes out: the prompt as ids, the markers to be kept, no more than is said", async () => {
  const { client, llama } = await start();
  const answer = await client.chat.completions.create({
    model,
    messages: [user("Hi")],
    max_tokens: 7,
    temperature: 0.5,
    top_p: 0.9,
    seed: 1,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    logit_bias: { 5: 1 },
    ...({
      top_k: 3,
      min_p: 0.1,
      repetition_penalty: 1.1,
    } as object),
  });
  expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Hi" } });
  expect(answer.usage).toMatchObject({
    prompt_tokens: 9,
    completion_tokens: 5,
    prompt_tokens_details: { cached_tokens: 4 },
  });
  const prompt = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
  expect(llama.sent("/tokenize").at(-1)).toEqual({ model, content: prompt, add_special: false, parse_special: true });
  expect(llama.sent("/completion")).toEqual([
    {
      model,
      prompt: [...prompt].map((character) => character.codePointAt(0)),
      n_predict: 7,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      min_p: 0.1,
      seed: 1,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      repeat_penalty: 1.1,
      logit_bias: { 5: 1 },
      stream: true,
      cache_prompt: true,
      return_tokens: true,
      preserved_tokens: ["<tool_call>", "</tool_call>", "<think>", "</think>"],
      response_fields: ["content", "stop", "stop_type", "tokens_predicted", "tokens_evaluated", "timings"],
    },
  ]);
  expect(llama.sent("/apply-template")).toEqual([]);
});

test("a version that leaves control tokens out of the text gives their ids", async () => {
  const { client } = await start({
    "/completion": (_, response) =>
      sendEvents(response, [
        ...call.map((text, at) => token(ids.has(text) ? "" : text, ids.get(text) ?? 7, at)),
        done(),
      ]),
  });
  const answer = await client.chat.completions.create({ model, messages: [user("?")], tools: [weatherTool] });
  expect(answer.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { arguments: '{"city": "Paris"}' } });
});

test("a token without text that is no marker is nothing: the end of the turn, a piece of a character", async () => {
  const { client } = await start({
    "/completion": (_, response) => sendEvents(response, [token("", 1, 1), token("é", 2, 2), token("", 3, 3), done()]),
  });
  const answer = await client.chat.completions.create({ model, messages: [user("?")] });
  expect(answer.choices[0]?.message.content).toBe("é");
});

test("the server renders where the template is none that can be rendered here", async () => {
  const { client, llama } = await start({
    "/props": () => ({ default_generation_settings: { n_ctx: 100 }, chat_template: "{% include 'other' %}" }),
    "/apply-template": () => ({ prompt: "<|im_start|>assistant\n" }),
  });
  const request = { model, messages: [user("?")], tools: [weatherTool], reasoning_effort: "low" as const };
  await client.chat.completions.create({ ...request, chat_template_kwargs: { a: 1 } } as never);
  expect(llama.sent("/apply-template")).toEqual([
    {
      model,
      messages: [user("?")],
      tools: [weatherTool],
      chat_template_kwargs: expect.objectContaining({ a: 1, reasoning_effort: "low" }),
    },
  ]);
  expect(llama.sent("/tokenize").at(-1).content).toBe("<|im_start|>assistant\n");
});

test("a template given with the engine comes before the model's", async () => {
  const checkpoint = {
    templates: { default: "{{ bos_token }}{{ messages[0].content }}" },
    specialTokens: { bos_token: "<s>" },
  };
  const { client, llama } = await start({}, { checkpoint });
  await client.chat.completions.create({ model, messages: [user("Hi")] });
  expect(llama.sent("/tokenize").at(-1).content).toBe("<s>Hi");
});

test("with a checkpoint's tokenizer the ids are made here, once it is known to be the model's", async () => {
  const checkpoint = chatmlCheckpoint();
  const own: Route = ({ content }) => ({ tokens: chatmlTokenizer.encode(content) });
  const { client, llama } = await start({ "/tokenize": own }, { checkpoint });
  const messages = [user("Hi<|im_end|><tool_call>")];
  for (let turn = 0; turn < 2; turn++) await client.chat.completions.create({ model, messages });
  const [{ prompt }] = llama.sent("/completion");
  expect(chatmlTokenizer.decode(prompt)).toBe(
    "<s><|im_start|>user\nHi<|im_end|><tool_call><|im_end|>\n<|im_start|>assistant\n",
  );
  const control = prompt.filter((id: number) => chatmlTokenizer.isControl(id));
  expect(control.map((id: number) => chatmlTokenizer.tokenText(id))).toEqual([
    "<s>",
    "<|im_start|>",
    "<|im_end|>",
    "<|im_start|>",
  ]);
  // What the server is asked to tokenise is ours: a text to compare by, and the markers.
  const asked: string[] = llama.sent("/tokenize").map(({ content }) => content);
  expect(asked.filter((content) => content.includes("Hi<|im_end|>"))).toEqual([]);
  expect(asked.filter((content) => content.includes("wörld"))).toHaveLength(1);

  const other = await start({}, { checkpoint });
  const response = await other.post({ model, messages });
  expect([response.status, (await response.json()).error.code]).toEqual([500, "tokenizer_mismatch"]);
  const asIs = await start({}, { checkpoint, controlTokensInText: true });
  expect((await asIs.post({ model, messages })).status).toBe(200);
  expect(asIs.llama.sent("/tokenize").at(-1).content).toContain("Hi<|im_end|>");
});

test("a started answer stands behind the prompt, whoever renders it; a prompt as it is begins with the beginning once", async () => {
  const messages = [user("Hi"), { role: "assistant", content: "The answer" }];
  const started = { model, messages, continue_final_message: true };
  const here = await start();
  expect((await here.post(started)).status).toBe(200);
  expect(here.llama.sent("/tokenize").at(-1)).toMatchObject({
    content: "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nThe answer",
    add_special: false,
  });
  const there = await start({
    "/props": () => ({ default_generation_settings: { n_ctx: 100 }, chat_template: "{% include 'other' %}" }),
    "/apply-template": () => ({ prompt: "<|im_start|>assistant\n" }),
  });
  expect((await there.post(started)).status).toBe(200);
  expect(there.llama.sent("/apply-template")[0].messages).toEqual([user("Hi")]);
  expect(there.llama.sent("/tokenize").at(-1).content).toBe("<|im_start|>assistant\nThe answer");

  for (const [prompt, add_special] of [
    ["Once", true],
    ["<s>Once", false],
  ] as const) {
    expect((await here.send("/v1/completions", { model, prompt, max_tokens: 5 })).status).toBe(200);
    expect(here.llama.sent("/tokenize").at(-1)).toEqual({ model, content: prompt, add_special, parse_special: true });
  }
});

test("tokens are asked of the server", async () => {
  const { send, llama } = await start({ "/detokenize": () => ({ content: "Hi" }) });
  const ask = async (path: string, body: object): Promise<any> => (await send(path, { model, ...body })).json();
  expect((await ask("/tokenize", { prompt: "Hi" })).tokens).toEqual([72, 105]);
  expect((await ask("/detokenize", { tokens: [72, 105] })).prompt).toBe("Hi");
  expect(llama.sent("/detokenize")).toEqual([{ model, tokens: [72, 105] }]);
  const { count } = await ask("/tokenize", { messages: [user("Hi")] });
  expect(count).toBe("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n".length);
});

test("what a template refuses is told to the client", async () => {
  const chat_template = "{{ raise_exception('Only user messages!') }}";
  const { post } = await start({ "/props": () => ({ default_generation_settings: { n_ctx: 100 }, chat_template }) });
  const response = await post({ model, messages: [user("Hi")] });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({
    code: "template_error",
    message: expect.stringContaining("Only user messages!"),
  });
});

test("faults: an error in place of an answer, an end too soon, a limit, no properties, no tokens", async () => {
  const ask = async (routes: Readonly<Record<string, Route>>): Promise<{ status: number; body: any }> => {
    const { post } = await start(routes);
    const response = await post({ model, messages: [user("Hi")] });
    return { status: response.status, body: await response.json() };
  };
  const refused = await ask({ "/completion": (_, response) => fail(response, 400, "Failed to parse grammar") });
  expect(refused).toMatchObject({ status: 400, body: { error: { message: "Failed to parse grammar" } } });
  const inside = await ask({
    "/completion": (_, response) => sendEvents(response, [{ error: { code: 500, message: "out of memory" } }]),
  });
  expect(inside).toMatchObject({ status: 502, body: { error: { message: "out of memory" } } });
  const short = await ask({ "/completion": (_, response) => sendEvents(response, [token("Hi", 1, 1)]) });
  expect(short).toMatchObject({ status: 502, body: { error: { code: "engine_disconnected" } } });
  const length = await ask({
    "/completion": (_, response) => sendEvents(response, [token("Hi", 1, 1), done({ stop_type: "limit" })]),
  });
  expect(length).toMatchObject({ status: 200, body: { choices: [{ finish_reason: "length" }] } });
  for (const path of ["/props", "/tokenize"]) {
    const bare = await ask({ [path]: () => ({}) });
    expect(bare).toMatchObject({ status: 502, body: { error: { code: "engine_protocol" } } });
  }
});

test("of a router's models, one that fails hides no other, and one that is not in memory is not asked", async () => {
  const names = { gone: "loaded", idle: "unloaded", well: "loaded", asleep: "sleeping" };
  const { url, llama } = await start(
    {
      "/v1/models": () => ({
        data: Object.entries(names).map(([id, value]) => ({ id, object: "model", status: { value } })),
      }),
      "/props": (_, response, request) =>
        request.url!.includes("gone")
          ? fail(response, 500, "model name=gone failed to load")
          : { default_generation_settings: { n_ctx: 100 }, chat_template: template },
    },
    { format: "hermes" },
  );
  const { data } = (await (await fetch(`${url}/v1/models`)).json()) as any;
  expect(data.map((entry: any) => [entry.id, entry.max_model_len])).toEqual([
    ["gone", undefined],
    ["idle", undefined],
    ["well", 100],
    ["asleep", 100],
  ]);
  const asked = ["gone", "well", "asleep"].map((id) => `/props?model=${id}&autoload=false`);
  expect(llama.sent("/props").toSorted()).toEqual(asked.toSorted());
});

test("the markers of another model under the same name are asked for again", async () => {
  let [path, first] = ["one.gguf", 10];
  const { llama } = await start({
    "/props": () => ({ default_generation_settings: { n_ctx: 100 }, chat_template: template, model_path: path }),
    "/tokenize": ({ content }) => ({ tokens: [first + content.length] }),
  });
  const engine = llamaCppEngine({ url: llama.url });
  const markersOf = async (): Promise<unknown> => [...(await engine.models())[0]!.specialTokens!].toSorted()[0];
  expect(await markersOf()).toEqual([17, "<think>"]);
  first = 20;
  expect(await markersOf()).toEqual([17, "<think>"]);
  path = "other.gguf";
  expect(await markersOf()).toEqual([27, "<think>"]);
});
