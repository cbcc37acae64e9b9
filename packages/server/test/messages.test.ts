import Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { demoEngine, openAIChatEngine, type Engine } from "@glossa/server";
import { deferred, namedEventsOf, scriptedEngine, startGateway, startReplay, type Gateway } from "./gateway.ts";
import { chunk, doneEvent, openEvents, startUpstream } from "./scripted-upstream.ts";

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';
const timeCall = '<tool_call>\n{"name": "get_time", "arguments": {"zone": "CET"}}\n</tool_call>';

const weather: Anthropic.Tool = {
  name: "get_weather",
  description: "Get the current weather for a place.",
  input_schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const time: Anthropic.Tool = {
  name: "get_time",
  input_schema: { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] },
};

const user = (content: string): Anthropic.MessageParam => ({ role: "user", content });
const base = { model: "replay", max_tokens: 100, messages: [user("Is it raining?")] };

const clientOf = ({ url }: Gateway): Anthropic => new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });

/** A block without what differs from run to run. */
function plain(block: any): unknown {
  return block.type === "tool_use" ? { ...block, id: "call" } : block;
}

test("a tool round trip, its stream gathered by the client: call, result, answer", async () => {
  const gateway = await startReplay(
    [
      { raw: `Let me look.\n${call}`, match: "Is it raining" },
      { raw: "It is raining in Paris.", match: "rain, 12 degrees" },
    ],
    { cut: 3 },
  );
  const client = clientOf(gateway);
  const first = await client.messages.stream({ ...base, tools: [weather] }).finalMessage();
  expect(first.stop_reason).toBe("tool_use");
  expect(first.content.map(plain)).toEqual([
    { type: "text", text: "Let me look." },
    { type: "tool_use", id: "call", name: "get_weather", input: { city: "Paris" } },
  ]);
  const made = first.content[1] as Anthropic.ToolUseBlock;

  const second = await client.messages.create({
    ...base,
    tools: [weather],
    messages: [
      ...base.messages,
      { role: "assistant", content: first.content },
      { role: "user", content: [{ type: "tool_result", tool_use_id: made.id, content: "rain, 12 degrees" }] },
    ],
  });
  expect(second).toMatchObject({
    type: "message",
    role: "assistant",
    model: "replay",
    stop_reason: "end_turn",
    stop_sequence: null,
    content: [{ type: "text", text: "It is raining in Paris." }],
  });
  expect(second.id).toMatch(/^msg_[0-9a-f]{32}$/);
});

test("the events: thinking, text and two calls, each a block of its own that ends before the next (P28, P82)", async () => {
  const raw = `<think>\nTwo places.\n</think>\n\nI ask for both.\n${call}\n${timeCall}`;
  const { send } = await startReplay([{ raw, format: "qwen3", usage: { prompt_tokens: 9, completion_tokens: 40 } }], {
    cut: "chars",
  });
  const events = await namedEventsOf(
    await send("/v1/messages", { ...base, model: "replay-qwen3", tools: [weather, time], stream: true }),
  );
  const [start, ping] = events;
  expect(start).toEqual({
    type: "message_start",
    message: {
      id: expect.stringMatching(/^msg_/),
      type: "message",
      role: "assistant",
      model: "replay-qwen3",
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: {
        input_tokens: 0,
        output_tokens: 0,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
      },
    },
  });
  expect(ping).toEqual({ type: "ping" });
  expect(events.slice(-2)).toEqual([
    {
      type: "message_delta",
      delta: { stop_reason: "tool_use", stop_sequence: null },
      usage: {
        input_tokens: 9,
        output_tokens: 40,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
      },
    },
    { type: "message_stop" },
  ]);

  const blocks = events.slice(2, -2);
  const outline = blocks
    .map(({ type, index, delta }) => `${type} ${index}${delta ? ` ${delta.type}` : ""}`)
    .filter((line, index, lines) => line !== lines[index - 1]);
  expect(outline).toEqual([
    "content_block_start 0",
    "content_block_delta 0 thinking_delta",
    "content_block_delta 0 signature_delta",
    "content_block_stop 0",
    "content_block_start 1",
    "content_block_delta 1 text_delta",
    "content_block_stop 1",
    "content_block_start 2",
    "content_block_delta 2 input_json_delta",
    "content_block_stop 2",
    "content_block_start 3",
    "content_block_delta 3 input_json_delta",
    "content_block_stop 3",
  ]);
  const starts = blocks.filter(({ type }) => type === "content_block_start").map(({ content_block }) => content_block);
  expect(starts.map(plain)).toEqual([
    { type: "thinking", thinking: "", signature: "" },
    { type: "text", text: "" },
    { type: "tool_use", id: "call", name: "get_weather", input: {} },
    { type: "tool_use", id: "call", name: "get_time", input: {} },
  ]);
  expect(starts[2].id).not.toBe(starts[3].id);
  const joined = (index: number, field: string): string =>
    blocks
      .filter((event) => event.index === index)
      .map((event) => event.delta?.[field] ?? "")
      .join("");
  expect(joined(0, "thinking")).toBe("Two places.");
  expect(joined(1, "text")).toBe("I ask for both.");
  expect(joined(2, "partial_json")).toBe('{"city": "Paris"}');
  expect(joined(3, "partial_json")).toBe('{"zone": "CET"}');
});

