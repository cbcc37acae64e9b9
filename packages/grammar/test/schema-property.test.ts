import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGrammar, GrammarError, type Grammar } from "../src/index.ts";

/* Schemas at random, judged by ajv on one side and by the grammar on the other. */

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Raised for a long search. */
const runs = Number(process.env["GRAMMAR_RUNS"] ?? 300);

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: false });
const name = fc.constantFrom("a", "b", "c", "ab", "ü", "x y", 'q"');
const small = fc.integer({ min: -30, max: 30 });
const tenths = fc.integer({ min: -50, max: 50 }).map((value) => value / 10);
const pattern = fc.constantFrom("^a", "b$", "^[a-c]*$", "a.c", "^(?:ab|c)+$", "\\d", "^\\p{L}{1,3}$", "^$|x");

function optionally(model: { readonly [key: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<object> {
  return fc.record(model, { requiredKeys: [] });
}

const strings = optionally({ minLength: fc.nat(3), maxLength: fc.integer({ min: 2, max: 8 }), pattern }).map(
  (each) => ({ type: "string", ...each }),
);
const integers = optionally({
  minimum: small,
  maximum: small.map((value) => value + 40),
  multipleOf: fc.integer({ min: 1, max: 9 }),
}).map((each) => ({ type: "integer", ...each }));
const numbers = optionally({ exclusiveMinimum: tenths, maximum: tenths.map((value) => value + 8), minimum: small }).map(
  (each) => ({ type: "number", ...each }),
);
const listed = fc
  .array(fc.oneof(fc.constantFrom<Json>("a", "ab", 1, 2.5, null, true, [1], { a: 1 }), small), {
    minLength: 1,
    maxLength: 5,
  })
  .map((values) => ({ enum: values }));
const simple = fc.constantFrom<object>(
  { type: "null" },
  { type: "boolean" },
  {},
  { type: ["string", "null"] },
  { type: ["integer", "array"] },
  { const: "x" },
);

const { schema } = fc.letrec<{ schema: object; object: object; array: object; combined: object }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    simple,
    strings,
    integers,
    numbers,
    listed,
    tie("object"),
    tie("array"),
    tie("combined"),
  ),
  object: fc
    .record(
      {
        properties: fc.dictionary(name, tie("schema"), { maxKeys: 4 }),
        required: fc.uniqueArray(name, { maxLength: 2 }),
        additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
        patternProperties: fc.dictionary(fc.constantFrom("^a", "b$", "."), tie("schema"), { maxKeys: 2 }),
        propertyNames: fc.constantFrom({ pattern: "^[a-cx]" }, { maxLength: 2 }),
        minProperties: fc.nat(2),
        maxProperties: fc.integer({ min: 1, max: 4 }),
        dependentRequired: fc.constantFrom({ a: ["b"] }, { b: ["a", "c"] }),
      },
      { requiredKeys: ["properties"] },
    )
    .map((each) => ({ type: "object", ...each })),
  array: optionally({
    items: tie("schema"),
    prefixItems: fc.array(tie("schema"), { minLength: 1, maxLength: 2 }),
    minItems: fc.nat(2),
    maxItems: fc.integer({ min: 1, max: 4 }),
  }).map((each) => ({
    type: "array",
    ...each,
  })),
  combined: fc.oneof(
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf })),
    fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((oneOf) => ({ oneOf })),
    fc.tuple(tie("schema"), tie("schema")).map(([not, rest]) => ({ ...rest, not })),
    fc
      .tuple(tie("schema"), tie("schema"), tie("schema"))
      .map(([condition, one, other]) => ({ if: condition, then: one, else: other })),
  ),
}));

const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<Json>(null, true, false, "a", "ab", "abc", "x", "", "1", "ü"),
    small,
    tenths,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(name, tie("value"), { maxKeys: 3 }),
  ),
})).value;

