import { BadRequestError, NotFoundError } from "openai";
import { describe, expect, test } from "vitest";
import { createApp, replayEngine } from "@glossa/server";
import { contentText } from "../src/engines/content-text.ts";
import { scriptedEngine, startGateway, startReplay, user, weatherTool } from "./gateway.ts";

const app = createApp({
  engines: [replayEngine({ recordings: [{ raw: "Hello." }] })],
  bodyLimit: 10_000,
});

async function refused(
  body: unknown,
): Promise<{ status: number; message: string; type: string; code: string | null; param: string | null }> {
  const response = await app.request("/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { error } = (await response.json()) as any;
  expect(Object.keys(error).toSorted()).toEqual(["code", "message", "param", "type"]);
  return { status: response.status, ...error };
}

const base = { model: "replay", messages: [user("Hi")] };
const call = { id: "1", type: "function", function: { name: "f", arguments: "{}" } };
const named = (name: string): object => ({ type: "function", function: { name } });

describe("a request that is wrong is refused with the field named", () => {
  test.each<[string, object, string, string]>([
    ["no messages", { model: "replay" }, "messages", "missing_required_parameter"],
    ["empty messages", { ...base, messages: [] }, "messages", "invalid_value"],
    ["messages no list", { ...base, messages: "Hi" }, "messages", "invalid_type"],
    [
      "unknown role",
      { ...base, messages: [user("a"), { role: "oracle", content: "b" }] },
      "messages[1].role",
      "invalid_value",
    ],
    ["no content", { ...base, messages: [{ role: "user" }] }, "messages[0].content", "missing_required_parameter"],
    ["content a number", { ...base, messages: [{ role: "user", content: 7 }] }, "messages[0].content", "invalid_type"],
    [
      "text part without text",
      { ...base, messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages[0].content[0].text",
      "missing_required_parameter",
    ],
    [
      "unknown part",
      { ...base, messages: [{ role: "user", content: [{ type: "smell" }] }] },
      "messages[0].content[0].type",
      "invalid_value",
    ],
    [
      "assistant with nothing",
      { ...base, messages: [{ role: "assistant" }] },
      "messages[0].content",
      "missing_required_parameter",
    ],
    [
      "tool result without its call",
      { ...base, messages: [{ role: "tool", content: "x" }] },
      "messages[0].tool_call_id",
      "missing_required_parameter",
    ],
    [
      "arguments as an object",
      { ...base, messages: [{ role: "assistant", tool_calls: [{ ...call, function: { name: "f", arguments: {} } }] }] },
      "messages[0].tool_calls[0].function.arguments",
      "invalid_type",
    ],
    ["model a number", { ...base, model: 1 }, "model", "invalid_type"],
    ["stream a word", { ...base, stream: "yes" }, "stream", "invalid_type"],
    ["temperature too high", { ...base, temperature: 3 }, "temperature", "invalid_value"],
    ["temperature a word", { ...base, temperature: "hot" }, "temperature", "invalid_type"],
    ["top_p negative", { ...base, top_p: -0.1 }, "top_p", "invalid_value"],
    ["max_tokens zero", { ...base, max_tokens: 0 }, "max_tokens", "invalid_value"],
    ["max_completion_tokens broken", { ...base, max_completion_tokens: 1.5 }, "max_completion_tokens", "invalid_value"],
    ["stop with a number", { ...base, stop: ["a", 1] }, "stop[1]", "invalid_type"],
    [
      "tool without function",
      { ...base, tools: [{ type: "function" }] },
      "tools[0].function",
      "missing_required_parameter",
    ],
    [
      "custom tool without a name",
      { ...base, tools: [{ type: "custom", custom: {} }] },
      "tools[0].custom.name",
      "missing_required_parameter",
    ],
    ["tool without a name", { ...base, tools: [named("")] }, "tools[0].function.name", "invalid_value"],
    [
      "two tools of one name",
      { ...base, tools: [weatherTool, weatherTool] },
      "tools[1].function.name",
      "invalid_value",
    ],
    ["tool_choice unknown", { ...base, tools: [weatherTool], tool_choice: "any" }, "tool_choice", "invalid_value"],
    ["tool_choice required without tools", { ...base, tool_choice: "required" }, "tool_choice", "invalid_value"],
    [
      "tool_choice names no tool",
      { ...base, tools: [weatherTool], tool_choice: named("fly") },
      "tool_choice.function.name",
      "invalid_value",
    ],
    [
      "allowed_tools names no tool",
      {
        ...base,
        tools: [weatherTool],
        tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [named("fly")] } },
      },
      "tool_choice.allowed_tools.tools[0].function.name",
      "invalid_value",
    ],
    ["response_format unknown", { ...base, response_format: { type: "xml" } }, "response_format.type", "invalid_value"],
    [
      "json_schema missing",
      { ...base, response_format: { type: "json_schema" } },
      "response_format.json_schema",
      "missing_required_parameter",
    ],
    ["template variables in a list", { ...base, chat_template_kwargs: [] }, "chat_template_kwargs", "invalid_type"],
    ["n", { ...base, n: 0 }, "n", "invalid_value"],
    ["n too large", { ...base, n: 33 }, "n", "invalid_value"],
    ["logprobs", { ...base, logprobs: true }, "logprobs", "unsupported_parameter"],
    ["audio", { ...base, modalities: ["text", "audio"] }, "modalities", "unsupported_parameter"],
    ["a function without a name", { ...base, functions: [{}] }, "functions[0].name", "missing_required_parameter"],
    [
      "two functions of one name",
      { ...base, functions: [{ name: "f" }, { name: "f" }] },
      "functions[1].name",
      "invalid_value",
    ],
    [
      "function_call of no function",
      { ...base, functions: [{ name: "f" }], function_call: { name: "g" } },
      "function_call.name",
      "invalid_value",
    ],
    ["prefill", { ...base, continue_final_message: true }, "continue_final_message", "invalid_value"],
    [
      "no generation prompt",
      { ...base, add_generation_prompt: false },
      "add_generation_prompt",
      "unsupported_parameter",
    ],
    ["stop_scope", { ...base, stop_scope: "reasoning" }, "stop_scope", "invalid_value"],
    ["guided_choice", { ...base, guided_choice: [] }, "guided_choice", "invalid_value"],
    ["guided_json", { ...base, guided_json: "{" }, "guided_json", "invalid_value"],
    [
      "two formats",
      { ...base, guided_regex: "a", response_format: { type: "json_object" } },
      "guided_regex",
      "invalid_value",
    ],
    [
      "a structural tag",
      { ...base, structured_outputs: { structural_tag: "{}" } },
      "structured_outputs.structural_tag",
      "invalid_value",
    ],
  ])("%s", async (_, body, param, code) => {
    const error = await refused(body);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error", param, code });
    expect(error.message).toContain(param);
  });

  test("a body that is no object", async () => {
    expect(await refused([1])).toMatchObject({ status: 400, param: null, code: "invalid_type" });
  });

  test("a body that is not JSON", async () => {
    expect(await refused('{"model": ')).toMatchObject({ status: 400, param: null, code: "invalid_json" });
    expect(await refused("")).toMatchObject({ status: 400, param: null, code: "invalid_json" });
  });

  test("a body that is compressed", async () => {
    for (const path of ["/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/tokenize"]) {
      const headers = { "content-encoding": "gzip", "content-type": "application/json" };
      const response = await app.request(path, { method: "POST", headers, body: new Uint8Array([0x1f, 0x8b, 8, 0]) });
      expect(response.status).toBe(415);
      expect(((await response.json()) as any).error.message).toContain("content-encoding");
    }
    const headers = { "content-encoding": "identity" };
    const plain = await app.request("/v1/chat/completions", { method: "POST", headers, body: JSON.stringify(base) });
    expect(plain.status).toBe(200);
  });

  test("a body that is too long", async () => {
    const error = await refused({ ...base, messages: [user("x".repeat(20_000))] });
    expect(error).toMatchObject({ status: 413, type: "invalid_request_error", code: "request_too_large" });
  });

  test("a model that is not there", async () => {
    expect(await refused({ ...base, model: "gpt-9" })).toMatchObject({
      status: 404,
      param: "model",
      code: "model_not_found",
    });
  });
});

