import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { demoEngine } from "@glossa/server";
import { eventsOf, scriptedEngine, startGateway, user, weatherTool } from "./gateway.ts";

/** The first answer is a call, the others text that says which they are; each takes its time. */
function counting(): ReturnType<typeof scriptedEngine> {
  let asked = 0;
  return scriptedEngine({ id: "m", format: "hermes" }, async function* (request) {
    const index = asked++ % 3;
    const raw = index === 0 ? '<tool_call>\n{"name": "get_weather", "arguments": {}}\n</tool_call>' : `Answer ${index}`;
    for (const text of raw.match(/.{1,9}/gs) ?? []) {
      await setTimeout(3 - index);
      yield { type: "text", text };
    }
    expect(request.sampling.seed).toBe(7 + index);
    return {
      reason: index === 2 ? "length" : "stop",
      usage: { promptTokens: 5, completionTokens: 10 * (index + 1), cachedTokens: 2 },
    };
  });
}

const request = { model: "m", messages: [user("?")], tools: [weatherTool], n: 3, seed: 7 };
const usage = {
  prompt_tokens: 5,
  completion_tokens: 60,
  total_tokens: 65,
  prompt_tokens_details: { cached_tokens: 2 },
};

test("n answers side by side, streamed or not, with seeds of their own and one usage", async () => {
  const { client, post } = await startGateway(counting());
  const plain = await client.chat.completions.create(request);
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  for (const { choices } of [plain, streamed]) {
    expect(choices.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, "tool_calls"],
      [1, "stop"],
      [2, "length"],
    ]);
    expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { name: "get_weather", arguments: "{}" } }]);
    expect(choices.slice(1).map(({ message }) => message.content)).toEqual(["Answer 1", "Answer 2"]);
  }
  expect(plain.usage).toEqual(usage);

  const events = await eventsOf(await post({ ...request, stream: true, stream_options: { include_usage: true } }));
  expect(events.slice(-2)).toEqual([expect.objectContaining({ choices: [], usage }), "[DONE]"]);
  const chunks = events.slice(0, -2).map(({ choices }) => choices[0]);
  for (const index of [0, 1, 2]) {
    const own = chunks.filter((chunk) => chunk.index === index);
    expect(own[0].delta.role).toBe("assistant");
    expect(own.filter(({ finish_reason }) => finish_reason !== null)).toHaveLength(1);
    expect(own.at(-1).finish_reason).not.toBeNull();
  }
  // Not one after the other.
  expect(chunks.map(({ index }) => index)).not.toEqual(chunks.map(({ index }) => index).toSorted());
});

test("one that fails fails the request; a client that leaves ends all", async () => {
  let asked = 0;
  let running = 0;
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* (_, signal) {
    const index = asked++;
    running++;
    try {
      for (let step = 0; ; step++) {
        signal.throwIfAborted();
        await setTimeout(2);
        if (index === 1 && step === 5) throw new Error("broken");
        yield { type: "text", text: "x" };
      }
    } finally {
      running--;
    }
  });
  const { client } = await startGateway(engine, { onError: () => undefined });
  const endless = { model: "m", messages: [user("?")], n: 3 };
  await expect(client.chat.completions.create(endless)).rejects.toThrow(/500/);
  expect([asked, running]).toEqual([3, 0]);

  const stream = await client.chat.completions.create({ ...endless, stream: true });
  for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  await expect.poll(() => running).toBe(0);
  expect(asked).toBe(6);
});

test("the demo model gives different answers", async () => {
  const engine = await demoEngine();
  const { client } = await startGateway(engine);
  const [model] = await engine.models();
  const answer = await client.chat.completions.create({
    model: model!.id,
    messages: [user("Tell me something.")],
    reasoning_effort: "none",
    temperature: 1.5,
    seed: 1,
    n: 4,
    max_tokens: 12,
  });
  expect(new Set(answer.choices.map(({ message }) => message.content)).size).toBeGreaterThan(1);
  expect(answer.usage?.completion_tokens).toBeGreaterThan(12);
});
