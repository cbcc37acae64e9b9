import {
  completionsEngine,
  llamaCppEngine,
  ollamaEngine,
  openAIChatEngine,
  sglangEngine,
  tgiEngine,
  vllmEngine,
  type Engine,
} from "@glossa/server";
import { expect, test } from "vitest";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";
import { sendEvents, startFakeServer, type FakeServer, type Route } from "./fake-server.ts";
import { startGateway, startReplay, user, type Gateway } from "./gateway.ts";

/*
 * What each engine is asked for, and how its answer is read: shapes as its documentation has them, and as llama.cpp 0.7 and Ollama
 * sent them when they were asked. The model writes reasoning, text with characters of several tokens, and the end of its turn.
 */

interface Token {
  readonly id: number;
  readonly bytes: readonly number[];
  /** The text that comes with it. */
  readonly text: string;
}

const encoder = new TextEncoder();
const whole = (text: string, id: number): Token => ({ id, text, bytes: [...encoder.encode(text)] });
const byte = (value: number, text: string): Token => ({ id: value, text, bytes: [value] });

/** The ids of bytes are theirs in the checkpoint's tokenizer. */
const reasoning = [whole("<think>", 1003), ..."\nHm.\n"].map((one) =>
  typeof one === "string" ? whole(one, one.codePointAt(0)!) : one,
);
const closing = [whole("</think>", 1004), byte(10, "\n"), byte(10, "\n")];
const [a, b, c, d] = encoder.encode("👋");
const text = [
  byte(0x48, "H"),
  byte(0xc3, ""),
  byte(0xa9, "é"),
  byte(a!, ""),
  byte(b!, ""),
  byte(c!, ""),
  byte(d!, "👋"),
  byte(0x21, "!"),
];
const output = [...reasoning, ...closing, ...text];
const end: Token = { id: 1000, text: "", bytes: [...encoder.encode("<|im_end|>")] };

/** A log probability that tells the token's place. */
const logprobAt = (at: number): number => -(at + 1) / 100;
const shown = ({ bytes }: Token): string => new TextDecoder().decode(Uint8Array.from(bytes));
/** How servers write down that of which they have the text alone. */
const lossy = (token: Token): number[] => [...encoder.encode(shown(token))];

/** What the client is to see: the tokens of the text, by their bytes where the engine tells them. */
function expected({ exact, top = true }: { readonly exact: boolean; readonly top?: boolean }): unknown[] {
  return text.map((token, index) => {
    const isPart = shown(token).includes("\uFFFD");
    const one = {
      token: shown(token),
      bytes: isPart && !exact ? null : [...token.bytes],
      logprob: logprobAt(reasoning.length + closing.length + index),
    };
    const other = { token: "x", bytes: [0x78], logprob: -4 };
    return { ...one, top_logprobs: top ? [one, other] : [] };
  });
}

const x = { id: 0x78, token: "x", text: "x", bytes: [0x78], logprob: -4 };

/** As OpenAI's chat completions list them. */
function listed(token: Token, at: number, bytes = lossy(token)): object {
  const one = { token: shown(token), logprob: logprobAt(at), bytes };
  const { token: other, logprob } = x;
  return { ...one, top_logprobs: [one, { token: other, logprob, bytes: x.bytes }] };
}

const usage = { prompt_tokens: 3, completion_tokens: output.length + 1, total_tokens: 4 + output.length };

const chatRoute: Route = (body, response) => {
  expect(body).toMatchObject({ logprobs: true, top_logprobs: 2 });
  const event = (delta: object, finish_reason: string | null, logprobs: object | null): object => ({
    choices: [{ index: 0, delta, finish_reason, logprobs }],
  });
  sendEvents(response, [
    event({ role: "assistant", content: "" }, null, null),
    ...output.map((token, at) => event({ content: token.text }, null, { content: [listed(token, at)] })),
    event({ content: "" }, "stop", { content: [listed(end, output.length)] }),
    { choices: [], usage },
    "[DONE]",
  ]);
};

