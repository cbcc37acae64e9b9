import { expect, test } from "vitest";
import { vllmEngine, type VllmOptions } from "@glossa/server";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";
import { startFakeVllm, type FakeVllm, type FakeVllmOptions } from "./fake-vllm.ts";
import { startGateway, timeTool, user, weatherTool, type Gateway } from "./gateway.ts";

const call = [
  "<tool_call>",
  '\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n',
  "</tool_call>",
  "<|im_end|>",
];
const model = "Qwen/Qwen3-8B";
const tools = [weatherTool];

async function start(
  options: FakeVllmOptions,
  engine: Partial<VllmOptions> = {},
): Promise<Gateway & { vllm: FakeVllm }> {
  const vllm = await startFakeVllm(options);
  return { ...(await startGateway(vllmEngine({ url: `${vllm.url}/v1/`, ...engine }))), vllm };
}

test("a tool loop: the template gets the tools, no parser runs, special tokens are kept", async () => {
  const { client, vllm } = await start({
    output: ({ messages }) => ({
      pieces: messages.at(-1).role === "tool" ? ["It", " rains", ".", "<|im_end|>"] : call,
    }),
  });
  const question = user("Is it raining in Paris?");
  const first = await client.chat.completions.create({ model, messages: [question], tools });
  const message = first.choices[0]!.message;
  expect(first.choices[0]?.finish_reason).toBe("tool_calls");
  expect(message.tool_calls?.[0]).toMatchObject({ function: { name: "get_weather", arguments: '{"city": "Paris"}' } });
  expect(first.usage).toEqual({
    prompt_tokens: 11,
    completion_tokens: 7,
    total_tokens: 18,
    prompt_tokens_details: { cached_tokens: 3 },
  });

  const result = { role: "tool" as const, tool_call_id: message.tool_calls![0]!.id, content: "rain" };
  const second = await client.chat.completions.create({ model, messages: [question, message, result], tools });
  expect(second.choices[0]?.message.content).toBe("It rains.");

  expect(vllm.requests[0]).toEqual({
    model,
    messages: [question],
    tools,
    tool_choice: "none",
    stream: true,
    stream_options: { include_usage: true },
    skip_special_tokens: false,
    spaces_between_special_tokens: false,
    return_token_ids: true,
    return_prompt_text: true,
  });
  expect(vllm.requests[1].messages[1].tool_calls).toEqual(message.tool_calls);
});

test("without tools neither tools nor tool_choice is sent, since an empty list is refused", async () => {
  const { client, vllm } = await start({ output: () => ({ pieces: ["Hello", "."] }) });
  for (const extra of [{}, { tools: [] }, { tools, tool_choice: "none" as const }]) {
    const answer = await client.chat.completions.create({ model, messages: [user("Hi")], ...extra });
    expect(answer.choices[0]?.message.content).toBe("Hello.");
  }
  for (const body of vllm.requests) {
    expect(body).not.toHaveProperty("tools");
    expect(body).not.toHaveProperty("tool_choice");
  }
});

test("what a required, named, strict or single call and a schema need is sent as a structural tag", async () => {
  const { post, vllm } = await start({ output: () => ({ pieces: call }), prompt: "<|im_start|>assistant\n" });
  const body = { model, messages: [user("?")], tools: [weatherTool, timeTool] };
  const strict = { ...weatherTool, function: { ...weatherTool.function, strict: true } };
  const schema = { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } };
  for (const extra of [
    { tool_choice: "required" },
    { tool_choice: { type: "function", function: { name: "get_weather" } } },
    { tools: [strict] },
    { parallel_tool_calls: false },
    { tools: [], response_format: schema },
    { response_format: { type: "json_object" } },
  ]) {
    expect((await post({ ...body, ...extra })).status).toBe(200);
    const sent = vllm.requests.at(-1);
    expect(Object.keys(sent.structured_outputs)).toEqual(["structural_tag"]);
    expect(JSON.parse(sent.structured_outputs.structural_tag)).toMatchObject({
      type: "structural_tag",
      format: { type: expect.any(String) },
    });
    expect(sent).not.toHaveProperty("response_format");
    expect(sent.tool_choice).toBe(sent.tools ? "none" : undefined);
  }
  expect((await post(body)).status).toBe(200);
  expect(vllm.requests.at(-1)).not.toHaveProperty("structured_outputs");
});

