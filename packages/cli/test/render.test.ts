import { formats } from "@glossa/core";
import { describe, expect, test } from "vitest";
import { jsonl, records, runGlossa } from "./run-glossa.ts";

const weather = {
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } } },
};
const call = {
  type: "call",
  id: "call_1",
  name: "get_weather",
  arguments: '{"city": "Zürich", "days": 3}',
  status: "complete",
};

describe("glossa render", () => {
  test("writes the text to the letter", async () => {
    const message = { reasoning_content: "Hm.", content: null, tool_calls: [call] };
    const { status, stdout, stderr } = await runGlossa(["render", "-f", "hermes"], JSON.stringify(message));
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toBe(
      '<think>\nHm.\n</think>\n\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "Zürich", "days": 3}}\n</tool_call>',
    );
  });

  test("takes calls in OpenAI's shape, arguments as text or as an object, with or without ids", async () => {
    const plain = await runGlossa(["render", "-f", "hermes"], JSON.stringify({ tool_calls: [call] }));
    for (const shape of [
      { id: "call_1", type: "function", function: { name: call.name, arguments: call.arguments } },
      { name: call.name, arguments: call.arguments },
    ]) {
      const { stdout } = await runGlossa(
        ["render", "-f", "hermes"],
        JSON.stringify({ content: "", tool_calls: [shape] }),
      );
      expect(stdout).toBe(plain.stdout);
    }
    const object = { name: call.name, arguments: { city: "Zürich", days: 3 } };
    const { stdout } = await runGlossa(["render", "-f", "hermes"], JSON.stringify({ tool_calls: [object] }));
    expect(stdout).toContain('"arguments": {"city":"Zürich","days":3}');
  });

  test.each([
    ["[]", /^glossa: file: found an array, expected an object/],
    ["{", /^glossa: file: standard input is not JSON: /],
    ["{}", /^glossa: parts: found nothing, expected parts, or any of reasoning_content, content and tool_calls/],
    ['{"parts":[{"type":"cal"}]}', /^glossa: parts\[0\]\.type: found "cal", expected "reasoning", "text", "call"/],
    [
      '{"tool_calls":[{"name":"a","arguments":3}]}',
      /^glossa: tool_calls\[0\]\.arguments: found 3, expected JSON text or an object/,
    ],
    ['{"parts":[{"type":"text","text":""}]}', /^glossa: parts\[0\]: empty text/],
  ])("refuses %s in one line", async (input, message) => {
    const { status, stdout, stderr } = await runGlossa(["render", "-f", "hermes"], input);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd()).not.toContain("\n");
  });
});

describe("glossa render --jsonl", () => {
  test.each(formats.map(({ name }) => name))("%s: what is rendered is parsed to the same message", async (format) => {
    const lines = jsonl(
      { format, parts: [call], tools: [weather] },
      { format, parts: [{ type: "text", text: "Just a moment." }], tools: [weather] },
    );
    const rendered = await runGlossa(["render", "--jsonl"], lines);
    expect(rendered.status).toBe(0);
    const raws = records(rendered.stdout).map(({ raw }) => ({ raw, format, tools: [weather] }));
    const parsed = await runGlossa(["parse", "--jsonl", "--cut", "random:1"], jsonl(...raws));
    const [first, second] = records(parsed.stdout);
    expect(first).toMatchObject({
      reasoning_content: null,
      content: null,
      tool_calls: [{ name: call.name, status: "complete" }],
    });
    expect(JSON.parse(first.tool_calls[0].arguments)).toEqual(JSON.parse(call.arguments));
    expect(second).toMatchObject({ content: "Just a moment.", tool_calls: [], diagnostics: [] });
  });

  test("what parse prints can be rendered as it is", async () => {
    const parts = [{ type: "reasoning", text: "Hm." }, { type: "text", text: "Let me see." }, call];
    const first = await runGlossa(["render", "--jsonl"], jsonl({ format: "hermes", parts }));
    const parsed = await runGlossa(["parse", "--jsonl", "-f", "hermes"], first.stdout);
    const second = await runGlossa(["render", "--jsonl", "-f", "hermes"], parsed.stdout);
    expect(second.stdout).toBe(first.stdout);
  });

  test("what a format can't say is an error in its place", async () => {
    const { status, stdout } = await runGlossa(
      ["render", "--jsonl"],
      jsonl(
        { format: "hermes", content: "Hi." },
        {
          format: "hermes",
          parts: [
            { type: "text", text: "Hi." },
            { ...call, status: "malformed" },
          ],
        },
        { format: "llama3_json", reasoning_content: "Hm.", content: "Hi." },
        { format: "hermes", content: "Bye." },
      ),
    );
    expect(status).toBe(1);
    expect(records(stdout)).toEqual([
      { raw: "Hi." },
      { error: { line: 2, field: "parts[1]", message: expect.any(String) } },
      { error: { line: 3, field: null, message: expect.stringContaining("llama3_json") } },
      { raw: "Bye." },
    ]);
  });
});
