import { EventEmitter, once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openAIChatEngine, vllmEngine, withTimeouts } from "@glossa/server";
import { eventsOf, startGateway, user, weatherTool, type Gateway } from "./gateway.ts";
import {
  chunk,
  doneEvent,
  openEvents,
  rawAnswer,
  startUpstream,
  usageChunk,
  type Answer,
} from "./scripted-upstream.ts";

const raw = 'Ja, naïve 🌧 é.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Zürich 🏔"}}\n</tool_call>';
const body = { model: "raw", messages: [user("?")], tools: [weatherTool] };

async function start(answer: Answer): Promise<Gateway & { requests: any[] }> {
  const upstream = await startUpstream(answer);
  return {
    ...(await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }))),
    requests: upstream.requests,
  };
}

/** The same answer, as one object or as events, whichever is asked for. */
const asAsked: Answer = (response, _, asked) => {
  if (asked.stream) {
    openEvents(response);
    return void response.end(rawAnswer(raw));
  }
  response.setHeader("content-type", "application/json");
  response.end(
    JSON.stringify({
      choices: [{ index: 0, message: { role: "assistant", content: raw }, finish_reason: "stop" }],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    }),
  );
};

test.each([
  [{}, undefined, false],
  [{ stream: true }, undefined, true],
  [{ stop: ["END"] }, undefined, true],
  [{ parallel_tool_calls: false }, undefined, true],
  [{ logprobs: true }, undefined, true],
  [{}, { idle: 1000 }, true],
  [{}, { total: 1000 }, false],
])("a request with %j and limits %j asks the engine for a stream: %j", async (fields, limits, streamed) => {
  const upstream = await startUpstream(asAsked);
  const engine = openAIChatEngine({ url: upstream.url, format: "hermes" });
  const { post } = await startGateway(limits ? withTimeouts(engine, limits) : engine);
  const response = await post({ ...body, ...fields });
  expect(upstream.requests[0].stream).toBe(streamed);
  if ("stream" in fields) return void (await response.text());
  const { choices, usage } = await response.json();
  expect(choices[0].message.content).toBe(right.text);
  expect(choices[0].message.tool_calls[0].function.arguments).toBe('{"city": "Zürich 🏔"}');
  expect(usage).toMatchObject({ prompt_tokens: 11, completion_tokens: 7 });
});

/** What the client of a stream has got in the end. */
async function stream(
  gateway: Gateway,
): Promise<{ status: number; text: string; call: string; finish: unknown; error: any; done: boolean }> {
  const response = await gateway.post({ ...body, stream: true });
  if (response.status !== 200) {
    return {
      status: response.status,
      text: "",
      call: "",
      finish: null,
      error: (await response.json()).error,
      done: false,
    };
  }
  const events = await eventsOf(response);
  const choices = events.flatMap((event) => event.choices ?? []);
  const calls = choices.flatMap((choice) => choice.delta.tool_calls ?? []);
  return {
    status: 200,
    text: choices.map((choice) => choice.delta.content ?? "").join(""),
    call: calls.map((call) => `${call.function.name ?? ""}${call.function.arguments}`).join(""),
    finish: choices.at(-1)?.finish_reason ?? null,
    error: events.find((event) => event.error)?.error,
    done: events.at(-1) === "[DONE]",
  };
}

const right = {
  status: 200,
  text: "Ja, naïve 🌧 é.",
  call: 'get_weather{"city": "Zürich 🏔"}',
  finish: "tool_calls",
  done: true,
};

