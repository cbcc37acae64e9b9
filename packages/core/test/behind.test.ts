import { compileGrammar } from "@glossa/grammar";
import { describe, expect, it } from "vitest";
import {
  behind,
  constrain,
  getFormat,
  lower,
  LoweringError,
  type ConstrainRequest,
  type StructuralTag,
} from "../src/index.ts";

const weather = {
  name: "get_weather",
  strict: true,
  parameters: {
    type: "object",
    properties: {
      city: { type: "string", maxLength: 9 },
      days: { type: "integer", minimum: 1, maximum: 14 },
      units: { enum: ["metric", "US"] },
      places: { type: "array", items: { type: "string", pattern: "^[a-zé]+$" }, maxItems: 3 },
    },
    required: ["city"],
    additionalProperties: false,
  },
} as const;

const answer = (request: ConstrainRequest["responseFormat"]): ConstrainRequest => ({
  reasoning: "off",
  responseFormat: request!,
});

const requests: readonly (readonly [name: string, format: string, request: ConstrainRequest])[] = [
  ["an answer by a schema", "hermes", answer({ type: "json_schema", schema: weather.parameters })],
  ["one of several", "hermes", answer({ type: "choice", choices: ["yes", "yellow", "no"] })],
  ["one of several, or none", "hermes", answer({ type: "choice", choices: ["yes", "", "no"] })],
  ["a pattern", "hermes", answer({ type: "regex", pattern: "[a-z]{3}(-\\d{2,4})*|😀+x" })],
  ["a grammar", "hermes", answer({ type: "grammar", grammar: 'root ::= "(" root ")" | [0-9]{1,3} | ""' })],
  ["calls in JSON", "hermes", { tools: [weather], reasoning: "off" }],
  ["a call that is required", "qwen3", { tools: [weather], toolChoice: "required", reasoning: "off" }],
  ["reasoning, then an answer", "qwen3", { responseFormat: { type: "json_object" }, reasoning: "open" }],
  ["calls in tags", "qwen3_coder", { tools: [weather], toolChoice: "required", preamble: false }],
  ["calls in Python", "pythonic", { tools: [weather], toolChoice: "required", preamble: false }],
];

/** As many as are asked for, the same each time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const tagOf = (format: string, request: ConstrainRequest): StructuralTag =>
  constrain(getFormat(format), { maxWhiteSpace: 2, ...request }).structuralTag!;

/** What may be narrower as a grammar of rules is no part of this: it is what the rest is a rest of. */
const grammarOf = (tag: StructuralTag): ReturnType<typeof compileGrammar> =>
  compileGrammar({ ebnf: lower(tag, "ebnf").lowered });

describe.each(requests)("%s", (_, format, request) => {
  it("may go on behind any of its beginnings as it might have gone on there", () => {
    const tag = tagOf(format, request);
    const whole = grammarOf(tag);
    const random = randomNumbers(3);
    const texts = Array.from({ length: 12 }, () => whole.generate(random));
    for (const text of texts) {
      const characters = [...text];
      const at = Math.floor(random() * (characters.length + 1));
      const written = characters.slice(0, at).join("");
      const rest = behind(tag, written);
      expect([written, rest === undefined]).toEqual([written, false]);
      const left = compileGrammar(rest!);
      expect(left.accepts(characters.slice(at).join(""))).toBe(true);
      for (const other of texts) {
        const end = [...other].slice(Math.floor(random() * other.length)).join("");
        expect([written, end, left.accepts(end)]).toEqual([written, end, whole.accepts(written + end)]);
      }
    }
  });
});

describe("the tag behind what is written", () => {
  const schema = tagOf("hermes", answer({ type: "json_schema", schema: weather.parameters }));

  it("is none where no text of it begins like that", () => {
    expect(behind(schema, '{"town": "')).toBeUndefined();
    expect(behind(schema, "The answer")).toBeUndefined();
    expect(behind(schema, '{"city": "Bern"} ')).toBeUndefined();
  });

  it("is the empty text where all is written", () => {
    const grammar = compileGrammar(behind(schema, '{"city": "Bern"}')!);
    expect([grammar.accepts(""), grammar.accepts(" ")]).toEqual([true, false]);
  });

  it("is itself where nothing, or nothing but free text, is written", () => {
    const tag = tagOf("hermes", { tools: [weather], reasoning: "off" });
    expect(behind(schema, "")).toBe(schema);
    expect(behind(tag, "I look it up. <tool")).not.toBe(tag);
    expect(behind(tag, "I look it up. <tool>")).toBe(tag);
    const rest = compileGrammar(behind(tag, "I look it up. <tool")!);
    const call = '_call>\n{"name": "get_weather", "arguments": {"city": "Bern"}}\n</tool_call>';
    expect([rest.accepts(call), rest.accepts(call.replace("city", "town")), rest.accepts(" is what I use")]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it("goes into other engines' languages", () => {
    const rest = behind(schema, '{"city": "Bern", "da')!;
    const [good, bad] = ['ys": 3}', 'ys": 30}'];
    const lark = compileGrammar({ lark: lower(rest, "lark").lowered });
    const gbnf = compileGrammar({ ebnf: lower(rest, "gbnf").lowered.grammar });
    expect([lark, gbnf].map((grammar) => [grammar.accepts(good), grammar.accepts(bad)])).toEqual([
      [true, false],
      [true, false],
    ]);
  });

  it("is refused where the tag is no grammar of rules", () => {
    const tag = tagOf("hermes", answer({ type: "json_schema", schema: { type: "array", uniqueItems: true } }));
    expect(() => behind(tag, "[")).toThrow(LoweringError);
  });
});