test("the plain answer says what the stream says, usage and cache included", async () => {
  const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* () {
    yield { type: "text", text: `<think>\nHm.\n</think>\n\nSo.\n${call}` };
    return { reason: "stop", usage: { promptTokens: 20, completionTokens: 12, cachedTokens: 16 } };
  });
  const client = clientOf(await startGateway(engine));
  const request = { ...base, model: "m", tools: [weather] };
  const answer = await client.messages.create(request);
  const streamed = await client.messages.stream(request).finalMessage();
  expect(answer.content.map(plain)).toEqual([
    { type: "thinking", thinking: "Hm.", signature: "glossa" },
    { type: "text", text: "So." },
    { type: "tool_use", id: "call", name: "get_weather", input: { city: "Paris" } },
  ]);
  expect(streamed.content.map(plain)).toEqual(answer.content.map(plain));
  expect(streamed.usage).toEqual(answer.usage);
  expect(answer.usage).toMatchObject({ input_tokens: 4, cache_read_input_tokens: 16, output_tokens: 12 });
});

test("the conversation as the engine gets it", async () => {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* (request) {
    seen.push(request);
    yield { type: "text", text: "Yes." };
    return { reason: "stop" };
  });
  const client = clientOf(await startGateway(engine));
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } } as const;
  await client.messages.create({
    ...base,
    model: "m",
    system: [
      { type: "text", text: "x-anthropic-billing-header: cc_version=2; cch=00000;" },
      { type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } },
      { type: "text", text: "Be kind." },
    ],
    messages: [
      { role: "user", content: [{ type: "text", text: "Look:" }, image] },
      {
        role: "assistant",
        content: [
          { type: "thinking", thinking: "Hm.", signature: "of another server" },
          { type: "redacted_thinking", data: "xyz" },
          { type: "text", text: "I ask." },
          { type: "tool_use", id: "a", name: "get_weather", input: { city: "Oslo" } },
          { type: "tool_use", id: "b", name: "get_weather", input: { city: "Rome" } },
        ],
      },
      {
        role: "user",
        content: [
          {
            type: "tool_result",
            tool_use_id: "a",
            content: [
              { type: "text", text: "snow" },
              { type: "text", text: "-3" },
            ],
          },
          { type: "tool_result", tool_use_id: "b", content: "no such place", is_error: true },
          { type: "text", text: "And now?" },
        ],
      },
      { role: "system", content: "The date has changed." },
    ],
    tools: [{ ...weather, cache_control: { type: "ephemeral" } }],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
    thinking: { type: "enabled", budget_tokens: 1024 },
    output_config: { effort: "high" },
    // @ts-expect-error -- newer models of Anthropic's no longer take it, nor do the SDK's types.
    top_k: 5,
    metadata: { user_id: "somebody" },
  });
  const [request] = seen;
  expect(request.messages).toEqual([
    { role: "system", content: "Be brief.\n\nBe kind." },
    {
      role: "user",
      content: [
        { type: "text", text: "Look:" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      ],
    },
    {
      role: "assistant",
      content: "I ask.",
      reasoning_content: "Hm.",
      tool_calls: [
        { id: "a", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } },
        { id: "b", type: "function", function: { name: "get_weather", arguments: '{"city":"Rome"}' } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "snow\n-3" },
    { role: "tool", tool_call_id: "b", content: "Error: no such place" },
    { role: "user", content: "And now?" },
    { role: "system", content: "The date has changed." },
  ]);
  expect(request).toMatchObject({
    toolChoice: "auto",
    parallelToolCalls: false,
    templateVariables: { enable_thinking: true },
    reasoningEffort: "high",
    sampling: { max_tokens: 100, top_k: 5 },
    tools: [{ name: "get_weather", parameters: weather.input_schema }],
  });
});

