import { beforeAll, describe, expect, test } from "vitest";
import { demoEngine, type Engine } from "@glossa/server";
import { eventsOf, scriptedEngine, startGateway, startReplay, user } from "./gateway.ts";

const raw = "<think>\nHm.\n</think>\n\nSo.";

describe("reasoning goes by the name that the gateway is set to", () => {
  test.each([
    ["reasoning_content", ["reasoning_content"]],
    ["reasoning", ["reasoning"]],
    ["both", ["reasoning", "reasoning_content"]],
  ] as const)("%s", async (reasoningField, names) => {
    const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* () {
      yield { type: "text", text: raw };
      return { reason: "stop" };
    });
    const { post } = await startGateway(engine, { reasoningField });
    const request = { model: "m", messages: [user("?")] };
    const { message } = (await (await post(request)).json()).choices[0];
    const thoughts = Object.keys(message).filter((key) => key.startsWith("reasoning"));
    expect(thoughts.toSorted()).toEqual(names);
    for (const name of names) expect(message[name]).toBe("Hm.");
    const events = await eventsOf(await post({ ...request, stream: true }));
    const deltas = events.slice(0, -1).map(({ choices }) => choices[0].delta);
    for (const name of names) expect(deltas.map((delta) => delta[name] ?? "").join("")).toBe("Hm.");
  });

  test("or not at all, if the client wants none", async () => {
    const { post } = await startReplay([{ raw, format: "qwen3" }]);
    const request = { messages: [user("?")], include_reasoning: false };
    const { message } = (await (await post(request)).json()).choices[0];
    expect(message).toEqual({ role: "assistant", content: "So.", refusal: null });
    const text = await (await post({ ...request, stream: true })).text();
    expect(text).not.toContain("Hm.");
  });
});

describe("tokens of reasoning", () => {
  test("are counted by the pieces, markup with what comes behind it", async () => {
    const pieces = ["<think>", "\n", "Hm", ".", "\n</think>", "\n\n", "So", "."];
    const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* () {
      let completionTokens = 0;
      for (const text of pieces) {
        yield { type: "text", text, usage: { promptTokens: 3, completionTokens: ++completionTokens } };
      }
      return { reason: "stop", usage: { promptTokens: 3, completionTokens } };
    });
    const { client } = await startGateway(engine);
    const chat = await client.chat.completions.create({ model: "m", messages: [user("?")] });
    expect(chat.usage?.completion_tokens_details).toEqual({ reasoning_tokens: 4 });
    const response = await client.responses.create({ model: "m", input: "?" });
    expect(response.usage?.output_tokens_details).toEqual({ reasoning_tokens: 4 });
  });

  test("are not told where pieces don't tell their tokens", async () => {
    const { client } = await startReplay([{ raw, usage: { prompt_tokens: 3, completion_tokens: 8 }, format: "qwen3" }]);
    const chat = await client.chat.completions.create({ model: "replay-qwen3", messages: [user("?")] });
    expect(chat.usage).toEqual({ prompt_tokens: 3, completion_tokens: 8, total_tokens: 11 });
  });

  describe("of the demo model", () => {
    let engine: Engine;
    beforeAll(async () => void (engine = await demoEngine()));
    test("are no more than all", async () => {
      const { client } = await startGateway(engine);
      const [model] = await engine.models();
      const messages = [user("What is the weather in Paris?")];
      const { usage } = await client.chat.completions.create({ model: model!.id, messages, max_tokens: 60 });
      const thought = usage?.completion_tokens_details?.reasoning_tokens ?? 0;
      expect(thought).toBeGreaterThan(0);
      expect(thought).toBeLessThanOrEqual(usage!.completion_tokens);
    });
  });
});