test("the guidance backend is sent Lark, with markers that are one token by their ids", async () => {
  const { post, vllm } = await start(
    { output: () => ({ pieces: call }), prompt: "<|im_start|>assistant\n" },
    { backend: "guidance" },
  );
  const body = { model, messages: [user("?")], tools: [weatherTool, timeTool], tool_choice: "required" };
  expect((await post(body)).status).toBe(200);
  const { structured_outputs: sent } = vllm.requests.at(-1);
  expect(Object.keys(sent)).toEqual(["grammar"]);
  expect(sent.grammar).toMatch(/^start: /m);
  for (const part of ["get_weather", "get_time", "%json", "<[2000001]>", "<[2000002]>"])
    expect(sent.grammar).toContain(part);
  expect(sent.grammar).not.toContain("Get the current weather");
});

test("of allowed tools the model sees no others", async () => {
  const { client, vllm } = await start({ output: () => ({ pieces: call }) });
  const named = (name: string): { type: "function"; function: { name: string } } => ({
    type: "function",
    function: { name },
  });
  for (const mode of ["auto", "required"] as const) {
    const answer = await client.chat.completions.create({
      model,
      messages: [user("?")],
      tools: [weatherTool, timeTool],
      tool_choice: { type: "allowed_tools", allowed_tools: { mode, tools: [named("get_weather")] } },
    });
    expect(answer.choices[0]?.message.tool_calls).toHaveLength(1);
    expect(vllm.requests.at(-1).tools).toEqual([weatherTool]);
    const tag = vllm.requests.at(-1).structured_outputs?.structural_tag;
    expect(tag === undefined).toBe(mode === "auto");
    expect(tag ?? "").not.toContain("get_time");
  }
});

test.each([
  ["a version that returns the prompt", true],
  ["an older version, asked by /tokenize and /detokenize", false],
])("a prompt that opens reasoning is known from %s", async (_, promptText) => {
  const { client, vllm } = await start({
    output: () => ({ pieces: ["Hm", ".", "\n", "</think>", "\n\n", ...call] }),
    prompt: "<|im_start|>user\n?<|im_end|>\n<|im_start|>assistant\n<think>\n",
    promptText,
  });
  const request = { model, messages: [user("?")], tools, chat_template_kwargs: { enable_thinking: true } };
  for (let turn = 0; turn < 2; turn++) {
    const answer = await client.chat.completions.create(request);
    const message = answer.choices[0]?.message as any;
    expect(message.reasoning_content).toBe("Hm.");
    expect(message.tool_calls).toHaveLength(1);
  }
  expect(vllm.tokenized).toHaveLength(promptText ? 0 : 2);
  for (const body of vllm.tokenized) {
    expect(body).toEqual({ model, messages: request.messages, tools, chat_template_kwargs: { enable_thinking: true } });
  }
});

test("a grammar knows the prompt before the model writes (B41)", async () => {
  const { client, vllm } = await start({
    output: () => ({ pieces: ["Hm.", "\n", "</think>", "\n\n", ...call] }),
    prompt: "<|im_start|>assistant\n<think>\n",
  });
  const answer = await client.chat.completions.create({ model, messages: [user("?")], tools, tool_choice: "required" });
  expect(answer.choices[0]?.message).toMatchObject({ reasoning_content: "Hm." });
  expect(answer.choices[0]?.message.tool_calls).toHaveLength(1);
  expect(vllm.tokenized).toHaveLength(1);
  expect(vllm.requests[0]).not.toHaveProperty("return_prompt_text");
});

