import { compileGrammar } from "@glossa/grammar";
import {
  constrain,
  ConstrainError,
  getFormat,
  parse,
  parseStructuralTag,
  render,
  type JsonSchema,
  type Tool,
} from "@glossa/core";
import { describe, expect, test } from "vitest";

/** One family for each way of writing arguments. */
const notations = [
  "hermes",
  "qwen3_coder",
  "glm45",
  "deepseek_v32",
  "kimi_k3",
  "pythonic",
  "gemma4",
  "minimax_m3",
  "cohere_command4",
] as const;
type Notation = (typeof notations)[number];

const object = (properties: { readonly [name: string]: unknown }, more: object = {}): JsonSchema => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...more,
});

const toolWith = (parameters: JsonSchema): Tool => ({ name: "f", parameters });

function grammarFor(notation: Notation, parameters: JsonSchema): ReturnType<typeof compileGrammar> {
  const { structuralTag } = constrain(getFormat(notation), {
    tools: [toolWith(parameters)],
    toolChoice: { name: "f" },
    reasoning: "off",
  });
  expect(parseStructuralTag(structuralTag)).toBe(structuralTag);
  return compileGrammar(structuralTag!);
}

function wireOf(format: string, parameters: JsonSchema, args: string): string {
  const parts = [
    { type: "call", id: "call_a1B2c3D4e5F6g7H8i9J0k1L2", name: "f", arguments: args, status: "complete" },
  ] as const;
  return render(getFormat(format), { parts }, { tools: [toolWith(parameters)] });
}

const wire = (notation: Notation, parameters: JsonSchema, args: string): string => wireOf(notation, parameters, args);

interface Case {
  readonly parameters: JsonSchema;
  readonly admits: readonly string[];
  readonly refuses: readonly string[];
  /** Notations that cannot hold it, with what the error names. */
  readonly cannot?: { readonly [notation in Notation]?: string };
  /** What a notation leaves out of the schema's values, though it could carry it. */
  readonly leaves?: { readonly [notation in Notation]?: readonly string[] };
}

const path = "tools.f.parameters";

