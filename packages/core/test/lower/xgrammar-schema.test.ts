import { compileGrammar } from "@glossa/grammar";
import { lower, LoweringError, type JsonSchema, type StructuralTag } from "@glossa/core";
import { expect, test } from "vitest";

const tagOf = (schema: JsonSchema, more: object = {}): StructuralTag => ({
  type: "structural_tag",
  format: { type: "json_schema", json_schema: schema, ...more },
});
const integer = { type: "integer" };
const text = { type: "string" };
const closed = { type: "object", additionalProperties: false };

test.each<[JsonSchema]>([
  [true],
  [{}],
  [{ title: "T", description: "of anything" }],
  [{ type: "object" }],
  [{ type: "array" }],
  [{ type: ["string", "null"] }],
  [{ type: "integer", minimum: 1, exclusiveMaximum: 10 }],
  [{ type: "number", minimum: 0.5 }],
  [{ enum: ["a", 1, null, true] }],
  [{ type: "string", const: "a", description: "one" }],
  [{ type: "array", items: integer, minItems: 1, maxItems: 3 }],
  [{ ...closed, properties: { 'a"b': text, b: { anyOf: [integer, text] } }, required: ["b"] }],
  [{ type: "object", properties: { minLength: text } }],
  [{ type: "object", additionalProperties: integer }],
  [{ $id: "http://a.b/c", $ref: "#/$defs/a", $defs: { a: { type: "array", items: { $ref: "#/$defs/a" } } } }],
  [{ type: "string", format: "email" }],
  [{ ...closed, properties: { a: text, b: text }, minProperties: 1, maxProperties: 1 }],
])("xgrammar's own compiler keeps %j", (schema) => {
  const tag = tagOf(schema);
  expect(lower(tag, "xgrammar").lowered).toBe(tag);
  expect(lower(tag, "xgrammar", { version: "0.2.3" }).lowered).toEqual(tag);
});

test.each<[JsonSchema, readonly string[], readonly string[]]>([
  [{ type: "string", pattern: "^a\\nb$" }, ['"a\\nb"'], ['"a\nb"', '"ab"']],
  [{ type: "string", pattern: "a" }, ['"bab"'], ['"b"']],
  [{ type: "string", pattern: "^[^a]*$" }, ['"b\\"c"'], ['"b"c"', '"a"']],
  [{ type: "string", pattern: "^[a-z]+$", maxLength: 1 }, ['"a"'], ['"ab"']],
  [{ type: "string", maxLength: 2 }, ['"a\\n"'], ['"abc"']],
  [{ type: "string", format: "date" }, ['"2024-01-31"'], ['"2024-02-31"']],
  [{ minimum: 1 }, ["2", '"a"'], ["0"]],
  [{ type: "number", multipleOf: 0.1 }, ["1.2"], ["1.25"]],
  [{ type: "string", enum: ["a", 1] }, ['"a"'], ["1"]],
  [{ type: "integer", enum: [1, 2], const: 1 }, ["1"], ["2"]],
  [{ type: "array", minItems: 1 }, ["[1]"], ["[]"]],
  [{ type: "array", prefixItems: [integer], items: text }, ['[1,"a"]'], ['["a"]']],
  [{ type: "object", properties: { a: integer }, required: ["c"] }, ['{"c":1}'], ['{"a":1}']],
  [{ type: "object", properties: { a: integer }, additionalProperties: true }, ['{"b":1}'], ['{"\\u0061":"x"}']],
  [{ ...closed, patternProperties: { "^x_": text } }, ['{"x_a":"b"}'], ['{"x_a":1}', '{"a":"b"}']],
  [{ ...closed, properties: { a: integer, b: text }, anyOf: [{ required: ["a"] }] }, ['{"a":1}'], ['{"b":"x"}', "1"]],
  [{ oneOf: [integer, text] }, ["1", '"a"'], ["true"]],
  [{ allOf: [integer, { minimum: 2 }] }, ["2"], ["1", '"a"']],
  [{ $ref: "#/$defs/i", minimum: 2, $defs: { i: integer } }, ["2"], ["1"]],
  [{ $ref: "#/$defs/a~1b", $defs: { "a/b": integer } }, ["1"], ['"a"']],
  [
    { ...closed, properties: { a: { ...closed, properties: { b: { type: "string", pattern: "^b$" } } } } },
    ['{"a":{"b":"b"}}'],
    ['{"a":{"b":"c"}}'],
  ],
  [{ type: "string", nullable: true }, ["null"], ["1"]],
])("%j becomes a grammar", (schema, accepted, rejected) => {
  const whole = compileGrammar(tagOf(schema));
  for (const version of ["0.1.33", "0.2.3", "0.2.8"]) {
    const { lowered, weakened } = lower(tagOf(schema), "xgrammar", { version });
    expect(weakened).toEqual([]);
    expect(lowered.format.type).toBe("grammar");
    const grammar = compileGrammar(lowered);
    for (const text of [...accepted, ...rejected]) {
      expect([text, grammar.accepts(text)]).toEqual([text, accepted.includes(text)]);
      if (schema !== true && !("nullable" in (schema as object)))
        expect([text, whole.accepts(text)]).toEqual([text, accepted.includes(text)]);
    }
  }
});

