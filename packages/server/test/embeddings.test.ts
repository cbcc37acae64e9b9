import {
  llamaCppEngine,
  openAIChatEngine,
  renamedModels,
  replicaEngine,
  replayEngine,
  vllmEngine,
  withTimeouts,
  type Engine,
} from "@glossa/server";
import { expect, onTestFinished, test } from "vitest";
import { fail, startFakeServer, type FakeServer, type Route } from "./fake-server.ts";
import { startGateway } from "./gateway.ts";

/** A server with one model, whose embedding of a text is its length. */
function startEmbedder(embed?: Route): Promise<FakeServer> {
  return startFakeServer({
    "/v1/models": () => ({ data: [{ id: "BAAI/bge-m3" }] }),
    "/v1/embeddings":
      embed ??
      (({ model, input, encoding_format }) => ({
        object: "list",
        model,
        data: [input].flat().map((text: string, index: number) => ({
          object: "embedding",
          index,
          embedding:
            encoding_format === "base64"
              ? Buffer.from(Float32Array.of(text.length, 0.5).buffer).toString("base64")
              : [text.length, 0.5],
        })),
        usage: { prompt_tokens: 3, total_tokens: 3 },
      })),
  });
}

const named = (engine: Engine): Engine => renamedModels(engine, { small: "BAAI/bge-m3" });

