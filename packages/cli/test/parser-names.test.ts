import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { builtCommand, jsonl, records, runGlossa } from "./run-glossa.ts";

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>';
const granite = `Here is my thought process: Rain? Here is my response: Let me see.\n${call}`;

describe("glossa parse with the names of parsers", () => {
  const parse = async (argv: readonly string[], raw: string): Promise<unknown> => {
    const { status, stdout, stderr } = await runGlossa(["parse", ...argv], raw);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return JSON.parse(stdout);
  };

  test.each(["whole", "chars"])(
    "reads the calls of one and the reasoning of the other in one pass, %s",
    async (cut) => {
      const names = ["--tool-call-parser", "hermes", "--reasoning-parser", "granite", "--cut", cut];
      expect(await parse(names, granite)).toMatchObject({
        reasoning_content: expect.stringMatching(/^\s?Rain\?\s?$/),
        content: expect.stringMatching(/^\s?Let me see\.$/),
        tool_calls: [{ name: "get_weather", arguments: '{"city": "Oslo"}', status: "complete" }],
        diagnostics: [],
      });
    },
  );

  test("the name of the calls alone is the format of that name", async () => {
    const raw = `<think>\nRain?\n</think>\n\n${call}`;
    expect(await parse(["--tool-call-parser", "hermes"], raw)).toMatchObject({
      reasoning_content: "Rain?",
      tool_calls: [{ name: "get_weather" }],
    });
    expect(await parse(["--tool-call-parser", "hermes", "--reasoning-parser", "identity"], raw)).toMatchObject({
      reasoning_content: null,
      content: expect.stringContaining("<think>\nRain?\n</think>"),
      tool_calls: [{ name: "get_weather" }],
    });
  });

  test("the name of the reasoning alone leaves calls in the text", async () => {
    expect(
      await parse(["--reasoning-parser", "deepseek_r1", "--prompt", "<think>\n"], `Rain?\n</think>\n\n${call}`),
    ).toMatchObject({ reasoning_content: "Rain?", content: call, tool_calls: [] });
  });

  test("--jsonl: they are what a line without a format means", async () => {
    const { stdout } = await runGlossa(
      ["parse", "--jsonl", "--tool-call-parser", "hermes", "--reasoning-parser", "mistral"],
      jsonl({ raw: `[THINK]Rain?[/THINK]${call}` }, { format: "qwen3", raw: "<think>Rain?</think>Yes." }),
    );
    expect(records(stdout)).toMatchObject([
      { reasoning_content: "Rain?", tool_calls: [{ name: "get_weather" }] },
      { reasoning_content: "Rain?", content: "Yes." },
    ]);
  });
});

test.each([
  [["--format", "hermes", "--tool-call-parser", "hermes"], /--tool-call-parser.*cannot be used with.*--format/],
  [["-f", "hermes", "--reasoning-parser", "qwen3"], /--reasoning-parser.*cannot be used with.*--format/],
  [["--tool-call-parser", "klingon"], /^glossa: --tool-call-parser: unknown format "klingon"; known: .*hermes/],
  [["--reasoning-parser", "klingon"], /^glossa: --reasoning-parser: unknown reasoning "klingon"; known: .*identity/],
  [["--tool-call-parser", "hermes", "--reasoning-parser", "llama3_json"], /^glossa: --reasoning-parser: unknown/],
])("parse and serve refuse %j in one line", async (names, message) => {
  for (const command of [["parse"], ["serve", "--engine", "vllm", "--url", "http://127.0.0.1:1"]]) {
    const { status, stdout, stderr } = await runGlossa([...command, ...names]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  }
});

describe("glossa serve with the names of parsers", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "glossa-"));
    await writeFile(
      join(folder, "replay.jsonl"),
      jsonl({ raw: granite }, { raw: `<think>\nRain?\n</think>\n\n${call}`, format: "qwen3" }),
    );
  });
  afterAll(() => rm(folder, { recursive: true }));

  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });

  const start = (...argv: string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [builtCommand, "serve", "--port", "0", ...argv]);
      children.push(child);
      let output = "";
      const take = (chunk: Buffer): void => {
        output += chunk.toString();
        const url = /http:\/\/\S+?(?=\/v1)/.exec(output)?.[0];
        if (url !== undefined) resolve(url);
      };
      child.stdout.on("data", take);
      child.stderr.on("data", take);
      child.once("close", () => reject(new Error(output)));
    });

  test("serves the pair, and recordings that name a format in theirs", async () => {
    const names = ["--tool-call-parser", "hermes", "--reasoning-parser", "granite"];
    const url = await start("--replay", join(folder, "replay.jsonl"), ...names);
    for (const model of ["replay", "replay-qwen3"]) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          model,
          messages: [{ role: "user", content: "Weather?" }],
          tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
        }),
      });
      const { choices } = (await response.json()) as any;
      expect(choices[0].message).toMatchObject({
        reasoning_content: expect.stringMatching(/^\s?Rain\?\s?$/),
        tool_calls: [{ function: { name: "get_weather", arguments: '{"city": "Oslo"}' } }],
      });
    }
  });

  test("the demo engine has a format of its own", async () => {
    const { status, stderr } = await runGlossa(["serve", "--reasoning-parser", "qwen3"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^glossa: --reasoning-parser: says nothing to the engine demo/);
  });
});