const cases: { readonly [what: string]: Case } = {
  "required and optional parameters": {
    parameters: object({ a: { type: "string" }, b: { type: "string" }, c: { type: "string" } }, { required: ["b"] }),
    admits: ['{"b": "x"}', '{"a": "x", "b": "y"}', '{"b": "x", "c": "y"}', '{"a": "x", "b": "y", "c": "z"}'],
    refuses: ["{}", '{"a": "x"}', '{"a": "x", "c": "y"}', '{"b": "x", "d": "y"}'],
  },
  "optional parameters only": {
    parameters: object({ a: { type: "integer" }, b: { type: "integer" } }),
    admits: ["{}", '{"a": 1}', '{"b": 2}', '{"a": 1, "b": 2}'],
    refuses: ['{"c": 1}', '{"a": "x"}'],
  },
  "no parameters": { parameters: object({}), admits: ["{}"], refuses: ['{"a": 1}'] },
  strings: {
    parameters: object({ s: { type: "string" } }, { required: ["s"] }),
    admits: ['{"s": ""}', '{"s": "it\'s \\"so\\"\\n\\\\"}', '{"s": "héllo 👋"}', '{"s": "<b> & </b>"}'],
    refuses: [],
  },
  numbers: {
    parameters: object({ n: { type: "number" }, i: { type: "integer" } }),
    admits: ['{"n": -1.5e3}', '{"n": 1.0}', '{"i": 9007199254740993}'],
    refuses: ['{"i": 1.5}', '{"i": true}'],
  },
  "booleans and null": {
    parameters: object({ b: { type: "boolean" }, z: { type: "null" } }),
    admits: ['{"b": true}', '{"b": false}', '{"z": null}'],
    refuses: ['{"b": 1}', '{"b": null}', '{"z": 0}'],
  },
  "enumerated strings": {
    parameters: object({ unit: { enum: ["celsius", "fahrenheit"] }, fixed: { const: "x y" } }),
    admits: ['{"unit": "celsius"}', '{"fixed": "x y"}'],
    refuses: ['{"unit": "kelvin"}', '{"fixed": "x"}', '{"unit": ""}'],
  },
  "enumerated values of several types": {
    parameters: object({ v: { enum: ["all", 3, null, true] } }, { required: ["v"] }),
    admits: ['{"v": "all"}', '{"v": 3}', '{"v": null}', '{"v": true}'],
    refuses: ['{"v": 4}', '{"v": "none"}', '{"v": false}'],
  },
  "nullable strings": {
    parameters: object({ s: { type: ["string", "null"] }, t: { anyOf: [{ type: "string" }, { type: "null" }] } }),
    admits: ['{"s": "x"}', '{"s": null}', '{"t": "x"}', '{"t": null}'],
    refuses: ['{"u": "x"}'],
  },
  "lists and objects": {
    parameters: object({
      list: { type: "array", items: { type: "integer" } },
      o: object({
        k: { type: "string" },
        n: { type: "array", items: object({ x: { type: "boolean" } }, { required: ["x"] }) },
      }),
    }),
    admits: [
      '{"list": []}',
      '{"list": [1, 2, 3]}',
      '{"o": {"k": "v", "n": [{"x": true}, {"x": false}]}}',
      '{"o": {}}',
      '{"o": {"n": []}}',
    ],
    refuses: ['{"list": ["x"]}', '{"list": 1}', '{"o": {"n": 1}}', '{"o": {"n": [{}]}}', '{"o": {"z": 1}}'],
  },
  "lists with bounds": {
    parameters: object(
      { a: { type: "array", items: { type: "integer" }, minItems: 2, maxItems: 3 } },
      { required: ["a"] },
    ),
    admits: ['{"a": [1, 2]}', '{"a": [1, 2, 3]}'],
    refuses: ['{"a": []}', '{"a": [1]}', '{"a": [1, 2, 3, 4]}'],
  },
  "numbers with bounds": {
    parameters: object({ n: { type: "integer", minimum: 1, maximum: 14 } }, { required: ["n"] }),
    admits: ['{"n": 1}', '{"n": 14}'],
    refuses: ['{"n": 0}', '{"n": 15}'],
  },
  lengths: {
    parameters: object({ s: { type: "string", minLength: 1, maxLength: 3 } }, { required: ["s"] }),
    admits: ['{"s": "a"}', '{"s": "abc"}'],
    refuses: ['{"s": ""}', '{"s": "abcd"}'],
  },
  "a least length": {
    parameters: object({ s: { type: "string", minLength: 2 } }, { required: ["s"] }),
    admits: ['{"s": "ab"}', '{"s": "a < b, and a long one"}'],
    refuses: ['{"s": ""}', '{"s": "a"}'],
  },
  patterns: {
    parameters: object({
      date: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" },
      code: { type: "string", pattern: "^[A-Z]" },
    }),
    admits: ['{"date": "2026-11-20"}', '{"code": "Zulu 7"}'],
    refuses: ['{"date": "20/11/2026"}', '{"code": "zulu"}'],
  },
  references: {
    parameters: object(
      { at: { $ref: "#/$defs/place" } },
      { $defs: { place: object({ x: { type: "number" } }, { required: ["x"] }) } },
    ),
    admits: ['{"at": {"x": 1}}', "{}"],
    refuses: ['{"at": {}}', '{"at": {"x": "1"}}', '{"at": 1}'],
  },
  recursion: {
    parameters: object(
      { tree: { $ref: "#/$defs/node" } },
      { $defs: { node: object({ left: { $ref: "#/$defs/node" }, v: { type: "integer" } }) } },
    ),
    admits: ['{"tree": {"left": {"left": {"v": 1}}}}'],
    refuses: ['{"tree": {"left": {"right": {}}}}'],
    cannot: {
      pythonic: `${path}.properties.tree.properties.left: the schema refers to itself (#/$defs/node)`,
      gemma4: `${path}.properties.tree.properties.left: the schema refers to itself (#/$defs/node)`,
    },
  },
  "a pattern that only JSON can hold": {
    parameters: object({ s: { type: "string", pattern: "<b>.*</b>" } }),
    admits: ['{"s": "<b>x</b>"}'],
    refuses: ['{"s": "<i>"}'],
    cannot: {
      qwen3_coder: `${path}.properties.s: the pattern "<b>.*</b>" cannot be held`,
      glm45: `${path}.properties.s: the pattern "<b>.*</b>" cannot be held`,
      deepseek_v32: `${path}.properties.s: the pattern "<b>.*</b>" cannot be held`,
      kimi_k3: `${path}.properties.s: the pattern "<b>.*</b>" cannot be held`,
      gemma4: `${path}.properties.s: the pattern "<b>.*</b>" cannot be held`,
      cohere_command4: `${path}.properties.s: the pattern "<b>.*</b>" cannot be held`,
    },
  },
  "dependencies between parameters": {
    parameters: object({ a: { type: "integer" }, b: { type: "integer" } }, { dependentRequired: { a: ["b"] } }),
    admits: ['{"a": 1, "b": 2}', '{"b": 2}', "{}"],
    refuses: ['{"a": 1}'],
    cannot: Object.fromEntries(
      notations
        .filter((notation) => notation !== "hermes")
        .map((notation) => [notation, `${path}: dependentRequired cannot be held`]),
    ),
  },
};

