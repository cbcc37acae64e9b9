/*
 * There is no llguidance for JavaScript: here the grammars are held to what its documentation asks of them. Against the
 * engine itself they are checked with `bench/check_lowerings.py`, which says how.
 */
import { compileGrammar } from "@glossa/grammar";
import {
  constrain,
  getFormat,
  lower,
  LoweringError,
  render,
  type StructuralFormat,
  type StructuralTag,
  type Tool,
} from "@glossa/core";
import { describe, expect, test } from "vitest";
import { cellsOf, formatRows, tools } from "./cells.ts";

const tagOf = (format: StructuralFormat): StructuralTag => ({ type: "structural_tag", format });
const larkOf = (format: StructuralFormat): string => lower(tagOf(format), "lark").lowered;
const start = (lark: string): string | undefined => /^start: (.*)$/m.exec(lark)?.[1];

/** Names that a grammar defines, and those that it uses outside of texts, patterns and schemas. */
function namesOf(lark: string): { readonly defined: ReadonlySet<string>; readonly used: ReadonlySet<string> } {
  const lines = lark.split("\n").filter((line) => line !== "" && !line.startsWith("%"));
  const defined = new Set(lines.map((line) => line.slice(0, line.indexOf(":"))));
  const bodies = lines.map((line) =>
    line
      .slice(line.indexOf(":") + 1)
      .replace(/%json .*$/, "")
      .replaceAll(/"(?:\\.|[^"\\])*"|\/(?:\\.|[^/\\])*\//g, " ")
      .replaceAll(/\{[\d,]*\}/g, " "),
  );
  return { defined, used: new Set(bodies.flatMap((body) => body.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? [])) };
}

describe.each(formatRows)("%s", (_name, format) => {
  test.each(cellsOf(format))("$name", ({ tag }) => {
    const { lowered: lark, weakened } = lower(tag, "lark");
    expect(weakened).toEqual([]);
    expect(lark).toMatch(/^%llguidance \{\}\n\nstart: /);
    const { defined, used } = namesOf(lark);
    expect([...used].filter((name) => !defined.has(name))).toEqual([]);
    // Terminals are written in capitals, rules are not; every line is one rule.
    for (const name of defined) expect(name).toMatch(/^(?:[A-Z]+_\d+|start|(?:state|json)_\d+|r_[a-z0-9_]+)$/);
    for (const schema of lark.match(/%json .*$/gm) ?? [])
      expect(() => JSON.parse(schema.slice(6)) as unknown).not.toThrow();
  });
});

test("free text and the marker that ends it are one terminal", () => {
  const { structuralTag } = constrain(getFormat("hermes"), { tools, reasoning: "off" });
  const lark = lower(structuralTag!, "lark").lowered;
  expect(start(lark)).toMatch(/^MARK_\d+ state_1 \| MARK_\d+$/);
  expect(lark).toMatch(/^state_1: ".n\{.*get_weather.*" json_1 state_\d+ \| ".n\{.*get_time.*" json_2 state_\d+ \| /m);
  // Where the arguments come first either schema's may: a terminal beside each, which matches nothing, keeps white space off.
  const first = String.raw`".n\{ .*arguments.*" `;
  const either = new RegExp(
    `${first}\\(json_1 state_\\d+ \\| (NEVER_\\d+)\\) \\| ${first}\\(json_2 state_\\d+ \\| \\1\\)$`,
    "m",
  );
  expect(lark).toMatch(either);
  expect(lark).toMatch(/^NEVER_\d+: \/a\/ & \/b\/$/m);
  expect(lark).toMatch(/^UNTIL_\d+: \/\(\?s:\.\*\).*\/ & ~WITH_\d+$/m);
  expect(lark).toContain('%json {"x-guidance":{"whitespace_pattern":"[ \\\\n\\\\t\\\\r]{0,16}"},"type":"object"');
});

