import OpenAI, { APIError, NotFoundError } from "openai";
import { zodFunction, zodResponseFormat, zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { setTimeout } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { demoEngine, memoryResponseStore, openAIChatEngine, replayEngine, type Engine } from "@glossa/server";
import { namedEventsOf, scriptedEngine, startGateway, startReplay } from "./gateway.ts";
import { chunk, openEvents, startUpstream } from "./scripted-upstream.ts";

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';
const timeCall = '<tool_call>\n{"name": "get_time", "arguments": {"zone": "CET"}}\n</tool_call>';

const weather: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "get_weather",
  description: "Get the current weather for a place.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  strict: null,
};
const time: OpenAI.Responses.FunctionTool = {
  type: "function",
  name: "get_time",
  parameters: { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] },
  strict: null,
};
const base = { model: "replay", input: "Is it raining?" };

/** The output without what differs from run to run. */
const plain = (output: readonly any[]): unknown[] =>
  output.map(({ id: _id, call_id: _call, parsed_arguments: _parsed, ...item }) =>
    item.type === "message" ? { ...item, content: item.content.map(({ parsed: _none, ...part }: any) => part) } : item,
  );

const message = (text: string, status = "completed"): unknown => ({
  type: "message",
  role: "assistant",
  status,
  content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
});

/** An engine that keeps what it is asked, and answers the same to all. */
function listening(raw: string, seen: any[]): Engine {
  return scriptedEngine({ id: "m", format: "qwen3" }, async function* (request) {
    seen.push(request);
    yield { type: "text", text: raw };
    return { reason: "stop" };
  });
}

test("a tool loop without a store: call, result, answer", async () => {
  const { client } = await startReplay(
    [
      { raw: `Let me look.\n${call}`, match: "Is it raining" },
      { raw: "It is raining in Paris.", match: "rain, 12 degrees" },
    ],
    { cut: 3 },
  );
  const question = { role: "user" as const, content: "Is it raining?" };
  const first = await client.responses
    .stream({ ...base, input: [question], tools: [weather], store: false })
    .finalResponse();
  expect(first.status).toBe("completed");
  expect(plain(first.output)).toEqual([
    message("Let me look."),
    { type: "function_call", name: "get_weather", arguments: '{"city": "Paris"}', status: "completed" },
  ]);
  const made = first.output[1] as OpenAI.Responses.ResponseFunctionToolCall;
  const result = { type: "function_call_output" as const, call_id: made.call_id, output: "rain, 12 degrees" };
  const second = await client.responses.create({
    ...base,
    store: false,
    tools: [weather],
    input: [question, ...(first.output as OpenAI.Responses.ResponseInputItem[]), result],
  });
  expect(second.output_text).toBe("It is raining in Paris.");
  await expect(client.responses.retrieve(second.id)).rejects.toBeInstanceOf(NotFoundError);
});

