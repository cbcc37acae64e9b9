import Anthropic, { APIError, BadRequestError, InternalServerError, NotFoundError } from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import { demoEngine, openAIChatEngine, replayEngine } from "@glossa/server";
import { deferred, namedEventsOf, scriptedEngine, startGateway, startReplay, type Gateway } from "./gateway.ts";
import { chunk, doneEvent, openEvents, startUpstream } from "./scripted-upstream.ts";

const weather: Anthropic.Tool = { name: "get_weather", input_schema: { type: "object" } };

const user = (content: string): Anthropic.MessageParam => ({ role: "user", content });
const base = { model: "replay", max_tokens: 100, messages: [user("Is it raining?")] };

const clientOf = ({ url }: Gateway): Anthropic => new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });

describe("errors are Anthropic's", () => {
  const message = { role: "user", content: "?" };
  test.each<[string, object, string]>([
    ["max_tokens missing", { model: "replay", messages: [message] }, "max_tokens: Field required"],
    ["no messages", { model: "replay", max_tokens: 5 }, "messages: Field required"],
    ["empty messages", { ...base, messages: [] }, "messages: at least one message is required"],
    ["a role", { ...base, messages: [message, { role: "oracle", content: "" }] }, "messages.1.role: Input should be"],
    ["content", { ...base, messages: [{ role: "user", content: 7 }] }, "messages.0.content: Input should be string"],
    [
      "a text block",
      { ...base, messages: [{ role: "user", content: [{ type: "text" }] }] },
      "messages.0.content.0.text: Field required",
    ],
    [
      "a result's call",
      { ...base, messages: [{ role: "user", content: [{ type: "tool_result", content: [] }] }] },
      "messages.0.content.0.tool_use_id: Field required",
    ],
    [
      "a result's block",
      {
        ...base,
        messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "a", content: [{ type: "text" }] }] }],
      },
      "messages.0.content.0.content.0.text: Field required",
    ],
    [
      "a result where the assistant speaks",
      { ...base, messages: [{ role: "assistant", content: [{ type: "tool_result", tool_use_id: "a" }] }] },
      "messages.0.content.0: a block of the type tool_result has no place here",
    ],
    [
      "an image without a source",
      { ...base, messages: [{ role: "user", content: [{ type: "image", source: { type: "file", file_id: "x" } }] }] },
      "messages.0.content.0.source: ",
    ],
    ["a tool without schema", { ...base, tools: [{ name: "f" }] }, "tools: f: input_schema: Field required"],
    ["two tools of a name", { ...base, tools: [weather, weather] }, "tools.1.name"],
    ["a choice without tools", { ...base, tool_choice: { type: "any" } }, "tool_choice"],
    ["a choice that is none", { ...base, tools: [weather], tool_choice: { type: "all" } }, "tool_choice.type: Input"],
    ["temperature", { ...base, temperature: 3 }, "temperature: it is not between 0 and 2"],
    ["thinking", { ...base, thinking: { type: "hard" } }, "thinking.type: Input should be"],
    ["effort", { ...base, output_config: { effort: "huge" } }, "output_config.effort: Input should be"],
  ])("%s", async (_, body, expected) => {
    const { send } = await startReplay([{ raw: "Hello." }]);
    const response = await send("/v1/messages", body);
    expect(response.status).toBe(400);
    const answer = await response.json();
    expect(answer).toEqual({ type: "error", error: { type: "invalid_request_error", message: expect.any(String) } });
    expect(answer.error.message).toContain(expected);
  });

  test("by their classes: a model that is not there, a wrong body, a wrong method, a body too long", async () => {
    const gateway = await startGateway(replayEngine({ recordings: [{ raw: "Hello." }] }), { bodyLimit: 5000 });
    const client = clientOf(gateway);
    await expect(client.messages.create({ ...base, model: "none" })).rejects.toSatisfy(
      (error) => error instanceof NotFoundError && error.type === "not_found_error",
    );
    await expect(client.messages.create({ ...base, max_tokens: 0 })).rejects.toBeInstanceOf(BadRequestError);
    const types = async (response: Promise<{ status: number; json(): Promise<any> }>): Promise<unknown> => {
      const { status, json } = await response.then((one) => ({ status: one.status, json: one.json.bind(one) }));
      return [status, (await json()).error.type];
    };
    expect(await types(gateway.send("/v1/messages", "{"))).toEqual([400, "invalid_request_error"]);
    expect(await types(gateway.send("/v1/messages", "x".repeat(6000)))).toEqual([413, "request_too_large"]);
    expect(await types(fetch(`${gateway.url}/v1/messages`))).toEqual([405, "invalid_request_error"]);
    expect(await types(gateway.send("/v1/messages/batches", {}))).toEqual([404, "not_found_error"]);
  });

  test("a schema that can't be enforced is named by its field", async () => {
    const engine = await demoEngine();
    const client = clientOf(await startGateway(engine));
    const [model] = await engine.models();
    const schema = { type: "object" as const, properties: { a: { type: "string", pattern: "(?=x)" } } };
    await expect(
      client.messages.create({ ...base, model: model!.id, tools: [{ name: "f", input_schema: schema, strict: true }] }),
    ).rejects.toThrow("tools.0.input_schema");
    await expect(
      client.messages.create({ ...base, model: model!.id, output_config: { format: { type: "json_schema", schema } } }),
    ).rejects.toThrow("output_config.format.schema");
  });

  test("before the stream starts and in its midst (P84)", async () => {
    const upstream = await startUpstream((response, _, body) => {
      if (body.messages[0].content === "full") {
        response.writeHead(429, { "retry-after": "7" }).end('{"error": {"message": "Too many."}}');
      } else if (body.messages[0].content === "down") {
        response.writeHead(503).end("<html>");
      } else {
        openEvents(response);
        response.write(chunk({ content: "Let me" }));
        response.write('data: {"error": {"message": "out of memory"}}\n\n');
        response.end(doneEvent);
      }
    });
    const gateway = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
    const client = clientOf(gateway);
    const ask = (content: string): Promise<unknown> =>
      client.messages.stream({ ...base, model: "raw", messages: [user(content)] }).finalMessage();
    await expect(ask("full")).rejects.toSatisfy(
      (error) => error instanceof APIError && error.status === 429 && error.type === "rate_limit_error",
    );
    await expect(ask("down")).rejects.toSatisfy(
      (error) => error instanceof InternalServerError && error.type === "overloaded_error",
    );
    await expect(ask("?")).rejects.toSatisfy(
      (error) => error instanceof APIError && error.type === "api_error" && error.message.includes("out of memory"),
    );
    const events = await namedEventsOf(
      await gateway.send("/v1/messages", { ...base, model: "raw", messages: [user("?")], stream: true }),
    );
    expect(events.slice(2)).toEqual([
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Let me" } },
      { type: "error", error: { type: "api_error", message: "out of memory" } },
    ]);
  });

  test("of an engine that fails when the client has been told to wait already", async () => {
    const pinged = deferred();
    const engine = scriptedEngine({ id: "slow", format: "hermes" }, async function* () {
      await pinged.promise;
      yield* [];
      throw new Error("broken");
    });
    const gateway = await startGateway(engine, { pingInterval: 20, onError: () => undefined });
    const response = await gateway.send("/v1/messages", { ...base, model: "slow", stream: true });
    let seen = "";
    for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
      seen += part;
      if (seen.includes("event: ping")) pinged.resolve();
    }
    const events = await namedEventsOf({ text: async () => seen });
    expect(events.slice(0, 2).map(({ type }) => type)).toEqual(["message_start", "ping"]);
    const message = "The gateway failed on this request.";
    expect(events.at(-1)).toEqual({ type: "error", error: { type: "api_error", message } });
  });
});
