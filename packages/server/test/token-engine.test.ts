import * as fc from "fast-check";
import { getFormat } from "@glossa/core";
import { compileGrammar } from "@glossa/grammar";
import { expect, test } from "vitest";
import { createApp, tokenEngine, type Engine, type TokenEngine } from "@glossa/server";
import { startGateway, timeTool, user, weatherTool } from "./gateway.ts";

const specials = ["<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>"];
const end = 257;
const closingTokens = [259, 260, 261];

/**
 * A model that knows nothing: it takes whatever token the mask allows, at random, and quotation marks, brackets, the call markers
 * and the end rather than others, so that it comes to an end. What is right about its output, the mask has made right.
 */
function ignorantEngine(seed: number, prompt = "<|im_start|>assistant\n"): TokenEngine {
  const bytes = [
    ...Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte)),
    ...specials.map((text) => new TextEncoder().encode(text)),
  ];
  const closers = [end, ...closingTokens, ...'"}]'].map((one) => (typeof one === "number" ? one : one.charCodeAt(0)));
  const everyId = Array.from(bytes.keys());
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    contextLength: 2048,
    vocabularySize: bytes.length,
    endTokens: [end],
    renderPrompt: () => prompt,
    encodePrompt: () => Array.from(new TextEncoder().encode(prompt)),
    tokenBytes: (id) => bytes[id] ?? new Uint8Array(),
    isSpecial: (id) => id >= 256,
    async *generate(ids, { sampling, constraint, signal }) {
      const text = new TextDecoder();
      const result = { promptTokens: ids.length, cachedTokens: 0, completionTokens: 0 };
      while (result.completionTokens < (sampling.maxTokens ?? 100)) {
        if (signal.aborted) return { reason: "abort", ...result };
        const allowed = everyId.filter((id) => constraint?.allows(id) ?? true);
        const closing = closers.filter((id) => allowed.includes(id));
        const from = closing.length > 0 && random() < 0.6 ? closing : allowed;
        const id = from[Math.floor(random() * from.length)];
        if (id === undefined) throw new Error("the mask allows nothing");
        if (id === end) return { reason: "stop", ...result };
        constraint?.accept(id);
        result.completionTokens++;
        yield { text: text.decode(bytes[id], { stream: true }), ids: [id] };
      }
      return { reason: "length", ...result };
    },
  };
}

function ignorant(seed: number, prompt?: string): Engine {
  const model = { id: "ignorant", format: getFormat("hermes"), owner: "test" };
  return tokenEngine({ name: "ignorant", kind: "test", model, engine: ignorantEngine(seed, prompt) });
}

const seeds = Array.from({ length: 12 }, (_, seed) => seed + 1);
const base = { model: "ignorant", messages: [user("?")] };

const booking = {
  type: "object",
  properties: {
    guests: { type: "integer", minimum: 1, maximum: 9 },
    room: { enum: ["single", "double", null] },
    dates: { type: "array", items: { type: "string", format: "date" }, minItems: 2, maxItems: 2 },
    extras: {
      type: "object",
      properties: { breakfast: { type: "boolean" } },
      required: ["breakfast"],
      additionalProperties: false,
    },
  },
  required: ["guests", "room", "extras"],
  additionalProperties: false,
};

test("a model that knows nothing makes valid calls, whatever the schema, if a call is required", async () => {
  for (const seed of seeds) {
    const { post } = await startGateway(ignorant(seed));
    const tools = [{ type: "function", function: { name: "book", parameters: booking } }];
    const answer = await (
      await post({ ...base, tools, tool_choice: "required", max_tokens: 1500, parallel_tool_calls: false })
    ).json();
    const [choice] = answer.choices;
    expect(answer.glossa).toBeUndefined();
    expect(choice.finish_reason).toBe("tool_calls");
    expect(choice.message.tool_calls).toHaveLength(1);
    const { arguments: text } = choice.message.tool_calls[0].function;
    expect(compileGrammar({ jsonSchema: booking }).explain(JSON.stringify(JSON.parse(text)))).toEqual({ ok: true });
  }
});