test("a body over the limit of 16 MiB is refused over a socket too, its length declared or not", async () => {
  const { url } = await startReplay([{ raw: "Hello." }]);
  const megabyte = new TextEncoder().encode("x".repeat(1024 * 1024));
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (++sent > 40) controller.close();
      else controller.enqueue(megabyte);
    },
  });
  const init = { method: "POST", body: endless, duplex: "half" } as RequestInit;
  const response = await fetch(`${url}/v1/chat/completions`, init);
  expect(response.status).toBe(413);
  expect(((await response.json()) as any).error.code).toBe("request_too_large");
});

test("what is wrong with a field is said in its own words", async () => {
  const tag = await refused({ ...base, structured_outputs: { structural_tag: "{}" } });
  expect(tag).toMatchObject({ status: 400, param: "structured_outputs.structural_tag" });
  expect(tag.message).toContain("it is made here, from the tools and the format of the answer");
  const list = await refused({ ...base, chat_template_kwargs: [] });
  expect(list.message).toBe("Invalid type for 'chat_template_kwargs': expected object, got array.");
});

test("what the client means as no wish is accepted", async () => {
  const { post } = await startReplay([{ raw: "Hello." }]);
  const nothing = {
    n: 1,
    logprobs: false,
    top_logprobs: null,
    modalities: ["text"],
    tools: [],
    tool_choice: null,
    stop: null,
    temperature: null,
    response_format: { type: "text" },
    user: "someone",
    metadata: { a: "b" },
    store: false,
    service_tier: "auto",
    prompt_cache_key: "k",
    something_from_the_future: { a: 1 },
    ["__proto__"]: { polluted: true },
  };
  const response = await post({ ...base, ...nothing });
  expect(response.status).toBe(200);
  expect(({} as any).polluted).toBeUndefined();
});

