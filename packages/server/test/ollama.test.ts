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