test("where only /v1 can be reached, text goes on, and a grammar that would have to guess is an error", async () => {
  const { client, post, vllm } = await start({ output: () => ({ pieces: call }), promptText: false, tokenizer: false });
  const request = { model, messages: [user("?")], tools };
  for (let turn = 0; turn < 2; turn++) {
    const answer = await client.chat.completions.create(request);
    expect(answer.choices[0]?.message.tool_calls).toHaveLength(1);
  }
  expect(vllm.requests[0]).not.toHaveProperty("return_token_ids");
  const refusal = await post({ ...request, tool_choice: "required" });
  expect(refusal.status).toBe(502);
  expect((await refusal.json()).error).toMatchObject({ type: "engine_error", code: "prompt_unknown" });
});

const missing = { type: "missing", loc: ["body", "prompt"], msg: "Field required" };

test.each([
  { status: 422, body: { detail: [missing] } },
  { status: 400, body: { error: { message: `1 validation error: ${JSON.stringify(missing)}`, code: 400 } } },
])(
  "where /tokenize takes no messages, as in Ray Serve LLM, the checkpoint's template says how a prompt ends: %j",
  async (refusesMessages) => {
    const options = {
      output: () => ({ pieces: ["Hm.", "\n", "</think>", "\n\n", ...call] }),
      promptText: false,
      refusesMessages,
    };
    const request = { model, messages: [user("?")], tools, chat_template_kwargs: { enable_thinking: true } };
    const { post, vllm } = await start(options, { checkpoint: chatmlCheckpoint() });
    for (const tool_choice of ["auto", "required"]) {
      const { choices } = await (await post({ ...request, tool_choice })).json();
      expect(choices[0].message).toMatchObject({ reasoning_content: "Hm.", tool_calls: [{}] });
    }
    expect(vllm.requests[1].structured_outputs.structural_tag).toContain("</think>");

    const without = await start(options);
    const { choices } = await (await without.post(request)).json();
    expect(choices[0].message.tool_calls).toHaveLength(1);
    const refusal = await without.post({ ...request, tool_choice: "required" });
    expect((await refusal.json()).error).toMatchObject({
      code: "prompt_unknown",
      message: expect.stringContaining("--checkpoint"),
    });
  },
);

test("a special token is a marker even in a code fence, the same characters typed as text are not", async () => {
  const { client } = await start({
    output: ({ messages }) => ({
      pieces:
        messages.at(-1).content === "call" ? ["```sh\n", "ls", "\n", ...call] : ["```\n", ...call.join(""), "\n```"],
    }),
  });
  const ask = async (content: string): Promise<any> =>
    (await client.chat.completions.create({ model, messages: [user(content)], tools })).choices[0]?.message;
  expect((await ask("call")).tool_calls).toHaveLength(1);
  const quoted = await ask("quote");
  expect(quoted.tool_calls).toBeUndefined();
  expect(quoted.content).toContain("<tool_call>");
});

test("sampling goes through, reasoning_effort reaches the template, stop stays here", async () => {
  const { client, vllm } = await start({ output: () => ({ pieces: ["One", " two", " three", " four"] }) });
  const answer = await client.chat.completions.create({
    model,
    messages: [user("?")],
    max_completion_tokens: 50,
    max_tokens: 9,
    temperature: 0.5,
    top_p: 0.9,
    seed: 3,
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    logit_bias: { 5: 1 },
    reasoning_effort: "none",
    stop: [" three"],
    ...({ top_k: 20, min_p: 0.1, repetition_penalty: 1.1 } as object),
  });
  expect(answer.choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "One two" } });
  // The stream was cut short: the usage is what the engine had told until then.
  expect(answer.usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 3 });
  expect(vllm.requests[0]).toMatchObject({
    max_tokens: 50,
    temperature: 0.5,
    top_p: 0.9,
    top_k: 20,
    min_p: 0.1,
    seed: 3,
    frequency_penalty: 0.1,
    presence_penalty: 0.2,
    repetition_penalty: 1.1,
    logit_bias: { 5: 1 },
    chat_template_kwargs: { enable_thinking: false, reasoning_effort: "none" },
    stream_options: { include_usage: true, continuous_usage_stats: true },
  });
  expect(vllm.requests[0]).not.toHaveProperty("stop");
  expect(vllm.requests[0]).not.toHaveProperty("reasoning_effort");
});

