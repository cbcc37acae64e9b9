import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { completionsEngine, openAIChatEngine } from "@glossa/server";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";
import { sendEvents, startFakeServer, type FakeServer, type Route } from "./fake-server.ts";
import { startGateway, user, weatherTool } from "./gateway.ts";

const body = { model: "demo", messages: [user("What is the weather in Paris?")] };
const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';

/** As 5.23 answers: fields it does not know are ignored, usage comes with the finish reason, no `[DONE]`. */
describe("transformers serve", () => {
  const transformers = (text: string, listing: Route = () => ({ object: "list", data: [] })): Promise<FakeServer> =>
    startFakeServer({
      "/v1/models": listing,
      "/v1/chat/completions": (asked, response) => {
        if (asked.model !== "demo") {
          response.writeHead(400, { "content-type": "application/json" });
          return void response.end(
            JSON.stringify({ detail: `Server is pinned to 'demo'; requested '${asked.model}'.` }),
          );
        }
        const common = {
          id: "1",
          created: 1,
          model: "demo@main",
          object: "chat.completion.chunk",
          system_fingerprint: "",
        };
        const chunk = (choice: object, usage?: object): object => ({
          ...common,
          choices: [{ index: 0, ...choice }],
          ...(usage && { usage }),
        });
        sendEvents(response, [
          chunk({ delta: { role: "assistant" } }),
          ...text.split(/(?<=\n)/).map((content) => chunk({ delta: { content } })),
          chunk({ delta: {}, finish_reason: "stop" }, { completion_tokens: 24, prompt_tokens: 66, total_tokens: 90 }),
        ]);
        return undefined;
      },
    });

  test("calls of its raw content, usage and finish reason of a stream that has no end mark", async () => {
    const { url } = await transformers(`<think>\nHm.\n</think>\n\n${call}`);
    const { client } = await startGateway(openAIChatEngine({ url, format: "qwen3", model: "demo" }));
    const answer = await client.chat.completions.create({ ...body, tools: [weatherTool] });
    expect(answer.choices[0]).toMatchObject({
      finish_reason: "tool_calls",
      message: { reasoning_content: "Hm.", tool_calls: [{ function: { name: "get_weather" } }] },
    });
    expect(answer.usage).toMatchObject({ prompt_tokens: 66, completion_tokens: 24 });
  });

  test("what it accepts and ignores is told where the answer misses it", async () => {
    const { url, sent } = await transformers("I do not know that.");
    const { post } = await startGateway(openAIChatEngine({ url, format: "qwen3", model: "demo" }));
    for (const [asked, kind] of [
      [{ response_format: { type: "json_object" } }, "response-format-mismatch"],
      [{ tools: [weatherTool], tool_choice: "required" }, "tool-choice-unmet"],
    ] as const) {
      const response = await post({ ...body, ...asked });
      expect(response.status).toBe(200);
      expect((await response.json()).glossa.diagnostics).toMatchObject([{ kind }]);
      expect(sent("/v1/chat/completions").at(-1)).toMatchObject(asked);
    }
  });

  test.each<[string, Route]>([
    ["lists nothing", () => ({ object: "list", data: [] })],
    [
      "fails, as without a cache",
      (_, response) => {
        response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
        response.end("Internal Server Error");
      },
    ],
  ])("the model that is named is served where the listing %s", async (_, listing) => {
    const { url } = await transformers("Hi", listing);
    const { client } = await startGateway(openAIChatEngine({ url, format: "qwen3", model: "demo" }));
    expect((await client.chat.completions.create(body)).choices[0]!.message.content).toBe("Hi");
    const other = await startGateway(openAIChatEngine({ url, format: "qwen3", model: "other" }));
    const refused = await other.post({ ...body, model: "other" });
    expect(refused.status).toBe(400);
    expect((await refused.json()).error.message).toBe("Server is pinned to 'demo'; requested 'other'.");
  });

  test("a listing that has models decides which there are", async () => {
    const { url } = await transformers("Hi", () => ({ data: [{ id: "else" }] }));
    const engine = openAIChatEngine({ url, format: "qwen3", model: "demo" });
    expect((await engine.models()).map(({ id }) => id)).toEqual(["else"]);
  });
});

