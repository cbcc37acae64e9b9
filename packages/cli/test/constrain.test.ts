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

  test("writes the lowering that a line asks for", async () => {
    const request = { format: "hermes", tools: [weather], reasoning: "off" };
    const { status, stdout } = await runGlossa(
      ["constrain", "--jsonl", "--target", "ebnf"],
      jsonl(
        request,
        { ...request, target: "xgrammar@0.1.28" },
        { ...request, target: "lark", special_tokens: ["<tool_call>", { text: "</tool_call>", id: 7 }] },
        { ...request, target: "gbnf" },
        { ...request, target: "gbnf-lazy" },
        { ...request, target: "legacy", lenient: true },
        { format: "hermes", target: "gbnf" },
      ),
    );
    expect(status).toBe(0);
    const [ebnf, older, lark, gbnf, lazy, legacy, free] = records(stdout);
    expect(ebnf.ebnf).toMatch(/^root ::= /);
    expect(parseStructuralTag(older.structural_tag)).toEqual(older.structural_tag);
    expect(lark.lark).toMatch(/^%llguidance \{\}\n\nstart: [^]* <tool_call> [^]*<\[7\]>[^]*%json \{/);
    expect(Object.keys(gbnf)).toEqual(["grammar", "coverage"]);
    expect(lazy).toMatchObject({ grammar_lazy: true, grammar_triggers: [{ type: 1, value: "<tool_call>" }] });
    expect(legacy.structural_tag.triggers).toEqual(["<tool_call>"]);
    expect(legacy.weakened.map(({ path }: { path: string }) => path)).toEqual([
      "format.excludes",
      "format.tags[0].content.max_whitespace_cnt",
      "format.tags[1].content.max_whitespace_cnt",
    ]);
    expect(free).toEqual({ grammar: null, coverage: "none" });
  });

  test("a target that cannot say it, or is none, is an error of its line", async () => {
    const request = { format: "hermes", tools: [weather], reasoning: "off" };
    const { status, stdout } = await runGlossa(
      ["constrain", "--jsonl"],
      jsonl(
        { ...request, target: "legacy" },
        { ...request, target: "bnf" },
        { ...request, target: "xgrammar@0.0.9" },
        { ...request, target: "lark", special_tokens: [{ text: "<tool_call>", id: -1 }] },
        { ...request, tool_choice: "required", target: "gbnf-lazy", preamble: false },
      ),
    );
    expect(status).toBe(1);
    expect(records(stdout).map(({ error }) => `${error.line} ${error.field}: ${error.message}`)).toEqual([
      "1 target: format.excludes: free text is any text there",
      '2 target: found "bnf", expected xgrammar, legacy, lark, gbnf, ebnf, xgrammar@VERSION, gbnf-lazy',
      '3 target: version: found "0.0.9", known: 0.1.28, 0.1.33, 0.2.3, 0.2.8 and later',
      "4 special_tokens[0].id: found -1, expected a token's id",
      "5 target: format: there is no free text with triggers for a lazy grammar to wait in",
    ]);
  });
});