/** Numbers that JavaScript rounds, or that a bounded number is not written as. */
const imprecise = /\d{16}|\d[eE]/;

/** One change somewhere in a value. */
function mutate(value: Json, random: () => number): Json {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  if (Array.isArray(value) && value.length > 0 && random() < 0.7) {
    const at = Math.floor(random() * value.length);
    if (random() < 0.3) return value.filter((_each, index) => index !== at);
    if (random() < 0.3) return [...value, value[at] as Json];
    return value.map((each, index) => (index === at ? mutate(each, random) : each));
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && random() < 0.8) {
    const keys = Object.keys(value);
    const key = keys.length > 0 && random() < 0.8 ? pick(keys) : pick(["a", "b", "c", "zz"]);
    const { [key]: old, ...rest } = value;
    if (old !== undefined && random() < 0.4) return rest;
    return { ...rest, [key]: old === undefined ? pick<Json>([1, "a", null]) : mutate(old, random) };
  }
  if (typeof value === "number" && random() < 0.6) return Math.round((value + pick([-1, 1, 0.5, 10, -7])) * 10) / 10;
  if (typeof value === "string" && random() < 0.6)
    return random() < 0.5 ? [...value].slice(1).join("") : value + pick(["a", "b", "0", "😀"]);
  return pick<Json>([null, true, 0, 1.5, "a", "abc", [], {}, [1, 2], { a: 1 }]);
}

function seeded(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** The grammar, or undefined where it says that it can't. */
function compile(jsonSchema: unknown): ReturnType<typeof compileGrammar> | undefined {
  try {
    return compileGrammar({ jsonSchema }, { anyOrder: true });
  } catch (error) {
    if (error instanceof GrammarError) return undefined;
    throw error;
  }
}

function hasSentence(grammar: Grammar): boolean {
  try {
    grammar.generate(() => 0, { size: 1 });
    return true;
  } catch (error) {
    expect((error as Error).message).toBe("the grammar has no sentence");
    return false;
  }
}

describe("JSON Schema against ajv", () => {
  it("what is generated is valid, and stays so under the grammar's eyes when changed just as it does under ajv's", () => {
    let compiled = 0;
    let judged = 0;
    fc.assert(
      fc.property(schema, fc.nat(), (each, seed) => {
        const grammar = compile(each);
        if (grammar === undefined) return;
        compiled++;
        const validate = ajv.compile(each);
        const random = seeded(seed);
        if (!hasSentence(grammar)) {
          // Nothing satisfies it, as {"if": {"const": 1}, "then": false, "else": false} has it.
          for (const value of [null, true, 0, 1.5, "", "a", [], [1], {}, { a: 1 }]) expect(validate(value)).toBe(false);
          return;
        }
        for (let i = 0; i < 4; i++) {
          const text = grammar.generate(random, { size: 50, textLength: 4 });
          expect(grammar.explain(text), text).toEqual({ ok: true });
          if (imprecise.test(text)) continue;
          const value = JSON.parse(text) as Json;
          expect(validate(value), `${text} ${ajv.errorsText(validate.errors)}`).toBe(true);
          const changed = mutate(value, random);
          const rewritten = JSON.stringify(changed);
          if (imprecise.test(rewritten)) continue;
          judged++;
          expect(grammar.accepts(rewritten), rewritten).toBe(validate(changed));
        }
      }),
      { numRuns: runs },
    );
    expect(compiled).toBeGreaterThan(runs / 2);
    expect(judged).toBeGreaterThan(runs);
  });

  it("any value is judged alike", () => {
    fc.assert(
      fc.property(schema, fc.array(json, { minLength: 1, maxLength: 8 }), (each, values) => {
        const grammar = compile(each);
        if (grammar === undefined) return;
        const validate = ajv.compile(each);
        for (const value of values)
          expect(grammar.accepts(JSON.stringify(value)), JSON.stringify(value)).toBe(validate(value));
      }),
      { numRuns: runs },
    );
  });
});
