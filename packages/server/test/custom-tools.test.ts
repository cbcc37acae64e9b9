import { getFormat } from "@glossa/core";
import type OpenAI from "openai";
import { describe, expect, test } from "vitest";
import { demoEngine, llamaCppEngine, vllmEngine } from "@glossa/server";
import { customTool } from "../src/protocols/custom-tool.ts";
import { createCustomInput } from "../src/protocols/custom-input.ts";
import { eventsOf, scriptedEngine, startGateway, user, weatherTool, type Gateway } from "./gateway.ts";

const raw = 'I note it.\n<tool_call>\n{"name": "note", "arguments": {"input": "a\\n\\"b\\" é"}}\n</tool_call>';
const text = 'a\n"b" é';
const note = { type: "custom", custom: { name: "note", description: "Takes a note." } } as const;

async function listening(output = raw): Promise<{ gateway: Gateway; seen: any[] }> {
  const seen: any[] = [];
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* (request) {
    seen.push(request);
    for (const piece of output) yield { type: "text", text: piece };
    return { reason: "stop" };
  });
  return { gateway: await startGateway(engine), seen };
}

describe("custom tools in chat completions", () => {
  test("take one text, which comes as it is written, and goes back into the conversation", async () => {
    const { gateway, seen } = await listening();
    const { client, post } = gateway;
    const request = { model: "m", messages: [user("?")], tools: [note, weatherTool] };
    const { choices } = await client.chat.completions.create(request);
    const [choice] = choices;
    expect(choice!.finish_reason).toBe("tool_calls");
    expect(choice!.message.tool_calls).toMatchObject([{ type: "custom", custom: { name: "note", input: text } }]);
    expect(seen[0].tools[0]).toEqual({
      name: "note",
      description: "Takes a note.",
      parameters: {
        type: "object",
        properties: { input: { type: "string" } },
        required: ["input"],
        additionalProperties: false,
      },
    });

    const events = (await eventsOf(await post({ ...request, stream: true }))).slice(0, -1);
    const deltas = events.flatMap(({ choices: [{ delta }] }) => delta.tool_calls ?? []);
    expect(deltas[0]).toEqual({
      index: 0,
      id: expect.any(String),
      type: "custom",
      custom: { name: "note", input: "" },
    });
    expect(deltas.length).toBeGreaterThan(4);
    expect(deltas.map(({ custom }) => custom.input).join("")).toBe(text);
    expect(deltas.slice(1).every((delta) => !("type" in delta) && !("id" in delta))).toBe(true);

    const made = choice!.message as OpenAI.ChatCompletionMessage;
    const { id } = made.tool_calls![0]!;
    const result = { role: "tool", tool_call_id: id, content: "noted" } as const;
    await client.chat.completions.create({ ...request, messages: [user("?"), made, result] });
    const call = { id, type: "function", function: { name: "note", arguments: JSON.stringify({ input: text }) } };
    expect(seen.at(-1).messages.slice(1)).toMatchObject([{ tool_calls: [call] }, result]);
  });

  test("are chosen, allowed and refused like any", async () => {
    const { gateway, seen } = await listening();
    const base = { model: "m", messages: [user("?")], tools: [note, weatherTool, { type: "web_search" }] };
    const named = { type: "custom", custom: { name: "note" } };
    const allowed = (mode: string, ...tools: object[]): object => ({
      type: "allowed_tools",
      allowed_tools: { mode, tools },
    });
    for (const [tool_choice, chosen, shown] of [
      [named, { name: "note" }, ["note", "get_weather"]],
      [allowed("required", named, { type: "web_search" }), "required", ["note"]],
      [allowed("auto", { type: "web_search" }), "none", []],
    ] as const) {
      const answer = await (await gateway.post({ ...base, tool_choice })).json();
      expect(seen.at(-1).toolChoice).toEqual(chosen);
      expect(seen.at(-1).tools.map(({ name }: any) => name)).toEqual(shown);
      expect(answer.glossa.diagnostics[0]).toEqual({
        kind: "ignored-tool",
        message: "tools[2] is left out: tools of the type web_search are not known here.",
      });
    }
    const other = { type: "custom", custom: { name: "fly" } };
    const wrong = await gateway.post({ ...base, tool_choice: other });
    expect([wrong.status, (await wrong.json()).error.param]).toEqual([400, "tool_choice.custom.name"]);
    const unknown = await gateway.post({ ...base, tool_choice: allowed("required", { type: "web_search" }) });
    expect([unknown.status, (await unknown.json()).error]).toEqual([
      400,
      expect.objectContaining({
        param: "tool_choice",
        message: expect.stringContaining("none of the tools that it allows is known here"),
      }),
    ]);
    const twice = await gateway.post({ ...base, tools: [note, note] });
    expect([twice.status, (await twice.json()).error.param]).toEqual([400, "tools[1].custom.name"]);
  });
});