const textRoute: Route = (body, response) => {
  if (body.stream === false) return { choices: [], usage: { prompt_tokens: body.prompt.length } };
  expect(body).toMatchObject({ logprobs: 2 });
  const event = (token: Token, at: number, finish_reason: string | null = null): object => ({
    choices: [
      {
        index: 0,
        text: token.text,
        finish_reason,
        logprobs: {
          tokens: [shown(token)],
          token_logprobs: [logprobAt(at)],
          top_logprobs: [{ x: -4, [shown(token)]: logprobAt(at) }],
          text_offset: [0],
        },
      },
    ],
  });
  return sendEvents(response, [
    ...output.map((token, at) => event(token, at)),
    event(end, output.length, "stop"),
    "[DONE]",
  ]);
};

const models: Route = () => ({ object: "list", data: [{ id: "m", owned_by: "test", max_model_len: 4096 }] });

async function ask(engine: Engine): Promise<{ content: unknown; text: string | null | undefined; gateway: Gateway }> {
  const gateway = await startGateway(engine);
  const [model] = await engine.models();
  const request = { model: model!.id, messages: [user("?")], logprobs: true, top_logprobs: 2 };
  const answer = await gateway.client.chat.completions.create(request);
  const [choice] = answer.choices;
  expect((answer as any).glossa?.diagnostics ?? []).toEqual([]);
  const streamed = await gateway.client.chat.completions.stream(request).finalChatCompletion();
  expect(streamed.choices[0]?.logprobs?.content).toEqual(choice?.logprobs?.content);
  return { content: choice?.logprobs?.content, text: choice?.message.content, gateway };
}

const heard = text.map((token) => token.text).join("");

test("vllm: the chat endpoint's, and the text endpoint's for a prompt as it is", async () => {
  const server = await startFakeServer({
    "/v1/models": models,
    "/tokenize": () => ({ tokens: [1, 2] }),
    "/detokenize": () => ({ prompt: "<|im_start|>assistant\n" }),
    "/v1/chat/completions": chatRoute,
    "/v1/completions": textRoute,
  });
  const engine = vllmEngine({ url: server.url, format: "qwen3" });
  const { content, text: said, gateway } = await ask(engine);
  expect(said).toBe(heard);
  expect(content).toEqual(expected({ exact: false }));

  const raw = await gateway.client.completions.create({ model: "m", prompt: "Once", logprobs: 2 });
  expect(raw.choices[0]?.text).toBe(output.map((token) => token.text).join(""));
  expect(raw.choices[0]?.logprobs?.tokens).toEqual(output.map(shown));
  expect(raw.choices[0]?.logprobs?.token_logprobs).toEqual(output.map((_, at) => logprobAt(at)));
});

test("any chat endpoint's, also where it has told reasoning from the rest", async () => {
  const server = await startFakeServer({ "/v1/models": models, "/v1/chat/completions": chatRoute });
  const { content } = await ask(openAIChatEngine({ url: server.url, format: "qwen3" }));
  expect(content).toEqual(expected({ exact: false }));

  const parsing = await startFakeServer({
    "/v1/models": models,
    "/v1/chat/completions": (_, response) => {
      const event = (delta: object, logprobs: object): object => ({ choices: [{ index: 0, delta, logprobs }] });
      const first = reasoning.length + closing.length;
      sendEvents(response, [
        event({ reasoning_content: "Hm." }, { content: reasoning.map((token, at) => listed(token, at)) }),
        ...text.map((token, at) => event({ content: token.text }, { content: [listed(token, first + at)] })),
        "[DONE]",
      ]);
    },
  });
  const { content: own } = await ask(openAIChatEngine({ url: parsing.url, format: "qwen3" }));
  expect(own).toEqual(expected({ exact: false }));
});

test("an endpoint that answers with one object, whose tokens leave their white space out", async () => {
  const tokens = ["Hello", "▁my", "friend", "."];
  const server = await startFakeServer({
    "/v1/models": models,
    "/v1/chat/completions": () => ({
      choices: [
        {
          message: { content: " Hello my friend." },
          logprobs: { content: tokens.map((token, at) => ({ token, logprob: logprobAt(at), bytes: null })) },
        },
      ],
    }),
  });
  const { client } = await startGateway(openAIChatEngine({ url: server.url, format: "hermes" }));
  const answer = await client.chat.completions.create({ model: "m", messages: [user("?")], logprobs: true });
  expect(answer.choices[0]?.logprobs?.content?.map(({ token, logprob }) => [token, logprob])).toEqual(
    tokens.map((token, at) => [token, logprobAt(at)]),
  );
});

