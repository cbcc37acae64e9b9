import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonl, records, runGlossa } from "./run-glossa.ts";

const weather = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
const raw =
  '<think>\nHm.\n</think>\n\nLet me see.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Zürich 🌍"}}\n</tool_call>';
const call = { name: "get_weather", arguments: '{"city": "Zürich 🌍"}', status: "complete" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glossa-"));
  await writeFile(join(folder, "raw.txt"), raw);
  await writeFile(join(folder, "tools.json"), JSON.stringify([weather]));
});
afterAll(() => rm(folder, { recursive: true }));

describe("glossa parse", () => {
  test("prints the message", async () => {
    const { status, stdout, stderr } = await runGlossa(["parse", "--format", "hermes"], raw);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const message = JSON.parse(stdout);
    expect(Object.keys(message)).toEqual(["reasoning_content", "content", "tool_calls", "parts", "diagnostics"]);
    expect(message).toMatchObject({
      reasoning_content: "Hm.",
      content: expect.stringContaining("Let me see."),
      tool_calls: [{ id: expect.stringMatching(/^call_\w+$/), ...call }],
      parts: [{ type: "reasoning" }, { type: "text" }, { type: "call" }],
      diagnostics: [],
    });
  });

  test("reads files, and - for standard input", async () => {
    const tools = ["--tools", join(folder, "tools.json")];
    const fromFile = await runGlossa(["parse", "-f", "hermes", ...tools, join(folder, "raw.txt")]);
    const fromInput = await runGlossa(["parse", "-f", "hermes", ...tools, "-"], raw);
    expect(JSON.parse(fromFile.stdout).tool_calls[0]).toMatchObject(call);
    expect(JSON.parse(fromInput.stdout).tool_calls[0]).toMatchObject(call);
  });

  test.each(["whole", "chars", "3", "random:7"])("gives the same message at --cut %s", async (cut) => {
    const { stdout } = await runGlossa(["parse", "-f", "hermes", "--cut", cut], raw);
    const plain = await runGlossa(["parse", "-f", "hermes"], raw);
    const withoutIds = (text: string): string => text.replaceAll(/call_\w+/g, "ID");
    expect(withoutIds(stdout)).toBe(withoutIds(plain.stdout));
  });

  test("--events prints the events, one a line", async () => {
    const { stdout } = await runGlossa(["parse", "-f", "hermes", "--events", "--cut", "4"], raw);
    const events = records(stdout);
    const argumentDeltas = events.filter(({ type }) => type === "call-arguments").map(({ delta }) => delta);
    expect(argumentDeltas.length).toBeGreaterThan(3);
    expect(argumentDeltas.join("")).toBe(call.arguments);
    expect(events.at(-1)).toEqual({ type: "call-end", index: 0, status: "complete" });
  });

  test("takes bytes in any pieces", async () => {
    const bytes = Buffer.from(raw);
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    const { stdout } = await runGlossa(["parse", "-f", "hermes"], pieces);
    expect(JSON.parse(stdout).tool_calls[0]).toMatchObject(call);
  });

  test("--prompt says that the output starts inside reasoning", async () => {
    const { stdout } = await runGlossa(
      ["parse", "-f", "qwen3", "--prompt", "<|im_start|>assistant\n<think>\n"],
      "Hm.\n</think>\n\nOslo.",
    );
    expect(JSON.parse(stdout)).toMatchObject({ reasoning_content: "Hm.", content: "Oslo.", tool_calls: [] });
  });

  test("--tool-choice none makes markup text", async () => {
    const { stdout } = await runGlossa(["parse", "-f", "hermes", "--tool-choice", "none"], raw);
    expect(JSON.parse(stdout)).toMatchObject({ content: expect.stringContaining("<tool_call>"), tool_calls: [] });
  });

  test("content and reasoning are null where there is none", async () => {
    const { stdout } = await runGlossa(["parse", "-f", "hermes"], "");
    expect(JSON.parse(stdout)).toEqual({
      reasoning_content: null,
      content: null,
      tool_calls: [],
      parts: [],
      diagnostics: [],
    });
  });

  test.each([
    [["--format", "hermez"], /^glossa: --format: unknown format "hermez"; known: .*hermes/],
    [[], /^glossa: --format: found nothing, expected the name of a format/],
    [["-f", "hermes", "--cut", "some"], /^glossa: .*--cut.*some.*whole.*random:SEED/],
    [["-f", "hermes", "--cut", "0"], /^glossa: .*--cut.*0/],
    [
      ["-f", "hermes", "--tools", "/nowhere/tools.json"],
      /^glossa: --tools: can't read "\/nowhere\/tools.json": there is no such file/,
    ],
    [["-f", "hermes", "/nowhere"], /^glossa: file: can't read "\/nowhere": there is no such file/],
    [["-f", "hermes", "--evnts"], /^glossa: unknown option '--evnts'.*--events/],
    [["-f", "hermes", "--events", "--jsonl"], /^glossa: .*--events.*--jsonl/],
    [["-f"], /^glossa: .*--format.*argument missing/],
  ])("refuses %j in one line", async (argv, message) => {
    const { status, stdout, stderr } = await runGlossa(["parse", ...argv], raw);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });

  test("refuses a tool choice that names none of the tools", async () => {
    const { status, stderr } = await runGlossa(
      ["parse", "-f", "hermes", "--tools", join(folder, "tools.json"), "--tool-choice", "send"],
      raw,
    );
    expect(status).toBe(2);
    expect(stderr).toBe('glossa: --tool-choice: found the tool "send", expected one of "get_weather"\n');
  });

  test("refuses bytes that are no text", async () => {
    const { status, stderr } = await runGlossa(["parse", "-f", "hermes"], [Buffer.from([0x61, 0xff, 0xfe])]);
    expect({ status, stderr }).toEqual({ status: 2, stderr: "glossa: file: is not UTF-8 text\n" });
  });
});

describe("glossa parse --jsonl", () => {
  test("answers every line in order, whatever its format", async () => {
    const { status, stdout } = await runGlossa(
      ["parse", "--jsonl"],
      jsonl(
        { format: "hermes", raw, tools: [weather] },
        { format: "deepseek_v31", raw: "Just text." },
        { format: "mistral_v11", raw: '[TOOL_CALLS]get_weather[ARGS]{"city": "Oslo"}', tools: [weather.function] },
        {
          format: "qwen3",
          raw: "Hm.\n</think>\n\nOslo.",
          prompt: "<|im_start|>assistant\n<think>\n",
          case: "ignored",
          tools: null,
        },
      ),
    );
    expect(status).toBe(0);
    const lines = records(stdout);
    expect(lines.map(({ content }) => content?.trimEnd() ?? null)).toEqual([
      "Let me see.",
      "Just text.",
      null,
      "Oslo.",
    ]);
    expect(lines.map(({ reasoning_content }) => reasoning_content)).toEqual(["Hm.", null, null, "Hm."]);
    expect(lines[0].tool_calls).toMatchObject([call]);
    expect(lines[2].tool_calls).toMatchObject([
      { id: expect.stringMatching(/^[A-Za-z0-9]{9}$/), arguments: '{"city": "Oslo"}' },
    ]);
    for (const line of lines)
      expect(Object.keys(line)).toEqual(["reasoning_content", "content", "tool_calls", "parts", "diagnostics"]);
  });

  test("a bad line is answered in its place, and the exit status says so", async () => {
    const good = { format: "hermes", raw: "ok" };
    const { status, stdout } = await runGlossa(
      ["parse", "--jsonl"],
      jsonl(
        good,
        { format: "hermes" },
        { raw: "x" },
        { format: "hermez", raw: "x" },
        { ...good, tools: [{ type: "function", function: { parameters: {} } }] },
        { ...good, tools: [{ name: "a", parameters: [] }] },
        { ...good, tools: {} },
        { ...good, tools: [weather], tool_choice: { type: "function", function: { name: "send" } } },
        { ...good, tool_choice: "any" },
        { ...good, prompt: 1 },
        "{",
        good,
      ),
    );
    expect(status).toBe(1);
    expect(
      records(stdout).map(({ error, content }) => (error ? `${error.line} ${error.field}: ${error.message}` : content)),
    ).toEqual([
      "ok",
      "2 raw: found nothing, expected a string",
      "3 format: found nothing, expected the name of a format; `glossa formats` lists them",
      expect.stringMatching(/^4 format: unknown format "hermez"; known: /),
      "5 tools[0].function.name: found nothing, expected a string",
      "6 tools[0].parameters: found an array, expected a JSON Schema",
      "7 tools: found an object, expected an array",
      '8 tool_choice.function.name: found the tool "send", expected one of "get_weather"',
      '9 tool_choice: found "any", expected "auto", "none", "required" or an object that names a tool',
      "10 prompt: found 1, expected a string",
      expect.stringMatching(/^11 null: the line is not JSON/),
      "ok",
    ]);
  });

  test("the options stand in for what a line leaves out", async () => {
    const { stdout } = await runGlossa(
      ["parse", "--jsonl", "-f", "hermes", "--tools", join(folder, "tools.json"), "--tool-choice", "none"],
      jsonl({ raw }, { raw, tool_choice: "auto" }, { format: "deepseek_v31", raw: "x" }),
    );
    expect(records(stdout).map(({ tool_calls }) => tool_calls.length)).toEqual([0, 1, 0]);
  });

  test.each(["whole", "chars", "5", "random:3"])("--cut %s feeds the text in pieces", async (cut) => {
    const { stdout } = await runGlossa(
      ["parse", "--jsonl", "--cut", cut],
      jsonl({ format: "hermes", raw, tools: [weather] }),
    );
    expect(records(stdout)[0].tool_calls).toMatchObject([call]);
  });
});
