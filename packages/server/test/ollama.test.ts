import { expect, test } from "vitest";
import { ollamaEngine } from "@glossa/server";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";
import { startFakeOllama } from "./fake-ollama.ts";
import type { FakeServer } from "./fake-server.ts";
import { startGateway, user, weatherTool, type Gateway } from "./gateway.ts";

const body = { model: "qwen3:8b", messages: [user("?")] };

async function start(output = "Hi<|im_end|>"): Promise<Gateway & { ollama: FakeServer }> {
  const ollama = await startFakeOllama({ output: () => output });
  return { ...(await startGateway(ollamaEngine({ url: ollama.url, checkpoint: chatmlCheckpoint() }))), ollama };
}

test("what goes out: raw, nothing dropped, no thinking taken out, sampling by Ollama's names", async () => {
  const { post, ollama } = await start();
  const sampling = { temperature: 0, top_p: 0.9, top_k: 3, min_p: 0.1, presence_penalty: 0.1, frequency_penalty: 0.2 };
  const extra = { ...sampling, seed: 7, max_tokens: 9, repetition_penalty: 1.1, stop: ["x"] };
  expect((await post({ ...body, ...extra })).status).toBe(200);
  expect(ollama.sent("/api/generate")).toEqual([
    {
      model: "qwen3:8b",
      prompt: "<|im_start|>user\n?<|im_end|>\n<|im_start|>assistant\n",
      raw: true,
      think: false,
      truncate: false,
      shift: false,
      stream: true,
      options: {
        ...sampling,
        seed: 7,
        num_predict: 9,
        repeat_penalty: 1.1,
      },
    },
  ]);
  expect(ollama.sent("/api/show")).toEqual([{ model: "qwen3:8b" }]);
});

test("a schema holds an answer that stands alone, and goes out for no other", async () => {
  const { post, ollama } = await start('{"a": "b"}<|im_end|>');
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const response_format = { type: "json_schema", json_schema: { name: "a", schema } };
  const format = async (extra: object): Promise<unknown> => {
    expect((await post({ ...body, ...extra })).status).toBe(200);
    return ollama.sent("/api/generate").at(-1).format;
  };
  // Alone it stands where the prompt has closed the reasoning, or the format has none.
  expect(await format({ response_format })).toBeUndefined();
  expect(await format({ response_format, chat_template_kwargs: { enable_thinking: true } })).toBeUndefined();
  expect(await format({ response_format, chat_template_kwargs: { enable_thinking: false } })).toEqual(schema);
  expect(await format({ tools: [weatherTool], tool_choice: "required" })).toBeUndefined();
  const plain = await startFakeOllama({ output: () => '{"a": "b"}<|im_end|>' });
  const engine = ollamaEngine({ url: plain.url, checkpoint: chatmlCheckpoint(), format: "llama3_json" });
  const gateway = await startGateway(engine);
  for (const [given, sent] of [
    [response_format, schema],
    [{ type: "json_object" }, { type: "object", additionalProperties: true }],
    [{ type: "json_schema", json_schema: { name: "any" } }, {}],
  ]) {
    expect((await gateway.post({ ...body, response_format: given })).status).toBe(200);
    expect(plain.sent("/api/generate").at(-1).format).toEqual(sent);
  }
});

test("reasoning that a version takes out even so is reasoning", async () => {
  const ollama = await startFakeOllama({
    output: () => "",
    answer: (_, response) => {
      for (const line of [
        { thinking: "Hm." },
        { response: "Hi" },
        { done: true, done_reason: "stop", eval_count: 2 },
      ]) {
        response.write(`${JSON.stringify(line)}\r\n`);
      }
      response.end();
    },
  });
  const { client } = await startGateway(ollamaEngine({ url: ollama.url, checkpoint: chatmlCheckpoint() }));
  const answer = await client.chat.completions.create(body);
  expect(answer.choices[0]?.message).toMatchObject({ reasoning_content: "Hm.", content: "Hi" });
  expect(answer.usage).toMatchObject({ prompt_tokens: 0, completion_tokens: 2 });
});

test("of a schema goes out what the server survives; the answer is held to all of it", async () => {
  const ollama = await startFakeOllama({ output: () => '{"a": "b"}<|im_end|>' });
  const engine = ollamaEngine({ url: ollama.url, checkpoint: chatmlCheckpoint(), format: "llama3_json" });
  const { post } = await startGateway(engine);
  const sent = async (schema: unknown): Promise<unknown> => {
    const response_format = { type: "json_schema", json_schema: { name: "a", schema } };
    const response = await post({ ...body, response_format });
    const { glossa } = (await response.json()) as any;
    expect(response.status).toBe(200);
    return { format: ollama.sent("/api/generate").at(-1).format, told: JSON.stringify(glossa ?? "") };
  };
  const a = (schema: object): object => ({ type: "object", properties: { a: schema }, required: ["a"] });
  const text = a({ type: "string" });
  const mismatch = expect.stringContaining("response-format-mismatch");
  for (const pattern of ["^(?:c)$", "^\\d+$", "^c]$", "c", "^(c*)*$"]) {
    expect(await sent(a({ type: "string", pattern }))).toMatchObject({ format: text });
  }
  expect(await sent(a({ type: "string", pattern: "^(?:c)$" }))).toEqual({ format: text, told: mismatch });
  const date = a({ type: "string", pattern: "^[0-9]{4}-[0-9]{2}$", maxLength: 9 });
  expect(await sent(date)).toEqual({ format: date, told: mismatch });
  expect(await sent(a({ type: "string", maxLength: 1_000_000 }))).toMatchObject({ format: text });
  expect(await sent(a({ type: "integer", minimum: 1e30, maximum: 5 }))).toMatchObject({
    format: a({ type: "integer", maximum: 5 }),
  });
  const nested = { $defs: { x: { type: "object", properties: { a: { $ref: "#/$defs/x" } } } }, $ref: "#/$defs/x" };
  expect(await sent(nested)).toMatchObject({ format: nested });
  expect(await sent({ $defs: { x: { anyOf: [{ $ref: "#/$defs/x" }] } }, $ref: "#/$defs/x" })).toMatchObject({
    format: undefined,
  });
  expect(await sent({ anyOf: [] })).toMatchObject({ format: undefined });
  expect(await sent({ type: "string", minLength: 5, maxLength: 2 })).toMatchObject({ format: undefined });
});

test("a prompt beyond the context is the client's to mend", async () => {
  const { post } = await start();
  const response = await post({ ...body, messages: [user("x".repeat(3000))] });
  expect(response.status).toBe(400);
  expect((await response.json()).error.code).toBe("context_length_exceeded");
});

test("an answer that repeats one token is cut by the server, and is no fault of it", async () => {
  const { client } = await start("a ".repeat(40));
  const answer = await client.chat.completions.create(body);
  expect(answer.choices[0]).toMatchObject({ finish_reason: "length" });
  expect(answer.choices[0]!.message.content!.length).toBeGreaterThan(30);
});

test("the context is what a running model was loaded with, or what its file says", async () => {
  const ollama = await startFakeOllama({ output: () => "" });
  const engine = ollamaEngine({ url: ollama.url, checkpoint: chatmlCheckpoint() });
  expect(await engine.models()).toMatchObject([{ id: "qwen3:8b", contextLength: 4096 }]);
  const loaded = await startFakeOllama({ output: () => "", running: [{ name: "qwen3:8b", context_length: 2048 }] });
  const other = ollamaEngine({ url: loaded.url, checkpoint: chatmlCheckpoint() });
  expect(await other.models()).toMatchObject([{ id: "qwen3:8b", contextLength: 2048 }]);
});
