import { compileGrammar } from "@glossa/grammar";
import {
  getFormat,
  lower,
  LoweringError,
  type JsonSchema,
  type StructuralFormat,
  type StructuralTag,
} from "@glossa/core";
import { describe, expect, test } from "vitest";
import { cellsOf, formatRows, textsOf } from "./cells.ts";

const tagOf = (format: StructuralFormat): StructuralTag => ({ type: "structural_tag", format });
const grammarOf = (grammar: string): ReturnType<typeof compileGrammar> =>
  compileGrammar(tagOf({ type: "grammar", grammar }));
const ebnfOf = (format: StructuralFormat): ReturnType<typeof compileGrammar> =>
  grammarOf(lower(tagOf(format), "ebnf").lowered);

describe.each(formatRows)("%s", (_name, format) => {
  const texts = textsOf(format);

  test.each(cellsOf(format))("$name: EBNF accepts what the tag accepts, and nothing else", ({ tag }) => {
    const whole = compileGrammar(tag);
    const lowered = grammarOf(lower(tag, "ebnf").lowered);
    const expected = texts.map((text) => [text, whole.accepts(text)]);
    expect(texts.map((text) => [text, lowered.accepts(text)])).toEqual(expected);
    expect(expected.some(([, accepted]) => accepted)).toBe(true);
    expect(expected.some(([, accepted]) => !accepted)).toBe(true);
  });

  test.each(cellsOf(format))("$name: GBNF holds the same rules", ({ tag }) => {
    const { grammar, lazy, triggers } = lower(tag, "gbnf").lowered;
    expect({ lazy, triggers }).toEqual({ lazy: false, triggers: [] });
    expect(grammar).toBe(lower(tag, "ebnf").lowered);
    // Names as llama.cpp takes them; a repetition of what it would write out.
    for (const line of grammar.trimEnd().split("\n")) expect(line).toMatch(/^[a-zA-Z][a-zA-Z0-9-]* ::= \S/);
  });
});

test("a lazy grammar starts where a trigger does", () => {
  const { tag } = cellsOf(getFormat("hermes")).find(({ name }) => name === "reasoning")!;
  const { grammar, lazy, triggers } = lower(tag, "gbnf", { lazy: true }).lowered;
  expect(lazy).toBe(true);
  expect(triggers).toEqual([{ type: 1, value: "<tool_call>" }]);
  const call = '<tool_call>\n{"name": "get_time", "arguments": {"tz": "CET"}}\n</tool_call>';
  const lowered = grammarOf(grammar);
  expect(
    [call, `${call} and ${call}`, `Look: ${call}`, "<tool_call>", ""].map((text) => lowered.accepts(text)),
  ).toEqual([true, true, false, false, false]);
});

const schemaFormat = (schema: JsonSchema): StructuralFormat => ({
  type: "json_schema",
  json_schema: schema,
  max_whitespace_cnt: 2,
});

const object = (properties: { readonly [name: string]: JsonSchema }, more: object = {}): JsonSchema => ({
  type: "object",
  properties,
  additionalProperties: false,
  ...more,
});