const grammar = {
  syntax: "lark",
  definition: `start: "ADD" LF line+ "END"\nline: ("+" | "-") /[a-z "<]{1,5}/ LF\n%import common.LF`,
};
const pattern = '^(?:ADD\\n(?:(?:\\+|-)[ "<a-z]{1,5}\\n)+END)$';

describe("a grammar of a custom tool", () => {
  test("is kept by the demo model", async () => {
    const engine = await demoEngine();
    const { client } = await startGateway(engine);
    const { id } = (await engine.models())[0]!;
    for (const seed of [1, 2, 3]) {
      const { choices } = await client.chat.completions.create({
        model: id,
        messages: [user("Add a line.")],
        tools: [{ type: "custom", custom: { name: "edit", format: { type: "grammar", grammar } } } as never],
        tool_choice: "required",
        temperature: 1,
        seed,
        max_tokens: 200,
      });
      const [call] = choices[0]!.message.tool_calls as any[];
      expect(call.custom.input).toMatch(new RegExp(pattern, "u"));
    }
  });

  const served = (engine: any, format: string): any => ({
    engine,
    model: { id: "m", owner: "x", format: getFormat(format) },
  });
  const llamacpp = llamaCppEngine({ url: "http://127.0.0.1:9" });
  const xgrammar = vllmEngine({ url: "http://127.0.0.1:9" });
  const guidance = vllmEngine({ url: "http://127.0.0.1:9", backend: "guidance" });

  test.each([
    ["llama.cpp", llamacpp, "hermes", grammar, undefined],
    ["vLLM's guidance backend", guidance, "hermes", grammar, undefined],
    ["a regular expression", llamacpp, "hermes", { syntax: "regex", definition: "(?i)ab{2}" }, undefined],
    ["xgrammar, whose patterns are none of JSON's", xgrammar, "hermes", grammar, "how JSON is escaped"],
    ["a format that writes text up to a tag", llamacpp, "qwen3_coder", grammar, "as it is, up to a closing tag"],
    ["recursion", llamacpp, "hermes", { syntax: "lark", definition: 'start: "(" start ")" |' }, "holds itself"],
    ["another syntax", llamacpp, "hermes", { syntax: "ebnf", definition: "root" }, "lark and regex are known"],
  ])("%s", (_, engine, format, asked, why) => {
    const { tool, note: told } = customTool(
      { name: "edit", description: "Edits.", grammar: asked },
      served(engine, format),
    );
    expect(tool.description).toBe(`Edits.\n\nThe input keeps to this ${asked.syntax} grammar:\n${asked.definition}`);
    expect(tool.strict ?? false).toBe(why === undefined);
    if (why === undefined) expect(told).toBeUndefined();
    else expect(told).toMatchObject({ kind: "schema-not-enforced", message: expect.stringContaining(why) });
  });
});

describe("a custom tool's input", () => {
  const texts = ["", "plain", 'a\n"b"\\ é 😀 \ud83d x\u0000', "*** Begin\n+\\u00e9"];
  const spellings: readonly ((text: string) => string)[] = [
    (input) => JSON.stringify({ input }),
    (input) => ` {\n "input" : ${JSON.stringify(input)} , "more": [1]}`,
    (input) => JSON.stringify({ input }).replace("😀", "\\ud83d\\uDE00"),
    (patch) => JSON.stringify({ patch }),
    (input) => JSON.stringify({ about: "x", input }),
    (input) => JSON.stringify(input),
  ];

  test.each([1, 2, 3, 7, 1000])("is told whatever it stands in, in pieces of %i", (size) => {
    for (const spelled of spellings) {
      for (const input of texts) {
        const json = spelled(input);
        const reader = createCustomInput();
        let told = "";
        for (let at = 0; at < json.length; at += size) told += reader.push(json.slice(at, at + size));
        expect([json, told + reader.end()]).toEqual([json, input]);
      }
    }
  });

  test("is what the model wrote where that is no text for it", () => {
    for (const json of ['{"a": 1, "b": 2}', '{"input": 5}', "[1]", "*** Begin", "", '{"inp']) {
      const reader = createCustomInput();
      expect(reader.push(json) + reader.end()).toBe(json);
    }
    const cut = createCustomInput();
    expect([cut.push('{"input": "a\\'), cut.push("n"), cut.push("\\q\\"), cut.end()]).toEqual(["a", "\n", "\\q", "\\"]);
  });
});
