import type { StructuralTag } from "@glossa/core";
import { describe, expect, it } from "vitest";
import {
  compileTokenGrammar,
  type GrammarInput,
  tokenizerVocabulary,
  type TokenMatcher,
  type Vocabulary,
} from "../src/index.ts";
import { byteLevelFile, idsIn, isSet, randomSource, vocabularies } from "./vocabularies.ts";

function tag(format: StructuralTag["format"]): StructuralTag {
  return { type: "structural_tag", format };
}

const weather = {
  type: "object",
  properties: {
    city: { type: "string" },
    days: { type: "integer", minimum: 1, maximum: 14 },
    'a"b': { enum: ["x", "yé"] },
  },
  required: ["city"],
};

const grammars: Readonly<Record<string, GrammarInput>> = {
  "a closed object": { jsonSchema: { ...weather, additionalProperties: false } },
  "an open object": { jsonSchema: weather },
  "any value": { jsonSchema: true },
  "lengths and patterns": {
    jsonSchema: {
      type: "array",
      items: {
        anyOf: [
          { type: "string", minLength: 2, maxLength: 5 },
          { type: "string", pattern: "^[a-z0-9-]+$", maxLength: 60 },
          { type: "string", pattern: "ing" },
        ],
      },
    },
  },
  "items that differ, and items that are counted": {
    jsonSchema: {
      type: "object",
      properties: {
        tags: {
          type: "array",
          uniqueItems: true,
          items: { anyOf: [{ enum: ["the", "en", 1] }, { type: "string", maxLength: 4 }] },
        },
        votes: { type: "array", items: { type: ["string", "boolean"] }, contains: { const: true }, maxContains: 2 },
      },
      required: ["tags", "votes"],
      additionalProperties: false,
    },
  },
  "formats, a look-ahead, what is left out": {
    jsonSchema: {
      type: "array",
      items: {
        anyOf: [
          { type: "string", format: "date-time" },
          { type: "string", format: "email" },
          { type: "string", pattern: "^(?!the)[a-z]{2,6}$" },
          { type: "integer", not: { enum: [3, 14] }, minimum: 0 },
        ],
      },
    },
  },
  "a number of properties": {
    jsonSchema: {
      type: "object",
      properties: { n: { type: "number" } },
      minProperties: 2,
      additionalProperties: { type: "boolean" },
    },
  },
  "keys by pattern": {
    jsonSchema: {
      type: "object",
      properties: { name: true },
      patternProperties: { "^x": { type: "string", maxLength: 3 }, ty$: { type: "integer" } },
      additionalProperties: { type: "null" },
      propertyNames: { maxLength: 9 },
    },
  },
  recursion: {
    jsonSchema: {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          anyOf: [
            {
              type: "object",
              properties: { name: { type: "string" }, city: { $ref: "#/$defs/node" } },
              required: ["name"],
            },
            { type: "array", items: { $ref: "#/$defs/node" }, maxItems: 3 },
          ],
        },
      },
    },
  },
  "a regular expression": { regex: "(the|a)( [a-z]+é?){1,4}[.!]( 中|😀)*" },
  "free text and calls": tag({
    type: "sequence",
    elements: [
      {
        type: "optional",
        content: {
          type: "tag",
          begin: "<think>",
          content: { type: "any_text", excludes: ["<tool_call>"] },
          end: "</think>",
        },
      },
      {
        type: "triggered_tags",
        triggers: ["<tool_call>", "[call"],
        tags: [
          {
            type: "tag",
            begin: '<tool_call>\n{"name": "x", "arguments": ',
            content: { type: "json_schema", json_schema: weather, max_whitespace_cnt: 2 },
            end: "}\n</tool_call>",
          },
          { type: "tag", begin: "[call the]", content: { type: "any_text" }, end: ["[/call]", ";"] },
        ],
        excludes: ["</think>"],
      },
    ],
  }),
  "arguments in tags": tag({
    type: "tag",
    begin: "<function=f>",
    content: {
      type: "json_schema",
      style: "qwen_xml",
      json_schema: {
        type: "object",
        properties: { name: { type: "string" }, n: { type: "number" }, city: { enum: ["the city", "en"] } },
        required: ["name"],
      },
    },
    end: "</function>",
  }),
  "counted tokens": tag({
    type: "sequence",
    elements: [
      { type: "const_string", value: "the" },
      { type: "any_text", max_tokens: 3, excludes: ["ing"] },
      { type: "const_string", value: "</x>" },
      { type: "any_text", max_tokens: 1 },
    ],
  }),
  tokens: tag({
    type: "sequence",
    elements: [
      { type: "any_tokens", max_tokens: 3, exclude_tokens: [" the", "<think>"] },
      { type: "token", token: "<|open|>" },
      {
        type: "token_triggered_tags",
        trigger_tokens: ["<|call|>"],
        exclude_tokens: ["<think>"],
        tags: [
          {
            type: "tag",
            begin: { type: "token", token: "<|call|>" },
            content: { type: "sequence", elements: [{ type: "regex", pattern: "[a-e]*" }, { type: "any_tokens" }] },
            end: { type: "token", token: "." },
          },
        ],
      },
    ],
  }),
};