test.each<[string, JsonSchema, readonly string[], readonly string[]]>([
  ["any value", true, ['{"a": [1, null]}', '"x"', "-1.5e3"], ["", "{a}", "01", '"\\x"', '"\\ud800"']],
  ["a string", { type: "string" }, ['""', '"\\u00e9\\n"', '"\\ud83d\\ude00"', '"😀"'], ['"a', '"\n"']],
  ["lengths", { type: "string", minLength: 2, maxLength: 3 }, ['"ab"', '"\\n\\u0041😀"'], ['"a"', '"abcd"']],
  ["a pattern", { type: "string", pattern: "^[a-c]+$" }, ['"abc"'], ['""', '"abd"']],
  ["a pattern without anchors", { type: "string", pattern: "b|^c" }, ['"abd"', '"cx"'], ['"xc"']],
  [
    "a pattern of what is escaped",
    { type: "string", pattern: '^["\\\\\\n]$' },
    ['"\\""', '"\\\\"', '"\\n"'],
    ['"""', '"n"'],
  ],
  ["a format", { type: "string", format: "date" }, ['"2024-02-28"'], ['"2024-02-30"', '"today"']],
  ["a format that is none of ours", { type: "string", format: "iri" }, ['"anything"'], ["1"]],
  ["an integer", { type: "integer" }, ["0", "-12"], ["1.5", "01", "-"]],
  [
    "bounds of an integer",
    { type: "integer", minimum: -3, exclusiveMaximum: 120 },
    ["-3", "0", "9", "119"],
    ["-4", "120"],
  ],
  ["a lower bound", { type: "integer", minimum: 98 }, ["98", "99", "100", "12345"], ["97", "-98", "9"]],
  [
    "bounds of a number",
    { type: "number", minimum: 0.5, maximum: 2.25 },
    ["0.5", "0.75", "1", "2.25", "2.2"],
    ["0.4", "0", "2.26", "3", "-1"],
  ],
  ["an open bound", { type: "number", exclusiveMinimum: 0 }, ["0.001", "1"], ["0", "0.0", "-0", "-1"]],
  ["places", { type: "number", multipleOf: 0.01 }, ["1", "1.5", "1.25", "1.250"], ["1.255"]],
  ["constants", { enum: ["a", 1, null, { b: [2] }] }, ['"a"', "1", "null", '{"b": [2]}'], ['"b"', '{"b": [3]}']],
  ["constants of a type", { type: "string", enum: ["a", 1] }, ['"a"'], ["1"]],
  [
    "properties in order",
    object({ a: true, b: { type: "boolean" }, c: true }, { required: ["b"] }),
    ['{"b": true}', '{"a":1,"b":false,"c":[]}'],
    ["{}", '{"b":true,"a":1}', '{"b":1}', '{"b":true,"d":1}'],
  ],
  [
    "others",
    { type: "object", properties: { ab: { type: "null" } }, additionalProperties: { type: "integer" } },
    ["{}", '{"ab":null,"a":1,"abc":2}', '{"b":1}'],
    ['{"ab":1}', '{"a":null}'],
  ],
  ["required and undeclared", { type: "object", required: ["a"] }, ['{"a":1}', '{"a":1,"b":2}'], ["{}", '{"b":2}']],
  ["one at least", object({ a: true, b: true }, { minProperties: 1 }), ['{"a":1}', '{"b":1}'], ["{}"]],
  [
    "names by a pattern",
    { type: "object", patternProperties: { "^x": { type: "integer" } }, additionalProperties: false },
    ["{}", '{"x":1,"xy":2}'],
    ['{"y":1}', '{"x":""}'],
  ],
  [
    "items",
    { type: "array", items: { type: "integer" }, minItems: 1, maxItems: 3 },
    ["[1]", "[1, 2, 3]"],
    ["[]", "[1,2,3,4]", '["a"]'],
  ],
  [
    "items by position",
    { type: "array", prefixItems: [{ type: "integer" }, { type: "string" }], items: false, minItems: 1 },
    ["[1]", '[1,"a"]'],
    ["[]", '["a"]', '[1,"a",2]'],
  ],
  ["alternatives", { anyOf: [{ type: "integer" }, object({ a: true })] }, ["1", "{}", '{"a":1}'], ['"a"', '{"b":1}']],
  [
    "one of those that exclude each other",
    {
      oneOf: [
        object({ k: { const: "a" }, v: { type: "integer" } }, { required: ["k"] }),
        object({ k: { const: "b" } }, { required: ["k"] }),
      ],
    },
    ['{"k":"a","v":1}', '{"k":"b"}'],
    ['{"k":"b","v":1}', "{}"],
  ],
  [
    "all of them",
    {
      allOf: [
        { type: "object", properties: { a: { type: "integer" } }, required: ["a"] },
        { properties: { a: { minimum: 3 }, b: { type: "null" } } },
      ],
    },
    ['{"a":3}', '{"a":4,"b":null}'],
    ['{"a":2}', "{}", "[]"],
  ],
  [
    "a schema that refers to itself",
    { $ref: "#/$defs/tree", $defs: { tree: object({ next: { $ref: "#/$defs/tree" }, v: { type: "integer" } }) } },
    ["{}", '{"next":{"next":{},"v":1}}'],
    ['{"next":1}'],
  ],
  ["white space", object({ a: { type: "array" } }), ['{ \n"a" : [ 1 , 2 ]\t}'], ['{   "a":[]}', " {}", "{} "]],
])("%s", (_name, schema, accepted, refused) => {
  const grammar = ebnfOf(schemaFormat(schema));
  for (const text of accepted) expect(grammar.explain(text), text).toEqual({ ok: true });
  for (const text of refused) expect(grammar.accepts(text), text).toBe(false);
});