describe.each(notations)("%s", (notation) => {
  test.each(Object.entries(cases))("%s", (_what, { parameters, admits, refuses, cannot }) => {
    const reason = cannot?.[notation];
    if (reason !== undefined) {
      expect(() => grammarFor(notation, parameters)).toThrow(ConstrainError);
      expect(() => grammarFor(notation, parameters)).toThrow(reason);
      return;
    }
    // What the grammar package itself cannot enforce says so by name.
    let grammar: ReturnType<typeof grammarFor>;
    try {
      grammar = grammarFor(notation, parameters);
    } catch (error) {
      expect(error).not.toBeInstanceOf(ConstrainError);
      expect((error as Error).name).toBe("GrammarError");
      expect((error as Error).message).toMatch(/dependentRequired/);
      return;
    }
    for (const args of admits)
      expect([args, grammar.explain(wire(notation, parameters, args))]).toMatchObject([args, { ok: true }]);
    for (const args of refuses) expect([args, grammar.accepts(wire(notation, true, args))]).toEqual([args, false]);
  });
});

describe("names with escapes", () => {
  const key = 'a "b" & <c>';
  test.each([
    ["kimi_k3", "a &quot;b&quot; &amp; <c>"],
    ["cohere_command4", "a &quot;b&quot; &amp; &lt;c&gt;"],
  ])("%s", (format, written) => {
    const declared = object({ [key]: { type: "string" } }, { required: [key] });
    const any = { type: "object" };
    const wires = [
      [declared, wireOf(format, declared, JSON.stringify({ [key]: "x & y" }))],
      [any, wireOf(format, any, JSON.stringify({ 'a"&': "x & y" }))],
    ] as const;
    expect(wires[0][1]).toContain(written);
    expect(wires[1][1]).toContain("a&quot;&amp;");
    for (const [schema, text] of wires) {
      const { structuralTag } = constrain(getFormat(format), {
        tools: [toolWith(schema)],
        toolChoice: "required",
        reasoning: "off",
      });
      const grammar = compileGrammar(parseStructuralTag(structuralTag));
      expect(grammar.explain(text)).toMatchObject({ ok: true });
      expect(grammar.accepts(text.replaceAll("&amp;", "&"))).toBe(false);
    }
  });

  test("a name", () => {
    const tool: Tool = { name: 'say"&"', parameters: object({}) };
    const parts = [{ type: "call", id: "", name: tool.name, arguments: "{}", status: "complete" }] as const;
    const text = render(getFormat("kimi_k3"), { parts }, { tools: [tool] });
    expect(text).toContain('tool="say&quot;&amp;&quot;"');
    for (const toolChoice of ["auto", "required"] as const) {
      const { structuralTag } = constrain(getFormat("kimi_k3"), { tools: [tool], toolChoice, reasoning: "off" });
      expect(compileGrammar(structuralTag!).explain(text)).toMatchObject({ ok: true });
    }
  });
});