test("a parameter without effect in the engine is refused unless it says nothing", async () => {
  const replay = replayEngine({ recordings: [{ raw: "Hello." }] });
  const { post } = await startGateway({
    ...replay,
    capabilities: { ...replay.capabilities, sampling: ["temperature"] },
  });
  const refusal = await post({ ...base, frequency_penalty: 0.5 });
  expect(refusal.status).toBe(400);
  expect((await refusal.json()).error).toMatchObject({ param: "frequency_penalty", code: "unsupported_parameter" });
  const neutral = { frequency_penalty: 0, presence_penalty: 0, top_p: 1, temperature: 0.3, logit_bias: {}, top_k: -1 };
  expect((await post({ ...base, ...neutral })).status).toBe(200);
});

test("an image is refused by a model that takes text only, at its place", async () => {
  const replay = replayEngine({ recordings: [{ raw: "Hello." }] });
  const { post } = await startGateway({ ...replay, capabilities: { ...replay.capabilities, textOnly: true } });
  const image = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
  const response = await post({ ...base, messages: [{ role: "user", content: [{ type: "text", text: "?" }, image] }] });
  expect(response.status).toBe(400);
  expect((await response.json()).error.param).toBe("messages[0].content[1].type");
});

test("one in a tool's result is left out, for no later turn could do without it", async () => {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* (request) {
    seen.push(request);
    yield { type: "text", text: "Hello." };
    return { reason: "stop" };
  });
  const { send } = await startGateway({ ...engine, capabilities: { ...engine.capabilities, textOnly: true } });
  const url = "data:image/png;base64,AAAA";
  const source = { type: "base64", media_type: "image/png", data: "AAAA" };
  const called = { id: "a", type: "function", function: { name: "look", arguments: "{}" } };
  const bodies: readonly (readonly [path: string, body: object, place: string])[] = [
    [
      "/v1/chat/completions",
      {
        messages: [
          { role: "user", content: "?" },
          { role: "assistant", tool_calls: [called] },
          {
            role: "tool",
            tool_call_id: "a",
            content: [
              { type: "text", text: "A page: " },
              { type: "image_url", image_url: { url } },
            ],
          },
        ],
      },
      "messages[2].content[1]",
    ],
    [
      "/v1/responses",
      {
        input: [
          { role: "user", content: "?" },
          { type: "function_call", call_id: "a", name: "look", arguments: "{}" },
          {
            type: "function_call_output",
            call_id: "a",
            output: [
              { type: "input_text", text: "A page: " },
              { type: "input_image", image_url: url },
            ],
          },
        ],
      },
      "input[2].output[1]",
    ],
    [
      "/v1/messages",
      {
        max_tokens: 9,
        messages: [
          { role: "user", content: "?" },
          { role: "assistant", content: [{ type: "tool_use", id: "a", name: "look", input: {} }] },
          {
            role: "user",
            content: [
              {
                type: "tool_result",
                tool_use_id: "a",
                content: [
                  { type: "text", text: "A page: " },
                  { type: "image", source },
                ],
              },
            ],
          },
        ],
      },
      "messages.2.content.0.content.1",
    ],
  ];
  for (const [path, body, place] of bodies) {
    const answer = await (await send(path, { model: "m", ...body })).json();
    expect(answer.glossa.diagnostics).toEqual([
      { kind: "ignored-item", message: `${place} is left out: the model m takes text only.` },
    ]);
    expect(contentText(seen.at(-1).messages.at(-1).content)).toMatch(
      /^A page:\s+\[left out: this model takes text only\]$/,
    );
  }
});