describe("calls that open with ordinary text and the name", () => {
  const named = [
    "qwen3_coder",
    "functionary_v3_1",
    "glm4",
    "gemma4",
    "bare_json",
    "minicpm5",
    "llama4_pythonic",
    "cwm",
  ];
  const names = ["get", "get_user", "get_user_all", "list_user", "a"];
  const toolNamed = (name: string, index: number): Tool => ({
    name,
    strict: true,
    parameters: { type: "object", properties: { [`p${index}`]: { type: "string" } }, additionalProperties: false },
  });

  test.each(named)("%s: free text is looked through once, however many tools there are", (format) => {
    const many = Array.from({ length: 128 }, (_, index) => toolNamed(`tool_${index}`, index));
    const { structuralTag } = constrain(getFormat(format), { tools: many, reasoning: "off" });
    const lark = lower(structuralTag!, "lark").lowered;
    expect(lark.match(/^UNTIL_\d+: /gm)!.length).toBeLessThanOrEqual(4);
    expect(lark).toContain("p127");
  });

  test.each(named)("%s: what begins like a call and is none stays text", (format) => {
    const some = names.map(toolNamed);
    const { structuralTag } = constrain(getFormat(format), { tools: some, reasoning: "off" });
    const [tag, lowered] = [structuralTag!, { lark: lower(structuralTag!, "lark").lowered }].map((each) =>
      compileGrammar(each),
    );
    const calls = names.map((name, index) => {
      const args = `{"p${index}": "x"}`;
      const part = { type: "call", id: `call_${"x7Yz".repeat(6)}`, name, arguments: args, status: "complete" } as const;
      return render(getFormat(format), { parts: [part] }, { tools: some });
    });
    const cut = calls.flatMap((call) => Array.from({ length: 24 }, (_, at) => call.slice(0, at + 1)));
    const texts = cut.flatMap((start, index) => {
      const call = calls[index % calls.length]!;
      return [start, start + call, call + start, `\n${start}\n${call}`, `${start}${start} ${call}`];
    });
    const verdicts = texts.map((text) => [text, tag!.accepts(text)]);
    expect(texts.map((text) => [text, lowered!.accepts(text)])).toEqual(verdicts);
    expect(new Set(verdicts.map(([, verdict]) => verdict)).size).toBe(2);
  });
});

test("text behind a grammar of characters is characters", () => {
  const format: StructuralFormat = {
    type: "sequence",
    elements: [
      { type: "grammar", grammar: 'root ::= "<b>" root "</b>" | "<i>"' },
      { type: "const_string", value: "</bold>" },
      { type: "json_schema", json_schema: { type: "null" } },
    ],
  };
  expect(larkOf(format)).toMatch(/^state_1: "<" "\/" "b" "o" "l" "d" ">" json_1$/m);
});

test("special tokens stand as tokens, and text ends before them by itself", () => {
  const { structuralTag } = constrain(getFormat("hermes"), { tools, reasoning: "off" });
  const specialTokens = [{ text: "<tool_call>" }, { text: "</tool_call>", id: 151_658 }];
  const lark = lower(structuralTag!, "lark", { specialTokens }).lowered;
  expect(start(lark)).toMatch(/^MARK_\d+ <tool_call> state_1 \| MARK_\d+$/);
  expect(lark).toMatch(/^state_\d+: "\}.n" <\[151658\]> state_\d+$/m);
  expect(lark).not.toMatch(/"[^"\n]*<tool_call>[^"\n]*"/);
});

test("a token that is not written <name> needs its id", () => {
  const tag = tagOf({ type: "const_string", value: "a[TOOL_CALLS]b" });
  const lark = lower(tag, "lark", { specialTokens: [{ text: "[TOOL_CALLS]", id: 5 }] }).lowered;
  expect(lark).toMatch(/^start: "a" <\[5\]> state_1\nstate_1: "b"$/m);
  const lowering = (): unknown => lower(tag, "lark", { specialTokens: [{ text: "[TOOL_CALLS]" }] });
  expect(lowering).toThrow(LoweringError);
  expect(lowering).toThrow('specialTokens: "[TOOL_CALLS]" needs its id');
});

