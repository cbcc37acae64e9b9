import { describe, expect, it } from "vitest";
import { compileGrammar, type Grammar, GrammarError } from "../src/index.ts";

const schema = {
  type: "object",
  properties: {
    city: { type: "string" },
    days: { type: "integer", minimum: 1 },
    unit: { enum: ["C", "F"] },
    deep: { type: "object", properties: { on: { type: "boolean" } }, required: ["on"], additionalProperties: false },
    list: { type: "array", items: { type: "string" }, maxItems: 2 },
    code: { type: "string", pattern: "^[a-z]+$", maxLength: 3 },
    maybe: { anyOf: [{ type: "integer" }, { type: "null" }] },
  },
  required: ["city"],
  additionalProperties: false,
};

function styled(style: string, json_schema: unknown = schema, more: object = {}): Grammar {
  return compileGrammar({
    type: "structural_tag",
    format: { type: "json_schema", style, json_schema, ...more },
  } as Parameters<typeof compileGrammar>[0]);
}

const cases: readonly (readonly [style: string, accepted: readonly string[], refused: readonly string[]])[] = [
  [
    "qwen_xml",
    [
      "<parameter=city>Bern</parameter>",
      "<parameter=city>\nSt. Gallen <b>\n\n</parameter>\n<parameter=days>\n3\n</parameter>\n",
      '<parameter=city></parameter><parameter=unit>C</parameter><parameter=deep>{"on": true}</parameter><parameter=list>["a"]</parameter>',
      "<parameter=city>x</parameter><parameter=code>\nabc\n</parameter><parameter=maybe>null</parameter>",
    ],
    [
      "",
      "<parameter=days>3</parameter>",
      "<parameter=city>x</parameter><parameter=days>0</parameter>",
      "<parameter=city>x</parameter><parameter=days>three</parameter>",
      "<parameter=city>x</parameter><parameter=unit>K</parameter>",
      '<parameter=city>x</parameter><parameter=unit>"C"</parameter>',
      "<parameter=city>x</parameter><parameter=deep>{}</parameter>",
      "<parameter=city>x</parameter><parameter=code>abcd</parameter>",
      "<parameter=city>x</parameter><parameter=nope>1</parameter>",
      "<parameter=city>x</parameter><parameter=city>y</parameter>",
      "<parameter=city>x",
    ],
  ],
  [
    "minimax_xml",
    ['<parameter name="city">x</parameter>\n<parameter name="days">3</parameter>'],
    ["<parameter=city>x</parameter>"],
  ],
  [
    "deepseek_xml",
    [
      '<｜DSML｜parameter name="city" string="true">x</｜DSML｜parameter>\n<｜DSML｜parameter name="days" string="false">3</｜DSML｜parameter>',
    ],
    [
      '<｜DSML｜parameter name="city" string="false">x</｜DSML｜parameter>',
      '<｜DSML｜ parameter name="city" string="true">x</｜DSML｜ parameter>',
      '<｜DSML｜parameter name="city" string="true">x</｜DSML｜parameter><｜DSML｜parameter name="unit" string="true"> C</｜DSML｜parameter>',
    ],
  ],
  [
    "deepseek_v4_1_xml",
    ['<｜DSML｜ parameter name="city" string="true">x</｜DSML｜ parameter>'],
    ['<｜DSML｜parameter name="city" string="true">x</｜DSML｜parameter>'],
  ],
  [
    "glm_xml",
    ["<arg_key>city</arg_key>\n<arg_value>x</arg_value>\n<arg_key>days</arg_key><arg_value>3</arg_value>"],
    ["<arg_key>city</arg_key><arg_value>x", "<arg_key>town</arg_key><arg_value>x</arg_value>"],
  ],
  [
    "kimi_k3_xml",
    [
      '<|open|>argument key="city" type="string"<|sep|>x<|close|>argument<|sep|>',
      '<|open|>argument key="city" type="string"<|sep|>x<|close|>argument<|sep|><|open|>argument key="days" type="number"<|sep|>3<|close|>argument<|sep|>',
    ],
    ['<|open|>argument key="city" type="number"<|sep|>3<|close|>argument<|sep|>'],
  ],
  [
    "cohere_xml",
    [
      '<cofl:value name="city" type="raw">x</cofl:value>',
      '<cofl:value name="city" type="raw">x</cofl:value><cofl:value name="days" type="json">3</cofl:value>' +
        '<cofl:value name="deep" type="dict"><cofl:value name="on" type="json">true</cofl:value></cofl:value>' +
        '<cofl:value name="list" type="list"><cofl:value type="raw">a</cofl:value><cofl:value type="raw">b</cofl:value></cofl:value>',
    ],
    [
      '<cofl:value name="city" type="json">"x"</cofl:value>',
      '<cofl:value name="city" type="raw">x</cofl:value><cofl:value name="deep" type="dict"></cofl:value>',
      '<cofl:value name="city" type="raw">x</cofl:value><cofl:value name="deep" type="json">{"on":true}</cofl:value>',
      '<cofl:value name="city" type="raw">x</cofl:value><cofl:value name="list" type="list"><cofl:value type="raw">a</cofl:value> <cofl:value type="raw">b</cofl:value></cofl:value>',
    ],
  ],
  [
    "minimax_m3_xml",
    [
      "]<]minimax[>[<city>x]<]minimax[>[</city>",
      "]<]minimax[>[<city>x]<]minimax[>[</city>\n]<]minimax[>[<deep>]<]minimax[>[<on>true]<]minimax[>[</on>]<]minimax[>[</deep>" +
        "]<]minimax[>[<list>]<]minimax[>[<item>a]<]minimax[>[</item>]<]minimax[>[</list>",
    ],
    [
      "]<]minimax[>[<city>x]<]minimax[>[</town>",
      "]<]minimax[>[<deep>]<]minimax[>[</deep>",
      "]<]minimax[>[<city>x]<]minimax[>[</city>]<]minimax[>[<days> 3]<]minimax[>[</days>",
      "]<]minimax[>[<city>x]<]minimax[>[</city>]<]minimax[>[<unit>C ]<]minimax[>[</unit>",
    ],
  ],
];

