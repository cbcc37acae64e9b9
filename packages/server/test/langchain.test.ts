import { AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { expect, test } from "vitest";
import { z } from "zod";
import { demoEngine } from "@glossa/server";
import { scriptedEngine, startGateway, startReplay, type Gateway } from "./gateway.ts";

/* LangChain's client, which puts what streams together in a way of its own, over both of OpenAI's protocols. */

const weather = tool(async ({ city }) => `In ${city} it rains, 12 degrees`, {
  name: "get_weather",
  description: "Get the current weather for a place.",
  schema: z.object({ city: z.string() }),
});

const call = (city: string): string =>
  `<tool_call>\n{"name": "get_weather", "arguments": {"city": ${JSON.stringify(city)}}}\n</tool_call>`;

const recordings = [
  { raw: `Let me see.\n${call("Zürich")}\n${call("Bern")}`, match: "raining in" },
  { raw: "It rains.", match: "12 degrees", usage: { prompt_tokens: 40, completion_tokens: 3 } },
];

function modelOf({ url }: Gateway, model: string, useResponsesApi: boolean): ChatOpenAI {
  const configuration = { baseURL: `${url}/v1` };
  return new ChatOpenAI({ model, apiKey: "none", maxRetries: 0, temperature: 0, useResponsesApi, configuration });
}

test.each([
  ["chat completions", false],
  ["responses", true],
])("a tool loop by %s, streamed and not", async (_, useResponsesApi) => {
  const gateway = await startReplay(recordings, { cut: 4 });
  const model = modelOf(gateway, "replay", useResponsesApi).bindTools([weather]);
  const question = [new SystemMessage("Be brief."), new HumanMessage("Is it raining in Zürich and Bern?")];

  const invoked = await model.invoke(question);
  let streamed: AIMessageChunk | undefined;
  let chunks = 0;
  for await (const chunk of await model.stream(question)) {
    streamed = streamed?.concat(chunk) ?? chunk;
    chunks++;
  }
  expect(chunks).toBeGreaterThan(5);
  for (const message of [invoked, streamed!]) {
    expect(message.text).toBe("Let me see.");
    expect(message.tool_calls).toMatchObject([
      { name: "get_weather", args: { city: "Zürich" }, type: "tool_call" },
      { name: "get_weather", args: { city: "Bern" }, type: "tool_call" },
    ]);
  }
  const results: ToolMessage[] = [];
  for (const each of invoked.tool_calls!) results.push((await weather.invoke(each)) as ToolMessage);
  const answer = await model.invoke([...question, invoked, ...results]);
  expect(answer.text).toBe("It rains.");
  expect(answer.usage_metadata).toMatchObject({ input_tokens: 40, output_tokens: 3, total_tokens: 43 });
});

test("the conversation that LangChain keeps comes back as it was", async () => {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "qwen3" }, async function* (request) {
    seen.push(request);
    yield { type: "text", text: `<think>\nHm.\n</think>\n\nI ask.\n${call("Bern")}` };
    return { reason: "stop" };
  });
  const gateway = await startGateway(engine);
  for (const useResponsesApi of [false, true]) {
    const model = modelOf(gateway, "m", useResponsesApi).bindTools([weather], { tool_choice: "get_weather" });
    const first = (await model.invoke("Is it raining?")) as AIMessage;
    const [made] = first.tool_calls!;
    await model.invoke([new HumanMessage("?"), first, new ToolMessage({ tool_call_id: made!.id!, content: "rain" })]);
    const { messages, toolChoice } = seen.at(-1);
    expect(toolChoice).toEqual({ name: "get_weather" });
    expect(messages.slice(1)).toMatchObject([
      { role: "assistant", content: "I ask.", tool_calls: [{ id: made!.id, function: { name: "get_weather" } }] },
      { role: "tool", tool_call_id: made!.id, content: "rain" },
    ]);
    expect(JSON.parse(messages[1].tool_calls[0].function.arguments)).toEqual({ city: "Bern" });
  }
});

test("answers with a structure, by a schema and by a call, which the demo model is held to", async () => {
  const engine = await demoEngine();
  const gateway = await startGateway(engine);
  const { id } = (await engine.models())[0]!;
  const schema = z.object({ city: z.string().max(12), days: z.number().int().min(1).max(9) });
  for (const useResponsesApi of [false, true]) {
    for (const method of ["jsonSchema", "functionCalling"] as const) {
      const model = modelOf(gateway, id, useResponsesApi);
      const answer = await model.withStructuredOutput(schema, { name: "stay", method, strict: true }).invoke("Where?");
      expect(schema.safeParse(answer)).toMatchObject({ success: true });
    }
  }
});