test("a named call is that one, once", async () => {
  for (const seed of seeds.slice(0, 5)) {
    const { client } = await startGateway(ignorant(seed));
    const answer = await client.chat.completions.create({
      ...base,
      tools: [weatherTool, timeTool],
      tool_choice: { type: "function", function: { name: "get_time" } },
      max_tokens: 1500,
    });
    expect(answer.choices[0]?.message.tool_calls).toMatchObject([{ function: { name: "get_time" } }]);
  }
});

test("an answer keeps to its schema, with the prompt inside reasoning, behind it, or before any", async () => {
  const format = { type: "json_schema" as const, json_schema: { name: "booking", schema: booking, strict: true } };
  for (const prompt of [
    "<|im_start|>assistant\n",
    "<|im_start|>assistant\n<think>\n",
    "<|im_start|>assistant\n<think>\n\n</think>\n\n",
  ]) {
    for (const seed of seeds.slice(0, 4)) {
      const { client } = await startGateway(ignorant(seed, prompt));
      const answer = await client.chat.completions.create({ ...base, response_format: format, max_tokens: 1900 });
      const [choice] = answer.choices;
      if (choice?.finish_reason === "length") continue;
      const kinds = (answer as any).glossa?.diagnostics.map(({ kind }: { kind: string }) => kind) ?? [];
      expect(kinds).not.toContain("response-format-mismatch");
      expect(JSON.parse(choice?.message.content ?? "")).toHaveProperty("guests");
      // What the prompt has closed is not opened again.
      expect(prompt.includes("</think>") && "reasoning_content" in choice!.message).toBe(false);
    }
  }
});

test("what can't be enforced is refused where it is asked for by strict, and told where it isn't", async () => {
  const { post } = await startGateway(ignorant(1));
  const unique = { type: "array", uniqueItems: true };
  const tool = (extra: object): object => ({
    type: "function",
    function: { name: "f", parameters: { type: "object", properties: { a: unique } }, ...extra },
  });
  const strict = await post({ ...base, tools: [weatherTool, tool({ strict: true })] });
  expect(strict.status).toBe(400);
  expect((await strict.json()).error).toMatchObject({
    code: "unsupported_schema",
    param: "tools[1].function.parameters",
  });
  const format = { type: "json_schema", json_schema: { name: "x", schema: unique, strict: true } };
  const answer = await post({ ...base, response_format: format });
  expect((await answer.json()).error).toMatchObject({
    code: "unsupported_schema",
    param: "response_format.json_schema.schema",
  });

  const lenient = await (await post({ ...base, tools: [tool({})], tool_choice: "required", max_tokens: 1500 })).json();
  expect(lenient.choices[0].message.tool_calls[0].function.name).toBe("f");

  const nonsense = tool({ parameters: { type: "object", properties: { a: { type: "array", items: 7 } } } });
  const told = await (await post({ ...base, tools: [nonsense], tool_choice: "required", max_tokens: 1500 })).json();
  expect(told.glossa.diagnostics).toMatchObject([
    { kind: "schema-not-enforced", message: expect.stringContaining("f") },
  ]);
});

test("usage, the context's end and max_tokens", async () => {
  const { post } = await startGateway(ignorant(3));
  const answer = await (await post({ ...base, max_tokens: 7, temperature: 0.5, seed: 4 })).json();
  expect(answer.choices[0].finish_reason).toBe("length");
  expect(answer.usage).toEqual({
    prompt_tokens: "<|im_start|>assistant\n".length,
    completion_tokens: 7,
    total_tokens: "<|im_start|>assistant\n".length + 7,
    prompt_tokens_details: { cached_tokens: 0 },
  });
  const long = await startGateway(ignorant(3, "x".repeat(3000)));
  const refusal = await long.post(base);
  expect(refusal.status).toBe(400);
  expect((await refusal.json()).error).toMatchObject({ param: "messages", code: "context_length_exceeded" });
});

test("what the template can't render is told as that; roles and parts come to it as it knows them", async () => {
  const seen: unknown[] = [];
  const engine = ignorantEngine(1);
  const model = { id: "ignorant", format: getFormat("hermes"), owner: "test" };
  const picky: TokenEngine = {
    ...engine,
    renderPrompt(messages) {
      seen.push(...messages);
      if (messages.at(-1)?.role !== "user") throw new Error("the last message is not the user's");
      return "";
    },
  };
  const { post } = await startGateway(tokenEngine({ name: "picky", kind: "test", model, engine: picky }));
  const messages = [
    {
      role: "developer",
      content: [
        { type: "text", text: "Be " },
        { type: "text", text: "brief." },
      ],
    },
  ];
  const refusal = await post({ ...base, messages });
  expect(refusal.status).toBe(400);
  expect((await refusal.json()).error).toMatchObject({
    code: "template_error",
    message: expect.stringContaining("the last message is not the user's"),
  });
  expect(seen).toEqual([{ role: "system", content: "Be brief." }]);
  expect((await post({ ...base, messages: [...messages, user("?")], max_tokens: 3 })).status).toBe(200);
});

