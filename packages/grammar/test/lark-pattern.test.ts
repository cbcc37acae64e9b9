import { describe, expect, it } from "vitest";
import { compileGrammar, GrammarError, larkPattern, rustPattern } from "../src/index.ts";
import { randomSource } from "./vocabularies.ts";

type Texts = readonly string[];

/** A grammar such as agents give for patches of files, in words of our own. */
const changes = `start: "BEGIN" LF change+ "END" LF?
change: added | removed | ("edit " path LF line+)
added: "add " path LF ("+" /(.*)/ LF -> line)+
removed: "remove " path LF
path: /(.+)/
line: ("+" | "-" | " ") /(.*)/ LF
%import common.LF`;

const cases: readonly (readonly [name: string, lark: string, accepted: Texts, refused: Texts])[] = [
  [
    "changes of files",
    changes,
    ["BEGIN\nremove a b.ts\nEND", 'BEGIN\nadd ü\n+\n+"x" < \\\nedit 😀\n-a\n+b\nEND\n'],
    ["BEGIN\nEND", "BEGIN\nadd a\n-b\nEND", "BEGIN\nedit a\nEND", "BEGIN\nremove \nEND"],
  ],
  ["left recursion at the beginning", 'start: start "," W | W\nW: /[a-z]+/', ["a", "ab,c,de"], ["", "a,", "A"]],
  ["what is ignored", 'start: "a" "b"\n%ignore / +/', ["ab", "a  b "], [" ab", "a\tb"]],
  ["marks of patterns", 'start: "a.b*(c)[d]{2}^$|\\\\/" "-]"', ["a.b*(c)[d]{2}^$|\\/-]"], ["axb"]],
  ["classes", 'start: /[^a-c\\]\\\\-]/ "x".."z"', ["dx", "😀z"], ["ax", "]x", "-x", "dw"]],
  ["strings without case", 'start: "ok"i', ["ok", "OK", "oK"], ["o"]],
  ["counts", 'start: "a"~2 ("b" "c")~1..2 "d"* "e"+ ["f"]', ["aabce", "aabcbcddeef"], ["abce", "aabcbcbce"]],
  ["a choice in a sequence, an empty one", 'start: ("a" | "b") "c" |', ["ac", "bc", ""], ["a", "c"]],
  ["lines", "start: /[ \\t]*/ /\\r?\\n/ /(?s:.)+/", [" \n\n", "\r\nx"], ["x\ny", "\n"]],
];

describe("a Lark grammar as a pattern", () => {
  it.each(cases)("%s", (_, lark, accepted, refused) => {
    const pattern = larkPattern(lark);
    const ours = compileGrammar({ jsonSchema: { type: "string", pattern } });
    const theirs = new RegExp(pattern, "u");
    for (const text of accepted)
      expect([text, theirs.test(text), ours.accepts(JSON.stringify(text))]).toEqual([text, true, true]);
    for (const text of refused)
      expect([text, theirs.test(text), ours.accepts(JSON.stringify(text))]).toEqual([text, false, false]);
    const grammar = compileGrammar({ lark });
    const random = randomSource(7);
    for (let count = 0; count < 50; count++) expect(grammar.generate(random)).toMatch(theirs);
  });

  it.each([
    ["recursion", 'start: "(" start ")" | "x"', "start: it holds itself"],
    ["no start", 'a: "x"', "no rule of this name"],
    ["a schema", 'start: %json {"type": "null"}', "no pattern can say it"],
    ["what another is not", "start: A\nA: ~/x/", "no pattern can say it"],
    ["a rule that ends early", 'start[lazy]: /a*/ "b"', "no pattern ends a text early"],
    ["an unknown name", "start: b", "not defined"],
    ["too much when written out", `start: ${"x".repeat(1)}\n${doublings(16)}`, "too long"],
  ])("%s is refused", (_, lark, why) => {
    expect(() => larkPattern(lark)).toThrow(GrammarError);
    expect(() => larkPattern(lark)).toThrow(why);
  });
});

/** Each rule is twice the next one. */
function doublings(count: number): string {
  const names = Array.from({ length: count }, (_, index) => `x${index}`);
  const rules = names.map(
    (name, index) => `${name}: ${names[index + 1] ? `${names[index + 1]} ${names[index + 1]}` : '"ab"'}`,
  );
  return ["x: x0 x0", ...rules].join("\n");
}

it("a pattern of Rust's matches the whole text", () => {
  const pattern = new RegExp(rustPattern("(?i)v\\d{1,2}|\\x{41}"), "u");
  expect(["v1", "V12", "a", "xv1", "v123"].map((text) => pattern.test(text))).toEqual([true, true, true, false, false]);
  expect(() => rustPattern("^a$")).toThrow(GrammarError);
});