test("tool_choice any, tool and none", async () => {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* (request) {
    seen.push([request.toolChoice, request.tools.length]);
    yield { type: "text", text: call };
    return { reason: "stop" };
  });
  const client = clientOf(await startGateway(engine));
  const choices: Anthropic.ToolChoice[] = [{ type: "any" }, { type: "tool", name: "get_time" }, { type: "none" }];
  const contents: unknown[] = [];
  for (const tool_choice of choices) {
    const answer = await client.messages.create({ ...base, model: "m", tools: [weather, time], tool_choice });
    contents.push(answer.content[0]?.type);
  }
  expect(seen).toEqual([
    ["required", 2],
    [{ name: "get_time" }, 2],
    ["none", 0],
  ]);
  expect(contents).toEqual(["tool_use", "tool_use", "text"]);
});

test("a stop sequence is named, and so is the limit that cut the answer off", async () => {
  const client = clientOf(
    await startReplay([
      { raw: "One. Two. END of it", model: "stop" },
      { raw: "One. Tw", finish_reason: "length", model: "length" },
      { raw: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Par', finish_reason: "length", model: "cut" },
    ]),
  );
  for (const [model, expected] of [
    ["stop", { stop_reason: "stop_sequence", stop_sequence: "END", content: [{ type: "text", text: "One. Two. " }] }],
    ["length", { stop_reason: "max_tokens", stop_sequence: null, content: [{ type: "text", text: "One. Tw" }] }],
    ["cut", { stop_reason: "max_tokens", content: [{ type: "tool_use", name: "get_weather", input: {} }] }],
  ] as const) {
    const request = { ...base, model, tools: [weather], stop_sequences: ["END"] };
    expect(await client.messages.create(request)).toMatchObject(expected);
    expect(await client.messages.stream(request).finalMessage()).toMatchObject(expected);
  }
});

test("arguments are the model's own digits; what is no JSON of them is told by name, streamed or not", async () => {
  const big = '{"name": "get_weather", "arguments": {"city": 9007199254740993, "at": 1.0}}';
  const broken = '{"name": "get_weather", "arguments": {"city": "Paris" "at": 1}}';
  const gateway = await startReplay(
    [big, broken].map((json, index) => ({ raw: `<tool_call>\n${json}\n</tool_call>`, model: `m${index}` })),
    { cut: "chars" },
  );
  const request = { ...base, tools: [weather] };
  const digits = '{"city": 9007199254740993, "at": 1.0}';
  expect(await (await gateway.send("/v1/messages", { ...request, model: "m0" })).text()).toContain(`"input":${digits}`);
  const events = await namedEventsOf(await gateway.send("/v1/messages", { ...request, model: "m0", stream: true }));
  expect(events.map(({ delta }) => delta?.partial_json ?? "").join("")).toBe(digits);

  const client = clientOf(gateway);
  for (const message of [
    await client.messages.create({ ...request, model: "m1" }),
    await client.messages.stream({ ...request, model: "m1" }).finalMessage(),
  ]) {
    expect(message.content[0]).toMatchObject({
      input: { city: "Paris", INVALID_JSON: expect.stringContaining('"at": 1') },
    });
  }
});

test("the SDK's own loop over tools", async () => {
  const gateway = await startReplay(
    [
      { raw: `Let me look.\n${call}`, match: "Is it raining" },
      { raw: "It is raining in Paris.", match: "rain, 12 degrees" },
    ],
    { cut: { seed: 2 } },
  );
  const asked: string[] = [];
  const run = betaZodTool({
    name: "get_weather",
    description: "Get the current weather for a place.",
    inputSchema: z.object({ city: z.string() }),
    run: ({ city }) => {
      asked.push(city);
      return "rain, 12 degrees";
    },
  });
  for (const stream of [false, true]) {
    const runner = clientOf(gateway).beta.messages.toolRunner({ ...base, tools: [run], stream } as never);
    const last = (await runner.runUntilDone()) as { content: unknown[] };
    expect(last.content).toMatchObject([{ type: "text", text: "It is raining in Paris." }]);
  }
  expect(asked).toEqual(["Paris", "Paris"]);
});

test("thinking that is to be omitted is a block without text", async () => {
  const client = clientOf(await startReplay([{ raw: "<think>\nSecret.\n</think>\n\nSo.", format: "qwen3" }]));
  const thinking = { type: "adaptive", display: "omitted" } as const;
  const request = { ...base, model: "replay-qwen3", thinking };
  const expected = [
    { type: "thinking", thinking: "", signature: "glossa" },
    { type: "text", text: "So." },
  ];
  expect((await client.messages.create(request)).content).toEqual(expected);
  expect((await client.messages.stream(request).finalMessage()).content).toEqual(expected);
});

test("tools of Anthropic's servers and content of unknown kinds are left out, and the client is told", async () => {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* (request) {
    seen.push(request);
    yield { type: "text", text: "Yes." };
    return { reason: "stop" };
  });
  const { send } = await startGateway(engine);
  const body = {
    ...base,
    model: "m",
    tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 3 }, weather],
    messages: [
      user("?"),
      {
        role: "assistant",
        content: [
          { type: "server_tool_use", id: "s", name: "web_search", input: {} },
          { type: "text", text: "Found." },
        ],
      },
      user("Go on."),
    ],
    mcp_servers: [],
    context_management: { edits: [] },
  };
  const answer = await (await send("/v1/messages?beta=true", body)).json();
  expect(answer.glossa.diagnostics).toEqual([
    { kind: "ignored-tool", message: expect.stringContaining("web_search_20250305") },
    { kind: "ignored-item", message: expect.stringContaining("messages.1.content.0") },
  ]);
  expect(seen[0].tools.map(({ name }: { name: string }) => name)).toEqual(["get_weather"]);
  expect(seen[0].messages[1]).toEqual({ role: "assistant", content: "Found." });
  const events = await namedEventsOf(await send("/v1/messages", { ...body, stream: true }));
  expect(events.at(-2).glossa.diagnostics).toHaveLength(2);

  const servers = await (await send("/v1/messages", { ...body, mcp_servers: [{ type: "url", name: "s" }] })).json();
  expect(servers.glossa.diagnostics[1]).toEqual({
    kind: "ignored-tool",
    message: expect.stringContaining("mcp_servers"),
  });

  const chosen = await send("/v1/messages", { ...body, tool_choice: { type: "tool", name: "web_search" } });
  expect([chosen.status, (await chosen.json()).error.message]).toEqual([
    400,
    expect.stringContaining("tool_choice.name"),
  ]);
});

