import { loadDemoEngine } from "@glossa/demo-engine";
import type { Engine } from "@glossa/server";
import { expect } from "vitest";
import { startGateway, user } from "./gateway.ts";

const question = user("What is the weather in Paris?");

/**
 * What a server that runs the demo model tells of its log probabilities: the tokens are the content's, streamed or not, of
 * several bytes or of half a character, and as likely as the model's own engine finds them.
 */
export async function expectOwnLogprobs(engine: Engine): Promise<void> {
  const { client } = await startGateway(engine);
  const demo = await loadDemoEngine();
  const [model] = await engine.models();
  const thinking = { chat_template_kwargs: { enable_thinking: false } };
  const ask = {
    model: model!.id,
    temperature: 0,
    max_tokens: 20,
    logprobs: true as const,
    top_logprobs: 3,
    ...thinking,
  };
  const spelled = { structured_outputs: { regex: "é👋ñ\\." } };
  for (const extra of [{}, spelled]) {
    const request = { ...ask, messages: [question], ...extra };
    const [choice] = (await client.chat.completions.create(request)).choices;
    const told = choice!.logprobs!.content!;
    const bytes = Uint8Array.from(told.flatMap(({ bytes: own }) => own!));
    expect(new TextDecoder().decode(bytes)).toBe(choice!.message.content);
    expect(told.every(({ top_logprobs: top }) => top.length === 3)).toBe(true);
    const streamed = await client.chat.completions.stream(request).finalChatCompletion();
    expect(streamed.choices[0]?.logprobs?.content?.map(({ token }) => token)).toEqual(told.map(({ token }) => token));
    if (extra === spelled) continue;

    const turn = { model: model!, messages: [question], tools: [], templateVariables: { enable_thinking: false } };
    const prompt = await engine.tokenizer!.promptTokens(turn, new AbortController().signal);
    const idOf = new Map(
      Array.from({ length: demo.vocabularySize }, (_, id) => [String([...demo.tokenBytes(id)]), id]),
    );
    const ids = told.map(({ bytes: own }) => idOf.get(String(own))!);
    for (const [index, logits] of demo.logits([...prompt, ...ids.slice(0, -1)], ids.length).entries()) {
      const sum = logits.reduce((all, logit) => all + Math.exp(logit), 0);
      const own = logits[ids[index]!]! - Math.log(sum);
      expect(Math.exp(told[index]!.logprob)).toBeCloseTo(Math.exp(own), 3);
    }
  }
  const { choices } = await client.chat.completions.create({ ...ask, messages: [question], top_logprobs: 0 });
  expect(choices[0]?.logprobs?.content?.every(({ top_logprobs: top }) => top.length === 0)).toBe(true);
}
