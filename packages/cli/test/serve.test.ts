import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { isBuiltin } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openEvents, rawAnswer, startUpstream } from "../../server/test/scripted-upstream.ts";
import { builtCommand, jsonl, runGlossa } from "./run-glossa.ts";

const raw = 'Let me see.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';
const tools = [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }];

/** Newer Nodes than the oldest that is served here bring SQLite. */
const sqlite = isBuiltin("node:sqlite");

let folder: string;
let replay: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glossa-"));
  replay = join(folder, "replay.jsonl");
  await writeFile(replay, jsonl({ raw }));
});
afterAll(() => rm(folder, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

interface Serving {
  readonly child: ChildProcess;
  readonly url: string;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
}

/** An object among the arguments is the environment's. */
async function startServer(...given: (string | Record<string, string>)[]): Promise<Serving> {
  const argv = given.filter((each) => typeof each === "string");
  const env = Object.assign({}, process.env, ...given.filter((each) => typeof each === "object"));
  const child = spawn(process.execPath, [builtCommand, "serve", ...argv], { env });
  children.push(child);
  let output = "";
  const exit = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      const found = /http:\/\/\S+?(?=\/v1)/.exec(output);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    void exit.then(() => reject(new Error(output)));
  });
  return { child, url, output: () => output, exit };
}

const ask = (url: string, body: object, signal?: AbortSignal): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "replay", messages: [{ role: "user", content: "Weather?" }], tools, ...body }),
    ...(signal && { signal }),
  });