test("calls that the engine has parsed by itself are blocks one after the other as well", async () => {
  const upstream = await startUpstream((response) => {
    openEvents(response);
    const tool = (index: number, name: string, json: string): string =>
      chunk({ tool_calls: [{ index, id: `id${index}`, function: { name, arguments: "" } }] }) +
      chunk({ tool_calls: [{ index, function: { arguments: json } }] });
    response.end(
      `${tool(0, "get_weather", '{"city": "Rome"}')}${tool(1, "get_time", "{}")}${chunk({}, "tool_calls")}${doneEvent}`,
    );
  });
  const gateway = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
  const events = await namedEventsOf(
    await gateway.send("/v1/messages", { ...base, model: "raw", tools: [weather, time], stream: true }),
  );
  const outline = events.slice(2, -2).map(({ type, index }) => `${type} ${index}`);
  expect(outline.filter((line, index) => line !== outline[index - 1])).toEqual([
    "content_block_start 0",
    "content_block_delta 0",
    "content_block_stop 0",
    "content_block_start 1",
    "content_block_delta 1",
    "content_block_stop 1",
  ]);
});

test("a client that waits gets pings, also before the model has begun", async () => {
  const [two, another] = [deferred(), deferred()];
  const engine = scriptedEngine({ id: "slow", format: "hermes" }, async function* () {
    await two.promise;
    yield { type: "text", text: "At" };
    await another.promise;
    yield { type: "text", text: " last." };
    return { reason: "stop" };
  });
  const gateway = await startGateway(engine, { pingInterval: 20 });
  const response = await gateway.send("/v1/messages", { ...base, model: "slow", stream: true });
  let seen = "";
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    seen += part;
    const [before, after] = seen.split('"At"');
    if (before!.split("event: ping").length > 2) two.resolve();
    if (after?.includes("event: ping")) another.resolve();
  }
  expect(seen.startsWith("event: message_start\n")).toBe(true);
  expect(seen).toContain(" last.");
  const message = await clientOf(gateway)
    .messages.stream({ ...base, model: "slow" })
    .finalMessage();
  expect(message.content).toEqual([{ type: "text", text: "At last." }]);
});

