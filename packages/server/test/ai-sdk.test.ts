import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { APICallError, generateText, Output, stepCountIs, streamText, tool, type LanguageModel } from "ai";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { demoEngine, type Engine } from "@glossa/server";
import { startGateway, startReplay, type Gateway } from "./gateway.ts";

/*
 * The AI SDK reads chunks by strict schemas, and gathers parts in their order: a judge of its own, besides the clients of the
 * two makers.
 */

const asked: string[] = [];
const tools = {
  get_weather: tool({
    description: "Get the current weather for a place.",
    inputSchema: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      asked.push(city);
      return `In ${city} it rains, 12 degrees`;
    },
  }),
};

const modelOf = ({ url }: Gateway, model: string): ReturnType<ReturnType<typeof createOpenAICompatible>> =>
  createOpenAICompatible({ name: "glossa", baseURL: `${url}/v1`, includeUsage: true })(model);

const recordings = [
  {
    raw: '<think>\nI must look.\n</think>\n\nLet me see.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Zürich"}}\n</tool_call>',
    match: "raining in",
    format: "qwen3",
  },
  { raw: "It rains.", match: "12 degrees", format: "qwen3" },
];

test.each(["whole", "chars", { seed: 4 }] as const)("a tool loop over a stream cut %j", async (cut) => {
  const gateway = await startReplay(recordings, { cut });
  asked.length = 0;
  const result = streamText({
    model: modelOf(gateway, "replay-qwen3"),
    tools,
    prompt: "Is it raining in Zürich?",
    stopWhen: stepCountIs(3),
  });
  const types: string[] = [];
  for await (const part of result.fullStream) {
    if (part.type === "error") throw part.error;
    if (types.at(-1) !== part.type) types.push(part.type);
  }
  expect(asked).toEqual(["Zürich"]);
  const [first, second] = await result.steps;
  expect(first).toMatchObject({ reasoningText: "I must look.", text: "Let me see.", finishReason: "tool-calls" });
  expect(first?.toolCalls).toMatchObject([{ toolName: "get_weather", input: { city: "Zürich" } }]);
  expect(second).toMatchObject({ text: "It rains.", finishReason: "stop" });
  expect(types.indexOf("reasoning-delta")).toBeLessThan(types.indexOf("text-delta"));
  expect(types.indexOf("text-delta")).toBeLessThan(types.indexOf("tool-call"));
});

test("a tool loop without a stream, and an error of its class", async () => {
  const gateway = await startReplay(recordings);
  asked.length = 0;
  const prompt = "Is it raining in Bern?";
  const model = modelOf(gateway, "replay-qwen3");
  const { text, steps } = await generateText({ model, tools, prompt, stopWhen: stepCountIs(3) });
  expect([text, steps.length, asked]).toEqual(["It rains.", 2, ["Zürich"]]);
  const unknown = generateText({ model: modelOf(gateway, "none"), prompt, maxRetries: 0 });
  await expect(unknown).rejects.toSatisfy((error) => APICallError.isInstance(error) && error.statusCode === 404);
});

describe("its providers of the two makers read the other protocols", () => {
  const providers: readonly [string, (url: string) => LanguageModel, object][] = [
    ["Messages", (url) => createAnthropic({ baseURL: `${url}/v1`, apiKey: "none" })("replay-qwen3"), {}],
    ["Responses", (url) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "none" }).responses("replay-qwen3"), {}],
    [
      "Responses that are not stored",
      (url) => createOpenAI({ baseURL: `${url}/v1`, apiKey: "none" }).responses("replay-qwen3"),
      { openai: { store: false, forceReasoning: true, reasoningSummary: "auto" } },
    ],
  ];

  test.each(providers)("%s: a tool loop, streamed or not", async (name, provider, providerOptions) => {
    const { url } = await startReplay(recordings, { cut: { seed: 9 } });
    const options = {
      model: provider(url),
      tools,
      prompt: "Is it raining in Bern?",
      maxOutputTokens: 100,
      stopWhen: stepCountIs(3),
      providerOptions: providerOptions as never,
    };
    const streamed = streamText({
      ...options,
      onError: ({ error }) => {
        throw error;
      },
    });
    for (const steps of [(await generateText(options)).steps, await streamed.steps]) {
      const [first, second] = steps;
      expect(first).toMatchObject({ text: "Let me see.", finishReason: "tool-calls" });
      expect(first?.toolCalls).toMatchObject([{ toolName: "get_weather", input: { city: "Zürich" } }]);
      if (name !== "Responses") expect(first?.reasoningText).toBe("I must look.");
      expect(second).toMatchObject({ text: "It rains.", finishReason: "stop" });
    }
  });
});

describe("with the demo model", () => {
  let engine: Engine;
  beforeAll(async () => void (engine = await demoEngine()));

  test("a call, and an answer by a schema", async () => {
    const gateway = await startGateway(engine);
    const [model] = await engine.models();
    const provider = createOpenAICompatible({
      name: "glossa",
      baseURL: `${gateway.url}/v1`,
      supportsStructuredOutputs: true,
    });
    const prompt = "What is the weather in Paris?";
    const called = await generateText({ model: provider(model!.id), tools, prompt, toolChoice: "required" });
    expect(called.toolCalls).toMatchObject([{ toolName: "get_weather", input: { city: "Paris" } }]);
    const { output } = await generateText({
      model: provider(model!.id),
      prompt: "Which one?",
      output: Output.object({ schema: z.object({ side: z.enum(["left", "right"]) }) }),
      providerOptions: { glossa: { reasoningEffort: "none" } },
    });
    expect(["left", "right"]).toContain(output.side);
  });
});
