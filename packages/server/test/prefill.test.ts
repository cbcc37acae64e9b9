import Anthropic from "@anthropic-ai/sdk";
import { compileGrammar } from "@glossa/grammar";
import { expect, test } from "vitest";
import { demoEngine, replayEngine, vllmEngine } from "@glossa/server";
import { startFakeVllm } from "./fake-vllm.ts";
import { startGateway, user, weatherTool } from "./gateway.ts";

const said = { role: "assistant" as const, content: "The answer is" };

test("the demo model goes on with what was said, by any protocol's word for it", async () => {
  const engine = await demoEngine();
  const { client, post, url } = await startGateway(engine);
  const [model] = await engine.models();
  const request = { model: model!.id, messages: [user("?"), said], temperature: 0, max_tokens: 8 };
  const goesOn = { ...request, reasoning_effort: "none", continue_final_message: true };
  const ask = async (body: object): Promise<any> => (await post(body)).json();
  const answer = await ask(goesOn);
  const prefixed = { ...request, reasoning_effort: "none", messages: [user("?"), { ...said, prefix: true }] };
  expect((await ask(prefixed)).choices[0].message).toEqual(answer.choices[0].message);

  // The prompt is the one of a new message, with the words behind it.
  const fresh = await client.chat.completions.create({
    model: model!.id,
    messages: [user("?")],
    reasoning_effort: "none",
    max_tokens: 1,
  });
  const words = await engine.tokenizer!.encode(
    { model: model!, text: said.content, addSpecialTokens: false },
    AbortSignal.timeout(1000),
  );
  expect(answer.usage.prompt_tokens).toBe(fresh.usage!.prompt_tokens + words.length);

  const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const message = await anthropic.messages.create({
    model: model!.id,
    max_tokens: 8,
    temperature: 0,
    thinking: { type: "disabled" },
    messages: [user("?"), said],
  } as Anthropic.MessageCreateParamsNonStreaming);
  expect(message.content).toEqual([{ type: "text", text: answer.choices[0].message.content }]);
});

test("vLLM is asked to go on, also for the prompt and its tokens", async () => {
  const vllm = await startFakeVllm({ output: () => ({ pieces: [" 42."] }) });
  const { post } = await startGateway(vllmEngine({ url: vllm.url }));
  const answer = await (await post({ messages: [user("?"), said], continue_final_message: true })).json();
  expect(answer.choices[0].message.content).toBe(" 42.");
  expect(vllm.requests.at(-1)).toMatchObject({ continue_final_message: true, add_generation_prompt: false });
});

test("where the engine can't, it is refused in each dialect", async () => {
  const replay = replayEngine({ recordings: [{ raw: "Hello." }] });
  const { prefill: _, ...capabilities } = replay.capabilities;
  const { post, send } = await startGateway({ ...replay, capabilities });
  const messages = [user("?"), said];
  const chat = await post({ messages, continue_final_message: true });
  expect([chat.status, (await chat.json()).error.param]).toEqual([400, "continue_final_message"]);
  const anthropic = await send("/v1/messages", { model: "replay", max_tokens: 5, messages });
  expect([anthropic.status, (await anthropic.json()).error.message]).toEqual([
    400,
    expect.stringMatching(/^messages\.1\.role: /),
  ]);
});

const place = {
  type: "object",
  properties: { city: { type: "string", maxLength: 12 }, days: { type: "integer", minimum: 1, maximum: 14 } },
  required: ["city", "days"],
  additionalProperties: false,
} as const;
const asPlace = { type: "json_schema", json_schema: { name: "place", schema: place, strict: true } };

test("the demo model is held to what is asked for from where its answer goes on", async () => {
  const engine = await demoEngine();
  const { post, url } = await startGateway(engine);
  const [model] = await engine.models();
  const ask = async (start: string, extra: object): Promise<any> => {
    const messages = [user("Where, and how long?"), { role: "assistant", content: start, prefix: true }];
    const body = { model: model!.id, messages, temperature: 0, max_tokens: 120, reasoning_effort: "none", ...extra };
    return (await post(body)).json();
  };
  for (const start of ['{"city": "Zür', '{"city": "Bern", "days": 1', "{"]) {
    const answer = await ask(start, { response_format: asPlace });
    expect(answer.glossa).toBeUndefined();
    expect(JSON.parse(start + answer.choices[0].message.content)).toEqual({
      city: expect.any(String),
      days: expect.any(Number),
    });
  }
  const chosen = await ask("ye", { guided_choice: ["yes", "yellow", "no"] });
  expect(["s", "llow"]).toContain(chosen.choices[0].message.content);
  const called = await ask("Let me look.", { tools: [weatherTool], tool_choice: "required" });
  expect(called.choices[0]).toMatchObject({
    finish_reason: "tool_calls",
    message: { tool_calls: [{ function: { name: "get_weather" } }] },
  });

  // A beginning that no such answer has: the model goes on as it likes, and the client is told.
  const other = await ask("The city is", { response_format: asPlace });
  expect(other.glossa.diagnostics.map(({ kind }: any) => kind)).toEqual([
    "schema-not-enforced",
    "response-format-mismatch",
  ]);

  const anthropic = new Anthropic({ baseURL: url, apiKey: "none", maxRetries: 0 });
  const message = await anthropic.messages.create({
    model: model!.id,
    max_tokens: 60,
    temperature: 0,
    thinking: { type: "disabled" },
    output_config: { format: { type: "json_schema", schema: place } },
    messages: [user("Where, and how long?"), { role: "assistant", content: '{"city": "Bern", ' }],
  } as Anthropic.MessageCreateParamsNonStreaming);
  const [block] = message.content as [Anthropic.TextBlock];
  expect(JSON.parse('{"city": "Bern", ' + block.text)).toMatchObject({ city: "Bern" });
});

test("vLLM is sent the grammar of what is left", async () => {
  const vllm = await startFakeVllm({ output: () => ({ pieces: ['ich", "days": 3}'] }) });
  const { post } = await startGateway(vllmEngine({ url: vllm.url }));
  const messages = [user("?"), { role: "assistant", content: '{"city": "Zür' }];
  const answer = await (await post({ messages, continue_final_message: true, response_format: asPlace })).json();
  expect(answer.choices[0].message.content).toBe('ich", "days": 3}');
  expect(answer.glossa).toBeUndefined();
  const tag = JSON.parse(vllm.requests.at(-1).structured_outputs.structural_tag);
  expect(tag.format.type).toBe("grammar");
  const grammar = compileGrammar(tag);
  expect(grammar.accepts('ich", "days": 3}')).toBe(true);
  expect(grammar.accepts('ich", "days": 30}')).toBe(false);
  expect(grammar.accepts('{"city": "Zürich", "days": 3}')).toBe(false);

  // Free text is as free behind its beginning: what may follow is the same, but for reasoning, which would have come before.
  const tools = [{ ...weatherTool, function: { ...weatherTool.function, strict: true } }];
  const asked = { messages: [user("?")], tools };
  await post(asked);
  const whole = JSON.parse(vllm.requests.at(-1).structured_outputs.structural_tag);
  await post({ ...asked, messages: [user("?"), said], continue_final_message: true });
  const left = JSON.parse(vllm.requests.at(-1).structured_outputs.structural_tag);
  expect(left.format).toEqual(whole.format.elements[1]);
  expect(left.format.type).toBe("triggered_tags");
});