test("a client that leaves ends the engine's turn", async () => {
  let over!: () => void;
  const ended = new Promise<void>((resolve) => (over = resolve));
  const engine = scriptedEngine({ id: "endless", format: "hermes" }, async function* (_, signal) {
    try {
      for (;;) {
        signal.throwIfAborted();
        yield { type: "text", text: "more " };
        await setTimeout(5);
      }
    } finally {
      over();
    }
  });
  const stream = clientOf(await startGateway(engine)).messages.stream({ ...base, model: "endless" });
  stream.on("text", () => stream.abort());
  await expect(stream.finalMessage()).rejects.toThrow(/abort/);
  await ended;
});

describe("with the demo model", () => {
  let engine: Engine;
  beforeAll(async () => void (engine = await demoEngine()));

  test("a tool round trip, and its tokens counted as they are billed", async () => {
    const client = clientOf(await startGateway(engine));
    const { data } = await client.models.list();
    const [listed] = data;
    expect(listed).toMatchObject({ type: "model", max_input_tokens: expect.any(Number) });
    const request = {
      model: listed!.id,
      max_tokens: 200,
      tools: [weather, time],
      messages: [user("What is the weather in Paris?")],
      thinking: { type: "disabled" as const },
    };
    const { input_tokens } = await client.messages.countTokens({ ...request, max_tokens: undefined } as never);
    const first = await client.messages.stream(request).finalMessage();
    expect(first.stop_reason).toBe("tool_use");
    const { cache_read_input_tokens: cached, input_tokens: fresh } = first.usage;
    expect(fresh + (cached ?? 0)).toBe(input_tokens);
    const made = first.content.find((block) => block.type === "tool_use")!;
    expect(made).toMatchObject({ name: "get_weather", input: { city: "Paris" } });
    const result = { type: "tool_result" as const, tool_use_id: made.id, content: '{"sky": "clear", "celsius": 21}' };
    const second = await client.messages.create({
      ...request,
      tool_choice: { type: "none" },
      messages: [
        ...request.messages,
        { role: "assistant", content: first.content },
        { role: "user", content: [result] },
      ],
    });
    expect(second.content).toEqual([{ type: "text", text: expect.stringMatching(/\S/) }]);
  });

  test("an answer by a schema", async () => {
    const client = clientOf(await startGateway(engine));
    const [model] = await engine.models();
    const schema = { type: "object", properties: { city: { enum: ["Rome", "Oslo"] } }, additionalProperties: false };
    const answer = await client.messages.create({
      ...base,
      model: model!.id,
      thinking: { type: "disabled" },
      output_config: { format: { type: "json_schema", schema } },
    });
    const [block] = answer.content as Anthropic.TextBlock[];
    expect(["{}", '{"city":"Rome"}', '{"city":"Oslo"}']).toContain(JSON.stringify(JSON.parse(block!.text)));
  });
});

test("an engine that can't count says so", async () => {
  const client = clientOf(await startReplay([{ raw: "Hello." }]));
  await expect(client.messages.countTokens({ model: "replay", messages: base.messages })).rejects.toThrow(
    /400.*can't be asked for tokens/,
  );
});