test("names of properties are not mistaken for the rules of JSON", () => {
  const grammar = ebnfOf(
    schemaFormat(object({ jsonString: { type: "integer" }, string: { type: "integer" }, root: { type: "string" } })),
  );
  expect(grammar.accepts('{"jsonString":1,"string":2,"root":"a"}')).toBe(true);
  expect(grammar.accepts('{"string":"a"}')).toBe(false);
});

test.each<[JsonSchema, string]>([
  [object({ a: { not: { type: "string" } } }), "format.json_schema.properties.a.not"],
  [{ type: "array", uniqueItems: true }, "format.json_schema.uniqueItems"],
  [object({ a: { type: "string", pattern: "(?=x)" } }), "format.json_schema.properties.a.pattern"],
  [{ type: "string", pattern: "^a+b+$", minLength: 3 }, "format.json_schema.pattern"],
  [{ type: "integer", multipleOf: 7 }, "format.json_schema.multipleOf"],
  [{ type: "number", minimum: 1e300 }, "format.json_schema.minimum"],
  [{ oneOf: [{ type: "integer" }, { type: "number" }] }, "format.json_schema.oneOf"],
  [{ if: { type: "string" }, then: { minLength: 1 } }, "format.json_schema.if"],
  [{ type: "object", patternProperties: { a: {}, b: {} } }, "format.json_schema.patternProperties"],
  [{ type: "object", minProperties: 2 }, "format.json_schema.minProperties"],
  [object({ a: true, b: true }, { maxProperties: 1 }), "format.json_schema.maxProperties"],
  [
    { allOf: [{ $ref: "#/$defs/x" }], unevaluatedProperties: false, $defs: { x: { properties: { a: true } } } },
    "format.json_schema.unevaluatedProperties",
  ],
  [{ $ref: "https://example.com/schema" }, "format.json_schema"],
  [{ anyOf: [{ $ref: "#" }] }, "format.json_schema.anyOf[0]"],
  [false, "format.json_schema"],
  [{ type: "array", minItems: 5_000 }, "format.json_schema.minItems"],
])("refuses %j by its path", (schema, path) => {
  const lowering = (): unknown => lower(tagOf(schemaFormat(schema)), "ebnf");
  expect(lowering).toThrow(LoweringError);
  expect(lowering).toThrow(`${path}: `);
});

test("lenient leaves out what can be left out, and says so", () => {
  const schema = object({ a: { type: "array", items: { type: "integer" }, uniqueItems: true } });
  const { lowered, weakened } = lower(tagOf(schemaFormat(schema)), "ebnf", { lenient: true });
  expect(weakened).toEqual([{ path: "format.json_schema.properties.a.uniqueItems", reason: "cannot be said" }]);
  expect(grammarOf(lowered).accepts('{"a":[1,1]}')).toBe(true);
  expect(grammarOf(lowered).accepts('{"a":["1"]}')).toBe(false);
});

const parameters = object({ s: { type: "string" }, n: { type: "integer" } }, { required: ["s"] });
test.each([
  ["qwen_xml", "<parameter=s>a b</parameter><parameter=n>3</parameter>"],
  ["minimax_xml", '<parameter name="s">a b</parameter><parameter name="n">3</parameter>'],
  [
    "deepseek_xml",
    '<｜DSML｜parameter name="s" string="true">a b</｜DSML｜parameter><｜DSML｜parameter name="n" string="false">3</｜DSML｜parameter>',
  ],
  [
    "deepseek_v4_1_xml",
    '<｜DSML｜ parameter name="s" string="true">a b</｜DSML｜ parameter><｜DSML｜ parameter name="n" string="false">3</｜DSML｜ parameter>',
  ],
  ["glm_xml", "<arg_key>s</arg_key><arg_value>a b</arg_value><arg_key>n</arg_key><arg_value>3</arg_value>"],
  [
    "kimi_k3_xml",
    '<|open|>argument key="s" type="string"<|sep|>a b<|close|>argument<|sep|><|open|>argument key="n" type="number"<|sep|>3<|close|>argument<|sep|>',
  ],
] as const)("the notation %s is written out", (style, text) => {
  const format: StructuralFormat = { type: "json_schema", json_schema: parameters, style };
  const [whole, lowered] = [compileGrammar(tagOf(format)), ebnfOf(format)];
  const texts = [text, text.replace("3", "x"), text.slice(0, -1), text.slice(text.indexOf("3")), `${text}x`];
  expect(texts.map((each) => lowered.accepts(each))).toEqual([true, false, false, false, false]);
  expect(texts.map((each) => whole.accepts(each))).toEqual([true, false, false, false, false]);
});