test("the events: reasoning, text and two calls, numbered, each item with one id from its first event to the end (B64)", async () => {
  const raw = `<think>\nTwo places.\n</think>\n\nI ask for both.\n${call}\n${timeCall}`;
  const { send } = await startReplay([{ raw, format: "qwen3", usage: { prompt_tokens: 9, completion_tokens: 40 } }], {
    cut: "chars",
  });
  const events = await namedEventsOf(
    await send("/v1/responses", { ...base, model: "replay-qwen3", tools: [weather, time], stream: true }),
  );
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  const outline = events
    .map(({ type, output_index: at }) => (at === undefined ? type : `${at} ${type}`).replace("response.", ""))
    .filter((line, index, lines) => line !== lines[index - 1]);
  expect(outline).toEqual([
    "created",
    "in_progress",
    "0 output_item.added",
    "0 content_part.added",
    "0 reasoning_text.delta",
    "0 reasoning_text.done",
    "0 content_part.done",
    "0 output_item.done",
    "1 output_item.added",
    "1 content_part.added",
    "1 output_text.delta",
    "1 output_text.done",
    "1 content_part.done",
    "1 output_item.done",
    "2 output_item.added",
    "2 function_call_arguments.delta",
    "2 function_call_arguments.done",
    "2 output_item.done",
    "3 output_item.added",
    "3 function_call_arguments.delta",
    "3 function_call_arguments.done",
    "3 output_item.done",
    "completed",
  ]);
  const { response } = events.at(-1);
  expect(events[0].response).toMatchObject({ id: response.id, status: "in_progress", output: [], usage: null });
  expect(plain(response.output)).toEqual([
    { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Two places." }], status: "completed" },
    message("I ask for both."),
    { type: "function_call", name: "get_weather", arguments: '{"city": "Paris"}', status: "completed" },
    { type: "function_call", name: "get_time", arguments: '{"zone": "CET"}', status: "completed" },
  ]);
  expect(response.usage).toEqual({
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 40,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 49,
  });
  for (const [index, item] of response.output.entries()) {
    const own = events.filter((event) => event.output_index === index);
    expect(new Set(own.map((event) => event.item_id ?? event.item.id))).toEqual(new Set([item.id]));
    expect(own.at(-1).item).toEqual(item);
    const deltas = own.map(({ delta }) => delta ?? "").join("");
    expect(deltas).toBe(item.arguments ?? item.content[0].text);
    if (item.type === "function_call") expect(own[0].item.call_id).toBe(item.call_id);
  }
});

test("a conversation goes on from a response that is stored, by its name and by its items", async () => {
  const seen: any[] = [];
  const { client } = await startGateway(listening(`<think>\nHm.\n</think>\n\nI ask.\n${call}`, seen));
  const first = await client.responses.create({
    model: "m",
    instructions: "Be brief.",
    input: "Is it raining?",
    tools: [weather],
  });
  const made = first.output.find((item) => item.type === "function_call")!;
  expect(await client.responses.retrieve(first.id)).toMatchObject({ id: first.id, output: first.output });
  const result = { type: "function_call_output" as const, call_id: made.call_id, output: "rain" };
  const second = await client.responses.create({
    model: "m",
    previous_response_id: first.id,
    input: [result],
    tools: [weather],
  });
  expect(second.previous_response_id).toBe(first.id);
  const said = {
    role: "assistant",
    content: "I ask.",
    reasoning_content: "Hm.",
    tool_calls: [
      { id: made.call_id, type: "function", function: { name: "get_weather", arguments: '{"city": "Paris"}' } },
    ],
  };
  const question = { role: "user", content: "Is it raining?" };
  expect(seen[0].messages).toEqual([{ role: "system", content: "Be brief." }, question]);
  // Instructions are for one response only.
  expect(seen[1].messages).toEqual([question, said, { role: "tool", tool_call_id: made.call_id, content: "rain" }]);

  await client.responses.create({
    model: "m",
    tools: [weather],
    input: [
      { role: "user", content: "Is it raining?" },
      ...first.output.map(({ id }) => ({ type: "item_reference" as const, id: id! })),
      result,
    ],
  });
  expect(seen[2].messages).toEqual(seen[1].messages);

  await client.responses.delete(first.id);
  await expect(client.responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(client.responses.create({ model: "m", previous_response_id: first.id, input: "?" })).rejects.toSatisfy(
    (error) => error instanceof APIError && error.code === "previous_response_not_found" && error.status === 400,
  );
  // The later one holds what was said before it.
  await client.responses.create({ model: "m", previous_response_id: second.id, input: "And now?" });
  expect(seen.at(-1).messages.map(({ role }: any) => role)).toEqual(["user", "assistant", "tool", "assistant", "user"]);
});

test("a store has bounds: the oldest response goes", async () => {
  const { client } = await startGateway(replayEngine({ recordings: [{ raw: "Yes." }] }), {
    responseStore: memoryResponseStore({ maxResponses: 2 }),
  });
  const ids: string[] = [];
  for (let count = 0; count < 3; count++) ids.push((await client.responses.create(base)).id);
  await expect(client.responses.retrieve(ids[0]!)).rejects.toBeInstanceOf(NotFoundError);
  expect((await client.responses.retrieve(ids[1]!)).id).toBe(ids[1]);
  expect((await client.responses.retrieve(ids[2]!)).id).toBe(ids[2]);
});

test("what is cut off is incomplete, with the reason", async () => {
  const { client } = await startReplay([
    { raw: "One. Tw", finish_reason: "length", model: "text" },
    { raw: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Par', finish_reason: "length", model: "call" },
  ]);
  for (const [model, item] of [
    ["text", message("One. Tw", "incomplete")],
    ["call", { type: "function_call", name: "get_weather", arguments: '{"city": "Par', status: "incomplete" }],
  ] as const) {
    const request = { ...base, model, tools: [weather] };
    for (const answer of [
      await client.responses.create(request),
      await client.responses.stream(request).finalResponse(),
    ]) {
      expect(answer).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
      expect(plain(answer.output)).toEqual([item]);
    }
  }
});

test("reasoning as a summary for clients that ask for one, and encoded for those that keep nothing else", async () => {
  const seen: any[] = [];
  const { client, send } = await startGateway(listening("<think>\nHm, où?\n</think>\n\nHere.", seen));
  const request = {
    model: "m",
    input: "Where?",
    store: false,
    reasoning: { effort: "low", summary: "auto" },
    include: ["reasoning.encrypted_content"],
  } as const;
  const events = await namedEventsOf(await send("/v1/responses", { ...request, stream: true }));
  expect(events.slice(2, 8).map(({ type }) => type)).toEqual([
    "response.output_item.added",
    "response.reasoning_summary_part.added",
    "response.reasoning_summary_text.delta",
    "response.reasoning_summary_text.done",
    "response.reasoning_summary_part.done",
    "response.output_item.done",
  ]);
  const [thought] = (await client.responses.create({ ...request, include: [...request.include] })).output as any[];
  expect(thought).toMatchObject({ type: "reasoning", summary: [{ type: "summary_text", text: "Hm, où?" }] });
  expect(seen[1]).toMatchObject({ reasoningEffort: "low", templateVariables: { enable_thinking: true } });

  const { encrypted_content } = thought;
  const input = [
    { role: "user" as const, content: "Where?" },
    { type: "reasoning" as const, id: "rs_1", summary: [], encrypted_content },
    { role: "assistant" as const, content: "Here." },
    { role: "user" as const, content: "Sure?" },
  ];
  await client.responses.create({ model: "m", input });
  expect(seen[2].messages[1]).toEqual({ role: "assistant", content: "Here.", reasoning_content: "Hm, où?" });
});

test("a custom tool takes one text", async () => {
  const raw = '<tool_call>\n{"name": "apply_patch", "arguments": {"input": "*** Begin\\n+é"}}\n</tool_call>';
  const seen: any[] = [];
  const { client, send } = await startGateway(listening(raw, seen));
  const format = { type: "grammar", syntax: "lark", definition: "start: /.+/" } as const;
  const tool = { type: "custom", name: "apply_patch", description: "Change files.", format } as const;
  const answer = await client.responses.create({ model: "m", input: "Fix it.", tools: [tool] });
  const [made] = answer.output as [OpenAI.Responses.ResponseCustomToolCall];
  expect(made).toMatchObject({ type: "custom_tool_call", name: "apply_patch", input: "*** Begin\n+é" });
  expect(seen[0].tools[0].description).toContain("start: /.+/");

  const events = await namedEventsOf(
    await send("/v1/responses", { model: "m", input: "Fix it.", tools: [tool], stream: true }),
  );
  expect(events.slice(2, -1).map(({ type, delta, input }) => [type, delta ?? input])).toEqual([
    ["response.output_item.added", undefined],
    ["response.custom_tool_call_input.delta", "*** Begin\n+é"],
    ["response.custom_tool_call_input.done", "*** Begin\n+é"],
    ["response.output_item.done", undefined],
  ]);

  await client.responses.create({
    model: "m",
    tools: [tool],
    previous_response_id: answer.id,
    input: [{ type: "custom_tool_call_output", call_id: made.call_id, output: "done" }],
  });
  expect(seen[2].messages.slice(1)).toEqual([
    {
      role: "assistant",
      content: null,
      tool_calls: [
        {
          id: made.call_id,
          type: "function",
          function: { name: "apply_patch", arguments: JSON.stringify({ input: "*** Begin\n+é" }) },
        },
      ],
    },
    { role: "tool", tool_call_id: made.call_id, content: "done" },
  ]);
});

test("tools that OpenAI runs and items of other kinds are left out, and the client is told", async () => {
  const seen: any[] = [];
  const { send } = await startGateway(listening("Yes.", seen));
  const body = {
    model: "m",
    tools: [{ type: "web_search" }, { type: "mcp", server_label: "x", server_url: "http://x" }, weather],
    input: [
      { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search", query: "x" } },
      {
        role: "user",
        content: [
          { type: "input_text", text: "a" },
          { type: "input_text", text: "b" },
        ],
      },
      { type: "from_the_future", anything: 1 },
    ],
  };
  const answer = await (await send("/v1/responses", body)).json();
  expect(answer.status).toBe("completed");
  expect(answer.glossa.diagnostics.map(({ kind, message }: any) => [kind, message.split(" ")[0]])).toEqual([
    ["ignored-tool", "tools[0]"],
    ["ignored-tool", "tools[1]"],
    ["ignored-item", "input[0]"],
    ["ignored-item", "input[2]"],
  ]);
  expect(seen[0].messages).toEqual([{ role: "user", content: "a\nb" }]);
  expect(seen[0].tools.map(({ name }: any) => name)).toEqual(["get_weather"]);
});

test("all forms of tool_choice, and formats of the answer", async () => {
  const seen: any[] = [];
  const { client } = await startGateway(listening("Yes.", seen));
  const tools = [weather, time];
  const custom = { type: "custom", name: "note" } as const;
  const schema = { type: "object", properties: {} };
  for (const extra of [
    { tools, tool_choice: "required" },
    { tools, tool_choice: "none" },
    { tools, tool_choice: { type: "function", name: "get_time" } },
    { tools: [custom], tool_choice: { type: "custom", name: "note" } },
    {
      tools,
      tool_choice: { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "get_time" }] },
    },
    { text: { format: { type: "json_object" } } },
    { text: { format: { type: "json_schema", name: "x", schema, strict: true } } },
    { parallel_tool_calls: false },
  ] as const) {
    await client.responses.create({ model: "m", input: "?", ...(extra as object) });
  }
  expect(
    seen.map(({ toolChoice, tools: shown, responseFormat, parallelToolCalls }) => [
      toolChoice,
      shown.map(({ name }: any) => name).join(" "),
      responseFormat.type,
      parallelToolCalls,
    ]),
  ).toEqual([
    ["required", "get_weather get_time", "text", true],
    ["none", "", "text", true],
    [{ name: "get_time" }, "get_weather get_time", "text", true],
    [{ name: "note" }, "note", "text", true],
    ["required", "get_time", "text", true],
    ["auto", "", "json_object", true],
    ["auto", "", "json_schema", true],
    ["auto", "", "text", false],
  ]);
  expect(seen[6].responseFormat.json_schema).toEqual({ name: "x", schema, strict: true });
});

describe("a request that is wrong is refused with the field named", () => {
  test.each<[string, object, string]>([
    ["no input", { model: "replay" }, "input"],
    ["input a number", { ...base, input: 5 }, "input"],
    ["a role", { ...base, input: [{ role: "oracle", content: "" }] }, "input[0].role"],
    [
      "a text part",
      { ...base, input: [{ role: "user", content: [{ type: "input_text" }] }] },
      "input[0].content[0].text",
    ],
    ["a part", { ...base, input: [{ role: "user", content: [{ type: "smell" }] }] }, "input[0].content[0].type"],
    ["nothing at all", { ...base, input: [] }, "input"],
    ["a call", { ...base, input: [{ type: "function_call", name: "f", arguments: "{}" }] }, "input[0].call_id"],
    ["a result", { ...base, input: [{ type: "function_call_output", call_id: "a" }] }, "input[0].output"],
    ["a reference", { ...base, input: [{ type: "item_reference", id: "rs_0" }] }, "input[0].id"],
    ["a tool without a name", { ...base, tools: [{ type: "function" }] }, "tools[0].name"],
    ["two tools of a name", { ...base, tools: [weather, weather] }, "tools[1].name"],
    ["a choice", { ...base, tools: [weather], tool_choice: "any" }, "tool_choice"],
    [
      "a choice of none of the tools",
      { ...base, tools: [weather], tool_choice: { type: "function", name: "fly" } },
      "tool_choice.name",
    ],
    [
      "a choice of a tool that was left out",
      { ...base, tools: [weather, { type: "web_search" }], tool_choice: { type: "web_search" } },
      "tool_choice.type",
    ],
    ["max_output_tokens", { ...base, max_output_tokens: 0 }, "max_output_tokens"],
    ["a format", { ...base, text: { format: { type: "xml" } } }, "text.format.type"],
    ["a schema", { ...base, text: { format: { type: "json_schema", name: "x" } } }, "text.format.schema"],
    ["effort", { ...base, reasoning: { effort: "huge" } }, "reasoning.effort"],
    ["background", { ...base, background: true }, "background"],
    ["conversation", { ...base, conversation: "conv_1" }, "conversation"],
    ["previous_response_id", { ...base, previous_response_id: "resp_0" }, "previous_response_id"],
  ])("%s", async (_, body, param) => {
    const { send } = await startReplay([{ raw: "Hello." }]);
    const response = await send("/v1/responses", body);
    expect(response.status).toBe(400);
    const { error } = await response.json();
    expect(error).toMatchObject({ type: "invalid_request_error", param });
    expect(error.message).toContain(param);
  });
});

test("an engine that fails in the midst: an error, and a response that failed with what there was", async () => {
  const upstream = await startUpstream((response) => {
    openEvents(response);
    response.write(chunk({ content: "Let me" }));
    response.end('data: {"error": {"message": "out of memory"}}\n\n');
  });
  const { client, send } = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
  await expect(client.responses.stream({ model: "raw", input: "?" }).finalResponse()).rejects.toThrow("out of memory");
  const events = await namedEventsOf(await send("/v1/responses", { model: "raw", input: "?", stream: true }));
  const [error, failed] = events.slice(-2);
  expect(error).toMatchObject({ type: "error", message: "out of memory", code: "engine_failed", param: null });
  expect(failed).toMatchObject({
    type: "response.failed",
    sequence_number: error.sequence_number + 1,
    response: { status: "failed", error: { code: "server_error", message: "out of memory" } },
  });
  expect(plain(failed.response.output)).toEqual([message("Let me", "incomplete")]);
  await expect(client.responses.retrieve(failed.response.id)).rejects.toBeInstanceOf(NotFoundError);
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
  const { client } = await startGateway(engine);
  const stream = await client.responses.create({ model: "endless", input: "?", stream: true });
  for await (const event of stream) if (event.type === "response.output_text.delta") break;
  await ended;
});

test("formats and tools by zod, parsed by the client", async () => {
  const city = z.object({ city: z.string() });
  const { client } = await startReplay([
    { raw: '{"city": "Rome"}', model: "answer" },
    { raw: call, model: "call" },
  ]);
  const format = zodTextFormat(city, "place");
  const answer = await client.responses.parse({ model: "answer", input: "?", text: { format } });
  expect(answer.output_parsed).toEqual({ city: "Rome" });
  const tools = [zodResponsesFunction({ name: "get_weather", parameters: city })];
  const called = await client.responses.parse({ model: "call", input: "?", tools });
  expect(called.output[0]).toMatchObject({ parsed_arguments: { city: "Paris" } });

  const messages = [{ role: "user" as const, content: "?" }];
  const chat = await client.chat.completions.parse({
    model: "call",
    messages,
    tools: [zodFunction({ name: "get_weather", parameters: city })],
  });
  expect(chat.choices[0]?.message.tool_calls?.[0]?.function.parsed_arguments).toEqual({ city: "Paris" });
  const response_format = zodResponseFormat(city, "place");
  const parsed = await client.chat.completions.parse({ model: "answer", messages, response_format });
  expect(parsed.choices[0]?.message.parsed).toEqual({ city: "Rome" });
});

describe("with the demo model", () => {
  let engine: Engine;
  beforeAll(async () => void (engine = await demoEngine()));

  test("a tool loop over stored responses", async () => {
    const { client } = await startGateway(engine);
    const [model] = await engine.models();
    const request = { model: model!.id, tools: [weather, time], reasoning: { effort: "none" } } as const;
    const first = await client.responses
      .stream({ ...request, tools: [weather, time], input: "What is the weather in Paris?" })
      .finalResponse();
    const counted = await client.responses.inputTokens.count({
      model: model!.id,
      tools: [weather, time],
      reasoning: { effort: "none" },
      input: "What is the weather in Paris?",
    });
    expect(counted).toEqual({ object: "response.input_tokens", input_tokens: first.usage!.input_tokens });
    const made = first.output.find((item) => item.type === "function_call")!;
    expect(made.name).toBe("get_weather");
    expect(JSON.parse(made.arguments)).toMatchObject({ city: "Paris" });
    const second = await client.responses.create({
      ...request,
      tools: [weather, time],
      tool_choice: "none",
      max_output_tokens: 60,
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: made.call_id, output: '{"sky": "clear", "celsius": 21}' }],
    });
    expect(second.output_text).toMatch(/\S/);
  });
});