/** As 0.17.4 answers under /v1. */
describe("Ollama's OpenAI endpoints", () => {
  const none = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const ollama = (events: readonly unknown[]): Promise<FakeServer> =>
    startFakeServer({
      "/v1/models": () => ({ object: "list", data: [{ id: "demo", object: "model", owned_by: "library" }] }),
      "/v1/completions": (asked, response) => {
        if (Array.isArray(asked.prompt)) {
          response.writeHead(400, { "content-type": "application/json; charset=utf-8" });
          const message = "json: cannot unmarshal array into Go struct field CompletionRequest.prompt of type string";
          return void response.end(JSON.stringify({ error: { message, type: "invalid_request_error" } }));
        }
        sendEvents(response, events);
        return undefined;
      },
      "/v1/chat/completions": (_, response) => sendEvents(response, events),
    });
  const piece = (text: string): object => ({ choices: [{ text, index: 0, finish_reason: null }], usage: none });

  test("the zeros that stand beside each piece are no count", async () => {
    const end = [
      { choices: [{ text: "", index: 0, finish_reason: "stop" }], usage: none },
      { choices: [], usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 } },
      "[DONE]",
    ];
    const { url } = await ollama([...["Hi", " there", " STOP", " more"].map(piece), ...end]);
    const engine = completionsEngine({ url, format: "qwen3", checkpoint: chatmlCheckpoint() });
    const { client } = await startGateway(engine);
    const answer = await client.chat.completions.create(body);
    expect(answer.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 3 });
    const cut = await client.chat.completions.create({ ...body, stop: "STOP" });
    expect(cut.choices[0]!.message.content).toBe("Hi there ");
    expect(cut.usage?.prompt_tokens).not.toBe(0);
  });

  test("an answer that it breaks off for its repeats has no end, and is told as that", async () => {
    const delta = { choices: [{ index: 0, delta: { role: "assistant", content: " a" }, finish_reason: null }] };
    const { url } = await ollama(Array.from({ length: 31 }, () => delta));
    const { post } = await startGateway(openAIChatEngine({ url, format: "qwen3" }));
    const text = await (await post({ ...body, stream: true })).text();
    expect(text.match(/"content":" a"/g)).toHaveLength(31);
    expect(text).toMatch(/"code":"engine_disconnected".*data: \[DONE\]\s*$/s);
  });
});

/** As 0.3.36 answers: 500 to what it can't read, no usage in a stream. */
describe("llama-cpp-python's server", () => {
  const refuse = (response: ServerResponse, field: string): void => {
    const message = `1 validation error:\n  {'type': 'string_type', 'loc': ('body', ${field}), 'msg': 'Input should be a valid string'}`;
    response.writeHead(500, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message, type: "internal_server_error", param: null, code: null } }));
  };
  const start = (): Promise<FakeServer> =>
    startFakeServer({
      "/v1/models": () => ({
        object: "list",
        data: [{ id: "demo", object: "model", owned_by: "me", permissions: [] }],
      }),
      "/v1/completions": (asked, response) => {
        if (typeof asked.prompt !== "string") return refuse(response, "'prompt', 'str'");
        const choice = (text: string, finish_reason: string | null): object => ({
          choices: [{ text, index: 0, logprobs: null, finish_reason }],
        });
        sendEvents(response, [choice("Hi", null), choice("", "stop"), "[DONE]"]);
        return undefined;
      },
      "/v1/chat/completions": (asked, response) => {
        if (asked.messages.some(({ content }: any) => content === null))
          return refuse(response, "'messages', 1, 'ChatCompletionRequestAssistantMessage', 'content'");
        const choice = (delta: object, finish_reason: string | null): object => ({
          choices: [{ index: 0, delta, logprobs: null, finish_reason }],
        });
        sendEvents(response, [
          choice({ role: "assistant" }, null),
          choice({ content: "Clear." }, null),
          choice({}, "stop"),
          "[DONE]",
        ]);
        return undefined;
      },
    });

  test("a prompt that it can't take as ids goes out as text", async () => {
    const { url, sent } = await start();
    const engine = completionsEngine({ url, format: "qwen3", checkpoint: chatmlCheckpoint() });
    const { client } = await startGateway(engine);
    for (let turn = 0; turn < 2; turn++) {
      expect((await client.chat.completions.create(body)).choices[0]!.message.content).toBe("Hi");
    }
    expect(sent("/v1/completions").map(({ prompt }) => typeof prompt)).toEqual(["object", "string", "string"]);
  });

  test("calls without content are sent with an empty one, once it has refused null", async () => {
    const { url, sent } = await start();
    const { client } = await startGateway(openAIChatEngine({ url, format: "qwen3" }));
    const called = {
      id: "call_1",
      type: "function" as const,
      function: { name: "get_weather", arguments: '{"city": "Paris"}' },
    };
    const messages = [
      ...body.messages,
      { role: "assistant" as const, content: null, tool_calls: [called] },
      { role: "tool" as const, tool_call_id: "call_1", content: "clear" },
    ];
    for (let turn = 0; turn < 2; turn++) {
      const answer = await client.chat.completions.create({ ...body, messages, tools: [weatherTool] });
      expect(answer.choices[0]!.message.content).toBe("Clear.");
    }
    const contents = sent("/v1/chat/completions").map((asked) => asked.messages[1].content);
    expect(contents).toEqual([null, "", ""]);
  });
});
