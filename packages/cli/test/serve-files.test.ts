import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { missingTransformersJs, writeDemoOnnx, type OnnxModel } from "../../server/test/transformers-js.ts";
import { startFakeHub } from "./fake-hub.ts";
import { builtCommand } from "./run-glossa.ts";

const folder = mkdtempSync(join(tmpdir(), "glossa-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Where a library is installed for tests: a user's working directory. */
const place = (name: string): string => fileURLToPath(new URL(`../../server/test/${name}/`, import.meta.url));
const gguf = fileURLToPath(new URL("../../demo-engine/model/glossa-demo.Q8_0.gguf", import.meta.url));
const missingNodeLlamaCpp = existsSync(join(place("node-llama-cpp"), "node_modules"))
  ? ""
  : " (skipped: npm run node-llama-cpp has not been run)";
if (missingNodeLlamaCpp !== "") console.info("serving GGUF files is skipped: npm run node-llama-cpp has not been run");

interface Serving {
  readonly client: OpenAI;
  readonly output: string;
}

/** `glossa serve` in a working directory; rejects with what it has written if it ends before it listens. */
async function serve(argv: readonly string[], cwd: string, environment: NodeJS.ProcessEnv = {}): Promise<Serving> {
  const child = spawn(process.execPath, [builtCommand, "serve", "--port", "0", ...argv], {
    cwd,
    env: { ...process.env, ...environment },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /http:\/\/\S+?\/v1/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.once("close", () => reject(new Error(output)));
  });
  return { client: new OpenAI({ baseURL: url, apiKey: "none", maxRetries: 0 }), output };
}

const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Get the current weather for a place.",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
];

async function callOf(client: OpenAI, model: string): Promise<unknown> {
  const completion = await client.chat.completions.create({
    model,
    temperature: 0,
    tools,
    messages: [{ role: "user", content: "What is the weather in Paris?" }],
  });
  const [call] = completion.choices[0]!.message.tool_calls ?? [];
  return call?.type === "function" && { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
}

const expected = { name: "get_weather", arguments: { city: "Paris" } };

describe.skipIf(missingTransformersJs !== "")(`ONNX files${missingTransformersJs}`, () => {
  let files: OnnxModel;
  beforeAll(() => void (files = writeDemoOnnx()), 120_000);
  afterAll(() => files?.remove());

  test("a directory is served as it is, with calls, streams and answers by a schema", async () => {
    const { client } = await serve(["--model", files.directory], place("transformers-js"));
    expect(await callOf(client, "glossa-demo")).toEqual(expected);

    const stream = client.chat.completions.stream({
      model: "glossa-demo",
      messages: [{ role: "user", content: "What is the weather in Oslo?" }],
      tools,
      tool_choice: "required",
    });
    let deltas = 0;
    for await (const _ of stream) deltas++;
    expect(deltas).toBeGreaterThan(5);
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe("tool_calls");

    const properties = { town: { enum: ["Rome", "Lima"] } };
    const schema = { type: "object", properties, required: ["town"], additionalProperties: false };
    const answer = await client.chat.completions.create({
      model: "glossa-demo",
      messages: [{ role: "user", content: "Name a town." }],
      response_format: { type: "json_schema", json_schema: { name: "town", schema, strict: true } },
    });
    expect(["Rome", "Lima"]).toContain(JSON.parse(answer.choices[0]!.message.content!).town);
  });

  test("a model of the Hub is fetched where that is asked for, and then found", async () => {
    const content = Object.fromEntries(
      readdirSync(files.directory, { recursive: true, encoding: "utf8" })
        .filter((name) => name !== "onnx")
        .map((name) => [name, readFileSync(join(files.directory, name))]),
    );
    const hub = await startFakeHub(content);
    onTestFinished(() => hub.close());
    const environment = { HOME: join(folder, "onnx"), HF_ENDPOINT: hub.url, HF_HOME: join(folder, "onnx-home") };
    const argv = ["--model", "hf:me/demo-ONNX"];
    await expect(serve(argv, place("transformers-js"), environment)).rejects.toThrow(
      /glossa: --model: hf:me\/demo-ONNX: .*nothing is fetched unasked; --download, .* fetches it/,
    );
    expect(hub.asked).toEqual([]);
    const { client } = await serve([...argv, "--download"], place("transformers-js"), environment);
    expect(await callOf(client, "me/demo-ONNX")).toEqual(expected);
    expect(hub.asked).toContain("GET /me/demo-ONNX/resolve/main/onnx/model.onnx");
    const { length } = hub.asked;
    const again = await serve(argv, place("transformers-js"), environment);
    expect(await callOf(again.client, "me/demo-ONNX")).toEqual(expected);
    expect(hub.asked).toHaveLength(length);
  });

  test("the config file names it, with its options", async () => {
    const config = join(folder, "glossa.config.json");
    const engine = { kind: "onnx", model: files.directory, sequences: 2, dtype: "fp32" };
    const model = { name: "mine", aliases: ["gpt-4o"], contextLength: 512, engines: [engine] };
    writeFileSync(config, JSON.stringify({ models: [model] }));
    const { client } = await serve(["--config", config], place("transformers-js"));
    expect(await callOf(client, "gpt-4o")).toEqual(expected);
    const long = { model: "mine", messages: [{ role: "user" as const, content: "Hello ".repeat(600) }] };
    await expect(client.chat.completions.create(long)).rejects.toThrow("512");
  });
});

describe.skipIf(missingNodeLlamaCpp !== "")(`GGUF files${missingNodeLlamaCpp}`, () => {
  test("a model of the Hub is fetched where that is asked for, and then found", async () => {
    const hub = await startFakeHub({ "demo.Q8_0.gguf": readFileSync(gguf) });
    onTestFinished(() => hub.close());
    const environment = { HOME: join(folder, "gguf"), USERPROFILE: join(folder, "gguf"), HF_ENDPOINT: hub.url };
    const argv = ["--model", "hf:me/demo-GGUF:Q8_0"];
    await expect(serve(argv, place("node-llama-cpp"), environment)).rejects.toThrow(
      /glossa: --model: hf:me\/demo-GGUF:Q8_0 is not here: .*; --download, .* fetches it/,
    );
    expect(hub.asked).toEqual([]);
    const { client } = await serve([...argv, "--download"], place("node-llama-cpp"), environment);
    expect(await callOf(client, "me/demo-GGUF:Q8_0")).toEqual(expected);
    const { length } = hub.asked;
    const again = await serve(argv, place("node-llama-cpp"), environment);
    expect(await callOf(again.client, "me/demo-GGUF:Q8_0")).toEqual(expected);
    expect(hub.asked).toHaveLength(length);
  });

  test("the config file names it, with its options", async () => {
    const config = join(folder, "gguf.config.json");
    const engine = { kind: "gguf", model: gguf, sequences: 2 };
    writeFileSync(config, JSON.stringify({ models: [{ name: "mine", contextLength: 512, engines: [engine] }] }));
    const { client } = await serve(["--config", config], place("node-llama-cpp"));
    expect(await callOf(client, "mine")).toEqual(expected);
  });
});

test.each([
  [".", "npm install @huggingface/transformers@4 (with ONNXRUNTIME_NODE_INSTALL=skip"],
  ["x.gguf", "npm install node-llama-cpp@3"],
])("without its library, %s is told the line that installs it", async (model, line) => {
  await expect(serve(["--model", model], folder)).rejects.toThrow(line);
});