describe("arguments in tags", () => {
  it.each(cases)("%s", (style, accepted, refused) => {
    const grammar = styled(style);
    for (const text of accepted) expect(grammar.explain(text), text).toEqual({ ok: true });
    for (const text of refused) expect(grammar.accepts(text), text).toBe(false);
  });

  it.each(cases)("%s generates its own sentences, of free-form objects too", (style) => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (const each of [
      schema,
      true,
      { type: "object" },
      { properties: { a: true, b: { type: ["string", "integer"] } } },
    ]) {
      const grammar = styled(style, each);
      for (let i = 0; i < 15; i++) {
        const text = grammar.generate(random, { size: 80 });
        expect(grammar.explain(text), text).toEqual({ ok: true });
      }
    }
  });

  it("a value of any type is the text between the tags", () => {
    const grammar = styled("qwen_xml", true);
    expect(grammar.accepts('<parameter=a>{"x": 1</parameter><parameter=b_2>anything</parameter>')).toBe(true);
    expect(grammar.accepts("<parameter=a b>x</parameter>")).toBe(false);
  });

  it("a notation that tells text from JSON keeps them apart", () => {
    const grammar = styled("deepseek_xml", { properties: { v: { type: ["string", "integer"] } } });
    const wrap = (flag: string, value: string): string =>
      `<｜DSML｜parameter name="v" string="${flag}">${value}</｜DSML｜parameter>`;
    expect(grammar.accepts(wrap("true", "abc"))).toBe(true);
    expect(grammar.accepts(wrap("false", "12"))).toBe(true);
    expect(grammar.accepts(wrap("false", "abc"))).toBe(false);
  });

  it("any_order still wants the required ones, once", () => {
    const grammar = styled("qwen_xml", schema, { any_order: true });
    expect(grammar.accepts("<parameter=days>3</parameter><parameter=city>x</parameter>")).toBe(true);
    expect(grammar.accepts("<parameter=days>3</parameter>")).toBe(false);
    expect(grammar.accepts("<parameter=city>x</parameter><parameter=city>x</parameter>")).toBe(false);
  });

  it("qwen_xml_parameter is json_schema in that style", () => {
    const grammar = compileGrammar({
      type: "structural_tag",
      format: { type: "qwen_xml_parameter", json_schema: schema },
    });
    expect(grammar.accepts("<parameter=city>Bern</parameter>")).toBe(true);
  });

  it("refuses a key that the notation can't hold, and arguments that are no object", () => {
    expect(() => styled("qwen_xml", { properties: { "a>b": {} }, required: ["a>b"] })).toThrow(GrammarError);
    expect(() => styled("qwen_xml", { type: "string" })).toThrow(GrammarError);
  });
});

describe("keys with characters that can't stand in their attribute", () => {
  const named = {
    type: "object",
    properties: { 'a&"b': { type: "string" }, "a&": { type: "integer" }, "<c>": { type: "boolean" } },
    required: ['a&"b'],
    additionalProperties: false,
  };

  it("are escaped in kimi_k3_xml", () => {
    const grammar = styled("kimi_k3_xml", named);
    const argument = (key: string, type: string, value: string): string =>
      `<|open|>argument key="${key}" type="${type}"<|sep|>${value}<|close|>argument<|sep|>`;
    const first = argument("a&amp;&quot;b", "string", "x");
    const accepted = [first, first + argument("a&amp;", "integer", "3") + argument("<c>", "boolean", "true")];
    expect(accepted.filter((text) => !grammar.accepts(text))).toEqual([]);
    const keys = ['a&"b', 'a&amp;"b', "a&&quot;b", "a&am;&quot;b", "a&amp;&quot;", "a&amp;amp;&quot;b", "a"];
    expect(keys.filter((key) => grammar.accepts(argument(key, "string", "x")))).toEqual([]);
    const random = () => 0.3;
    expect(grammar.accepts(grammar.generate(random))).toBe(true);
  });

  it("are escaped in cohere_xml", () => {
    const grammar = styled("cohere_xml", named);
    const value = (key: string, type: string, text: string): string =>
      `<cofl:value name="${key}" type="${type}">${text}</cofl:value>`;
    const first = value("a&amp;&quot;b", "raw", "x");
    expect([first, first + value("&lt;c&gt;", "json", "true")].filter((text) => !grammar.accepts(text))).toEqual([]);
    expect([first + value("<c>", "json", "true"), value('a&"b', "raw", "x")].filter(grammar.accepts)).toEqual([]);
  });
});