describe("whatever way it arrives, it is the same answer", () => {
  test.each<[string, Answer]>([
    [
      "at once",
      (response) => {
        openEvents(response);
        response.end(rawAnswer(raw));
      },
    ],
    [
      "one byte at a time, characters torn",
      async (response) => {
        openEvents(response);
        for (const byte of Buffer.from(chunk({ content: raw }) + chunk({}, "stop") + doneEvent)) {
          response.write(Uint8Array.of(byte));
          await setImmediate();
        }
        response.end();
      },
    ],
    [
      "with \\r\\n line ends, torn between the two",
      async (response) => {
        openEvents(response);
        for (const part of rawAnswer(raw)
          .replaceAll("\n", "\r\n")
          .split(/(?<=\r)/)) {
          response.write(part);
          await setImmediate();
        }
        response.end();
      },
    ],
    [
      "with comments, event names, ids and empty lines between",
      (response) => {
        openEvents(response);
        response.end(
          rawAnswer(raw).replaceAll("data: ", ": keep-alive\n\n\nevent: chunk\nid: 7\nretry: x\nunknown: y\ndata:"),
        );
      },
    ],
    [
      "without [DONE]",
      (response) => {
        openEvents(response);
        response.end(rawAnswer(raw).replace(doneEvent, ""));
      },
    ],
    [
      "with [DONE] and then silence",
      (response) => {
        openEvents(response);
        response.write(rawAnswer(raw));
      },
    ],
    [
      "without a finish reason",
      (response) => {
        openEvents(response);
        response.end(chunk({ content: raw }) + doneEvent);
      },
    ],
    [
      "with one object although a stream was asked for",
      (response) => {
        response.setHeader("content-type", "application/json; charset=utf-8");
        response.end(
          JSON.stringify({
            choices: [{ index: 0, message: { role: "assistant", content: raw }, finish_reason: "stop" }],
          }),
        );
      },
    ],
    [
      "with data over several lines",
      (response) => {
        openEvents(response);
        const pretty = JSON.stringify(
          { choices: [{ index: 0, delta: { content: raw }, finish_reason: "stop" }] },
          null,
          2,
        );
        response.end(`${pretty.replaceAll(/^/gm, "data: ")}\n\n${doneEvent}`);
      },
    ],
  ])("%s", async (_, answer) => {
    const gateway = await start(answer);
    const got = await stream(gateway);
    expect(got.error).toBeUndefined();
    expect({ ...got, text: got.text.trim() }).toMatchObject(right);
    const plain = await (await gateway.post(body)).json();
    expect(plain.choices[0].message.tool_calls[0].function.arguments).toBe('{"city": "Zürich 🏔"}');
    expect(plain.choices[0].message.content).toBe(got.text);
  });
});