test.each([
  [
    "cohere_xml",
    '<cofl:value name="s&amp;&quot;" type="raw">a b</cofl:value><cofl:value name="n" type="json">3</cofl:value>' +
      '<cofl:value name="o" type="dict"><cofl:value name="x" type="list"><cofl:value type="raw">Q</cofl:value></cofl:value></cofl:value>',
  ],
  [
    "minimax_m3_xml",
    ']<]minimax[>[<s&">a b]<]minimax[>[</s&">]<]minimax[>[<n>3]<]minimax[>[</n>' +
      "]<]minimax[>[<o>]<]minimax[>[<x>]<]minimax[>[<item>Q]<]minimax[>[</item>]<]minimax[>[</x>]<]minimax[>[</o>",
  ],
] as const)("the notation %s, whose values nest, is written out", (style, text) => {
  const inner = object({ x: { type: "array", items: { enum: ["Q", "R"] } } }, { required: ["x"] });
  const schema = object({ 's&"': { type: "string" }, n: { type: "integer" }, o: inner }, { required: ['s&"', "o"] });
  const format: StructuralFormat = { type: "json_schema", json_schema: schema, style };
  const [whole, lowered] = [compileGrammar(tagOf(format)), ebnfOf(format)];
  const without = text.replace(/n(?=>3|" type="json).*?(?=o>|o")/, "");
  const texts = [
    text,
    text.replace("Q", "R"),
    without,
    text.replace("3", "x"),
    text.replace("Q", "x"),
    text.slice(0, -1),
  ];
  const verdicts = [true, true, true, false, false, false];
  expect(texts.map((each) => whole.accepts(each))).toEqual(verdicts);
  expect(texts.map((each) => lowered.accepts(each))).toEqual(verdicts);
  const lark = compileGrammar({ lark: lower(tagOf(format), "lark").lowered });
  expect(texts.map((each) => lark.accepts(each))).toEqual(verdicts);
});

test.each([undefined, 2, 1])("a style with %s white space is not wider than the tag", (longest) => {
  const inner = object({ x: { type: "integer" } }, { required: ["x"] });
  const schema = object({ o: inner, b: { type: "boolean" }, z: { type: "null" } });
  const limit = longest === undefined ? {} : { max_whitespace_cnt: longest };
  const format: StructuralFormat = { type: "json_schema", json_schema: schema, style: "qwen_xml", ...limit };
  const parameter = (name: string, value: string): string => `<parameter=${name}>${value}</parameter>`;
  const spaced = [0, 1, 2, 3, 16, 17].map((count) => parameter("o", `{"x":${" ".repeat(count)}1}`));
  const words = ["true", "True", "False"].map((word) => parameter("b", word));
  const texts = [...spaced, ...words, parameter("z", "null"), parameter("z", "None")];
  const most = longest ?? 16;
  const verdicts = [...[0, 1, 2, 3, 16, 17].map((count) => count <= most), true, false, false, true, false];
  for (const grammar of [compileGrammar(tagOf(format)), ebnfOf(format)]) {
    expect(texts.map((each) => grammar.accepts(each))).toEqual(verdicts);
  }
});

test.each<JsonSchema>([{ type: "object" }, object({ any: {} })])(
  "minimax_m3_xml, whose closing tags say the names, takes none that is not declared: %j",
  (schema) => {
    expect(() => ebnfOf({ type: "json_schema", json_schema: schema, style: "minimax_m3_xml" })).toThrow(
      "names that the schema does not declare",
    );
  },
);

test.each<[JsonSchema, readonly string[], readonly string[]]>([
  [{ pattern: "^[a-z][a-z0-9-]*$", minLength: 2, maxLength: 4 }, ["ab", "a-9", "abcd"], ["a", "abcde", "", "9a"]],
  [{ pattern: "^[A-Z]{3}$", maxLength: 3 }, ["ABC"], ["AB", "ABCD"]],
  [{ pattern: "^(?:x+|y(?:ab)*|long)$", maxLength: 3 }, ["x", "xxx", "y", "yab"], ["xxxx", "yabab", "long", ""]],
  [{ pattern: "^\\u{1f600}*$", minLength: 1, maxLength: 2 }, ["😀", "😀😀"], ["", "😀😀😀"]],
  [{ format: "date", minLength: 5 }, ["2026-11-21"], ["2026"]],
])("a length beside a pattern is counted: %j", (schema, accepted, refused) => {
  const lowered = ebnfOf(schemaFormat({ type: "string", ...(schema as object) }));
  const whole = compileGrammar({ jsonSchema: { type: "string", ...(schema as object) } });
  for (const grammar of [whole, lowered]) {
    expect(accepted.filter((value) => !grammar.accepts(JSON.stringify(value)))).toEqual([]);
    expect(refused.filter((value) => grammar.accepts(JSON.stringify(value)))).toEqual([]);
  }
});

const circular: JsonSchema = object({ more: { $ref: "#" } });

test.each<[StructuralFormat, string]>([
  [
    { type: "json_schema", json_schema: circular, style: "cohere_xml" },
    "format.json_schema.properties.more.properties.more",
  ],
  [{ type: "json_schema", json_schema: true, any_order: true }, "format.any_order"],
  [{ type: "json_schema", json_schema: true, excludes: ["x"] }, "format.excludes"],
  [{ type: "any_text", max_tokens: 5 }, "format.max_tokens"],
  [{ type: "sequence", elements: [{ type: "token", token: 1 }] }, "format.elements[0]"],
  [{ type: "tag", begin: { type: "token", token: 1 }, content: { type: "any_text" }, end: "" }, "format.begin"],
  [{ type: "regex", pattern: "a\\b" }, "format.pattern"],
  [{ type: "regex", pattern: "(a" }, "format.pattern"],
  [{ type: "grammar", grammar: "root ::= other" }, "format.grammar"],
])("refuses %j by its path, as a node", (format, path) => {
  expect(() => lower(tagOf(format), "ebnf")).toThrow(`${path}: `);
});

test.each<[StructuralFormat, readonly string[], readonly string[]]>([
  [{ type: "regex", pattern: "^(?:a{2,3}|\\d+[^x-z]?)$" }, ["aa", "aaa", "12b"], ["a", "12x", ""]],
  [{ type: "regex", pattern: "\\u0041\\x42\\p{Lu}.\\s" }, ["ABÄ! "], ["ABä! ", "ABÄ\n "]],
  [
    { type: "grammar", grammar: 'root ::= text{2} | "x" # end\ntext ::= [^a-c\\]] "\\n"?' },
    ["x", "dd", "d\nd\n"],
    ["d", "ad", "]]"],
  ],
  [{ type: "any_text", excludes: ["aab", "é"], max_chars: 4 }, ["", "aaaa", "aaa", "ab"], ["aab", "é", "xxxxx"]],
  [
    {
      type: "dispatch",
      rules: [
        ["b", { type: "const_string", value: "1" }],
        ["ab", { type: "const_string", value: "2" }],
      ],
    },
    ["", "ab2", "b1xab2"],
    ["ab1", "b2"],
  ],
  [
    { type: "repeat", min: 2, max: -1, content: { type: "optional", content: { type: "const_string", value: "" } } },
    [""],
    ["a"],
  ],
])("%j", (format, accepted, refused) => {
  const grammar = ebnfOf(format);
  for (const text of accepted) expect(grammar.explain(text), text).toEqual({ ok: true });
  for (const text of refused) expect(grammar.accepts(text), text).toBe(false);
});