describe("glossa serve", () => {
  test("prints its banner, answers, and stops at a signal", async () => {
    const { child, url, output, exit } = await startServer("--replay", replay, "--port", "0");
    expect(output()).toMatch(/curl/);
    const answer = (await (await ask(url, {})).json()) as any;
    expect(answer.choices[0].message.tool_calls[0].function).toEqual({
      name: "get_weather",
      arguments: '{"city": "Paris"}',
    });
    child.kill("SIGTERM");
    expect(await exit).toBe(0);
  });

  test("logs requests, and what was said only where it is asked for", async () => {
    const config = join(folder, "log.config.json");
    const upstream = await startUpstream((response) => {
      openEvents(response);
      response.end(rawAnswer("Rain."));
    });
    const engines = [{ kind: "openai-chat", url: upstream.url }];
    await writeFile(config, JSON.stringify({ models: [{ name: "raw", format: "hermes", engines }], logPrompts: true }));
    for (const [flags, lines] of [
      [["--replay", replay], []],
      [["--replay", replay, "--log-requests"], [{ path: "/v1/chat/completions", status: 200, model: "replay" }]],
      [
        ["--replay", replay, "--log-prompts"],
        [{ messages: [{ content: "Weather?" }], answer: { text: "Let me see.", calls: [{ name: "get_weather" }] } }],
      ],
      [["--config", config], [{ model: "raw", messages: [{ content: "Weather?" }], answer: { text: "Rain." } }]],
    ] as const) {
      const { child, url, output, exit } = await startServer("--port", "0", ...flags);
      await (await ask(url, { model: flags[0] === "--config" ? "raw" : "replay" })).text();
      child.kill("SIGTERM");
      await exit;
      const logged = output()
        .split("\n")
        .filter((line) => line.startsWith("{"));
      expect(logged.map((line) => JSON.parse(line))).toMatchObject(lines);
      if (lines.length === 0 || flags.includes("--log-requests" as never)) expect(output()).not.toContain("Weather?");
    }
  });

  test("speaks every protocol, and gathers deltas if it is told to", async () => {
    const flags = ["--cut", "1", "--coalesce-ms", "500", "--reasoning-field", "both"];
    const { url } = await startServer("--replay", replay, "--port", "0", ...flags);
    const events = (await (await ask(url, { stream: true })).text()).split("\n\n");
    expect(events.length).toBeLessThan(15);
    for (const [path, body] of [
      ["/v1/messages", { max_tokens: 5, messages: [{ role: "user", content: "?" }] }],
      ["/v1/responses", { input: "?" }],
      ["/v1/completions", { prompt: "?" }],
      ["/parse", { raw }],
    ] as const) {
      const response = await fetch(url + path, { method: "POST", body: JSON.stringify({ model: "replay", ...body }) });
      expect([path, response.status, await response.text()]).toEqual([
        path,
        200,
        expect.stringContaining("Let me see."),
      ]);
    }
  });

  test("takes another port where the one asked for is in use", async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    try {
      const { url, output } = await startServer("--replay", replay, "--port", String(port));
      expect(new URL(url).port).not.toBe(String(port));
      expect(output()).toContain(`port ${port} is in use`);
      expect((await fetch(`${url}/health`)).status).toBe(200);
    } finally {
      taken.close();
    }
  });

  test("an engine that hangs does not hold the banner", async () => {
    const hung = createServer(() => undefined);
    await new Promise<void>((resolve) => hung.listen(0, "127.0.0.1", resolve));
    const { port } = hung.address() as AddressInfo;
    try {
      const engine = ["--engine", "vllm", "--url", `http://127.0.0.1:${port}`];
      const { url, output } = await startServer(...engine, "--port", "0");
      expect(output()).toContain("glossa: The engine vllm did not say in 3 seconds which models it has.");
      expect((await fetch(`${url}/health`)).status).toBe(200);
    } finally {
      hung.closeAllConnections();
      hung.close();
    }
  });

  test("a port of the config file is an error where it is in use, since nobody would ask at another", async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const file = join(folder, "taken.json");
    const models = [{ name: "m", engines: [{ kind: "vllm", url: "http://127.0.0.1:1" }] }];
    await writeFile(file, JSON.stringify({ models, listen: { port } }));
    try {
      const { status, stderr } = await runGlossa(["serve", "--config", file]);
      expect([status, stderr]).toEqual([2, `glossa: --config: listen.port: ${port} is in use\n`]);
    } finally {
      taken.close();
    }
  });

  test("is set up by the environment as well; what is typed comes first", async () => {
    const config = join(folder, "environment.json");
    const models = [{ name: "m", engines: [{ kind: "vllm", url: "http://127.0.0.1:1" }] }];
    await writeFile(config, JSON.stringify({ models, listen: { port: 1, host: "nowhere.invalid" } }));
    const environment = { GLOSSA_CONFIG: config, GLOSSA_PORT: "0", GLOSSA_HOST: "localhost" };
    const { url } = await startServer("--host", "127.0.0.1", environment);
    expect(new URL(url).hostname).toBe("127.0.0.1");
    expect(await (await fetch(`${url}/ready`)).json()).toMatchObject({ missing: ["m"] });
    await expect(startServer({ GLOSSA_PORT: "many" })).rejects.toThrow(/'many' from env 'GLOSSA_PORT' is invalid/);
    const { port } = new URL(url);
    await expect(startServer({ GLOSSA_PORT: port })).rejects.toThrow(`glossa: GLOSSA_PORT: ${port} is in use`);
  });

  test("finishes an answer under way at the first signal", async () => {
    const { child, url, exit } = await startServer("--replay", replay, "--port", "0", "--pace", "20", "--cut", "4");
    const response = await ask(url, { stream: true });
    child.kill("SIGINT");
    expect(await response.text()).toContain("[DONE]");
    expect(await exit).toBe(0);
  });

  test("a second signal ends it at once; one so close that it is the same key press does not", async () => {
    const { child, url, exit } = await startServer("--replay", replay, "--port", "0", "--pace", "1000", "--cut", "4");
    const response = await ask(url, { stream: true });
    const text = response.text();
    child.kill("SIGINT");
    child.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(child.exitCode).toBe(null);
    child.kill("SIGINT");
    expect(await exit).toBe(0);
    expect(await text).toContain("shutting_down");
  });

  test.each([
    [["--port", "80800"], /--port.*80800.*0 to 65535/],
    [
      ["--engine", "olama"],
      /--engine.*olama.*demo, replay, gguf, onnx, vllm, sglang, llamacpp, ollama, tgi, completions, openai-chat/,
    ],
    [["--coalesce-ms", "soon"], /--coalesce-ms.*soon.*0 to 60000/],
    [["--reasoning-field", "thoughts"], /--reasoning-field.*thoughts.*reasoning_content, reasoning, both/],
    [["--engine", "vllm"], /^glossa: --url: found nothing, expected the address of the server for --engine vllm/],
    [
      ["--engine", "vllm", "--url", "localhost:8000"],
      /^glossa: --url: found "localhost:8000", expected an address such as http/,
    ],
    [
      ["--engine", "vllm", "--url", "http://me:secret@127.0.0.1:1"],
      /^glossa: --url: found an address with credentials or a query, which are not sent/,
    ],
    [
      ["--engine", "vllm", "--url", "ftp://me:secret@127.0.0.1:1?key=secret"],
      /^glossa: --url: found "ftp:\/\/…@127\.0\.0\.1:1\?…", expected an address such as http/,
    ],
    [["--engine", "replay"], /^glossa: --replay: found nothing, expected a file of recordings/],
    [["--replay", "/nowhere"], /^glossa: --replay: can't read "\/nowhere": there is no such file/],
    [
      ["--url", "http://127.0.0.1:8000"],
      /^glossa: --url: says nothing to the engine demo, expected --engine vllm or sglang or llamacpp or ollama or tgi or completions or openai-chat/,
    ],
    [
      ["--engine", "sglang", "--url", "http://127.0.0.1:1"],
      /^glossa: --checkpoint: found nothing, expected the model's own files for --engine sglang/,
    ],
    [
      ["--engine", "ollama", "--url", "http://127.0.0.1:1", "--checkpoint", "/nowhere"],
      /^glossa: --checkpoint: \/nowhere: there is no such file or directory/,
    ],
    [
      ["--engine", "tgi", "--url", "http://127.0.0.1:1", "--grammar-backend", "guidance"],
      /^glossa: --grammar-backend: says nothing to the engine tgi, expected --engine vllm or sglang/,
    ],
    [
      ["--engine", "gguf"],
      /^glossa: --model: found nothing, expected a \.gguf file or hf:owner\/name for --engine gguf/,
    ],
    [
      ["--engine", "onnx", "--model", "/nowhere"],
      /^glossa: --model: found "\/nowhere", expected a directory with ONNX files or hf:owner\/name for --engine onnx/,
    ],
    [
      ["--model", "x.gguf", "--dtype", "q4"],
      /^glossa: --dtype: says nothing to the engine gguf, expected --engine onnx$/m,
    ],
    [
      ["--model", "x.gguf", "--download"],
      /^glossa: --download: says nothing to files that are here, expected a --model of hf:owner\/name/,
    ],
    [
      ["--model", "x.gguf", "--checkpoint", "/nowhere"],
      /^glossa: --checkpoint: says nothing to the engine gguf, expected --engine replay/,
    ],
    [["--sequences", "2"], /^glossa: --sequences: says nothing to the engine demo, expected --engine gguf/],
    [["--engine", "vllm", "--pace", "3"], /^glossa: --pace: says nothing to the engine vllm, expected --engine replay/],
    [["--engine", "replay", "--api-key", "k"], /^glossa: --api-key: says nothing to the engine replay/],
    [["--checkpoint", "/nowhere"], /^glossa: --checkpoint: says nothing to the engine demo, expected --engine replay/],
    [
      ["--engine", "vllm", "--url", "http://127.0.0.1:1", "--checkpoint", "/nowhere"],
      /^glossa: --checkpoint: \/nowhere/,
    ],
    [
      ["--replay", "r.jsonl", "--checkpoint", ".", "--context-length", "0"],
      /--context-length <tokens>' argument '0' is invalid\. Allowed: a whole number from 1 /,
    ],
    [
      ["--engine", "llamacpp", "--url", "http://127.0.0.1:1", "--control-tokens-in-text"],
      /^glossa: --control-tokens-in-text: says nothing without --checkpoint/,
    ],
    [
      ["--engine", "tgi", "--url", "http://127.0.0.1:1", "--control-tokens-in-text"],
      /^glossa: --control-tokens-in-text: says nothing to the engine tgi, expected --engine sglang or llamacpp or completions/,
    ],
    [
      ["--engine", "vllm", "--url", "http://127.0.0.1:1", "--context-length", "9"],
      /^glossa: --context-length: says nothing without --checkpoint/,
    ],
    [
      ["--engine", "vllm", "--url", "http://127.0.0.1:1", "--format", "klingon"],
      /^glossa: --format: unknown format "klingon"/,
    ],
  ])("refuses %j in one line", async (argv, message) => {
    const { status, stdout, stderr } = await runGlossa(["serve", ...argv]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("reads its file again at SIGHUP: keys, origins and limits count, and what takes a restart is told", async () => {
    const models = [{ name: "m", engines: [{ kind: "vllm", url: "http://127.0.0.1:1" }] }];
    const file = join(folder, "hangup.json");
    const configure = (rest: object): Promise<void> => writeFile(file, JSON.stringify({ models, ...rest }));
    await configure({ keys: [{ key: "first" }], listen: { port: 0 } });
    const { child, url, output } = await startServer("--config", file);
    const hangUp = async (said: string): Promise<void> => {
      child.kill("SIGHUP");
      while (!output().includes(said)) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const status = async (key: string, body = "{}"): Promise<number> => {
      const headers = { "x-api-key": key };
      return (await fetch(`${url}/v1/chat/completions`, { method: "POST", headers, body })).status;
    };
    expect([await status("first"), await status("second")]).toEqual([400, 401]);
    await configure({ keys: [{ key: "second" }], listen: { port: 1, headerLimit: 5000, bodyLimit: 100 } });
    await hangUp("listen.headerLimit has changed; that takes a restart");
    expect(output()).toContain(`${file} is read again and counts from now on`);
    expect(output()).toContain("listen.port has changed; that takes a restart");
    expect([await status("first"), await status("second")]).toEqual([401, 400]);
    expect(await status("second", "x".repeat(101))).toBe(413);
    await configure({ keys: [] });
    await hangUp("keys: found an array, expected a list that is not empty; what was read before stays");
    expect(await status("second")).toBe(400);
  });

  const skipped = sqlite ? "" : " (skipped: this Node has no SQLite)";
  test.skipIf(!sqlite)(`a response outlives the gateway that made it, where it has a file${skipped}`, async () => {
    const flags = ["--replay", replay, "--port", "0", "--response-store", join(folder, "responses.db")];
    const respond = async (url: string, body: object): Promise<any> => {
      const init = { method: "POST", body: JSON.stringify({ model: "replay", input: "?", ...body }) };
      return (await fetch(`${url}/v1/responses`, init)).json();
    };
    const first = await startServer(...flags);
    const { id } = await respond(first.url, {});
    first.child.kill("SIGTERM");
    expect(await first.exit).toBe(0);
    const second = await startServer(...flags);
    const next = await respond(second.url, { previous_response_id: id });
    expect(next).toMatchObject({ status: "completed", previous_response_id: id });
    expect((await fetch(`${second.url}/v1/responses/${id}`)).status).toBe(200);
  });

  test("a store that can't be opened is refused in one line, by the flag or the field", async () => {
    const file = join(folder, "nowhere", "responses.db");
    const reason = sqlite ? `${file}: it can't be opened or made` : "a store in a file needs Node 22.13 or newer";
    const { status, stderr } = await runGlossa(["serve", "--response-store", file]);
    expect([status, stderr]).toEqual([2, expect.stringContaining(`glossa: --response-store: ${reason}`)]);
    const config = join(folder, "store.json");
    const models = [{ name: "m", engines: [{ kind: "vllm", url: "http://127.0.0.1:1" }] }];
    await writeFile(config, JSON.stringify({ models, responseStore: { file } }));
    const inFile = await runGlossa(["serve", "--config", config]);
    expect(inFile.stderr).toContain(`glossa: --config: responseStore.file: ${reason}`);
  });

  test("counts prompts with a checkpoint: warns, and refuses what can't fit", async () => {
    const model = fileURLToPath(new URL("../../demo-engine/model", import.meta.url));
    const more = ["--checkpoint", model, "--context-length", "60"];
    const { url, output } = await startServer("--replay", replay, "--port", "0", ...more);
    const answer = await ask(url, {});
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-glossa-warning")).toMatch(
      /^the tools take \d+ of the 60 tokens of the context, \d+ %$/,
    );
    expect(output()).toContain("glossa: replay: the tools take");
    const long = { role: "user", content: "weather ".repeat(60) };
    const refusal = await ask(url, { messages: [long] });
    expect(refusal.status).toBe(400);
    expect(((await refusal.json()) as any).error.code).toBe("context_length_exceeded");
  });

  test("a bad recording is named by file and line", async () => {
    const bad = join(folder, "bad.jsonl");
    await writeFile(bad, jsonl({ raw }, { text: raw }));
    const { status, stderr } = await runGlossa(["serve", "--replay", bad]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^glossa: --replay: .*bad\.jsonl: line 2 is no recording: .*\n$/);
  });
});
