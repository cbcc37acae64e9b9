import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { demoEngine, replayEngine, vllmEngine } from "@glossa/server";
import { startFakeVllm } from "./fake-vllm.ts";
import { startGateway, user } from "./gateway.ts";

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