describe("the text of one parameter", () => {
  const grammarOf = (parameters: JsonSchema | undefined, toolChoice: "auto" | "required" = "required") => {
    const tool = parameters === undefined ? { name: "f" } : toolWith(parameters);
    const { structuralTag } = constrain(getFormat("cwm"), { tools: [tool], toolChoice, reasoning: "off" });
    return compileGrammar(parseStructuralTag(structuralTag));
  };
  const tag = (body: string): string => `<tool: f>\n${body}\n</tool>`;
  const command = object({ command: { type: "string" }, timeout: { type: "integer" } }, { required: ["command"] });

  test("is any text but what closes it", () => {
    const grammar = grammarOf(command);
    for (const body of ["ls", "", "a\n\n", '{"command": "ls"}', "a < b </tools>"]) {
      expect([body, grammar.explain(tag(body))]).toMatchObject([body, { ok: true }]);
      const { parts } = parse(getFormat("cwm"), tag(body), { tools: [toolWith(command)] });
      expect(parts).toMatchObject([{ status: "complete", arguments: `{"command": ${JSON.stringify(body)}}` }]);
      expect(render(getFormat("cwm"), { parts }, { tools: [toolWith(command)] })).toBe(tag(body));
    }
    expect(grammar.accepts(tag("a</tool>"))).toBe(false);
    expect(grammar.accepts("<tool: f>\nls")).toBe(false);
  });

  test("is held to its schema", () => {
    const listed = grammarOf(object({ command: { enum: ["ls", "pwd", 3] } }));
    expect(["ls", "pwd", "3", "rm"].map((body) => listed.accepts(tag(body)))).toEqual([true, true, false, false]);
    const short = grammarOf(object({ command: { type: ["string", "null"], maxLength: 3 } }));
    expect(["ls", "", "four"].map((body) => short.accepts(tag(body)))).toEqual([true, true, false]);
  });

  test("is an object where the tool takes none, and either where nothing is said", () => {
    const other = grammarOf(object({ path: { type: "string" } }, { required: ["path"] }));
    expect(['{"path": "a"}', '{"command": "ls"}', "ls"].map((body) => other.accepts(tag(body)))).toEqual([
      true,
      false,
      false,
    ]);
    for (const any of [grammarOf(undefined), grammarOf({ type: "object" }), grammarOf(command, "auto")])
      expect(['{"path": "a"}', "ls {", "{ ls; }"].map((body) => any.accepts(tag(body)))).toEqual([true, true, false]);
  });

  test("says what it has no place for", () => {
    const both = object({ command: { type: "string" }, timeout: { type: "integer" } }, { required: ["timeout"] });
    expect(() => grammarOf(both)).toThrow(`${path}.properties.timeout: the format writes the text of "command" alone`);
    expect(() => grammarOf(object({ command: { type: "integer" } }))).toThrow(
      `${path}.properties.command: the format writes it as text`,
    );
    expect(() => grammarOf(object({ command: { const: "a</tool>" } }))).toThrow("holds the markup behind it");
    const call = (args: string): string => wireOf("cwm", command, args);
    expect(() => call('{"command": "ls", "timeout": 3}')).toThrow("part 0: cwm cannot carry it");
    expect(() => call('{"command": "a</tool>"}')).toThrow("part 0: cwm cannot carry it");
    expect(() => call("{}")).toThrow("part 0: cwm cannot carry it");
    expect(() => wireOf("cwm", true, '{"command": "{ ls; }"}')).not.toThrow();
  });
});

