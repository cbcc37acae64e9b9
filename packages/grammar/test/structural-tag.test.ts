import { describe, expect, it } from "vitest";
import { compileGrammar, GrammarError } from "../src/index.ts";

type Case = readonly [name: string, format: unknown, accepted: readonly string[], refused: readonly string[]];

const tag = (begin: string, content: unknown, end: unknown): unknown => ({ type: "tag", begin, content, end });
const word = (value: string): unknown => ({ type: "const_string", value });
const anyText = { type: "any_text" };
const schema = {
  type: "json_schema",
  json_schema: { type: "object", properties: { a: { type: "integer" } }, required: ["a"], additionalProperties: false },
};

function compile(format: unknown): ReturnType<typeof compileGrammar> {
  return compileGrammar({ type: "structural_tag", format } as Parameters<typeof compileGrammar>[0]);
}

const cases: readonly Case[] = [
  ["const_string", word("añ😀"), ["añ😀"], ["", "añ", "añ😀x"]],
  ["empty const_string", word(""), [""], ["x"]],
  [
    "json_schema",
    schema,
    ['{"a":1}', '{"a": -20}', '{\n  "a": 1\n}'],
    ["{}", '{"a":1.5}', '{"a":1,"b":2}', '{"a":1} '],
  ],
  ["max_whitespace_cnt 1", { ...schema, max_whitespace_cnt: 1 }, ['{"a":1}', '{ "a": 1 }'], ['{"a":  1}']],
  ["max_whitespace_cnt 3", { ...schema, max_whitespace_cnt: 3 }, ['{ \n "a"\t\t\t:   1}'], ['{    "a":1}', '{"a":1} ']],
  ["regex", { type: "regex", pattern: "a{2,3}|b+" }, ["aa", "aaa", "b", "bbbb"], ["a", "aaaa", "ab", ""]],
  ["any_text", anyText, ["", "x", "a\nb<tool>{}", "Grüße 😀"], []],
  [
    "any_text with excludes",
    { ...anyText, excludes: ["</a>", "STOP"] },
    ["</b>", "STO", "<</a", "STTOP"],
    ["x</a>", "STOP!", "</</a>"],
  ],
  ["max_chars", { ...anyText, max_chars: 3 }, ["", "abc", "ä😀é"], ["abcd"]],
  ["max_chars 0", { ...anyText, max_chars: 0 }, [""], ["a"]],
  ["max_tokens 0", { ...anyText, max_tokens: 0 }, [""], ["a"]],
  [
    "sequence",
    { type: "sequence", elements: [word("a"), anyText, word("z")] },
    ["az", "abcz", "azz"],
    ["a", "z", "azb"],
  ],
  ["or", { type: "or", elements: [word("a"), word("ab"), word("c")] }, ["a", "ab", "c"], ["", "b", "abc"]],
  ["optional", { type: "optional", content: word("a") }, ["", "a"], ["aa"]],
  ["plus", { type: "plus", content: word("ab") }, ["ab", "abab"], ["", "aba"]],
  ["star", { type: "star", content: word("ab") }, ["", "ab", "abab"], ["a"]],
  [
    "star of what may be empty",
    { type: "star", content: { type: "optional", content: word("a") } },
    ["", "a", "aaa"],
    ["b"],
  ],
  ["repeat", { type: "repeat", min: 2, max: 3, content: word("a") }, ["aa", "aaa"], ["a", "aaaa"]],
  ["repeat without end", { type: "repeat", min: 2, max: -1, content: word("a") }, ["aa", "aaaaaaa"], ["", "a"]],
  [
    "repeat of what may be empty",
    { type: "repeat", min: 3, max: 4, content: { type: "optional", content: word("a") } },
    ["", "a", "aaaa"],
    ["aaaaa"],
  ],
  ["tag", tag("<a>", schema, "</a>"), ['<a>{"a":1}</a>'], ['<a>{"a":1}', "<a></a>", '{"a":1}']],
  [
    "tag with several ends",
    tag("<a>", anyText, ["</a>", "</b>"]),
    ["<a>x</a>", "<a>x</b>", "<a><</b>"],
    ["<a>x</b></a>", "<a>x"],
  ],
  ["tag with an empty end", tag("<a>", word("x"), ["", "!"]), ["<a>x", "<a>x!"], ["<a>x!!"]],
  [
    "the nearest tag's end",
    tag("<a>", { type: "sequence", elements: [anyText, word("|"), anyText] }, "</a>"),
    ["<a>x|y</a>"],
    ["<a>x</a>|y</a>"],
  ],
  [
    "triggered_tags",
    {
      type: "triggered_tags",
      triggers: ["<f="],
      tags: [tag("<f=one>", word("1"), "</f>"), tag("<f=two>", word("2"), "</f>")],
    },
    ["", "text", "<f=one>1</f>", "a<f=two>2</f>b<f=one>1</f>c", "<<f=one>1</f>", "<f"],
    ["<f=one>2</f>", "<f=three>", "<f=x", "a<f=one>1"],
  ],
  [
    "triggered_tags, at least one",
    { type: "triggered_tags", triggers: ["<f"], tags: [tag("<f>", word("1"), "</f>")], at_least_one: true },
    ["<f>1</f>", "<f>1</f> and <f>1</f>"],
    ["", "a<f>1</f>"],
  ],
  [
    "triggered_tags, only the first",
    { type: "triggered_tags", triggers: ["<f"], tags: [tag("<f>", word("1"), "</f>")], stop_after_first: true },
    ["", "a", "a<f>1</f>"],
    ["a<f>1</f>b"],
  ],
  [
    "triggered_tags, exactly one",
    {
      type: "triggered_tags",
      triggers: ["<f"],
      tags: [tag("<f>", word("1"), "</f>")],
      stop_after_first: true,
      at_least_one: true,
    },
    ["<f>1</f>"],
    ["", "a<f>1</f>", "<f>1</f>a"],
  ],
  [
    "triggered_tags with excludes, in a tag",
    tag("[", { type: "triggered_tags", triggers: ["<f"], tags: [tag("<f>", anyText, "</f>")], excludes: ["bad"] }, "]"),
    ["[ok]", "[a<f>bad]</f>b]"],
    ["[bad]", "[a]b]"],
  ],
  [
    "tags_with_separator",
    { type: "tags_with_separator", tags: [tag("a", word("1"), ";"), tag("b", word("2"), ";")], separator: "," },
    ["", "a1;", "a1;,b2;,a1;"],
    ["a1;,", ",a1;", "a1;b2;"],
  ],
  [
    "tags_with_separator, at least one",
    { type: "tags_with_separator", tags: [tag("a", word("1"), ";")], separator: "", at_least_one: true },
    ["a1;", "a1;a1;"],
    [""],
  ],
  [
    "tags_with_separator, only the first",
    { type: "tags_with_separator", tags: [tag("a", word("1"), ";")], separator: ",", stop_after_first: true },
    ["", "a1;"],
    ["a1;,a1;"],
  ],
  [
    "dispatch",
    {
      type: "dispatch",
      rules: [
        ["<a>", word("1")],
        ["<b>", word("2")],
      ],
      excludes: ["END"],
    },
    ["", "x<a>1y<b>2z", "<a>1<a>1", "EN"],
    ["<a>2", "x<b>", "END"],
  ],
  [
    "dispatch without a loop",
    { type: "dispatch", rules: [["<a>", word("1")]], loop: false },
    ["x<a>1", "x"],
    ["<a>1x"],
  ],
  [
    "triggers that end in one another",
    {
      type: "dispatch",
      rules: [
        ["b", word("1")],
        ["ab", word("2")],
      ],
    },
    ["ab2", "b1", "aab2"],
    ["ab1"],
  ],
];