test("completions: tokens, their values and the likeliest in lists", async () => {
  const server = await startFakeServer({ "/v1/models": models, "/v1/completions": textRoute });
  const engine = completionsEngine({ url: server.url, checkpoint: chatmlCheckpoint(), format: "qwen3" });
  expect((await ask(engine)).content).toEqual(expected({ exact: false }));
});

test.each([
  ["all so far", false, true],
  ["what is new", true, true],
  ["all so far, without a tokenizer here", false, false],
])("sglang: an event holds %s", async (_name, incremental, tokenizer) => {
  const entry = (token: Token, at: number): unknown[] => [logprobAt(at), token.id, tokenizer ? null : shown(token)];
  const other = [-4, x.id, tokenizer ? null : "x"];
  const written = [...output, end];
  const server = await startFakeServer({
    "/v1/models": models,
    "/get_model_info": () => ({ model_path: "Qwen/Qwen3-8B" }),
    "/generate": (body, response) => {
      expect(body).toMatchObject({ return_logprob: true, top_logprobs_num: 2, return_text_in_logprobs: !tokenizer });
      sendEvents(response, [
        ...written.map((token, at) => {
          const own = written.slice(incremental ? at : 0, at + 1);
          const first = at + 1 - own.length;
          return {
            text: own.map((one) => one.text).join(""),
            output_ids: own.map(({ id }) => id),
            meta_info: {
              prompt_tokens: 3,
              completion_tokens: at + 1,
              output_token_logprobs: own.map((one, index) => entry(one, first + index)),
              output_top_logprobs: own.map((one, index) => [entry(one, first + index), other]),
              finish_reason: token === end ? { type: "stop" } : null,
            },
          };
        }),
        "[DONE]",
      ]);
    },
  });
  const checkpoint = { ...chatmlCheckpoint(), ...(!tokenizer && { tokenizer: undefined }) };
  const engine = sglangEngine({ url: server.url, checkpoint, format: "qwen3" });
  expect((await ask(engine)).content).toEqual(expected({ exact: tokenizer }));
});

test("llamacpp: with their bytes, a character of several tokens as one", async () => {
  const merged = [...reasoning, ...closing, whole("H", 0x48), whole("é", 0xa9), whole("👋", d!), whole("!", 0x21)];
  const server = await startFakeServer({
    "/v1/models": models,
    "/props": () => ({
      default_generation_settings: { n_ctx: 100 },
      chat_template: "{{ messages[0].content }}",
      bos_token: "",
    }),
    "/tokenize": ({ content }) => ({ tokens: [...content].map((character) => character.codePointAt(0)) }),
    "/completion": (body, response) => {
      expect(body.n_probs).toBe(2);
      expect(body.response_fields).toContain("completion_probabilities");
      sendEvents(response, [
        ...merged.map((token, at) => ({
          content: token.text,
          tokens: [token.id],
          stop: false,
          tokens_predicted: at + 1,
          tokens_evaluated: 3,
          completion_probabilities: [{ id: token.id, ...listed(token, at, [...token.bytes]) }],
        })),
        { content: "", stop: true, stop_type: "eos", tokens_predicted: merged.length, tokens_evaluated: 3 },
      ]);
    },
  });
  const { content, text: said } = await ask(llamaCppEngine({ url: server.url, format: "qwen3" }));
  const first = reasoning.length + closing.length;
  expect(said).toBe(heard);
  expect(content).toEqual(merged.slice(first).map((token, index) => listed(token, first + index, [...token.bytes])));
});