test("what comes behind one token in several ways is told apart behind it", () => {
  const tag = (...elements: readonly StructuralFormat[]): StructuralFormat => ({ type: "sequence", elements });
  const format: StructuralFormat = {
    type: "or",
    elements: [
      tag({ type: "const_string", value: "<a>" }, { type: "json_schema", json_schema: { type: "object" } }),
      tag({ type: "const_string", value: "<a>x" }, { type: "json_schema", json_schema: { type: "array" } }),
    ],
  };
  const lark = lower(tagOf(format), "lark", { specialTokens: [{ text: "<a>" }] }).lowered;
  expect(lark).toMatch(/^start: <a> state_1\nstate_1: json_1 \| "x" json_2$/m);
});

test("triggers of which some are tokens", () => {
  const body: StructuralFormat = { type: "json_schema", json_schema: { type: "object" } };
  const format: StructuralFormat = {
    type: "triggered_tags",
    triggers: ["<a>", "<b"],
    tags: [
      { type: "tag", begin: "<a>", content: body, end: "" },
      { type: "tag", begin: "<b>", content: body, end: "" },
    ],
  };
  const lark = lower(tagOf(format), "lark", { specialTokens: [{ text: "<a>" }] }).lowered;
  expect(start(lark)).toMatch(/^MARK_\d+ json_1 start \| MARK_\d+ <a> state_1 \| MARK_\d+$/);
  expect(lark).toMatch(/^UNTIL_\d+: .*b/m);
});

test("a token inside a grammar of the tag is refused", () => {
  const tag = tagOf({ type: "grammar", grammar: 'root ::= "<a>" [a-z]* "<a>"' });
  expect(() => lower(tag, "lark", { specialTokens: [{ text: "<a>" }] })).toThrow(
    'specialTokens: "<a>" stands inside a grammar of the tag',
  );
});

const object = { type: "object" };
const json: StructuralFormat = { type: "json_schema", json_schema: object };
const text = (value: string): StructuralFormat => ({ type: "const_string", value });
const either = (...elements: readonly StructuralFormat[]): StructuralFormat => ({ type: "or", elements });

test.each<[string, StructuralFormat, string]>([
  ["a text", text('a"\n'), '"a\\"\\n"'],
  ["a schema between texts", { type: "tag", begin: "<a>", content: json, end: "</a>" }, '"<a>" json_1 state_1'],
  [
    "a schema or a text that starts otherwise",
    either(json, { type: "tag", begin: "<a>", content: json, end: "" }),
    'json_1 | "<a>" json_1',
  ],
  ["a schema or nothing", { type: "optional", content: json }, 'json_1 | ""'],
])("%s", (_name, format, body) => {
  expect(start(larkOf(format))).toBe(body);
});

test("where the lexer could not tell a schema from a text, all is spelled out", () => {
  const bare = either(json, { type: "tag", begin: '{"name": "f", "parameters": ', content: json, end: "}" });
  const lark = larkOf(bare);
  expect(lark).not.toContain("%json");
  expect(start(lark)).toContain('"{" "\\"" "n" "a" "m" "e"');
  // Nothing but single characters.
  const texts = lark.match(/"(?:\\.|[^"\\])*"/g)!.map((each) => JSON.parse(each) as string);
  expect(texts.filter((each) => each.length > 1)).toEqual([]);
});

test.each<[StructuralFormat, string]>([
  [
    { type: "json_schema", json_schema: { type: "array", uniqueItems: true } },
    "format.json_schema.uniqueItems: llguidance cannot hold it",
  ],
  [{ type: "json_schema", json_schema: { properties: { a: { not: {} } } } }, "format.json_schema.properties.a.not: "],
  [{ type: "any_text", max_tokens: 3 }, "format.max_tokens: counts tokens"],
  [{ type: "token", token: 1 }, "format: token speaks of tokens"],
])("refuses %j", (format, message) => {
  expect(() => larkOf(format)).toThrow(message);
});

test("formats that are annotations to llguidance do not reach it, properties named like keywords do", () => {
  const schema = { type: "object", properties: { format: { type: "string", format: "iri" }, not: { format: "date" } } };
  const lark = larkOf({ type: "json_schema", json_schema: schema, max_whitespace_cnt: 1 });
  expect(JSON.parse(/%json (.*)$/m.exec(lark)![1]!)).toEqual({
    "x-guidance": { whitespace_pattern: "[ \\n\\t\\r]{0,1}" },
    type: "object",
    properties: { format: { type: "string" }, not: { format: "date" } },
  });
});
