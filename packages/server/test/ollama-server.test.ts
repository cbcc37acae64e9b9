import Anthropic from "@anthropic-ai/sdk";
import { loadCheckpoint } from "@glossa/chat/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ollamaEngine, type Engine } from "@glossa/server";
import { startGateway, timeTool, user, weatherTool } from "./gateway.ts";
import { demoModel } from "./llama-server.ts";
import { ollama, startOllama, type RunningOllama } from "./ollama-server.ts";

const tools = [weatherTool, timeTool];
const question = user("What is the weather in Paris?");
const model = "demo:latest";
const missing = ollama === undefined ? " (skipped: GLOSSA_OLLAMA does not name its binary)" : "";

describe.skipIf(missing !== "")(`the real Ollama${missing}`, { timeout: 60_000 }, () => {
  let server: RunningOllama;
  let engine: Engine;
  beforeAll(async () => {
    server = await startOllama();
    engine = ollamaEngine({ url: server.url, format: "qwen3", checkpoint: await loadCheckpoint(demoModel) });
  }, 60_000);
  afterAll(() => server.stop());

  const ask = { temperature: 0, max_tokens: 200, chat_template_kwargs: { enable_thinking: false } };

  test("a tool loop, with usage, streamed and not", async () => {
    const { client } = await startGateway(engine);
    const request = { model, messages: [question], tools, ...ask };
    const first = await client.chat.completions.create(request);
    const [choice] = first.choices;
    expect(choice?.finish_reason).toBe("tool_calls");
    const call = choice!.message.tool_calls![0] as any;
    expect([call.function.name, JSON.parse(call.function.arguments)]).toEqual(["get_weather", { city: "Paris" }]);
    // The prompt's tokens are as many as the checkpoint's tokenizer says: nothing was put before them.
    const turn = {
      model: (await engine.models())[0]!,
      messages: [question],
      tools: tools.map((tool) => tool.function),
    };
    const { total } = (await engine.countTokens!({ ...turn, templateVariables: ask.chat_template_kwargs } as never))!;
    expect(first.usage!.prompt_tokens).toBe(total);
    expect(first.usage!.completion_tokens).toBeGreaterThan(10);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect((streamed.choices[0]!.message.tool_calls![0] as any).function).toMatchObject(call.function);

    const result = { role: "tool" as const, tool_call_id: call.id, content: '{"sky": "clear", "celsius": 21}' };
    const second = await client.chat.completions.create({ ...request, messages: [question, choice!.message, result] });
    expect(second.choices[0]?.message.content).toBeTruthy();
    expect(second.choices[0]?.message.tool_calls).toBeUndefined();
  });

  test("Messages and Responses", async () => {
    const { url, client } = await startGateway(engine);
    const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
    const [{ function: tool }] = tools as [typeof weatherTool];
    const message = await anthropic.messages
      .stream({
        model,
        max_tokens: 200,
        temperature: 0,
        messages: [{ role: "user", content: question.content }],
        tools: [{ name: tool.name, description: tool.description, input_schema: tool.parameters as never }],
      })
      .finalMessage();
    expect(message.stop_reason).toBe("tool_use");
    expect(message.content.at(-1)).toMatchObject({ type: "tool_use", name: tool.name, input: { city: "Paris" } });
    const response = await client.responses
      .stream({
        model,
        input: question.content,
        temperature: 0,
        max_output_tokens: 200,
        tools: [{ type: "function", strict: false, ...tool } as never],
      })
      .finalResponse();
    expect(response.output.at(-1)).toMatchObject({ type: "function_call", name: tool.name });
  });

  test("reasoning stays in the text and is told from the answer here", async () => {
    const { client } = await startGateway(engine);
    const answer = await client.chat.completions.create({ model, messages: [question], tools, temperature: 0 });
    const message = answer.choices[0]!.message as any;
    expect(message.reasoning_content).toBeTruthy();
    expect(message.reasoning_content).not.toContain("think>");
    expect(message.tool_calls).toHaveLength(1);
  });

  test("an answer is held to its schema, and no schema does the server harm", async () => {
    const { post } = await startGateway(engine);
    const answerTo = async (schema: unknown): Promise<any> => {
      const response_format = { type: "json_schema", json_schema: { name: "a", schema } };
      const response = await post({ model, messages: [question], response_format, ...ask, max_tokens: 60 });
      expect(response.status).toBe(200);
      return response.json();
    };
    const a = (schema: object): object => ({ type: "object", properties: { a: schema }, required: ["a"] });
    const held = await answerTo(a({ type: "string", pattern: "^[0-9]{4}-[0-9]{2}$" }));
    expect(JSON.parse(held.choices[0].message.content).a).toMatch(/^\d{4}-\d{2}$/);
    for (const pattern of ["^(?:c)$", "^\\d+$", "^c]$", "^*$", "^(c*)*$", "^\\/$"]) {
      const answer = await answerTo(a({ type: "string", pattern, maxLength: 20 }));
      expect(typeof JSON.parse(answer.choices[0].message.content).a).toBe("string");
    }
    for (const schema of [
      a({ type: "string", maxLength: 1_000_000 }),
      { type: "array", items: { type: "integer" }, minItems: 5, maxItems: 2 },
      { $defs: { x: { anyOf: [{ $ref: "#/$defs/x" }, { type: "string" }] } }, $ref: "#/$defs/x" },
      { $ref: "#" },
      { anyOf: [] },
    ]) {
      await answerTo(schema);
    }
  });

  test("a started answer goes on; a prompt as it is", async () => {
    const { post, send } = await startGateway(engine);
    const prompt = `<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n\n</think>\n\n`;
    const sampling = { temperature: 0, max_tokens: 12, repetition_penalty: 1 };
    const raw = await (await send("/v1/completions", { model, prompt, ...sampling })).json();
    const { text } = raw.choices[0];
    expect(text.length).toBeGreaterThan(15);
    const messages = [user("Hi"), { role: "assistant", content: text.slice(0, 12) }];
    const goesOn = await (await post({ model, messages, ...ask, ...sampling, continue_final_message: true })).json();
    expect((text.slice(0, 12) + goesOn.choices[0].message.content).startsWith(text)).toBe(true);
  });

  test("limits: of tokens a length, of the context the client's, of repeats a length", async () => {
    const { post } = await startGateway(engine);
    const short = await (await post({ model, messages: [question], max_tokens: 3 })).json();
    expect(short.choices[0].finish_reason).toBe("length");
    expect(short.usage.completion_tokens).toBe(3);
    const long = { messages: [user("weather ".repeat(600))], max_tokens: 3 };
    for (const name of [model, "short:latest"]) {
      const response = await post({ model: name, ...long });
      expect(response.status).toBe(name === model ? 200 : 400);
      if (name !== model) expect((await response.json()).error.code).toBe("context_length_exceeded");
    }
    const models = await engine.models();
    expect(models.map(({ id, contextLength }) => [id, contextLength]).sort()).toEqual([
      ["demo:latest", 2048],
      ["short:latest", 512],
    ]);
    const beyond = await post({ model, messages: [user("weather ".repeat(3000))] });
    expect((await beyond.json()).error.code).toBe("context_length_exceeded");
    const same = { messages: [user("time ".repeat(8))], repetition_penalty: 0.2, temperature: 0, max_tokens: 300 };
    const repeated = await post({ model, ...same, chat_template_kwargs: { enable_thinking: false } });
    expect((await repeated.json()).choices[0].finish_reason).toBe("length");
  });

  test("embeddings, and a model that is not there", async () => {
    const { client, send } = await startGateway(engine);
    const { data } = await client.embeddings.create({ model, input: ["Hi", "there"] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([192, 192]);
    expect((await send("/v1/chat/completions", { model: "nobody", messages: [question] })).status).toBe(404);
  });

  test("a server that goes away is told as that", async () => {
    const mortal = await startOllama();
    const checkpoint = await loadCheckpoint(demoModel);
    const { post } = await startGateway(ollamaEngine({ url: mortal.url, format: "qwen3", checkpoint }));
    expect((await post({ model, messages: [question], max_tokens: 2 })).status).toBe(200);
    await mortal.stop();
    const gone = await post({ model, messages: [question], max_tokens: 2 });
    expect(gone.status).toBe(502);
    expect((await gone.json()).error.code).toBe("engine_unreachable");
  }, 60_000);
});