test("the format is found by the model's name", async () => {
  const { url } = await start({ output: () => ({ pieces: [] }) });
  const listed = (await (await fetch(`${url}/v1/models`)).json()) as any;
  expect(listed.data).toEqual([expect.objectContaining({ id: model, owned_by: "test" })]);
  expect(listed.data[0].format).toMatch(/^(hermes|qwen3)$/);
});

test("gpt-oss is refused, at the start or when it is asked, with the way that works", async () => {
  const vllm = await startFakeVllm({ output: () => ({ pieces: call }), models: ["openai/gpt-oss-20b"] });
  const error = { code: "unsupported_format", message: expect.stringMatching(/gpt-oss-20b .* --engine completions/) };
  await expect(vllmEngine({ url: vllm.url }).models()).rejects.toMatchObject(error);
  const both = await startFakeVllm({ output: () => ({ pieces: call }), models: [model, "openai/gpt-oss-20b"] });
  const { post } = await startGateway(vllmEngine({ url: both.url }));
  const refusal = await post({ model: "openai/gpt-oss-20b", messages: [user("?")] });
  expect((await refusal.json()).error).toMatchObject(error);
  expect(both.requests).toEqual([]);
  expect((await post({ model, messages: [user("?")], tools })).status).toBe(200);
});

test("schemas that xgrammar's own compiler would not hold are sent as grammars, or told of, or refused", async () => {
  const { post, vllm } = await start({ output: () => ({ pieces: call }) });
  const toolOf = (city: object, strict = false): object => ({
    ...weatherTool,
    function: { ...weatherTool.function, strict, parameters: { type: "object", properties: { city } } },
  });
  const ask = async (tool: object, extra = {}): Promise<any> => {
    const response = await post({ model, messages: [user("?")], tools: [tool], tool_choice: "required", ...extra });
    return { status: response.status, ...(await response.json()) };
  };
  const sent = (): string => vllm.requests.at(-1).structured_outputs.structural_tag;

  expect((await ask(toolOf({ type: "string" }))).glossa?.diagnostics ?? []).toEqual([]);
  expect(sent()).toContain('"json_schema"');
  expect((await ask(toolOf({ type: "string", pattern: "^[a-z]+$" }, true))).status).toBe(200);
  expect(sent()).toContain('"grammar":"root ::=');
  expect(sent()).not.toContain('"json_schema"');

  const unique = { type: "array", items: { type: "string" }, uniqueItems: true };
  const loose = await ask(toolOf(unique));
  expect(loose.glossa.diagnostics[0]).toMatchObject({
    kind: "schema-not-enforced",
    message: expect.stringMatching(/^The parameters of get_weather are not held to all of their schema: .*uniqueItems/),
  });
  expect(sent()).toContain('"uniqueItems":true');
  expect((await ask(toolOf(unique, true))).error).toMatchObject({
    param: "tools[0].function.parameters",
    code: "unsupported_schema",
  });

  const answerOf = (strict: boolean): object => ({
    tools: [],
    tool_choice: "none",
    response_format: { type: "json_schema", json_schema: { name: "a", schema: unique, strict } },
  });
  expect((await ask({}, answerOf(false))).glossa.diagnostics[0].message).toMatch(
    /^The answer is not held to all of its schema: .*uniqueItems/,
  );
  expect((await ask({}, answerOf(true))).error).toMatchObject({
    param: "response_format.json_schema.schema",
    code: "unsupported_schema",
  });
});

const unsayable = { type: "object", properties: { city: { type: "string", pattern: "\\bx" } } };
const oddTool = { ...timeTool, function: { ...timeTool.function, parameters: unsayable } };