test("multiples are held since 0.2.8, and not beside a bound", () => {
  const even = { type: "integer", multipleOf: 2 };
  expect(lower(tagOf(even), "xgrammar").lowered).toEqual(tagOf(even));
  for (const [schema, version] of [
    [even, "0.2.3"],
    [{ ...even, minimum: 0 }, "0.2.8"],
    [{ ...even, multipleOf: 0.3 }, "0.2.8"],
    [{ ...even, type: "number" }, "0.2.8"],
  ] as const) {
    const lowering = (): unknown => lower(tagOf(schema), "xgrammar", { version });
    expect(lowering).toThrow("format.json_schema.multipleOf: multiples of a number other than");
  }
});

test.each<[JsonSchema]>([
  [{ type: "integer", maximum: 1082 }],
  [{ type: "number", minimum: -1, maximum: 1 }],
  [{ ...closed, properties: { 'a"b': text } }],
])("early versions get %j as a grammar, later ones as it is", (schema) => {
  const kindOf = (version: string): string => lower(tagOf(schema), "xgrammar", { version }).lowered.format.type;
  expect(["0.1.28", "0.1.33", "0.2.3", "0.2.8"].map(kindOf)).toEqual([
    "grammar",
    "grammar",
    "json_schema",
    "json_schema",
  ]);
});

test("only the schema that is not held is rewritten, in its notation", () => {
  const plain = tagOf({ ...closed, properties: { a: integer } }).format;
  const style = "qwen_xml" as const;
  const odd = tagOf({ ...closed, properties: { a: { type: "string", pattern: "^x$" } }, required: ["a"] }, { style });
  const tags = [plain, odd.format].map((content, index) => ({
    type: "tag" as const,
    begin: `<${index}>`,
    content,
    end: "</>",
  }));
  const tag: StructuralTag = { type: "structural_tag", format: { type: "triggered_tags", triggers: ["<"], tags } };
  const { lowered } = lower(tag, "xgrammar");
  expect(lowered.format).toMatchObject({ tags: [tags[0], { ...tags[1], content: { type: "grammar" } }] });
  const grammar = compileGrammar(lowered);
  expect(grammar.accepts("<1><parameter=a>x</parameter></>")).toBe(true);
  expect(grammar.accepts("<1><parameter=a>y</parameter></>")).toBe(false);
});

test.each<[JsonSchema, string]>([
  [{ type: "array", uniqueItems: true }, "format.json_schema.uniqueItems: cannot be said, and xgrammar's own"],
  [{ type: "array", contains: integer }, "format.json_schema.contains: "],
  [{ not: integer }, "format.json_schema.not: "],
  [{ if: integer, then: { minimum: 2 } }, "format.json_schema.if: "],
  [{ type: "object", dependentRequired: { a: ["b"] } }, "format.json_schema.dependentRequired: "],
  [{ $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } }, "references that lead in a circle"],
  [false, "no value satisfies the schema"],
])("%j is refused by name, or left to the engine and named", (schema, message) => {
  for (const version of ["0.2.3", "0.2.8"]) {
    const lowering = (): unknown => lower(tagOf(schema), "xgrammar", { version });
    expect(lowering).toThrow(LoweringError);
    expect(lowering).toThrow(message);
    const { lowered, weakened } = lower(tagOf(schema), "xgrammar", { version, lenient: true });
    expect(lowered).toEqual(tagOf(schema));
    expect(weakened.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([expect.stringContaining(message)]);
  }
});