test.each([
  ["openai-chat", openAIChatEngine],
  ["vllm", vllmEngine],
])("%s: a client's embeddings, the model by its own name on either side", async (_, engineOf) => {
  const server = await startEmbedder();
  const { client } = await startGateway(named(engineOf({ url: server.url, format: "hermes" })));
  const answer = await client.embeddings.create({ model: "small", input: ["one", "three"], dimensions: 2 });
  expect(answer.model).toBe("small");
  expect(answer.data.map(({ embedding }) => embedding)).toEqual([
    [3, 0.5],
    [5, 0.5],
  ]);
  expect(answer.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  expect(server.sent("/v1/embeddings")).toMatchObject([
    { model: "BAAI/bge-m3", input: ["one", "three"], dimensions: 2 },
  ]);
});

test.each([
  ["openai-chat", openAIChatEngine],
  ["vllm", vllmEngine],
])("%s: a model of no known format makes embeddings where that is wanted, and no conversation", async (_, engineOf) => {
  const server = await startEmbedder();
  const chat = replayEngine({ recordings: [{ raw: "Hello.", model: "chat" }] });
  const { client, send } = await startGateway([named(engineOf({ url: server.url, embeddingModels: true })), chat]);
  const answer = await client.embeddings.create({ model: "small", input: "one" });
  expect(answer.data.map(({ embedding }) => embedding)).toEqual([[3, 0.5]]);
  const listed = (await client.models.list()).data as { id: string; format?: string }[];
  expect(listed.map(({ id, format }) => [id, format])).toEqual([
    ["small", undefined],
    ["chat", "hermes"],
  ]);
  const messages = [{ role: "user", content: "?" }];
  for (const [path, body] of [
    ["/v1/chat/completions", { messages }],
    ["/v1/messages", { messages, max_tokens: 5 }],
    ["/v1/responses", { input: "?" }],
    ["/v1/completions", { prompt: "?" }],
    ["/parse", { raw: "?" }],
  ] as const) {
    const response = await send(path, { model: "small", ...body });
    expect([path, response.status, (await response.json()).error.message]).toEqual([
      path,
      400,
      expect.stringContaining("The model small makes embeddings only"),
    ]);
  }
  // Who names no model means the only one there is to speak with.
  expect((await send("/v1/chat/completions", { messages })).status).toBe(200);
  expect((await send("/v1/embeddings", { input: "?" })).status).toBe(400);
});

test("a vLLM whose model writes text has no such address", async () => {
  const server = await startEmbedder((_, response) => {
    response.writeHead(404, { "content-type": "application/json" });
    response.end('{"detail":"Not Found"}');
  });
  const { send } = await startGateway(named(vllmEngine({ url: server.url, format: "hermes" })));
  const response = await send("/v1/embeddings", { model: "small", input: "x" });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({ param: "model", code: "unsupported_endpoint" });
});

test("an engine's refusal is told in OpenAI's words", async () => {
  const server = await startEmbedder((_, response) => fail(response, 400, "The model does not support Embeddings API"));
  const { send } = await startGateway(named(openAIChatEngine({ url: server.url, format: "hermes" })));
  const response = await send("/v1/embeddings", { model: "small", input: "x" });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({
    type: "invalid_request_error",
    message: expect.stringContaining("does not support Embeddings"),
  });
});

test("what is wrong with a request names the field, and an engine without embeddings says so", async () => {
  const server = await startEmbedder();
  const { send } = await startGateway([
    named(openAIChatEngine({ url: server.url, format: "hermes" })),
    replayEngine({ recordings: [{ raw: "", model: "chat" }] }),
  ]);
  const refused = async (body: object): Promise<unknown[]> => {
    const response = await send("/v1/embeddings", body);
    const { param, code } = (await response.json()).error;
    return [response.status, param, code];
  };
  expect(await refused({ model: "small" })).toEqual([400, "input", "missing_required_parameter"]);
  expect(await refused({ model: "small", input: 7 })).toEqual([400, "input", "invalid_value"]);
  expect(await refused({ model: "chat", input: "x" })).toEqual([400, "model", "unsupported_endpoint"]);
  expect(await refused({ model: "other", input: "x" })).toEqual([404, "model", "model_not_found"]);
  expect(server.sent("/v1/embeddings")).toEqual([]);
});

test("an engine that takes too long is given up", async () => {
  const server = await startEmbedder(() => new Promise(() => undefined));
  const engine = withTimeouts(openAIChatEngine({ url: server.url, format: "hermes" }), { total: 50 });
  const { send } = await startGateway(named(engine));
  const response = await send("/v1/embeddings", { model: "small", input: "x" });
  expect([response.status, (await response.json()).error.code]).toEqual([504, "engine_timeout"]);
});

test("an answer that is no object is the engine's fault", async () => {
  const server = await startEmbedder(() => [1, 2]);
  const { send } = await startGateway(named(openAIChatEngine({ url: server.url, format: "hermes" })));
  const response = await send("/v1/embeddings", { model: "small", input: "x" });
  expect([response.status, (await response.json()).error.code]).toEqual([502, "engine_protocol"]);
});

test("a replica that fails leaves the work to another; a request that is wrong does not go round", async () => {
  const broken = await startEmbedder((body, response) =>
    body.input === "bad" ? fail(response, 400, "no") : fail(response, 500, "out of memory"),
  );
  const sound = await startEmbedder((body, response) =>
    body.input === "bad" ? fail(response, 400, "no") : { object: "list", model: body.model, data: [] },
  );
  const engine = replicaEngine({
    checkInterval: 0,
    replicas: [broken, sound].map(({ url }, index) => ({
      engine: openAIChatEngine({ url, format: "hermes" }),
      id: `replica ${index}`,
    })),
  });
  onTestFinished(() => engine.close?.());
  const { send } = await startGateway(named(engine));
  const inputs = Array.from({ length: 8 }, (_, index) => `text ${index}`);
  const answers = await Promise.all(inputs.map((input) => send("/v1/embeddings", { model: "small", input })));
  expect(answers.map(({ status }) => status)).toEqual(inputs.map(() => 200));
  expect(sound.sent("/v1/embeddings")).toHaveLength(8);
  const asked = broken.sent("/v1/embeddings").length;
  const refused = await send("/v1/embeddings", { model: "small", input: "bad" });
  expect(refused.status).toBe(400);
  expect(broken.sent("/v1/embeddings").length - asked + sound.sent("/v1/embeddings").length - 8).toBe(1);
});

test("llama.cpp and replicas of it have embeddings, recordings have none", () => {
  const llamacpp = llamaCppEngine({ url: "http://127.0.0.1:1" });
  expect(llamacpp.embeddings).toBeTypeOf("function");
  expect(replicaEngine({ checkInterval: 0, replicas: [{ engine: llamacpp }] }).embeddings).toBeTypeOf("function");
  const replay = replayEngine({ recordings: [{ raw: "" }] });
  expect(replicaEngine({ checkInterval: 0, replicas: [{ engine: replay }] }).embeddings).toBeUndefined();
});
