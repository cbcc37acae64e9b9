import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGrammar, compileTokenGrammar } from "../src/index.ts";
import { isCertain } from "../src/json-schema/certain.ts";
import { isSet, vocabularies } from "./vocabularies.ts";

const plain = [
  true,
  {},
  { type: ["string", "null"], description: "a name", default: null },
  { type: "object", properties: { a: { type: "integer", minimum: 1, maximum: 2 } }, required: ["a"] },
  { type: "array", items: { enum: ["x", 1] }, minItems: 2, maxItems: 1000000 },
  { enum: [1, "a"], type: "string" },
];

const others = [
  false,
  null,
  { type: [] },
  { type: "text" },
  { enum: [] },
  { enum: [1, 2], type: "string" },
  { enum: ["a"], maxLength: 0 },
  { enum: [{}] },
  { required: ["a"] },
  { properties: { a: false } },
  { properties: { a: { $ref: "#" } } },
  { minLength: 2, maxLength: 1 },
  { maxItems: -1 },
  { minimum: 0.1, maximum: 0.9, type: "integer" },
  { minimum: "1" },
  { minimum: null, maximum: 1 },
  { maxLength: Infinity },
  { items: [{}] },
  { format: "date" },
  { pattern: "a" },
  { additionalProperties: { not: {} } },
];

describe("a schema that a glance shows to be plain", () => {
  it("is certain", () => {
    for (const schema of plain) expect([schema, isCertain(schema)]).toEqual([schema, true]);
  });

  it("is not every other one", () => {
    for (const schema of others) expect([schema, isCertain(schema)]).toEqual([schema, false]);
    const cyclic: Record<string, unknown> = {};
    cyclic["items"] = cyclic;
    expect(isCertain(cyclic)).toBe(false);
  });

  it("is neither refused nor relaxed", () => {
    const bound = fc.oneof(
      fc.constant(null),
      fc.integer({ min: -2, max: 9 }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    );
    const type = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object", "any");
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { depthSize: "small" },
        fc.boolean(),
        fc.record(
          {
            type: fc.oneof(type, fc.array(type, { maxLength: 3 })),
            enum: fc.array(fc.oneof(fc.constantFrom(null, true, 1, 1.5, "a", "", {}), fc.integer()), { maxLength: 3 }),
            minLength: bound,
            maxLength: bound,
            minItems: bound,
            maxItems: bound,
            minimum: bound,
            maximum: bound,
            title: fc.string(),
          },
          { requiredKeys: [] },
        ),
        fc.record(
          {
            type,
            properties: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("schema")),
            required: fc.subarray(["a", "b", "c"]),
            additionalProperties: tie("schema"),
            items: tie("schema"),
          },
          { requiredKeys: [] },
        ),
      ),
    }));
    let certain = 0;
    fc.assert(
      fc.property(schema, (value) => {
        if (!isCertain(value)) return;
        certain++;
        expect(compileGrammar({ jsonSchema: value }).relaxed).toEqual([]);
        expect(compileGrammar({ jsonSchema: value }, { closed: true }).relaxed).toEqual([]);
      }),
      { numRuns: 3000 },
    );
    expect(certain).toBeGreaterThan(300);
  });

  it("is read when it is reached in a tag, and says the same", () => {
    const json_schema = { type: "object", properties: { a: { enum: ["the", "ing"] } }, required: ["a"] };
    const content = { type: "json_schema" as const, json_schema };
    const lazy = compileTokenGrammar({ type: "structural_tag", format: content }, vocabularies.byteLevel).matcher();
    const eager = compileTokenGrammar({ jsonSchema: json_schema }, vocabularies.byteLevel).matcher();
    for (const byte of '{"a":"the"}') {
      expect(lazy.mask()).toEqual(eager.mask());
      const id = vocabularies.byteLevel.idOf(byte) as number;
      expect(isSet(eager.mask(), id)).toBe(true);
      expect([lazy.accept(id), eager.accept(id)]).toEqual([true, true]);
    }
    expect(lazy.isComplete).toBe(true);
  });
});
