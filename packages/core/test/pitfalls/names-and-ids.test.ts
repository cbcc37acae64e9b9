import { expect, test } from "vitest";
import { createParser, getFormat } from "@glossa/core";
import { call, expectMessage, read, string, text, time, tool, weather } from "./expect-message.ts";
import { eachFormat, twoCalls } from "./two-calls.ts";

const tools = [weather, time];
const kimi = (id: string, args: string): string =>
  `<|tool_calls_section_begin|><|tool_call_begin|>${id}<|tool_call_argument_begin|>${args}<|tool_call_end|><|tool_calls_section_end|>`;

const special = new Map([
  [1, "<tool_call>"],
  [2, "</tool_call>"],
]);
const body = '\n{"name": "get_time", "arguments": {"tz": "CET"}}\n';

test.for([
  [
    "with the first piece of it",
    [
      ["<tool", [1]],
      ["_call>", []],
    ],
  ],
  [
    "with the last piece of it",
    [
      ["<tool", []],
      ["_call>", [1]],
    ],
  ],
  [
    "a delta too early",
    [
      ["", [1]],
      ["<tool_call>", []],
    ],
  ],
  [
    "a delta too late",
    [
      ["<tool_call>", []],
      ["\n", [1]],
    ],
  ],
] as const)("B37: the id of a marker may come %s", ([, opening]) => {
  const parser = createParser(getFormat("hermes"), { tools, specialTokens: special });
  for (const [text, tokens] of opening) parser.push({ text, tokens });
  parser.push(`${body}</tool_call>`);
  parser.end();
  expect(parser.message.parts).toMatchObject([{ type: "call", name: "get_time", arguments: '{"tz": "CET"}' }]);
});

test.for([
  ["kimi_k2", kimi("functions.get_time:0", "{}"), "functions.get_time:0"],
  ["kimi_k2", kimi("functions.get_time:17", "{}"), "functions.get_time:17"],
  ["mistral", "[TOOL_CALLS]get_time[CALL_ID]Ab3dEf6hI[ARGS]{}", "Ab3dEf6hI"],
  ["mistral_json", '[TOOL_CALLS][{"id": "Ab3dEf6hI", "name": "get_time", "arguments": {}}]', "Ab3dEf6hI"],
  ["mistral_json", '[TOOL_CALLS][{"name": "get_time", "id": "Ab3dEf6hI", "arguments": {}}]', "Ab3dEf6hI"],
  // Behind the arguments it comes too late: the call has started under another.
  ["mistral_json", '[TOOL_CALLS][{"name": "get_time", "arguments": {}, "id": "Ab3dEf6hI"}]', "id_3"],
] as const)("B58: an id that the model writes before the arguments is the call's (%s, %s)", ([format, raw, id]) => {
  expectMessage(format, raw, { tools, callCount: 3 }, [call("get_time", "{}", { id })]);
});

test("B58: an id that nobody wrote follows the format's policy", () => {
  const idOf = (format: string, raw: string): string => {
    const parser = createParser(getFormat(format), { tools });
    parser.push(raw);
    parser.end();
    const [part] = parser.message.parts;
    return part?.type === "call" ? part.id : "";
  };
  expect(idOf("mistral", "[TOOL_CALLS]get_time[ARGS]{}")).toMatch(/^[a-zA-Z0-9]{9}$/);
  expect(idOf("hermes", `<tool_call>${body}</tool_call>`)).toMatch(/^call_[a-zA-Z0-9]{24}$/);
});

/** Formats whose calls open with a marker of their own. */
const distinctive = eachFormat.filter(
  ({ format }) => !["llama3_json", "functionary_v3_1", "pythonic"].includes(format),
);

test.for(distinctive)(
  "B59: a call of a tool that nobody declared is a call, and noted ($format)",
  ({ format, raw }) => {
    expectMessage(
      format,
      raw.replaceAll("get_weather", "launch_rocket"),
      { tools },
      [call("launch_rocket", { city: "Paris" }), call("get_time", { tz: "CET" })],
      ["unknown-tool"],
    );
  },
);

test("B59: where the opener is ordinary text, a name that nobody declared is text", () => {
  for (const [format, raw] of [
    ["llama3_json", '{"name": "launch_rocket", "parameters": {}}'],
    ["pythonic", "[launch_rocket(to='Mars')]"],
    ["functionary_v3_1", "<function=launch_rocket>{}</function>"],
  ] as const)
    expectMessage(format, raw, { tools }, [text(raw)], "any");
});

