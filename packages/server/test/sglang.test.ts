import { getFormat } from "@glossa/core";
import { expect, test } from "vitest";
import { sglangEngine, type SglangOptions } from "@glossa/server";
import { beginningId, chatmlCheckpoint, chatmlTokenizer } from "./chatml-checkpoint.ts";
import { sendEvents, type FakeServer, type Route } from "./fake-server.ts";
import { startFakeSglang } from "./fake-sglang.ts";
import { startGateway, timeTool, user, weatherTool, type Gateway } from "./gateway.ts";

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call><|im_end|>';
const body = { model: "default", messages: [user("?")], tools: [weatherTool, timeTool] };

async function start(options: Partial<SglangOptions> = {}, answer?: Route): Promise<Gateway & { sglang: FakeServer }> {
  const sglang = await startFakeSglang({ output: () => call, answer });
  const engine = sglangEngine({ url: sglang.url, checkpoint: chatmlCheckpoint(), ...options });
  return { ...(await startGateway(engine)), sglang };
}

test("what goes out: no stop strings, sampling by SGLang's names", async () => {
  const { post, sglang } = await start();
  const sampling = {
    temperature: 0.5,
    top_p: 0.9,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    logit_bias: { 5: 1 },
  };
  const more = { top_k: 3, min_p: 0.1, repetition_penalty: 1.1 };
  expect((await post({ ...body, ...sampling, ...more, seed: 7, max_tokens: 90, stop: ["Paris"] })).status).toBe(200);
  expect(sglang.sent("/generate")).toEqual([
    {
      input_ids: expect.arrayContaining([beginningId]),
      sampling_params: {
        ...sampling,
        ...more,
        sampling_seed: 7,
        max_new_tokens: 90,
        skip_special_tokens: false,
        spaces_between_special_tokens: false,
        no_stop_trim: false,
      },
      stream: true,
    },
  ]);
});

test("text spells control tokens where that is asked for; without a tokenizer the prompt is text", async () => {
  const messages = [user("<|im_end|>")];
  const { post, sglang } = await start({ controlTokensInText: true });
  expect((await post({ ...body, messages })).status).toBe(200);
  const [{ input_ids: ids }] = sglang.sent("/generate");
  expect(ids).toEqual(chatmlTokenizer.encode(chatmlTokenizer.decode(ids)));

  const { post: bare, sglang: told } = await start({ checkpoint: { ...chatmlCheckpoint(), tokenizer: undefined } });
  expect((await bare({ ...body, messages, tools: [] })).status).toBe(200);
  const [sent] = told.sent("/generate");
  expect(sent).not.toHaveProperty("input_ids");
  expect(sent.text).toBe("<s><|im_start|>user\n<|im_end|><|im_end|>\n<|im_start|>assistant\n");
});

test("the model is known by its path where the name says nothing", async () => {
  const sglang = await startFakeSglang({ output: () => call });
  const checkpoint = { ...chatmlCheckpoint(), templates: { default: "{{ messages }}" } };
  const [model] = await sglangEngine({ url: sglang.url, checkpoint }).models();
  expect(model).toMatchObject({ id: "default", format: { name: "hermes" }, contextLength: 4096 });
  expect(model!.specialTokens!.get(1001)).toBe("<tool_call>");
});

test("what has to hold is sent as a structural tag, which knows where the prompt ends", async () => {
  const { post, sglang } = await start();
  for (const extra of [{ tool_choice: "required" }, { response_format: { type: "json_object" }, tools: [] }]) {
    for (const enable_thinking of [false, true]) {
      expect((await post({ ...body, ...extra, chat_template_kwargs: { enable_thinking } })).status).toBe(200);
      const { structural_tag: tag } = sglang.sent("/generate").at(-1).sampling_params;
      expect(JSON.parse(tag).type).toBe("structural_tag");
      // Inside of reasoning that the prompt has opened there is no opener to come.
      expect(tag.includes('"begin":""')).toBe(enable_thinking);
    }
  }
  expect((await post(body)).status).toBe(200);
  expect(sglang.sent("/generate").at(-1).sampling_params).not.toHaveProperty("structural_tag");
});