test("special tokens open a call behind any text, also behind an open quotation", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 30 }), async (words) => {
      const body = `\n{"name": "get_time", "arguments": {"zone": ${JSON.stringify(words)}}}\n`;
      const bytes = (text: string): number[] => [...new TextEncoder().encode(text)];
      const written = [...bytes(`\`${words}`), 260, ...bytes(body), 261];
      const engine = ignorantEngine(1);
      const scripted: TokenEngine = {
        ...engine,
        async *generate(ids, { constraint }) {
          const text = new TextDecoder();
          let held: number[] = [];
          for (const id of written) {
            constraint?.accept(id);
            held.push(id);
            const complete = text.decode(engine.tokenBytes(id), { stream: true });
            if (complete === "") continue;
            yield { text: complete, ids: held };
            held = [];
          }
          return { reason: "stop", promptTokens: ids.length, cachedTokens: 0, completionTokens: written.length };
        },
      };
      const model = { id: "ignorant", format: getFormat("hermes"), owner: "test" };
      const app = createApp({ engines: [tokenEngine({ name: "scripted", kind: "test", model, engine: scripted })] });
      const request = { method: "POST", body: JSON.stringify({ ...base, tools: [timeTool] }) };
      const answer = (await (await app.request("/v1/chat/completions", request)).json()) as any;
      const { content, tool_calls: calls } = answer.choices[0].message;
      expect(calls[0].function.arguments).toBe(`{"zone": ${JSON.stringify(words)}}`);
      expect(content).toBe(`\`${words}`);
    }),
    { numRuns: 40 },
  );
});

test("the sampling of a request reaches the engine, less what says nothing", async () => {
  const seen: TokenEngine["generate"] extends (prompt: never, options: infer Options) => unknown ? Options[] : never =
    [];
  const engine = ignorantEngine(1);
  const model = { id: "ignorant", format: getFormat("hermes"), owner: "test" };
  const watched: TokenEngine = {
    ...engine,
    generate: (prompt, options) => (seen.push(options), engine.generate(prompt, options)),
  };
  const { post } = await startGateway(tokenEngine({ name: "watched", kind: "test", model, engine: watched }));
  const all = { min_p: 0.1, frequency_penalty: 0.2, presence_penalty: 0.3, repetition_penalty: 1.1, top_k: 5, seed: 7 };
  await post({ ...base, ...all, temperature: 0.5, top_p: 0.9, logit_bias: { 65: 3, 66: -100 }, max_tokens: 5 });
  const nothing = { min_p: 0, frequency_penalty: 0, presence_penalty: 0, repetition_penalty: 1, top_k: -1, top_p: 1 };
  await post({ ...base, ...nothing, logit_bias: {}, max_tokens: 5 });
  expect(seen.map(({ sampling }) => sampling)).toEqual([
    {
      temperature: 0.5,
      topP: 0.9,
      topK: 5,
      minP: 0.1,
      frequencyPenalty: 0.2,
      presencePenalty: 0.3,
      repetitionPenalty: 1.1,
      logitBias: new Map([
        [65, 3],
        [66, -100],
      ]),
      seed: 7,
      maxTokens: 5,
    },
    { maxTokens: 5 },
  ]);
});

test("a bias for what is no token, and a penalty that would divide by nothing, are refused by their names", async () => {
  const { post } = await startGateway(ignorant(1));
  for (const [given, param] of [
    [{ logit_bias: { 99999: 1 } }, "logit_bias"],
    [{ logit_bias: { the: 1 } }, "logit_bias"],
    [{ repetition_penalty: 0 }, "repetition_penalty"],
  ] as const) {
    const response = await post({ ...base, ...given });
    expect(response.status).toBe(400);
    expect((await response.json()).error.param).toBe(param);
  }
});