test("unknown addresses and methods answer in the same shape", async () => {
  const missing = await app.request("/v2/chat");
  expect(missing.status).toBe(404);
  expect(((await missing.json()) as any).error).toMatchObject({ type: "invalid_request_error", code: "unknown_url" });
  for (const [path, method, allow] of [
    ["/v1/chat/completions", "GET", "POST"],
    ["/v1/models", "POST", "GET"],
    ["/v1/models/replay", "DELETE", "GET"],
    ["/health", "POST", "GET"],
    ["/v1/responses", "GET", "POST"],
    ["/v1/responses/resp_1", "POST", "GET, DELETE"],
    ["/v1/completions", "GET", "POST"],
    ["/tokenize", "GET", "POST"],
  ] as const) {
    const wrong = await app.request(path, { method });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, allow]);
    expect(((await wrong.json()) as any).error).toMatchObject({ code: "method_not_allowed" });
  }
});

test("the openai client raises its own error classes", async () => {
  const { client } = await startReplay([{ raw: "Hello." }]);
  await expect(client.chat.completions.create({ ...base, logprobs: true })).rejects.toSatisfy(
    (error) => error instanceof BadRequestError && error.param === "logprobs" && error.code === "unsupported_parameter",
  );
  await expect(client.chat.completions.create({ ...base, model: "none" })).rejects.toBeInstanceOf(NotFoundError);
  await expect(client.models.retrieve("none")).rejects.toBeInstanceOf(NotFoundError);
});

test.each([false, true])(
  "a fault of the gateway itself tells the client no more than that, stream %s",
  async (stream) => {
    const seen: unknown[] = [];
    const broken = createApp({
      engines: [
        scriptedEngine({ id: "replay", format: "hermes" }, async function* () {
          if (stream) yield { type: "text", text: "Hel" };
          throw new TypeError("secret detail");
        }),
      ],
      onError: (error) => seen.push(error),
    });
    const body = JSON.stringify({ ...base, stream });
    const response = await broken.request("/v1/chat/completions", { method: "POST", body });
    expect(response.status).toBe(stream ? 200 : 500);
    const text = await response.text();
    expect(text).not.toContain("secret");
    expect(text).toContain(JSON.stringify("internal_error"));
    expect(seen).toMatchObject([{ message: "secret detail" }]);
  },
);
