import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formats, parseStructuralTag } from "@glossa/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { jsonl, records, runGlossa } from "./run-glossa.ts";

const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Weather by city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const clock = { type: "function", function: { name: "get_time" } };
const answer = { type: "object", properties: { ok: { type: "boolean" } } };

let folder: string;
let tools: string;
let responseFormat: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glossa-"));
  tools = join(folder, "tools.json");
  responseFormat = join(folder, "response-format.json");
  await writeFile(tools, JSON.stringify([weather, clock]));
  await writeFile(
    responseFormat,
    JSON.stringify({ type: "json_schema", json_schema: { name: "answer", schema: answer } }),
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe("glossa constrain", () => {
  test("prints the structural tag and what it covers", async () => {
    const { status, stdout, stderr } = await runGlossa([
      "constrain",
      "-f",
      "hermes",
      "-t",
      tools,
      "--tool-choice",
      "get_weather",
      "--reasoning",
      "off",
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const { structural_tag: tag, coverage } = JSON.parse(stdout);
    expect(parseStructuralTag(tag)).toEqual(tag);
    expect(coverage).toBe("first-token");
    expect(stdout).toContain("get_weather");
    expect(stdout).not.toContain("get_time");
    expect(stdout).not.toContain("Weather by city");
  });

  test("without anything to hold the model to there is no tag", async () => {
    const { stdout } = await runGlossa(["constrain", "-f", "hermes"]);
    expect(JSON.parse(stdout)).toEqual({ structural_tag: null, coverage: "none" });
  });

  test("takes a response format from a file", async () => {
    const { stdout } = await runGlossa([
      "constrain",
      "-f",
      "hermes",
      "--reasoning",
      "off",
      "--response-format",
      responseFormat,
    ]);
    expect(JSON.parse(stdout).coverage).toBe("first-token");
    expect(stdout).toContain('"ok"');
  });

  test.each([
    [["--reasoning", "maybe"], /^glossa: .*--reasoning.*maybe.*off, optional, forced, open/],
    [["--tool-choice", "required"], /^glossa: tool_choice: a call is required and there is no tool to call/],
    [["requests.jsonl"], /^glossa: file: found "requests.jsonl", expected none without --jsonl/],
  ])("refuses %j in one line", async (argv, message) => {
    const { status, stdout, stderr } = await runGlossa(["constrain", "-f", "hermes", ...argv]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("glossa constrain --jsonl", () => {
  test.each(formats.map(({ name }) => name))("%s: every tool choice has a tag", async (format) => {
    const choices = ["required", { type: "function", function: { name: "get_time" } }, "auto"];
    const requests = choices.flatMap((tool_choice) =>
      [true, false].map((parallel_tool_calls) => ({
        format,
        tools: [weather, clock],
        tool_choice,
        parallel_tool_calls,
      })),
    );
    const { status, stdout } = await runGlossa(["constrain", "--jsonl"], jsonl(...requests));
    const answers = records(stdout);
    expect(answers.filter(({ error }) => error)).toEqual([]);
    expect(status).toBe(0);
    for (const { structural_tag: tag } of answers) expect(parseStructuralTag(tag)).toEqual(tag);
    expect(answers.map(({ coverage }) => coverage).slice(4)).toEqual(["calls-only", "calls-only"]);
  });

  test("a bad line is answered in its place", async () => {
    const good = { format: "hermes", tools: [weather], tool_choice: "required" };
    const { status, stdout } = await runGlossa(
      ["constrain", "--jsonl"],
      jsonl(
        good,
        { format: "hermes", tool_choice: "required" },
        { ...good, response_format: { type: "json" } },
        { ...good, parallel_tool_calls: "no" },
        { ...good, reasoning: true },
        { ...good, tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [clock] } } },
        { format: "llama3_json", tools: [weather], tool_choice: "required", reasoning: "forced" },
        good,
      ),
    );
    expect(status).toBe(1);
    const lines = records(stdout);
    expect(
      lines.map(({ error, coverage }) => (error ? `${error.line} ${error.field}: ${error.message}` : coverage)),
    ).toEqual([
      "after-reasoning",
      "2 tool_choice: a call is required and there is no tool to call",
      expect.stringMatching(/^3 response_format\.type: found "json", expected "text", "json_object", "json_schema"/),
      '4 parallel_tool_calls: found "no", expected true or false',
      '5 reasoning: found true, expected "off", "optional", "forced", "open"',
      '6 tool_choice.allowed_tools.tools[0].function.name: found the tool "get_time", expected one of "get_weather"',
      "7 reasoning: llama3_json has no reasoning",
      "after-reasoning",
    ]);
  });
});