test("B60: what ends a turn is no text", () => {
  for (const [format, end] of [
    ["hermes", "<|im_end|>"],
    ["hermes", "<|endoftext|>"],
    ["gemma4", "<turn|>"],
    ["deepseek_v31", "<｜end▁of▁sentence｜>"],
    ["deepseek_v4", "<｜end▁of▁sentence｜>"],
    ["llama3_json", "<|eot_id|>"],
    ["mistral", "</s>"],
    ["kimi_k2", "<|im_end|>"],
    ["glm45", "<|user|>"],
    ["granite", "<|end_of_text|>"],
  ] as const) {
    expectMessage(format, `Hello.${end}`, { tools }, [text("Hello.")]);
    const [, raw] = twoCalls.find(([name]) => name === format)!;
    const { message } = read(format, [...raw, ...end], { tools });
    expect({ format, types: message.parts.map((part) => part.type) }).toEqual({ format, types: ["call", "call"] });
  }
});

test("P44: an empty name", () => {
  const raw = '<tool_call>{"name": "", "arguments": {}}</tool_call>';
  expectMessage("hermes", raw, { tools }, [text(raw)], ["malformed-call"]);
  expectMessage("mistral", "[TOOL_CALLS][ARGS]{}", { tools }, [call("", "{}")], ["unknown-tool"]);
});

test("P44: the same call twice is two calls", () => {
  const raw = `<tool_call>${body}</tool_call>`;
  expectMessage("hermes", `${raw}\n${raw}`, { tools }, [
    call("get_time", '{"tz": "CET"}', { id: "id_0" }),
    call("get_time", '{"tz": "CET"}', { id: "id_1" }),
  ]);
});

test("P44: a parameter that comes twice is kept twice, and noted", () => {
  const parameter = "<parameter=tz>\nCET\n</parameter>\n";
  const raw = `<tool_call>\n<function=get_time>\n${parameter}${parameter}</function>\n</tool_call>`;
  expectMessage("qwen3_coder", raw, { tools }, [call("get_time", { tz: "CET" })], ["duplicate-parameter"]);
});

test("P44: names in any script", () => {
  for (const name of ["wetter_für_köln", "查询天气", "погода", "a.b-c_1"]) {
    const declared = [tool(name, { a: string })];
    for (const [format, raw] of [
      ["hermes", `<tool_call>{"name": "${name}", "arguments": {"a": "x"}}</tool_call>`],
      ["qwen3_coder", `<tool_call>\n<function=${name}>\n<parameter=a>\nx\n</parameter>\n</function>\n</tool_call>`],
      ["glm45", `<tool_call>${name}\n<arg_key>a</arg_key>\n<arg_value>x</arg_value>\n</tool_call>`],
      ["mistral", `[TOOL_CALLS]${name}[ARGS]{"a": "x"}`],
      ["gemma4", `<|tool_call>call:${name}{a:<|"|>x<|"|>}<tool_call|>`],
    ] as const)
      expectMessage(format, raw, { tools: declared }, [call(name, { a: "x" })]);
  }
});

test.for(eachFormat)("P44: arguments of many thousand characters ($format)", ({ format, raw }) => {
  const long = "Llanfair ".repeat(2000);
  const output = raw.replace("Paris", long);
  const whole = read(format, [output], { tools });
  expect(whole.message.parts[0]).toMatchObject({ arguments: expect.stringContaining(`"${long}"`) });
  expect(read(format, [...output], { tools }).message).toEqual(whole.message);
});

test("P78: a token that completes the opener and goes on is no accident, and the tool is unknown", () => {
  const parser = createParser(getFormat("qwen3_coder"), { tools, createId: () => "id" });
  const deltas = [
    "<tool_call>\n",
    "<function",
    "=list>\n<par",
    "ameter=a>\n1\n</parameter>\n</function>\n</tool_call>",
  ];
  const events = [...deltas.flatMap((delta) => parser.push(delta)), ...parser.end()];
  expect(parser.message.parts).toMatchObject([{ type: "call", name: "list", status: "complete" }]);
  expect(events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic.kind] : []))).toEqual([
    "unknown-tool",
  ]);
});