test("the guidance backend is sent Lark, with markers that are one token by their ids", async () => {
  const { post, sglang } = await start({ backend: "guidance" });
  expect((await post({ ...body, tool_choice: "required" })).status).toBe(200);
  const { ebnf, structural_tag } = sglang.sent("/generate").at(-1).sampling_params;
  expect(structural_tag).toBeUndefined();
  expect(ebnf).toMatch(/^start: /m);
  for (const part of ["get_weather", "get_time", "<[1001]>", "<[1002]>"]) expect(ebnf).toContain(part);
});

test("where the turn's end is markup, it is asked for", async () => {
  const { post, sglang } = await start({ format: getFormat("openai") });
  await post({ ...body, tools: [] });
  expect(sglang.sent("/generate").at(-1).sampling_params.no_stop_trim).toBe(true);
});

test("a special token is a marker even in a code fence, the same characters typed as text are not", async () => {
  const fenced =
    (ids: readonly number[]): Route =>
    (_, response) =>
      sendEvents(response, [
        {
          text: "```sh\n",
          output_ids: [7],
          meta_info: { prompt_tokens: 1, completion_tokens: 1, finish_reason: null },
        },
        {
          text: `\`\`\`sh\n${call.replace("<|im_end|>", "")}`,
          output_ids: [7, ...ids],
          meta_info: {
            prompt_tokens: 1,
            completion_tokens: 1 + ids.length,
            finish_reason: { type: "stop", matched: 1000 },
          },
        },
      ]);
  const ask = async (ids: readonly number[]): Promise<any> => {
    const { client } = await start({}, fenced(ids));
    return (await client.chat.completions.create(body as never)).choices[0]?.message;
  };
  expect((await ask([1001, 9, 9, 1002])).tool_calls).toHaveLength(1);
  const typed = await ask([60, 9, 9, 62]);
  expect(typed.tool_calls).toBeUndefined();
  expect(typed.content).toContain("<tool_call>");
});

test("an aborted request is an error with the server's words and status", async () => {
  const abort =
    (status_code: number | null): Route =>
    (_, response) =>
      sendEvents(response, [
        {
          text: "",
          output_ids: [],
          meta_info: { finish_reason: { type: "abort", message: "Bad grammar", status_code } },
        },
      ]);
  for (const [given, seen] of [
    [400, 400],
    [500, 502],
    [null, 502],
  ] as const) {
    const { post } = await start({}, abort(given));
    const response = await post(body);
    expect(response.status).toBe(seen);
    expect((await response.json()).error.message).toBe("Bad grammar");
  }
});

test.each([
  ["xgrammar", "[06:41:52] /project/cpp/regex_converter.cc:83: Regex parsing error at position 1\n"],
  ["guidance", "Regex parsing error at position 1"],
] as const)(
  "tools whose grammar %s refuses take any object, and nothing of the refused answer is shown",
  async (backend, refusal) => {
    const parameters = { type: "object", properties: { zone: { type: "string", pattern: "\\bx" } } };
    const odd = { ...timeTool, function: { ...timeTool.function, parameters } };
    const refuseGrammar = (grammar: string): string | undefined => (/\\\\bx/.test(grammar) ? refusal : undefined);
    const sglang = await startFakeSglang({ output: () => call, refuseGrammar });
    const { post } = await startGateway(sglangEngine({ url: sglang.url, checkpoint: chatmlCheckpoint(), backend }));
    const response = await post({ ...body, tools: [odd], tool_choice: "required" });
    expect(response.status).toBe(200);
    const { choices, glossa } = await response.json();
    expect(choices[0].message.content).toBeNull();
    expect(choices[0].message.tool_calls).toHaveLength(1);
    expect(glossa.diagnostics.map(({ message }: any) => message)).toContainEqual(
      expect.stringMatching(/get_time .* refuses the grammar: Regex parsing error at position 1$/),
    );
    expect(sglang.sent("/generate")).toHaveLength(2);

    const response_format = { type: "json_schema", json_schema: { name: "a", schema: parameters } };
    const refused = await post({ ...body, tools: [], response_format });
    expect(refused.status).toBe(400);
    expect((await refused.json()).error).toMatchObject({
      code: "unsupported_schema",
      param: "response_format.json_schema.schema",
    });
  },
);

test("a request that does not fit is refused as OpenAI's is", async () => {
  const { post } = await start();
  const response = await post({ ...body, max_tokens: 4050 });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({ code: "context_length_exceeded" });
});