test("llamacpp: none of the likeliest, where none are wanted", async () => {
  let server: FakeServer | undefined;
  server = await startFakeServer({
    "/v1/models": models,
    "/props": () => ({ default_generation_settings: { n_ctx: 100 }, chat_template: "x", bos_token: "" }),
    "/tokenize": () => ({ tokens: [1] }),
    "/completion": (body, response) => {
      expect(body.n_probs).toBe(1);
      const completion_probabilities = [{ id: 1, ...listed(whole("Hi", 1), 0) }];
      sendEvents(response, [
        { content: "Hi", tokens: [1], stop: false, completion_probabilities },
        { content: "", stop: true, stop_type: "eos" },
      ]);
    },
  });
  const { client } = await startGateway(llamaCppEngine({ url: server.url, format: "hermes" }));
  const answer = await client.chat.completions.create({ model: "m", messages: [user("?")], logprobs: true });
  expect(answer.choices[0]?.logprobs?.content).toEqual([
    { token: "Hi", bytes: [72, 105], logprob: -0.01, top_logprobs: [] },
  ]);
});

test("ollama: the tokens of a line are those of its text", async () => {
  const lines: { response: string; logprobs: object[] }[] = [];
  let waiting: object[] = [];
  for (const [at, token] of output.entries()) {
    waiting.push(listed(token, at));
    if (token.text === "") continue;
    lines.push({ response: token.text, logprobs: waiting });
    waiting = [];
  }
  const server = await startFakeServer({
    "/api/tags": () => ({ models: [{ name: "m" }] }),
    "/api/show": () => ({}),
    "/api/generate": (body, response) => {
      expect(body).toMatchObject({ logprobs: true, top_logprobs: 2 });
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      for (const line of lines) response.write(`${JSON.stringify({ ...line, done: false })}\n`);
      response.end(`${JSON.stringify({ response: "", done: true, done_reason: "stop", eval_count: 5 })}\n`);
    },
  });
  const engine = ollamaEngine({ url: server.url, checkpoint: chatmlCheckpoint(), format: "qwen3" });
  expect((await ask(engine)).content).toEqual(expected({ exact: false }));
});

test("tgi: a token an event, with the likeliest beside it", async () => {
  const told = (token: Token, at: number): object => ({
    id: token.id,
    text: token.text,
    logprob: logprobAt(at),
    special: false,
  });
  const server = await startFakeServer({
    "/info": () => ({ model_id: "m", max_total_tokens: 4096 }),
    "/generate_stream": (body, response) => {
      expect(body.parameters.top_n_tokens).toBe(2);
      sendEvents(response, [
        ...output.map((token, at) => ({ token: told(token, at), top_tokens: [told(token, at), x], details: null })),
        {
          token: { id: 1000, text: "<|im_end|>", logprob: -1, special: true },
          details: { finish_reason: "eos_token", generated_tokens: output.length + 1, input_length: 3 },
        },
      ]);
    },
  });
  const engine = tgiEngine({ url: server.url, checkpoint: chatmlCheckpoint(), format: "qwen3" });
  expect((await ask(engine)).content).toEqual(expected({ exact: true }));
});

test("an engine that takes the field and tells nothing is found out; one that is known to tell none is not asked", async () => {
  const server = await startFakeServer({
    "/v1/models": models,
    "/v1/chat/completions": (_, response) =>
      sendEvents(response, [{ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] }, "[DONE]"]),
  });
  const { client } = await startGateway(openAIChatEngine({ url: server.url, format: "hermes" }));
  const ask = { model: "m", messages: [user("?")], logprobs: true };
  const answer = await client.chat.completions.create(ask);
  expect(answer.choices[0]?.logprobs).toEqual({ content: [], refusal: null });
  expect((answer as any).glossa.diagnostics).toMatchObject([{ kind: "logprobs-missing" }]);

  const { send } = await startReplay([{ raw: "Hi" }]);
  for (const [path, body, param] of [
    ["/v1/chat/completions", { messages: [user("?")], logprobs: true }, "logprobs"],
    ["/v1/completions", { prompt: "?", logprobs: 0 }, "logprobs"],
    ["/v1/responses", { input: "?", include: ["message.output_text.logprobs"] }, "include"],
    ["/v1/responses", { input: "?", top_logprobs: 3 }, "top_logprobs"],
  ] as const) {
    const response = await send(path, { model: "replay", ...body });
    expect(response.status).toBe(400);
    expect((await response.json()).error).toMatchObject({ param, code: "unsupported_parameter" });
  }
});
