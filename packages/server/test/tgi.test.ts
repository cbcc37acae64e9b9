import { expect, test } from "vitest";
import { tgiEngine } from "@glossa/server";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";
import type { FakeServer } from "./fake-server.ts";
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