describe("structural tag", () => {
  it.each(cases)("%s", (_name, format, accepted, refused) => {
    const grammar = compile(format);
    for (const text of accepted) expect(grammar.explain(text), text).toEqual({ ok: true });
    for (const text of refused) expect(grammar.accepts(text), text).toBe(false);
  });

  it.each(cases)("%s: generates its own sentences", (_name, format) => {
    const grammar = compile(format);
    let seed = 1;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 20; i++) {
      const text = grammar.generate(random, { size: 60 });
      expect(grammar.explain(text), text).toEqual({ ok: true });
    }
  });

  it.each([
    [{ type: "token", token: 3 }, "format", "token"],
    [{ type: "sequence", elements: [word("a"), { type: "any_tokens" }] }, "format.elements[1]", "any_tokens"],
    [{ type: "exclude_token" }, "format", "exclude_token"],
    [
      { type: "token_triggered_tags", trigger_tokens: [1], tags: [tag("a", anyText, "b")] },
      "format",
      "token_triggered_tags",
    ],
    [{ type: "token_dispatch", rules: [] }, "format", "token_dispatch"],
    [{ type: "tag", begin: { type: "token", token: 1 }, content: anyText, end: "x" }, "format.begin", "token"],
    [{ type: "tag", begin: "x", content: anyText, end: { type: "token", token: 1 } }, "format.end", "token"],
    [{ type: "regex", pattern: "a(?=a)" }, "format.pattern", "regex"],
    [
      tag("a", { type: "json_schema", json_schema: { uniqueItems: true } }, "b"),
      "format.content.json_schema",
      "uniqueItems",
    ],
  ])("refuses %j by name", (format, path, keyword) => {
    try {
      compile(format);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GrammarError);
      expect((error as GrammarError).path).toBe(path);
      expect((error as GrammarError).keyword).toBe(keyword);
    }
  });

  it("holds a long text beside others", () => {
    const long = "x".repeat(300_000);
    const grammar = compile({ type: "sequence", elements: [word("a"), word(long), word("b")] });
    expect(grammar.accepts(`a${long}b`)).toBe(true);
    expect(grammar.accepts(`a${long}`)).toBe(false);
  });

  it("says that a budget of tokens is not counted in texts", () => {
    expect(compile({ ...anyText, max_tokens: 5 }).relaxed).toEqual([{ path: "format", keyword: "max_tokens" }]);
  });
});

describe("excludes of json_schema", () => {
  const excluding = (style: string): ReturnType<typeof compileGrammar> =>
    compile({
      type: "json_schema",
      json_schema: { properties: { a: { type: "string" }, p: { pattern: "^<" }, e: { enum: ["</x>", "y"] } } },
      style,
      excludes: ["</x>", "é"],
    });

  it("keeps texts out of strings and keys as they are written, patterned ones aside", () => {
    const grammar = excluding("json");
    for (const text of [
      '{"a":"<x>"}',
      '{"a":"<\\/x>"}',
      '{"a":"</x","z":">"}',
      '{"p":"</x>"}',
      '{"e":"y"}',
      '{"a":"\\u00e9"}',
    ])
      expect(grammar.explain(text), text).toEqual({ ok: true });
    for (const text of ['{"a":"</x>"}', '{"</x>":1}', '{"e":"</x>"}', '{"a":"é"}', '{"z":["</x>"]}'])
      expect(grammar.accepts(text), text).toBe(false);
  });

  it("and out of parameters", () => {
    const grammar = excluding("qwen_xml");
    expect(grammar.accepts("<parameter=a><x></parameter>")).toBe(true);
    expect(grammar.accepts("<parameter=a></x></parameter>")).toBe(false);
    expect(() => excluding("cohere_xml")).toThrow(GrammarError);
  });
});
