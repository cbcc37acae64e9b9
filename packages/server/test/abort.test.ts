import type OpenAI from "openai";
import type { ChatCompletionCreateParams } from "openai/resources/chat/completions";
import { EventEmitter, once } from "node:events";
import { setImmediate, setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { createApp, openAIChatEngine } from "@glossa/server";
import { scriptedEngine, startGateway, user, weatherTool } from "./gateway.ts";
import { chunk, openEvents, startUpstream } from "./scripted-upstream.ts";

const request = { model: "raw", messages: [user("?")], tools: [weatherTool] };

/** Reads the answer until the signal says that the client leaves. */
async function read(client: OpenAI, body: ChatCompletionCreateParams, signal: AbortSignal): Promise<"left" | "read"> {
  try {
    const answer = await client.chat.completions.create(body, { signal });
    if (Symbol.asyncIterator in answer) for await (const event of answer) void event;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return signal.aborted ? "left" : "read";
}

test.each([
  ["before the first event", ""],
  ["after the role", chunk({ role: "assistant", content: "" })],
  ["in the text", chunk({ content: "Let me" })],
  ["between a call's name and its arguments", chunk({ content: '<tool_call>\n{"name": "get_weather", ' })],
  ["in the arguments", chunk({ content: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Par' })],
])("a client that leaves %s cancels the engine's request", async (_, sent) => {
  const upstream = await startUpstream((response) => {
    openEvents(response);
    response.write(sent);
  });
  const { client } = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
  await client.models.list();
  for (const stream of [true, false]) {
    const { count } = upstream.cancelled;
    const leave = new AbortController();
    const asked = upstream.requests.length;
    const answer = read(client, { ...request, stream }, leave.signal);
    while (upstream.requests.length === asked) await setTimeout(5);
    // Time enough for what was sent to reach the client.
    await setTimeout(50);
    // The engine never ends its answer, so that nothing but the client can be the reason.
    expect(upstream.cancelled.count).toBe(count);
    const cancelled = upstream.cancelled.next;
    leave.abort();
    await cancelled;
    expect(upstream.cancelled.count).toBe(count + 1);
    await expect(answer).resolves.toBe("left");
  }
});

test("breaking out of the client's loop ends the engine's turn", async () => {
  const turn = new EventEmitter();
  const over = once(turn, "over");
  let pieces = 0;
  const engine = scriptedEngine({ id: "endless", format: "hermes" }, async function* (_, signal) {
    try {
      for (;;) {
        signal.throwIfAborted();
        pieces++;
        yield { type: "text", text: "more " };
        await setTimeout(5);
      }
    } finally {
      turn.emit("over", pieces);
    }
  });
  const { client } = await startGateway(engine);
  const stream = await client.chat.completions.create({ model: "endless", messages: [user("?")], stream: true });
  let seen = 0;
  for await (const event of stream) {
    seen += event.choices[0]?.delta.content ? 1 : 0;
    if (seen === 3) break;
  }
  expect((await over)[0]).toBeGreaterThanOrEqual(3);
});

test("a client that does not read holds the engine back: memory stays bounded", async () => {
  let pieces = 0;
  const engine = scriptedEngine({ id: "flood", format: "hermes" }, async function* (_, signal) {
    const text = "x".repeat(64 * 1024);
    for (;;) {
      signal.throwIfAborted();
      pieces++;
      yield { type: "text", text };
      await setImmediate();
    }
  });
  const { post } = await startGateway(engine);
  const leave = new AbortController();
  const response = await post({ model: "flood", messages: [user("?")], stream: true }, { signal: leave.signal });
  const reader = response.body!.getReader();
  await reader.read();
  // The engine is asked on until the buffers of both sides are full, and not any further.
  let before = -1;
  while (pieces !== before) {
    before = pieces;
    await setTimeout(300);
  }
  expect(pieces * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
  leave.abort();
});

test("a client that leaves before it reads anything ends the engine's turn", async () => {
  let over = false;
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    try {
      yield { type: "text", text: "Hello." };
      return { reason: "stop" };
    } finally {
      over = true;
    }
  });
  const body = JSON.stringify({ model: "m", messages: [user("?")], stream: true });
  const answer = await createApp({ engines: [engine] }).request("/v1/chat/completions", { method: "POST", body });
  await answer.body!.cancel();
  await setImmediate();
  expect(over).toBe(true);
});