describe("before the answer starts, a fault is a status", () => {
  test.each<[string, Answer, number, object]>([
    [
      "dies before the first byte",
      (response) => void response.destroy(),
      502,
      { type: "engine_error", code: "engine_unreachable" },
    ],
    [
      "dies before the first event",
      async (response) => {
        openEvents(response);
        await new Promise((resolve) => setTimeout(resolve, 20));
        response.destroy();
      },
      502,
      { type: "engine_error", code: "engine_disconnected" },
    ],
    [
      "closes without an event",
      (response) => {
        openEvents(response);
        response.end();
      },
      502,
      { code: "engine_disconnected" },
    ],
    [
      "answers with HTML",
      (response) => {
        response.setHeader("content-type", "text/html");
        response.end("<h1>Welcome</h1>");
      },
      502,
      { code: "engine_protocol" },
    ],
    [
      "answers 502 with HTML",
      (response) => {
        response.statusCode = 502;
        response.end("<h1>Bad gateway</h1>");
      },
      502,
      { type: "engine_error", code: "engine_failed" },
    ],
    [
      "refuses the request",
      (response) => {
        response.statusCode = 400;
        response.end(
          JSON.stringify({
            error: { message: "too long", type: "BadRequestError", param: "messages", code: "context_length_exceeded" },
          }),
        );
      },
      400,
      { message: "too long", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" },
    ],
    [
      "refuses in another shape",
      (response) => {
        response.statusCode = 422;
        response.end(JSON.stringify({ object: "error", message: "no such thing" }));
      },
      422,
      { message: "no such thing", type: "invalid_request_error" },
    ],
    [
      "refuses the gateway's key",
      (response) => {
        response.statusCode = 401;
        response.end(JSON.stringify({ error: { message: "key sk-123 is wrong" } }));
      },
      502,
      { code: "engine_credentials", message: "The engine openai-chat refuses the gateway's credentials." },
    ],
    [
      "does not have the model",
      (response) => {
        response.statusCode = 404;
        response.end(JSON.stringify({ error: { message: "no such model", code: "model_not_found", param: "model" } }));
      },
      404,
      { code: "model_not_found", param: "model" },
    ],
    [
      "is overloaded",
      (response) => {
        response.statusCode = 503;
        response.end("{}");
      },
      503,
      { type: "engine_error" },
    ],
    [
      "sends an error as the first event of a 200",
      (response) => {
        openEvents(response);
        response.end(`data: ${JSON.stringify({ error: { message: "bad grammar", code: 400 } })}\n\n${doneEvent}`);
      },
      400,
      { message: "bad grammar", type: "invalid_request_error" },
    ],
    [
      "sends something that is not JSON",
      (response) => {
        openEvents(response);
        response.end(`data: {"choices":\n\n${doneEvent}`);
      },
      502,
      { code: "engine_protocol" },
    ],
  ])("%s", async (_, answer, status, error) => {
    const gateway = await start(answer);
    for (const streamed of [false, true]) {
      const response = await gateway.post({ ...body, stream: streamed });
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toContain("application/json");
      const got = (await response.json()).error;
      expect(got).toMatchObject(error);
      expect(Object.keys(got).toSorted()).toEqual(["code", "message", "param", "type"]);
    }
  });

  test("429 comes with its Retry-After", async () => {
    const { post } = await start((response) => {
      response.statusCode = 429;
      response.setHeader("retry-after", "7");
      response.end(JSON.stringify({ error: { message: "slow down" } }));
    });
    const response = await post(body);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
    expect((await response.json()).error).toMatchObject({ type: "rate_limit_error", message: "slow down" });
  });

  test("nobody listens there", async () => {
    const upstream = await startUpstream(() => undefined);
    const { post, url } = await startGateway(vllmEngine({ url: "http://127.0.0.1:9", format: "hermes" }));
    const response = await post({ ...body, model: "any" });
    expect(response.status).toBe(502);
    const { error } = await response.json();
    expect(error).toMatchObject({ type: "engine_error", code: "engine_unreachable" });
    expect(error.message).not.toContain("127.0.0.1");
    expect((await fetch(`${url}/v1/models`)).status).toBe(502);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    expect(upstream.requests).toEqual([]);
  });
});

describe("after the answer has started, a fault is an event, and what came before it is delivered (P72)", () => {
  const opening = chunk({ role: "assistant", content: "" }) + chunk({ content: "It is " });
  test.each<[string, Answer, object]>([
    [
      "dies in the middle of an event",
      (response) => void response.write(`${opening}data: {"choi`, () => response.destroy()),
      { type: "engine_error", code: "engine_disconnected" },
    ],
    [
      "dies in the middle of a character",
      (response) =>
        void response.write(
          Buffer.concat([Buffer.from(`${opening}data: {"choices":[{"delta":{"content":"`), Buffer.of(0xc3)]),
          () => response.destroy(),
        ),
      { code: "engine_disconnected" },
    ],
    ["closes before the end", (response) => void response.end(opening), { code: "engine_disconnected" }],
    [
      "sends an error event",
      (response) =>
        void response.end(`${opening}data: {"error":{"message":"out of memory","code":"oom"}}\n\n${doneEvent}`),
      { type: "engine_error", message: "out of memory", code: "oom" },
    ],
    [
      "sends what is not JSON",
      (response) => void response.end(`${opening}data: oops\n\n`),
      { code: "engine_protocol" },
    ],
  ])("%s", async (_, answer, error) => {
    const gateway = await start(async (response, request, asked) => {
      openEvents(response);
      await answer(response, request, asked);
    });
    const got = await stream(gateway);
    expect(got).toMatchObject({ status: 200, finish: null, done: true });
    expect(got.text.trimEnd()).toBe("It is");
    expect(got.error).toMatchObject(error);
    const plain = await gateway.post(body);
    expect(plain.status).toBe(502);

    const events = await gateway.client.chat.completions.create({ ...body, stream: true });
    await expect(
      (async () => {
        for await (const event of events) void event;
      })(),
    ).rejects.toMatchObject({ message: expect.stringMatching(/./), error: expect.objectContaining(error) });
  });
});

test("usage chunks and the chunks around them stay whole (P83)", async () => {
  const gateway = await start((response) => {
    openEvents(response);
    response.end(chunk({ content: "A" }) + chunk({ content: "B" }, "stop") + usageChunk + doneEvent);
  });
  const response = await gateway.post({ ...body, stream: true, stream_options: { include_usage: true } });
  const events = await eventsOf(response);
  expect(events.at(-2)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, prompt_tokens_details: { cached_tokens: 3 } },
  });
});

test("a delta goes out when it comes in, not when the answer ends (P71)", async () => {
  const seenFirst = new EventEmitter();
  const gateway = await start(async (response) => {
    openEvents(response);
    response.write(chunk({ content: "First." }));
    await once(seenFirst, "seen");
    response.end(chunk({ content: " Second." }, "stop") + doneEvent);
  });
  const response = await gateway.post({ ...body, tools: [], stream: true });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let seen = "";
  while (!seen.includes("First.")) seen += (await reader.read()).value ?? "";
  expect(seen).not.toContain("Second.");
  seenFirst.emit("seen");
  for (let step = await reader.read(); !step.done; step = await reader.read()) seen += step.value;
  expect(seen).toContain(" Second.");
});