/** A token of the mask; rather one that closes something, so that a walk comes around. */
function draw(matcher: TokenMatcher, vocabulary: Vocabulary, random: () => number): number | undefined {
  const allowed = idsIn(matcher.mask(), vocabulary.size);
  const closing = allowed.filter((id) => /["}\]<>;]/.test(vocabulary.key(id)) || vocabulary.isSpecial(id));
  const from = closing.length > 0 && random() < 0.4 ? closing : allowed;
  return from[Math.floor(random() * from.length)];
}

describe.each(Object.entries(vocabularies))("masks over the %s vocabulary", (_name, vocabulary) => {
  it.each(Object.entries(grammars))("allow what is accepted and nothing else: %s", (_of, input) => {
    const grammar = compileTokenGrammar(input, vocabulary);
    const random = randomSource(3);
    for (let walk = 0; walk < 3; walk++) {
      const matcher = grammar.matcher();
      for (let length = 0; length < 30 && !matcher.isEnded; length++) {
        const mask = matcher.mask().slice();
        if (length % 3 === walk) {
          const wrong = Array.from({ length: vocabulary.size }, (_, id) => id).filter(
            (id) => matcher.fork().accept(id) !== isSet(mask, id),
          );
          expect(wrong.map((id) => JSON.stringify(vocabulary.key(id)))).toEqual([]);
          // What has been asked for twice is remembered, and what is allowed is asked without a mask.
          expect(matcher.mask()).toEqual(mask);
          const sampled = idsIn(mask, vocabulary.size).filter(() => random() < 0.05);
          for (const id of sampled) expect(matcher.allows(id)).toBe(true);
        }
        const id = draw(matcher, vocabulary, random);
        expect(id, "some token is allowed").toBeDefined();
        expect(matcher.accept(id as number)).toBe(true);
      }
    }
  });
});

it("behind each first byte of a character just the bytes that make one, and what may follow it: no overlong form, no surrogate", () => {
  const vocabulary = vocabularies.byteLevel;
  const idOf = new Map(Array.from({ length: vocabulary.size }, (_, id) => [vocabulary.key(id), id]));
  const matcher = compileTokenGrammar(
    { jsonSchema: { type: "array", items: { type: "string" } } },
    vocabulary,
  ).matcher();
  for (const begin of ["[", '"']) matcher.accept(idOf.get(begin) as number);
  for (let byte = 0xc0; byte <= 0xff; byte++) {
    const id = idOf.get(String.fromCharCode(byte));
    const inside = matcher.fork();
    if (id === undefined || !inside.accept(id)) continue;
    const mask = inside.mask().slice();
    const wrong = Array.from({ length: vocabulary.size }, (_, next) => next).filter(
      (next) => inside.fork().accept(next) !== isSet(mask, next),
    );
    expect({ byte, wrong: wrong.map((next) => JSON.stringify(vocabulary.key(next))) }).toEqual({ byte, wrong: [] });
  }
});

describe("the memory of masks", () => {
  it("is bounded, and forgetting changes nothing", () => {
    const vocabulary = vocabularies.byteLevel;
    const forgetful = tokenizerVocabulary(byteLevelFile(), { endTokens: ["<|end|>"], cacheBytes: 1 });
    const input = { jsonSchema: { type: "array", items: { enum: ["the", "ing", "中"] } } };
    const small = compileTokenGrammar(input, forgetful).matcher();
    const large = compileTokenGrammar(input, vocabulary).matcher();
    const random = randomSource(8);
    for (let length = 0; length < 60; length++) {
      for (let again = 0; again < 3; again++) expect(small.mask()).toEqual(large.mask());
      const id = draw(large, vocabulary, random) as number;
      expect([small.accept(id), large.accept(id)]).toEqual([true, true]);
      if (large.isEnded) break;
    }
  });
});
