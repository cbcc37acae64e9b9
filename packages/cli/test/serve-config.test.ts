import { toJsonSchema } from "@valibot/to-json-schema";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { configSchema, parseConfig } from "../src/config-file.ts";
import { readServeConfig } from "../src/serve-config.ts";
import { startSilentListener } from "../../server/test/silent-listener.ts";

const folder = mkdtempSync(join(tmpdir(), "glossa-config-"));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(text: string, name = "glossa.config.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const minimal = { models: [{ name: "m", engines: [{ kind: "vllm", url: "http://127.0.0.1:1" }] }] };

/** The minimal file with one thing about it changed. */
function changed(change: (config: any) => void): string {
  const config = structuredClone(minimal) as any;
  change(config);
  return JSON.stringify(config);
}

/** A chat endpoint with these models, which answers with its own name. */
async function startEndpoint(name: string, models: readonly string[]): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url === "/v1/models") {
      response.end(JSON.stringify({ data: models.map((id) => ({ id })) }));
      return;
    }
    response.setHeader("content-type", "text/event-stream");
    const choice = { index: 0, delta: { content: name }, finish_reason: "stop" };
    response.end(`data: ${JSON.stringify({ choices: [choice] })}\n\ndata: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a file that is wrong is refused with the field named", () => {
  test.each<[string, string, RegExp]>([
    ["no YAML", "models: [", /^--config: is no YAML or JSON: /],
    ["nothing in it", "", /^--config: found null, expected Object/],
    ["a list that holds itself", "models: &all [*all]", /^--config: models\[0\]: found what it stands in itself/],
    ["no models", '{"models": []}', /^--config: models: found an array, expected a list that is not empty/],
    [
      "a field that nobody knows",
      changed((config) => (config.models[0].engines[0].adress = "x")),
      /^--config: models\[0\]\.engines\[0\]\.adress: is no field of this file; allowed: kind, url, weight, /,
    ],
    [
      "a kind of engine that there is not",
      changed((config) => (config.models[0].engines[0].kind = "lama")),
      /^--config: models\[0\]\.engines\[0\]\.kind: found "lama", expected .*"llamacpp"/,
    ],
    [
      "an address that is none",
      changed((config) => (config.models[0].engines[0].url = "gpu:8000")),
      /^--config: models\[0\]\.engines\[0\]\.url: found "gpu:8000", expected an address such as /,
    ],
    [
      "an address with a key in it, which is not told on",
      changed((config) => (config.models[0].engines[0].url = "http://me:secret@gpu:8000?key=secret")),
      /^--config: models\[0\]\.engines\[0\]: url: found an address with credentials or a query, which are not sent; the server's key is [^:]*$/,
    ],
    [
      "an address that is none, with a key in it",
      changed((config) => (config.models[0].engines[0].url = "me://x:secret@gpu:8000?key=secret")),
      /^--config: models\[0\]\.engines\[0\]\.url: found "me:\/\/…@gpu:8000\?…", expected an address such as /,
    ],
    [
      "a key that is no text, which is not told on",
      changed((config) => (config.models[0].engines[0].apiKey = 123456)),
      /^--config: models\[0\]\.engines\[0\]\.apiKey: found a number, expected string$/,
    ],
    [
      "an origin that is an address",
      changed((config) => (config.cors = ["https://app.example.com/"])),
      /^--config: cors\[0\]: found "https:\/\/app\.example\.com\/", expected an origin such as /,
    ],
    [
      "a limit of nothing",
      changed((config) => (config.listen = { bodyLimit: 0 })),
      /^--config: listen\.bodyLimit: found 0, expected a number from 1$/,
    ],
    [
      "a bound that nobody knows",
      changed((config) => (config.responseStore = { maxCount: 1 })),
      /^--config: responseStore\.maxCount: is no field of this file; allowed: file, maxResponses, maxAge, maxBytes$/,
    ],
    [
      "a format that nobody knows",
      changed((config) => (config.models[0].format = "hermess")),
      /^--config: models\[0\]\.format: .*hermess/,
    ],
    [
      "engines that can't stand in for each other",
      changed((config) => config.models[0].engines.push({ kind: "openai-chat", url: "http://127.0.0.1:2" })),
      /^--config: models\[0\]\.engines: the replicas of an engine must be of one kind/,
    ],
    [
      "an engine that needs a checkpoint",
      changed((config) => (config.models[0].engines[0].kind = "sglang")),
      /^--config: models\[0\]\.engines\[0\]: checkpoint: found nothing, expected the model's own files/,
    ],
    [
      "an address of an engine in this process",
      changed((config) => (config.models[0].engines[0].kind = "onnx")),
      /^--config: models\[0\]\.engines\[0\]\.model: found nothing, expected /,
    ],
    [
      "a field of another engine's",
      changed((config) => (config.models[0].engines = [{ kind: "gguf", model: "x.gguf", dtype: "q4" }])),
      /^--config: models\[0\]\.engines\[0\]\.dtype: is no field of this file; allowed: kind, model, sequences$/,
    ],
    [
      "a number of turns that is none",
      changed((config) => (config.models[0].engines = [{ kind: "onnx", model: ".", sequences: 1000 }])),
      /^--config: models\[0\]\.engines\[0\]\.sequences: found 1000, expected a number to 256$/,
    ],
    [
      "files that are not there",
      changed((config) => (config.models[0].engines = [{ kind: "onnx", model: "/nowhere" }])),
      /^--config: models\[0\]\.engines\[0\]: model: found "\/nowhere", expected a directory with ONNX files or hf:owner\/name/,
    ],
    [
      "a checkpoint beside a model's own files",
      changed((config) =>
        Object.assign(config.models[0], { checkpoint: "x", engines: [{ kind: "gguf", model: "x.gguf" }] }),
      ),
      /^--config: models\[0\]\.engines\[0\]: checkpoint: says nothing to the engine gguf/,
    ],
    [
      "a grammar backend of an engine that has none",
      changed((config) => Object.assign(config.models[0].engines[0], { kind: "ollama", grammarBackend: "guidance" })),
      /^--config: models\[0\]\.engines\[0\]: grammarBackend: says nothing to the engine ollama, expected vllm or sglang$/,
    ],
    [
      "control tokens in the text of an engine that takes messages",
      changed((config) => (config.models[0].controlTokensInText = true)),
      /^--config: models\[0\]\.engines\[0\]: controlTokensInText: says nothing to the engine vllm, expected sglang or llamacpp or completions$/,
    ],
    [
      "a download of nothing",
      changed((config) => (config.models[0].download = true)),
      /^--config: models\[0\]\.engines\[0\]: download: says nothing without checkpoint$/,
    ],
    [
      "a limit for connecting to what runs in this process",
      changed((config) =>
        Object.assign(config.models[0], { timeouts: { connect: 1 }, engines: [{ kind: "gguf", model: "x.gguf" }] }),
      ),
      /^--config: models\[0\]\.engines\[0\]: timeouts\.connect: says nothing to the engine gguf/,
    ],
    [
      "one name for two models",
      changed((config) => config.models.push({ ...config.models[0], name: "n", aliases: ["m"] })),
      /^--config: models\[1\]: the name "m" is that of models\[0\] already/,
    ],
    [
      "a variable that is not set",
      changed((config) => (config.models[0].engines[0].apiKey = "${NOT_SET}")),
      /^--config: models\[0\]\.engines\[0\]\.apiKey: the environment has no NOT_SET/,
    ],
  ])("%s", async (_, text, message) => {
    const error = await readServeConfig(fileOf(text), {}).catch((thrown: any) => thrown);
    expect(`${error.field}: ${error.message}`).toMatch(message);
  });
});

test("models have the names that the file gives them, and what it says of them", async () => {
  const url = await startEndpoint("one", ["Qwen/Qwen3-8B"]);
  const file = fileOf(`
listen: { port: 1234, bodyLimit: 1000, headersTimeout: 0.5, drainDelay: 0, drainTimeout: 60 }
cors: ["https://app.example.com", "*"]
models:
  - name: big
    aliases: ["gpt-4o"]
    engineModel: Qwen/Qwen3-8B
    contextLength: 4096
    toolsSoftCap: 3
    engines: [{ kind: openai-chat, url: "\${PLACE}" }]
keys: [{ key: "\${KEY}", requestsPerMinute: 5 }]
responseStore: { file: responses.db, maxResponses: 50, maxAge: 3600 }
`);
  const { engines, port, keys, limits, cors, responses } = await readServeConfig(file, { PLACE: url, KEY: "secret" });
  onTestFinished(async () => void (await Promise.all(engines.map((engine) => engine.close?.()))));
  expect([port, keys]).toEqual([1234, [{ key: "secret", requestsPerMinute: 5 }]]);
  expect(limits).toEqual({ bodyLimit: 1000, headersTimeout: 500, drainDelay: 0, drainTimeout: 60_000 });
  expect(cors).toEqual(["https://app.example.com", "*"]);
  expect(responses).toEqual({ file: "responses.db", maxResponses: 50, maxAge: 3_600_000 });
  const models = await engines[0]!.models();
  expect(models.map(({ id, contextLength, toolsSoftCap }) => [id, contextLength, toolsSoftCap])).toEqual([
    ["big", 4096, 3],
    ["gpt-4o", 4096, 3],
  ]);
  expect(models[0]!.format.name).toBe("hermes");
});

test("a model whose format nobody knows makes embeddings, unless the file names one", async () => {
  const url = await startEndpoint("one", ["BAAI/bge-m3"]);
  const engines = [{ kind: "openai-chat", url }];
  const text = {
    models: [
      { name: "BAAI/bge-m3", engines },
      { name: "told", engineModel: "BAAI/bge-m3", format: "hermes", engines },
    ],
  };
  const config = await readServeConfig(fileOf(JSON.stringify(text)));
  onTestFinished(async () => void (await Promise.all(config.engines.map((engine) => engine.close?.()))));
  const models = (await Promise.all(config.engines.map((engine) => engine.models()))).flat();
  expect(models.map(({ id, embeddingsOnly }) => [id, embeddingsOnly])).toEqual([
    ["BAAI/bge-m3", true],
    ["told", undefined],
  ]);
});

// By default connecting takes ten seconds, which is longer than this test may.
test("how long connecting may take is the file's", { timeout: 9000 }, async () => {
  const url = await startSilentListener();
  const timeouts = { connect: 0.05 };
  const file = changed((config) => Object.assign(config.models[0], { engines: [{ kind: "vllm", url }], timeouts }));
  const { engines } = await readServeConfig(fileOf(file));
  onTestFinished(() => engines[0]!.close?.());
  await expect(engines[0]!.models()).rejects.toMatchObject({
    code: "engine_unreachable",
    message: expect.stringContaining("ETIMEDOUT"),
  });
});

test("the published schema is the one that files are held to", () => {
  const file = new URL("../../../docs/config.schema.json", import.meta.url);
  const schema = toJsonSchema(configSchema as never, { typeMode: "input", errorMode: "ignore" });
  expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(JSON.parse(JSON.stringify(schema)));
});

const deploy = new URL("../../../deploy/", import.meta.url);
const examples = readdirSync(deploy).filter((name) => existsSync(new URL(`${name}/glossa.config.yaml`, deploy)));

test.each(examples)("deploy/%s is such a file", (name) => {
  const text = readFileSync(new URL(`${name}/glossa.config.yaml`, deploy), "utf8");
  const { models } = parseConfig(text, {});
  expect(models.length).toBeGreaterThan(0);
});

test("the example of the page is such a file", () => {
  const page = readFileSync(new URL("../../../docs/config.md", import.meta.url), "utf8");
  const [, example] = /```yaml\n(.*?)```/s.exec(page)!;
  const models = [{ name: "Qwen/Qwen3-8B" }, { name: "small" }, { name: "local" }];
  expect(parse(example!)).toMatchObject({ models });
  expect(parseConfig(example!, { VLLM_KEY: "a", TEAM_KEY: "b" }).keys).toEqual([
    { key: "b", name: "team", requestsPerMinute: 600 },
  ]);
});
