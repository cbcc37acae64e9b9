import { describe, expect, it } from "vitest";
import { compileGrammar, type Grammar, GrammarError } from "../src/index.ts";

function ebnf(grammar: string): Grammar {
  return compileGrammar({ type: "structural_tag", format: { type: "grammar", grammar } });
}

const arithmetic = `
# sums of products
root  ::= term ("+" term)*
term  ::= factor ("*" factor)*   # a comment
factor ::= [0-9]+ | "(" root ")"
`;

const cases: readonly (readonly [
  name: string,
  grammar: string,
  accepted: readonly string[],
  refused: readonly string[],
])[] = [
  ["arithmetic", arithmetic, ["1", "1+2*3", "((1))*20+(3)"], ["", "1+", "(1", "1 + 2"]],
  ["literals and escapes", 'root ::= "a\\"\\n\\u00e9\\x41" | "\\\\"', ['a"\néA', "\\"], ["a"]],
  ["classes", "root ::= [a-c\\]\\-x] [^a-c\\n] .", ["]zé", "-x\n", "xx😀"], ["dzz", "aaz", "a\nz"]],
  ["counts", 'root ::= "a"{2} [b]{1,2} ("c" | "d"){2,}', ["aabcd", "aabbcdc"], ["abcc", "aabbbcc", "aabc"]],
  ["an optional rule", 'root ::= a? b*\na ::= "x"\nb ::= "y"', ["", "x", "xyy", "y"], ["xx"]],
  ["rules over several lines", 'root ::= "a"\n  | "b"\n  other\nother ::= "c"', ["a", "bc"], ["b", "c"]],
  ["an empty rule", 'root ::= "a" nothing "b"\nnothing ::= ""', ["ab"], ["a"]],
  ["right recursion", 'root ::= "a" root | "b"', ["b", "aaab"], ["aaa", ""]],
];

describe("EBNF", () => {
  it.each(cases)("%s", (_name, grammar, accepted, refused) => {
    const compiled = ebnf(grammar);
    for (const text of accepted) expect(compiled.explain(text), text).toEqual({ ok: true });
    for (const text of refused) expect(compiled.accepts(text), text).toBe(false);
    let seed = 3;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 20; i++) {
      const text = compiled.generate(random, { size: 60 });
      expect(compiled.accepts(text), text).toBe(true);
    }
  });

  it.each([
    ['root ::= root "a" | "b"', "left recursion"],
    ['root ::= a "x"\na ::= b? root\nb ::= "b"', "left recursion"],
    ['start ::= "a"', "no rule root"],
    ["root ::= other", "other is not defined"],
    ['root ::= "a', "not closed, on line 1"],
    ['root ::= "a"\nroot ::= "b"', "defined twice"],
    ['root ::= ("a"', '")" is expected'],
    ['root ::= "a" (="b")', "look-ahead"],
    ['root ::= TagDispatch(("a", b))', "TagDispatch(…) is not read"],
    ["root ::= [b-a]", "out of order"],
    ['"a" ::= "b"', "the name of a rule is expected"],
  ])("refuses %j", (grammar, reason) => {
    expect(() => ebnf(grammar)).toThrow(GrammarError);
    expect(() => ebnf(grammar)).toThrow(reason);
  });

  it("reads long texts of a class in one thread", () => {
    const matcher = ebnf('root ::= "<" [a-z ]* ">"').matcher();
    expect(matcher.push(`<${"abc ".repeat(25_000)}`)).toBe(true);
    expect(matcher.width).toBeLessThan(4);
  });
});