describe("raw values", () => {
  test("a closer ends them, whatever its white space", () => {
    const grammar = grammarFor("qwen3_coder", object({ s: { type: "string" } }, { required: ["s"] }));
    const call = (value: string): string =>
      `<tool_call>\n<function=f>\n<parameter=s>\n${value}\n</parameter>\n</function>\n</tool_call>`;
    expect(grammar.accepts(call("a\n\n  b\n"))).toBe(true);
    expect(grammar.accepts(call("a</parameter>"))).toBe(false);
    expect(grammar.accepts(call("a\n</function>\n</tool_call>"))).toBe(false);
    expect(grammar.accepts(call("a</param> <parameters>"))).toBe(true);
  });

  test("a string beside other types does not look like one of them", () => {
    const parameters = object({
      v: { anyOf: [{ type: "string" }, { type: "integer", minimum: 1 }, object({ x: { type: "integer" } })] },
    });
    for (const notation of ["qwen3_coder", "glm45"] as const) {
      const grammar = grammarFor(notation, parameters);
      for (const args of ['{"v": "x"}', '{"v": 7}', '{"v": {"x": 1}}', '{"v": "5 o\'clock"}']) {
        expect([args, grammar.explain(wire(notation, parameters, args))]).toMatchObject([args, { ok: true }]);
      }
      for (const args of ['{"v": 0}', '{"v": 1.5}', '{"v": {"y": 1}}', '{"v": []}'])
        expect([args, grammar.accepts(wire(notation, true, args))]).toEqual([args, args === '{"v": []}']);
    }
  });

  test("typed parameters have the word of their type", () => {
    const parameters = object({ v: { type: ["string", "integer"] } }, { required: ["v"] });
    const grammar = grammarFor("deepseek_v32", parameters);
    const call = (word: string, value: string): string =>
      `<｜DSML｜function_calls>\n<｜DSML｜invoke name="f">\n<｜DSML｜parameter name="v" string="${word}">${value}</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>`;
    expect(grammar.accepts(call("true", "7"))).toBe(true);
    expect(grammar.accepts(call("false", "7"))).toBe(true);
    expect(grammar.accepts(call("false", "x"))).toBe(false);
  });

  test("a word for each type, whatever the schema says the types are with", () => {
    const call = (word: string, value: string): string =>
      `<|open|>tools<|sep|><|open|>call tool="f" index="1"<|sep|><|open|>argument key="v" type="${word}"<|sep|>${value}<|close|>argument<|sep|><|close|>call<|sep|><|close|>tools<|sep|>`;
    const spelled = [
      ["string", "x"],
      ["number", "7"],
      ["boolean", "true"],
      ["null", "null"],
      ["object", '{"a": 1}'],
      ["array", "[1]"],
    ] as const;
    const wrong = [
      ["number", "x"],
      ["number", "true"],
      ["object", "7"],
      ["array", "{}"],
      ["null", "false"],
      ["text", "x"],
    ] as const;
    const accepted = (schema: unknown, calls: typeof spelled | typeof wrong): string[] => {
      const grammar = grammarFor("kimi_k3", object({ v: schema }, { required: ["v"] }));
      return calls.flatMap(([word, value]) => (grammar.accepts(call(word, value)) ? [word] : []));
    };
    expect(accepted(true, spelled)).toEqual(["string", "number", "boolean", "null", "object", "array"]);
    for (const [schema, words] of [
      [{ type: ["number", "null"] }, ["number", "null"]],
      [{ type: ["string", "array"], items: { type: "integer" } }, ["string", "array"]],
      [{ anyOf: [{ type: "boolean" }, { type: "object" }] }, ["boolean", "object"]],
      [{ oneOf: [{ enum: [7] }, { type: "null" }, { type: "array" }] }, ["number", "null", "array"]],
      [{ enum: [true, 7, null] }, ["number", "boolean", "null"]],
    ] as const) {
      expect(accepted(schema, spelled)).toEqual(words);
      expect(accepted(schema, wrong)).toEqual([]);
    }
    expect(accepted(true, wrong)).toEqual([]);
  });

  test("a boolean may be written as templates print it", () => {
    const grammar = grammarFor("qwen3_coder", object({ b: { type: "boolean" } }, { required: ["b"] }));
    const call = (value: string): string =>
      `<tool_call>\n<function=f>\n<parameter=b>\n${value}\n</parameter>\n</function>\n</tool_call>`;
    expect(["true", "False", "None", "TRUE", "1"].map((value) => grammar.accepts(call(value)))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test("parameters of any name where the schema allows any object", () => {
    const grammar = grammarFor("glm45", { type: "object" });
    expect(grammar.accepts(wire("glm45", { type: "object" }, '{"a": 1, "b-c": "x", "d.e": [1]}'))).toBe(true);
    expect(grammar.accepts(wire("glm45", { type: "object" }, "{}"))).toBe(true);
  });
});

describe("literals", () => {
  const parameters = object({ s: { type: "string" }, o: object({ k: { type: "string" } }) }, { required: ["s"] });

  test("Python's strings in either quotes, a blank behind the comma or none", () => {
    const grammar = grammarFor("pythonic", parameters);
    for (const call of [
      "[f(s='x')]",
      '[f(s="x")]',
      "[f(s='it\\'s', o={'k': 'v'})]",
      `[f(s="it's",o={"k": "v"})]`,
      "[f(s='\\u00e9\\n')]",
    ]) {
      expect([call, grammar.explain(call)]).toMatchObject([call, { ok: true }]);
      expect(parse(getFormat("pythonic"), call, { tools: [toolWith(parameters)] }).parts).toMatchObject([
        { type: "call", status: "complete" },
      ]);
    }
    for (const call of [
      "[f(s='a\nb')]",
      "[f(s='x\")]",
      "[f(s=x)]",
      "[f('x')]",
      "[f(s='x', s='y')]",
      "[f(s='\\q')]",
      "[f(s='x']",
      "f(s='x')",
    ]) {
      expect([call, grammar.accepts(call)]).toEqual([call, false]);
    }
  });

  test("Gemma's strings end at the quote", () => {
    const grammar = grammarFor("gemma4", parameters);
    expect(grammar.accepts('<|tool_call>call:f{o:{k:<|"|><|"|>},s:<|"|>a "b" <| c<|"|>}<tool_call|>')).toBe(true);
    expect(grammar.accepts('<|tool_call>call:f{s:"a"}<tool_call|>')).toBe(false);
    expect(grammar.accepts('<|tool_call>call:f{s:<|"|>a<|"|>b<|"|>}<tool_call|>')).toBe(false);
  });

  test("Gemma 4's keys come sorted, at every depth, whatever order the schema has", () => {
    const inner = object({ Zoom: { type: "integer" }, area: { type: "integer" } }, { required: ["area"] });
    const sorted = object(
      { to: inner, At: { type: "integer" }, kind: { enum: [{ z: 1, a: 2 }] } },
      { required: ["to"] },
    );
    const grammar = grammarFor("gemma4", sorted);
    for (const args of ["At:1,kind:{a:2,z:1},to:{area:1,Zoom:2}", "to:{area:1}", "At:1,to:{area:1}"])
      expect(grammar.explain(`<|tool_call>call:f{${args}}<tool_call|>`)).toEqual({ ok: true });
    for (const args of ["to:{area:1},At:1", "to:{Zoom:2,area:1}", "kind:{z:1,a:2},to:{area:1}", "At:1"])
      expect([args, grammar.accepts(`<|tool_call>call:f{${args}}<tool_call|>`)]).toEqual([args, false]);
    const args = '{"to": {"Zoom": 2, "area": 1}, "kind": {"z": 1, "a": 2}, "At": 1}';
    expect(grammar.explain(wire("gemma4", sorted, args))).toEqual({ ok: true });
  });

  test("what a level of the schema cannot be held to is named with its place", () => {
    for (const notation of ["pythonic", "gemma4"] as const) {
      expect(() =>
        grammarFor(notation, object({ a: { type: "array", items: { type: "string" }, uniqueItems: true } })),
      ).toThrow(`${path}.properties.a: uniqueItems cannot be held in this notation`);
      expect(() => grammarFor(notation, object({ a: { allOf: [{ type: "string" }, { minLength: 1 }] } }))).toThrow(
        `${path}.properties.a: allOf cannot be held in this notation`,
      );
      expect(() => grammarFor(notation, object({ a: object({ b: { not: { type: "null" } } }) }))).toThrow(
        `${path}.properties.a.properties.b: a schema that names no type`,
      );
    }
  });
});

describe("patterns are narrowed to what a notation can carry", () => {
  const accepts = (notation: Notation, pattern: string, value: string): boolean => {
    const parameters = object({ s: { type: "string", pattern } }, { required: ["s"] });
    return grammarFor(notation, parameters).accepts(wire(notation, parameters, JSON.stringify({ s: value })));
  };

  test.each([
    ["^a.c$", "abc", true],
    ["^a.c$", "abcd", false],
    ["b", "abc", true],
    ["b", "acd", false],
    ["^[^-x]+$", "abc", true],
    ["^[^-x]+$", "a-c", false],
    ["^[^x-]+$", "a-c", false],
    ["^[\\w\\s-]+$", "a b-c", true],
    ["^[\\w\\s-]+$", "a.b", false],
    ["^\\S+@\\S+\\.[a-z]{2,3}$", "me@example.com", true],
    ["^\\S+@\\S+\\.[a-z]{2,3}$", "me at example.com", false],
    ["^(?:GET|POST)$", "POST", true],
    ["^(?:GET|POST)$", "PUT", false],
    ["cat|dog", "hotdog", true],
    ["cat|dog", "bird", false],
  ] as const)("%s: %s", (pattern, value, expected) => {
    for (const notation of notations)
      expect([notation, accepts(notation, pattern, value)]).toEqual([notation, expected]);
  });

  test("a closer's first character stands where it begins none", () => {
    for (const notation of ["qwen3_coder", "glm45", "deepseek_v32", "kimi_k3"] as const) {
      for (const [pattern, value] of [
        ["^a", "a < b, <b>bold"],
        ["^.*$", "1 < 2"],
        ["^[^-x]+$", "a <b> c"],
        ["z$", "x<y z"],
      ] as const) {
        expect([notation, pattern, accepts(notation, pattern, value)]).toEqual([notation, pattern, true]);
      }
      for (const [pattern, value] of [
        ["^[^-x]+$", "a < b-c"],
        ["^[^-x]+$", "a <x"],
        ["^.*$", "a <\nb"],
        ["^a.c$", "a<c"],
        ["^[^<]*$", "a <b"],
      ] as const)
        expect([notation, pattern, accepts(notation, pattern, value)]).toEqual([notation, pattern, false]);
    }
    const parameters = object({ s: { type: "string", pattern: "^.*$" } }, { required: ["s"] });
    const grammar = grammarFor("qwen3_coder", parameters);
    const sent = wire("qwen3_coder", parameters, '{"s": "MARK"}');
    const closer = /MARK(\s*<\/[^>]*>)/.exec(sent)![1]!;
    expect(grammar.accepts(sent)).toBe(true);
    expect(grammar.accepts(sent.replace("MARK", `a${closer}b`))).toBe(false);
  });

  test("but not where that would change what they say", () => {
    for (const pattern of ["^a|b$", "^(?=a)b$", "a\\b", "^<a>$", "[\\S]", "^\\p{L}$", "[", "x\\"]) {
      for (const notation of ["qwen3_coder", "glm45"] as const) {
        const parameters = object({ s: { type: "string", pattern } });
        expect(() => grammarFor(notation, parameters)).toThrow(`${path}.properties.s: the pattern`);
      }
    }
  });
});

describe("names that a notation cannot write", () => {
  const optional = object({ "content-type": { type: "string" }, ok: { type: "integer" } });
  const required = object({ "content-type": { type: "string" } }, { required: ["content-type"] });

  test("are left out where they may be absent, and refused where not", () => {
    expect(grammarFor("pythonic", optional).accepts("[f(ok=1)]")).toBe(true);
    expect(grammarFor("pythonic", optional).accepts("[f(content-type='x')]")).toBe(false);
    expect(() => grammarFor("pythonic", required)).toThrow(
      `${path}.properties.content-type: the name cannot be written in this notation`,
    );
    expect(grammarFor("gemma4", required).accepts(wire("gemma4", required, '{"content-type": "x"}'))).toBe(true);
  });

  test("so are parameters that no value satisfies", () => {
    const never = { type: "boolean", enum: ["yes", "no"] };
    for (const notation of notations.filter((each) => each !== "hermes")) {
      const grammar = grammarFor(notation, object({ a: never, b: { type: "integer" } }));
      expect(grammar.accepts(wire(notation, true, '{"b": 1}'))).toBe(true);
      expect(grammar.accepts(wire(notation, true, '{"a": "yes"}'))).toBe(false);
      expect(() => grammarFor(notation, object({ a: never }, { required: ["a"] }))).toThrow(
        `${path}.properties.a: no value satisfies the schema`,
      );
    }
  });
});

test("objects of any keys with values of one schema", () => {
  const parameters = object(
    { labels: { type: "object", additionalProperties: { type: "integer" } } },
    { required: ["labels"] },
  );
  for (const notation of notations) {
    const grammar = grammarFor(notation, parameters);
    for (const args of ['{"labels": {}}', '{"labels": {"a": 1}}', '{"labels": {"a": 1, "b": 2, "c": 3}}']) {
      expect([notation, args, grammar.explain(wire(notation, parameters, args))]).toMatchObject([
        notation,
        args,
        { ok: true },
      ]);
    }
    expect(grammar.accepts(wire(notation, true, '{"labels": {"a": "x"}}'))).toBe(false);
  }
});

test("optional properties in any number, in order", () => {
  const names = ["a", "b", "c", "d", "e"];
  const parameters = object(Object.fromEntries(names.map((name) => [name, { type: "integer" }])));
  for (const notation of ["pythonic", "gemma4"] as const) {
    const grammar = grammarFor(notation, parameters);
    for (let chosen = 0; chosen < 32; chosen++) {
      const args = JSON.stringify(
        Object.fromEntries(names.filter((_, index) => (chosen >> index) & 1).map((name) => [name, 1])),
      );
      expect([args, grammar.explain(wire(notation, parameters, args))]).toMatchObject([args, { ok: true }]);
    }
    const swapped = { pythonic: "[f(b=1, a=1)]", gemma4: "<|tool_call>call:f{b:1,a:1}<tool_call|>" };
    expect(grammar.accepts(swapped[notation])).toBe(false);
  }
});
