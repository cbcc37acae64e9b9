import { expect, test } from "vitest";
import { tgiEngine } from "@glossa/server";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";
import { sendEvents, type FakeServer } from "./fake-server.ts";
import { startFakeTgi } from "./fake-tgi.ts";
import { startGateway, user, type Gateway } from "./gateway.ts";

const body = { model: "Qwen/Qwen3-8B", messages: [user("?")] };

async function start(output: string, format?: string): Promise<Gateway & { tgi: FakeServer }> {
  const tgi = await startFakeTgi({ output: () => output });
  const engine = tgiEngine({ url: tgi.url, checkpoint: chatmlCheckpoint(), ...(format !== undefined && { format }) });
  return { ...(await startGateway(engine)), tgi };
}

test("what goes out: sampling by TGI's names, and nothing that it refuses for saying nothing", async () => {
  const { post, tgi } = await start("Hi<|im_end|>");
  const parameters = async (extra: object): Promise<unknown> => {
    expect((await post({ ...body, ...extra })).status).toBe(200);
    return tgi.sent("/generate_stream").at(-1).parameters;
  };
  const base = { max_new_tokens: null, return_full_text: false };
  expect(await parameters({})).toEqual({ ...base, do_sample: true });
  expect(await parameters({ temperature: 0, top_p: 0.5, top_k: 5 })).toEqual({ ...base, do_sample: false });
  expect(await parameters({ temperature: 0.5, top_p: 1, top_k: -1 })).toEqual({
    ...base,
    do_sample: true,
    temperature: 0.5,
  });
  const given = { temperature: 2, top_p: 0.9, top_k: 3, seed: 7, frequency_penalty: 0.2, repetition_penalty: 1.1 };
  expect(await parameters({ ...given, max_tokens: 9, stop: ["x"] })).toEqual({
    ...base,
    ...given,
    max_new_tokens: 9,
    do_sample: true,
  });
  expect(tgi.sent("/generate_stream")[0].inputs).toBe("<|im_start|>user\n?<|im_end|>\n<|im_start|>assistant\n");
});

test("a schema holds an answer that stands alone and has properties", async () => {
  const { post, tgi } = await start('{"a": "b"}<|im_end|>', "llama3_json");
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const response_format = { type: "json_schema", json_schema: { name: "a", schema } };
  expect((await post({ ...body, response_format })).status).toBe(200);
  expect(tgi.sent("/generate_stream").at(-1).parameters.grammar).toEqual({ type: "json", value: schema });
  expect((await post({ ...body, response_format: { type: "json_object" } })).status).toBe(200);
  expect(tgi.sent("/generate_stream").at(-1).parameters).not.toHaveProperty("grammar");
});

test("what it refuses comes as an event inside of a 200, and is a 400 to the client", async () => {
  const { post } = await start("Hi<|im_end|>");
  const penalty = await post({ ...body, max_tokens: 4050 });
  expect(penalty.status).toBe(400);
  expect((await penalty.json()).error).toMatchObject({
    type: "invalid_request_error",
    code: "context_length_exceeded",
  });
});

test.each([
  ["validation", 422, "invalid_request_error"],
  ["overloaded", 429, "rate_limit_error"],
  ["generation", 502, "engine_error"],
])("an event of an error of type %s is a %i", async (error_type, status, type) => {
  const tgi = await startFakeTgi({
    output: () => "",
    answer: (_, response) => sendEvents(response, [{ error: "It says so", error_type }]),
  });
  const { post } = await startGateway(tgiEngine({ url: tgi.url, checkpoint: chatmlCheckpoint() }));
  const response = await post(body);
  expect(response.status).toBe(status);
  expect((await response.json()).error).toMatchObject({ message: "It says so", type });
});

test("a schema that it can't compile is refused by the field's name", async () => {
  const error = "Input validation error: cannot compile regex from schema: Unsupported JSON Schema structure";
  const tgi = await startFakeTgi({
    output: () => "",
    answer: (_, response) => sendEvents(response, [{ error, error_type: "validation" }]),
  });
  const format = "llama3_json";
  const { post } = await startGateway(tgiEngine({ url: tgi.url, checkpoint: chatmlCheckpoint(), format }));
  const schema = { type: "object", properties: { a: { $id: "123" } } };
  const response = await post({
    ...body,
    response_format: { type: "json_schema", json_schema: { name: "a", schema } },
  });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({
    param: "response_format.json_schema.schema",
    message: expect.stringContaining("cannot compile regex"),
  });
  expect(tgi.sent("/generate_stream")).toHaveLength(1);
});

test("a generation that failed before its first event is the engine's fault", async () => {
  const tgi = await startFakeTgi({
    output: () => "",
    answer: (_, response) => {
      response.writeHead(424, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: "Request failed during generation", error_type: "generation" }));
    },
  });
  const { post } = await startGateway(tgiEngine({ url: tgi.url, checkpoint: chatmlCheckpoint() }));
  expect((await post(body)).status).toBe(502);
});