test("what the endpoint has parsed by itself comes through as what it is", async () => {
  const gateway = await start((response) => {
    openEvents(response);
    response.write(chunk({ reasoning_content: "Hm." }) + chunk({ reasoning: " Yes." }) + chunk({ content: "Look:" }));
    response.write(
      chunk({
        tool_calls: [{ index: 0, id: "abc", type: "function", function: { name: "get_weather", arguments: "" } }],
      }),
    );
    response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: '{"city": ' } }] }));
    response.write(chunk({ tool_calls: [{ index: 0, function: { arguments: '"Rom"}' } }] }));
    response.end(chunk({ tool_calls: [{ index: 1, function: { name: "get_weather" } }] }, "tool_calls") + doneEvent);
  });
  const answer = await gateway.client.chat.completions.create(body);
  expect(answer.choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: {
      reasoning_content: "Hm. Yes.",
      content: "Look:",
      tool_calls: [
        { id: "abc", function: { name: "get_weather", arguments: '{"city": "Rom"}' } },
        { id: expect.stringMatching(/^call_/), function: { name: "get_weather", arguments: "{}" } },
      ],
    },
  });
});

test.each([
  ["length", "truncated-call"],
  ["stop", "malformed-call"],
])("arguments that the endpoint leaves open at %s are told as %s", async (finish, kind) => {
  const gateway = await start((response) => {
    openEvents(response);
    response.write(
      chunk({ tool_calls: [{ index: 0, id: "abc", function: { name: "get_weather", arguments: '{"city": "R' } }] }),
    );
    response.end(chunk({}, finish) + doneEvent);
  });
  const answer = await (await gateway.post(body)).json();
  expect(answer.choices[0].message.tool_calls[0].function.arguments).toBe('{"city": "R');
  expect(answer.glossa.diagnostics).toMatchObject([{ kind, call: 0 }]);
});

test("an engine that quotes the gateway's key is not quoted, and its Retry-After is", async () => {
  const statuses = [400, 503];
  const upstream = await startUpstream((response) => {
    response.statusCode = statuses.shift()!;
    response.setHeader("retry-after", "7");
    response.end(JSON.stringify({ error: { message: "no quota left for Bearer sk-secret" } }));
  });
  const { post } = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes", apiKey: "sk-secret" }));
  for (const [status, retryAfter] of [
    [400, null],
    [503, "7"],
  ]) {
    const response = await post({ messages: [user("?")] });
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect((await response.json()).error.message).toBe("no quota left for Bearer …");
  }
});

test("an address with credentials is refused, since they would not be sent, and not told on", () => {
  for (const url of [
    "http://me:secret@127.0.0.1:1/v1",
    "http://secret@127.0.0.1:1",
    "http://127.0.0.1:1/v1?key=secret",
  ]) {
    expect(() => openAIChatEngine({ url })).toThrow("give the key as apiKey");
    expect(() => openAIChatEngine({ url })).not.toThrow("secret");
  }
});

test("models of unknown format are not served unless a format is named", async () => {
  const { url } = await startUpstream(() => undefined, ["raw", "Qwen/Qwen3-8B"]);
  const ids = async (format?: string): Promise<string[]> =>
    (await openAIChatEngine({ url, ...(format !== undefined && { format }) }).models()).map(({ id }) => id);
  expect(await ids()).toEqual(["Qwen/Qwen3-8B"]);
  expect(await ids("hermes")).toEqual(["raw", "Qwen/Qwen3-8B"]);
  const unknown = await startUpstream(() => undefined, ["raw"]);
  await expect(openAIChatEngine({ url: unknown.url }).models()).rejects.toMatchObject({
    code: "unknown_format",
    message: expect.stringContaining("raw"),
  });
});

test("the request is handed on as it is, with the gateway's key and not the client's", async () => {
  const seen: (string | undefined)[] = [];
  const upstream = await startUpstream((response, request) => {
    seen.push(request.headers.authorization);
    openEvents(response);
    response.end(rawAnswer("{}"));
  });
  const { client } = await startGateway(
    openAIChatEngine({ url: upstream.url, format: "hermes", apiKey: "of-the-gateway" }),
  );
  const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } };
  await client.chat.completions.create({
    ...body,
    messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, image] }],
    tool_choice: { type: "function", function: { name: "get_weather" } },
    parallel_tool_calls: false,
    response_format: { type: "json_object" },
    reasoning_effort: "low",
    max_tokens: 5,
  });
  expect(seen).toEqual(["Bearer of-the-gateway"]);
  expect(upstream.requests[0]).toEqual({
    model: "raw",
    messages: [{ role: "user", content: [{ type: "text", text: "What is this?" }, image] }],
    stream: true,
    stream_options: { include_usage: true },
    tools: body.tools,
    tool_choice: { type: "function", function: { name: "get_weather" } },
    parallel_tool_calls: false,
    response_format: { type: "json_object" },
    chat_template_kwargs: { enable_thinking: true },
    reasoning_effort: "low",
    max_tokens: 5,
  });
});