test.each([
  ["xgrammar, by the status", "Unsupported", /structural_tag specification/],
  [
    "guidance, by the first event",
    'Grammar error: at 4(9): regex parse error\n   2 | \n   3 | start: "a"',
    /regex parse error$/,
  ],
] as const)(
  "tools whose grammar is refused (%s) take any object, and the client is told",
  async (name, refusal, told) => {
    const backend = name.startsWith("xgrammar") ? "xgrammar" : "guidance";
    const options: FakeVllmOptions = {
      output: () => ({ pieces: call }),
      refuseGrammar: (grammar) => (/\\\\bx/.test(grammar) ? refusal : undefined),
      backend,
    };
    const { post, vllm } = await start(options, { backend });
    const body = { model, messages: [user("?")], tools: [weatherTool, oddTool], tool_choice: "required" };
    const response = await post(body);
    expect(response.status).toBe(200);
    const { choices, glossa } = await response.json();
    expect(choices[0].message.tool_calls).toHaveLength(1);
    // What no grammar of ours says is left to xgrammar at first.
    const left = backend === "xgrammar" ? ["schema-not-enforced"] : [];
    expect(glossa.diagnostics.map(({ kind }: any) => kind)).toEqual([
      ...left,
      "schema-not-enforced",
      "schema-not-enforced",
    ]);
    const { message } = glossa.diagnostics.at(-1);
    expect(message).toContain("get_time are not held to their schema: the engine refuses the grammar");
    expect(message).toMatch(told);
    expect(vllm.requests).toHaveLength(2);
    expect(JSON.stringify(vllm.requests[1].structured_outputs)).toContain("get_time");

    const schema = { type: "json_schema", json_schema: { name: "a", schema: unsayable } };
    const strict = { ...oddTool, function: { ...oddTool.function, strict: true } };
    for (const [extra, param] of [
      [{ tools: [], tool_choice: "none", response_format: schema }, "response_format.json_schema.schema"],
      [{ tools: [strict] }, "tools[0].function.parameters"],
    ] as const) {
      const refused = await post({ ...body, ...extra });
      expect(refused.status).toBe(400);
      expect((await refused.json()).error).toMatchObject({ code: "unsupported_schema", param });
    }
    // A strict tool that no grammar of ours says is not tried with xgrammar.
    expect(vllm.requests).toHaveLength(backend === "xgrammar" ? 3 : 4);
  },
);

test("a server with the guidance backend, where the gateway was told of none, is named as such", async () => {
  const { post } = await start({ output: () => ({ pieces: call }), backend: "guidance" });
  const response = await post({ model, messages: [user("?")], tools, tool_choice: "required" });
  expect(response.status).toBe(500);
  expect((await response.json()).error).toMatchObject({
    code: "grammar_backend",
    message: expect.stringContaining("--grammar-backend guidance"),
  });
});

test("a fault of the request's own is handed on once, whatever its grammar", async () => {
  const { post, vllm } = await start({ output: () => ({ pieces: call }) });
  const body = { model, messages: [user("?")], tools, tool_choice: "required" };
  const limit = await post({ ...body, max_tokens: 5000 });
  expect(limit.status).toBe(400);
  expect((await limit.json()).error).toMatchObject({ param: "max_tokens", message: expect.stringContaining("4096") });
  const long = await post({ ...body, messages: [user("word ".repeat(30_000))] });
  expect(long.status).toBe(400);
  expect((await long.json()).error).toMatchObject({ code: "context_length_exceeded", param: "messages" });
  expect(vllm.requests).toHaveLength(2);
});

test("the version is asked with the models; of another one all is asked again", async () => {
  const vllm = await startFakeVllm({ output: () => ({ pieces: ["Hm", "</think>", "Hi"] }) });
  const engine = vllmEngine({ url: vllm.url });
  const [first] = await engine.models();
  expect(first).toMatchObject({ fingerprint: "vllm-0.32.0" });
  expect(first!.specialTokens!.size).toBeGreaterThan(0);
  const asked = vllm.tokenizedMarkers.length;
  await engine.models();
  expect(vllm.tokenizedMarkers).toHaveLength(asked);
  vllm.becomes("0.33.0");
  expect((await engine.models())[0]).toMatchObject({ fingerprint: "vllm-0.33.0" });
  expect(vllm.tokenizedMarkers).toHaveLength(2 * asked);
  const { client } = await startGateway(engine);
  const answer = await client.chat.completions.create({ model, messages: [user("?")] });
  expect(answer.system_fingerprint).toBe("vllm-0.33.0");
});
