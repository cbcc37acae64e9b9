import { describe, expect, it } from "vitest";
import { compileGrammar, GrammarError } from "../src/index.ts";

type Case = readonly [name: string, schema: unknown, accepted: readonly string[], refused: readonly string[]];

const node = {
  $defs: {
    node: {
      type: "object",
      properties: { v: { type: "integer" }, next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] } },
      required: ["v", "next"],
      additionalProperties: false,
    },
  },
  $ref: "#/$defs/node",
};

const cases: readonly Case[] = [
  [
    "true",
    true,
    ["null", "1e-5", '"a"', "[]", '{"a":[1,{}]}', "[ 1, 2 ]", "{}"],
    ["", "nul", "01", "[1,]", '{"a"}', "{a:1}", "'a'", "1 ", " 1"],
  ],
  ["type", { type: "boolean" }, ["true", "false"], ["null", "1", '"true"']],
  ["a list of types", { type: ["string", "null"] }, ['"a"', "null"], ["1", "[]"]],
  ["integer", { type: "integer" }, ["0", "-1", "123456789012345678901234567890"], ["1.5", "01", "+1", "1.", "-"]],
  ["number", { type: "number" }, ["0", "-1.5", "1e5", "0.1E-3"], [".5", "1.", "1e", "NaN", "Infinity"]],
  [
    "enum",
    { enum: ["a", 1, null, [1, { x: true }], 1.5] },
    ['"a"', '"\\u0061"', "1", "null", '[1,{"x":true}]', "1.5", "1.0", "10e-1", '[0.1e1,{"x":true}]', "15E-01", "1.500"],
    ['"b"', "2", "[1]", "[]", "1.01", "1e1", "1e-1", "15e1", "-1", '[1,{"x":1}]'],
  ],
  ["const", { const: { a: "ü" } }, ['{"a":"ü"}', '{"a": "\\u00fc"}'], ['{"a":"u"}', "{}", '{"a":"ü","b":1}']],
  ["enum and type", { type: "string", enum: ["a", 1] }, ['"a"'], ["1"]],
  [
    "enum and schemas beside it",
    { enum: [{ a: 1 }, { a: "x" }], properties: { a: { type: "string" } } },
    ['{"a":"x"}'],
    ['{"a":1}'],
  ],
  [
    "minLength and maxLength",
    { type: "string", minLength: 2, maxLength: 3 },
    ['"ab"', '"😀😀😀"', '"\\ud83d\\ude00\\n"', '"äöü"'],
    ['"a"', '"abcd"', '""', '"\\ud83d\\ude00"'],
  ],
  ["a huge maxLength", { type: "string", maxLength: 1_000_000_000 }, ['""', '"abc"'], ["1"]],
  ["pattern, anywhere", { type: "string", pattern: "b+c" }, ['"abbc"', '"bcd"', '"\\u0062c"'], ['"b"', '""', '"ac"']],
  [
    "pattern, anchored",
    { type: "string", pattern: "^[a-zé]{2}$" },
    ['"ab"', '"é\\u00e9"'],
    ['"abc"', '"a"', '"AB"', '"a\\n"'],
  ],
  [
    "pattern and length",
    { type: "string", pattern: "^a*$", minLength: 2, maxLength: 4 },
    ['"aa"', '"aaaa"'],
    ['"a"', '"aaaaa"', '"ab"'],
  ],
  [
    "escapes",
    { type: "string" },
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000"', '"\u007f"'],
    ['"\\x"', '"\\u12"', '"\n"', '"\\ud800"', '"\\ud800\\u0061"', '"\\udc00"', '"'],
  ],
  ["minimum", { type: "integer", minimum: 3 }, ["3", "10", "99999999999"], ["2", "-5", "0"]],
  ["maximum", { type: "integer", maximum: -3 }, ["-3", "-10"], ["-2", "0", "3"]],
  [
    "a range",
    { type: "integer", minimum: -12, maximum: 250 },
    ["-12", "-1", "0", "250", "199"],
    ["-13", "251", "1000", "00"],
  ],
  [
    "exclusive bounds",
    { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1.5 },
    ["0.1", "1", "1.49", "0.00001"],
    ["0", "1.5", "1.50", "2", "-0.1", "0.0"],
  ],
  [
    "draft 4 exclusive bounds",
    { type: "integer", minimum: 0, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: true },
    ["1", "4"],
    ["0", "5"],
  ],
  [
    "fractional bounds",
    { type: "number", minimum: -1.25, maximum: 0.5 },
    ["-1.25", "-1.2", "0", "0.5", "0.500", "-0"],
    ["-1.26", "0.51", "-1.250001", "0.5001"],
  ],
  ["multipleOf", { type: "integer", multipleOf: 7 }, ["0", "7", "-14", "700"], ["1", "20"]],
  [
    "multipleOf with bounds",
    { type: "integer", multipleOf: 5, minimum: 7, maximum: 21 },
    ["10", "15", "20"],
    ["5", "25", "11"],
  ],
  [
    "decimal multipleOf",
    { type: "number", multipleOf: 0.25 },
    ["0.25", "1", "1.5", "2.75", "0.50"],
    ["0.3", "0.125", "1.1"],
  ],
  [
    "properties in order",
    { type: "object", properties: { a: {}, b: {}, c: {} }, required: ["b"], additionalProperties: false },
    ['{"b":1}', '{"a":1,"b":2}', '{"a":1,"b":2,"c":3}', '{"b":1,"c":2}'],
    ["{}", '{"a":1}', '{"b":1,"a":2}', '{"b":1,"b":2}', '{"b":1,}', '{"b":1,"d":1}'],
  ],
  [
    "required but not declared",
    { type: "object", required: ["x"], additionalProperties: { type: "integer" } },
    ['{"x":1}', '{"x":1,"y":2}'],
    ["{}", '{"y":1}', '{"x":"a"}'],
  ],
  [
    "additionalProperties absent",
    { type: "object", properties: { a: { type: "integer" } } },
    ["{}", '{"z":"x"}', '{"a":1,"z":2}', '{"aa":"x"}'],
    ['{"a":"x"}', '{"\\u0061":"x"}', '{"a":1,"a":2}'],
  ],
  [
    "additionalProperties with a schema",
    { type: "object", additionalProperties: { type: "null" } },
    ["{}", '{"a":null,"b":null}'],
    ['{"a":1}'],
  ],
  [
    "patternProperties",
    {
      type: "object",
      patternProperties: { "^n": { type: "integer" }, x$: { minimum: 3 } },
      additionalProperties: false,
    },
    ['{"n":1}', '{"nx":3,"yx":"a"}', "{}"],
    ['{"n":"a"}', '{"nx":1}', '{"a":1}'],
  ],
  [
    "patternProperties and properties",
    { type: "object", properties: { na: { maximum: 5 } }, patternProperties: { "^n": { type: "integer" } } },
    ['{"na":5}', '{"nb":9,"z":"x"}'],
    ['{"na":6}', '{"na":1.5}', '{"nb":"x"}'],
  ],
  [
    "propertyNames",
    { type: "object", propertyNames: { pattern: "^[a-c]+$", maxLength: 2 } },
    ["{}", '{"ab":1}'],
    ['{"abc":1}', '{"d":1}'],
  ],
  ["propertyNames enum", { type: "object", propertyNames: { enum: ["p", "q"] } }, ['{"q":1}', '{"p":1}'], ['{"r":1}']],
  [
    "minProperties and maxProperties",
    { type: "object", minProperties: 1, maxProperties: 2 },
    ['{"a":1}', '{"a":1,"b":2}'],
    ["{}", '{"a":1,"b":2,"c":3}'],
  ],
  [
    "maxProperties leaves room for the required",
    { type: "object", properties: { a: {}, b: {} }, required: ["b"], maxProperties: 1 },
    ['{"b":1}'],
    ['{"a":1}', '{"a":1,"b":1}'],
  ],
  [
    "items",
    { type: "array", items: { type: "integer" } },
    ["[]", "[1]", "[1,2, 3]", "[ ]"],
    ['["a"]', "[1,]", "[,1]", "[1 2]"],
  ],
  [
    "minItems and maxItems",
    { type: "array", items: {}, minItems: 2, maxItems: 3 },
    ["[1,2]", "[1,2,3]"],
    ["[]", "[1]", "[1,2,3,4]"],
  ],
  ["a huge maxItems", { type: "array", maxItems: 1_000_000_000 }, ["[]", "[1,2]"], ["[1,]"]],
  [
    "prefixItems",
    { type: "array", prefixItems: [{ type: "integer" }, { type: "string" }] },
    ["[]", "[1]", '[1,"a"]', '[1,"a",null]'],
    ['["a"]', "[1,2]"],
  ],
  [
    "prefixItems and nothing else",
    { type: "array", prefixItems: [{ type: "integer" }, true], items: false, minItems: 1 },
    ["[1]", "[1,2]"],
    ["[]", "[1,2,3]"],
  ],
  [
    "items as a list, before 2020",
    { items: [{ type: "integer" }], additionalItems: { type: "null" } },
    ["[1]", "[1,null]", '"x"'],
    ["[1,1]", '["a"]'],
  ],
  ["anyOf", { anyOf: [{ type: "integer", minimum: 5 }, { type: "string" }] }, ["5", '"x"'], ["4", "null"]],
  [
    "anyOf beside other keywords",
    { type: "object", properties: { a: { type: "integer" } }, anyOf: [{ required: ["a"] }, { required: ["b"] }] },
    ['{"a":1}', '{"b":1}', '{"a":1,"b":2}'],
    ["{}", '{"c":1}', '{"a":"x","b":1}'],
  ],
  ["oneOf that can't overlap", { oneOf: [{ type: "integer" }, { type: "null" }] }, ["1", "null"], ['"a"']],
  [
    "oneOf told apart by a constant",
    {
      oneOf: [
        { properties: { k: { const: "a" }, x: { type: "integer" } }, required: ["k"], type: "object" },
        { properties: { k: { const: "b" } }, required: ["k"], type: "object" },
      ],
    },
    ['{"k":"a","x":1}', '{"k":"b","x":"any"}'],
    ['{"k":"a","x":"s"}', '{"k":"c"}', "{}"],
  ],
  [
    "oneOf that overlaps, each without the other",
    {
      oneOf: [
        { type: "integer", minimum: 5 },
        { type: "integer", maximum: 10 },
      ],
    },
    ["4", "11"],
    ["5", "7", "10"],
  ],
  [
    "oneOf by required",
    { type: "object", oneOf: [{ required: ["a"] }, { required: ["b"] }] },
    ['{"a":1}', '{"b":1}'],
    ["{}", '{"a":1,"b":2}'],
  ],
  [
    "allOf",
    {
      allOf: [
        { type: "object", properties: { a: { type: "integer" } } },
        { properties: { a: { minimum: 3 } }, required: ["a"] },
      ],
    },
    ['{"a":3}'],
    ['{"a":2}', "{}", '{"a":"x"}'],
  ],
  ["not", { not: { type: ["string", "integer"] } }, ["1.5", "null", "[]"], ["1", '"a"', "1.0"]],
  [
    "not enum",
    { type: "string", not: { enum: ["no", "nope"] } },
    ['"n"', '"nop"', '"yes"'],
    ['"no"', '"nope"', '"n\\u006f"'],
  ],
  ["not required", { type: "object", not: { required: ["x"] } }, ["{}", '{"y":1}'], ['{"x":1}', '{"y":1,"x":1}']],
  ["not pattern", { type: "string", not: { pattern: "^a" } }, ['"b"', '""'], ['"a"', '"ab"']],
  [
    "if, then, else",
    {
      type: "object",
      properties: { k: { enum: ["n", "s"] }, v: {} },
      required: ["k", "v"],
      if: { properties: { k: { const: "n" } } },
      then: { properties: { v: { type: "integer" } } },
      else: { properties: { v: { type: "string" } } },
    },
    ['{"k":"n","v":1}', '{"k":"s","v":"x"}'],
    ['{"k":"n","v":"x"}', '{"k":"s","v":1}'],
  ],
  [
    "dependentRequired",
    { type: "object", properties: { a: {}, b: {} }, dependentRequired: { a: ["b"] } },
    ["{}", '{"b":1}', '{"a":1,"b":1}'],
    ['{"a":1}'],
  ],
  [
    "dependencies with a schema",
    { type: "object", properties: { a: {}, b: {} }, dependencies: { a: { required: ["b"] } } },
    ["{}", '{"a":1,"b":1}'],
    ['{"a":1}'],
  ],
  ["$ref", { $defs: { p: { type: "integer" } }, type: "array", items: { $ref: "#/$defs/p" } }, ["[1]"], ['["a"]']],
  [
    "recursion",
    node,
    ['{"v":1,"next":null}', '{"v":1,"next":{"v":2,"next":null}}'],
    ['{"v":1}', '{"v":1,"next":{"v":2}}'],
  ],
  [
    "recursion to the root",
    { type: "object", properties: { c: { type: "array", items: { $ref: "#" } } }, additionalProperties: false },
    ["{}", '{"c":[{},{"c":[]}]}'],
    ['{"c":[1]}'],
  ],
  [
    "$anchor and $id",
    {
      $id: "https://e.x/root",
      $defs: { a: { $anchor: "here", type: "null" }, b: { $id: "other", type: "integer" } },
      anyOf: [{ $ref: "#here" }, { $ref: "other" }],
    },
    ["null", "1"],
    ['"a"'],
  ],
  ["escaped pointers", { definitions: { "a/b~c": { type: "null" } }, $ref: "#/definitions/a~1b~0c" }, ["null"], ["1"]],
  [
    "siblings of $ref in draft 7",
    {
      $schema: "http://json-schema.org/draft-07/schema#",
      definitions: { a: { type: "integer" } },
      properties: { x: { $ref: "#/definitions/a", minimum: 5 } },
    },
    ['{"x":1}'],
    ['{"x":"a"}'],
  ],
  [
    "siblings of $ref since 2019",
    { $defs: { a: { type: "integer" } }, properties: { x: { $ref: "#/$defs/a", minimum: 5 } } },
    ['{"x":5}'],
    ['{"x":1}'],
  ],
  [
    "an impossible optional property",
    { type: "object", properties: { a: false, b: {} } },
    ["{}", '{"b":1}'],
    ['{"a":1}'],
  ],
  [
    "annotations",
    {
      title: "t",
      description: "d",
      default: 1,
      examples: [],
      deprecated: true,
      readOnly: true,
      $comment: "c",
      type: "null",
    },
    ["null"],
    ["1"],
  ],
  [
    "uniqueItems: strings, however they are escaped",
    { type: "array", items: { type: "string" }, uniqueItems: true, minItems: 2 },
    ['["a", "b"]', '["a","A","aa",""]', '["\\u0061", "b"]'],
    ['["a"]', '["a", "a"]', '["a", "b", "a"]', '["a", "\\u0061"]', '["\\/", "/"]', '["a", 1]'],
  ],
  [
    "uniqueItems: listed values, each once",
    { items: { enum: ["a", "b", 1, null, [1]] }, type: "array", uniqueItems: true },
    ["[]", '["a", 1, "b", null, [1]]', '["b", "a"]', "[[1], null]"],
    ['["a", "a"]', "[1, 1]", "[[1], [1]]", "[null, 1, null]", '["c"]'],
  ],
  [
    "uniqueItems: words beside other strings, and truth values",
    {
      items: { anyOf: [{ enum: ["x"] }, { type: ["string", "boolean"], maxLength: 2 }] },
      type: "array",
      uniqueItems: true,
    },
    ['["x", "y", true, false]', '[true, "x"]'],
    ['["x", "x"]', "[true, true]", '["xyz"]', '[false, "y", false]'],
  ],
  [
    "uniqueItems beside a constant, and with one item at most",
    {
      anyOf: [
        { const: [1, 1], uniqueItems: true },
        { enum: [[1, 2]], uniqueItems: true },
        { type: "array", uniqueItems: true, maxItems: 1 },
      ],
    },
    ["[1, 2]", "[{}]", "[]"],
    ["[1, 1]"],
  ],
  [
    "contains",
    { type: "array", contains: { type: "integer", minimum: 5 } },
    ["[5]", '["a", 6, {}, 7]', "[1, 2, 9]"],
    ["[]", "[4]", '["5"]', "{}"],
  ],
  [
    "contains: so many, with a limit of items",
    { type: "array", contains: { const: "x" }, minContains: 2, maxItems: 3 },
    ['["x", "x"]', '["y", "x", "x"]', '["x", "y", "x"]', '["x", "x", "x"]'],
    ['["x"]', '["y", "y', '["x", "y", "y', '["x", "x", "x", "x"]'],
  ],
  [
    "contains: no more than so many",
    { type: "array", contains: { enum: ["x", 3] }, maxContains: 1, items: { type: ["string", "integer"] } },
    ['["x"]', "[3, 4, 5]", '["a", "x", "b"]'],
    ["[]", '["x", "x"]', "[3, 3]", '["x", 3]'],
  ],
  [
    "contains: at a position with a schema of its own, or not at all",
    {
      anyOf: [
        { type: "array", prefixItems: [{ const: "a" }], items: false, contains: { const: "b" } },
        {
          type: "array",
          prefixItems: [{ enum: ["a", "b"] }, { const: "c" }],
          items: { const: "d" },
          contains: { const: "b" },
        },
        { type: "array", items: { const: "e" }, contains: { const: "f" }, minContains: 0 },
      ],
    },
    ['["b"]', '["b", "c", "d", "d"]', "[]", '["e", "e"]'],
    ['["a"]', '["a", "c"]', '["f"]'],
  ],
  [
    "not items, not contains",
    { anyOf: [{ not: { type: "array", items: { type: "integer" } } }, { const: [1] }], type: "array" },
    ['["a"]', '[1, "a", 2]', "[1]"],
    ["[]", "[2]", "[1, 2]"],
  ],
  [
    "not contains, not so many properties",
    { anyOf: [{ not: { contains: { const: 1 } } }, { not: { minProperties: 2 } }] },
    ['[2, "1"]', "[]", '{"a": 1}', "{}"],
    ["[1]", "[2, 1]", '{"a": 1, "b": 2}', "1"],
  ],
  [
    "unevaluatedProperties: what the schemas beside it have not looked at",
    {
      $defs: { named: { properties: { name: { type: "string" } }, required: ["name"] } },
      allOf: [{ $ref: "#/$defs/named" }],
      type: "object",
      properties: { size: { type: "integer" } },
      patternProperties: { "^x-": true },
      unevaluatedProperties: { type: "null" },
    },
    ['{"name": "a"}', '{"size": 1, "name": "a", "x-b": {}, "other": null}'],
    ['{"name": "a", "other": 1}', "{}", '{"name": 1}'],
  ],
  [
    "unevaluatedProperties: all the schemas of an anyOf that hold have looked",
    {
      type: "object",
      anyOf: [{ properties: { a: { const: 1 } } }, { properties: { b: { const: 2 } } }],
      unevaluatedProperties: false,
    },
    ["{}", '{"a": 1}', '{"b": 2}', '{"a": 1, "b": 2}'],
    ['{"c": 1}', '{"a": 3}', '{"a": 3, "b": 2}', '{"a": 1, "b": 3}'],
  ],
  [
    "unevaluatedProperties: the branch that holds has looked, a negated one has not",
    {
      type: "object",
      properties: { kind: { enum: ["a", "b"] } },
      required: ["kind"],
      if: { properties: { kind: { const: "a" } } },
      then: { properties: { one: true } },
      else: { properties: { two: true } },
      not: { required: ["three"], properties: { three: { const: 0 } } },
      unevaluatedProperties: false,
    },
    ['{"kind": "a", "one": 1}', '{"kind": "b", "two": 1}', '{"kind": "b"}'],
    ['{"kind": "a", "two": 1}', '{"kind": "b", "one": 1}', '{"kind": "a", "three": 1}'],
  ],
  [
    "unevaluatedProperties within unevaluatedProperties",
    {
      type: "object",
      allOf: [{ properties: { a: true }, unevaluatedProperties: true }],
      unevaluatedProperties: false,
    },
    ['{"a": 1, "b": 2}', "{}"],
    ["1"],
  ],
  [
    "unevaluatedItems",
    {
      type: "array",
      allOf: [{ prefixItems: [{ const: 1 }] }, { prefixItems: [true, { const: 2 }] }],
      unevaluatedItems: { const: 3 },
    },
    ["[1, 2, 3, 3]", "[1, 2]", "[]"],
    ["[1, 2, 4]", "[2]"],
  ],
  [
    "an integer in all its spellings",
    { type: "integer" },
    ["3", "-3.0", "3.000", "3e2", "3E+02", "1.5e1", "1.250e2", "10.0e-0", "1.2345678910111213e+52", "30e-1", "0e9"],
    ["3.5", "3.", "1.55e1", "1.5e0", "15e-1", "1.5e-1", "03.0", "3e", "3e+", "10e-2"],
  ],
  [
    "unique numbers, in whatever spelling",
    { items: { type: "number" }, uniqueItems: true },
    ["[1,10,100,0.1]", "[9007199254740993,9007199254740992,1e9999]", "[0,1]"],
    ["[1,1.0]", "[5,2,50e-1]", "[0,-0]", "[9007199254740993,90071992547409930e-1]", "[1e9999,1,10e9998]"],
  ],
  [
    "unique items of several types",
    { items: { type: ["integer", "string", "boolean", "null"], not: { enum: [3] } }, uniqueItems: true, minItems: 2 },
    ['[1,"1",true,null,false,"true"]'],
    ['[1,"1",1]', "[true,true]", "[null,null]", "[1,3]", '["a",2,"a"]', "[1]"],
  ],
  [
    "unique objects that can be listed",
    {
      items: {
        type: "object",
        properties: { a: { type: "boolean" }, b: { enum: ["x", 1] } },
        required: ["a"],
        additionalProperties: false,
      },
      uniqueItems: true,
    },
    ['[{"a":true},{"a":true,"b":"x"},{"a":false}]', "[]"],
    ['[{"a":true},{"a":true}]', '[{"a":true,"b":1},{"a":true,"b":1.0}]', '[{"b":1}]'],
  ],
  [
    "unique arrays that can be listed",
    { items: { type: "array", items: { type: "boolean" }, maxItems: 2 }, uniqueItems: true },
    ["[[],[true],[true,false],[false,true]]"],
    ["[[],[]]", "[[true,true],[true,true]]", "[[true,true,true]]"],
  ],
  [
    "not an object or array that is listed",
    { not: { enum: [{ a: [1, 2] }, [], "x"] } },
    ["{}", '{"a":[1]}', '{"a":[1,2],"b":1}', '{"a":[2,1]}', "[0]", '{"a":[1,2,3]}', '{"b":[1,2]}', "1"],
    ['{"a":[1,2]}', '{"a":[1.0,20e-1]}', "[]", '"x"'],
  ],
  [
    "listed values of which some are forbidden by what has no opposite",
    {
      enum: [{ a: 1 }, { b: 2 }, 5, 9, "x"],
      not: {
        anyOf: [
          { type: "number", multipleOf: 3 },
          { type: "object", additionalProperties: false, properties: { b: true } },
        ],
      },
    },
    ['{"a":1}', "5", '"x"'],
    ['{"b":2}', "9", "{}"],
  ],
  [
    "not all property names",
    { type: "object", not: { propertyNames: { not: { enum: ["a", "b"] } } } },
    ['{"a":1}', '{"b":1}', '{"a":2,"x":1}'],
    ["{}", '{"x":1}', "1"],
  ],
  [
    "not what one property demands of others",
    { not: { dependentRequired: { a: ["b", "c"] } } },
    ['{"a":1}', '{"a":1,"b":2}', '{"a":1,"c":2}'],
    ["{}", '{"b":1}', '{"a":1,"b":1,"c":1}', "1"],
  ],
  [
    "not what only an unknown word says",
    { anyOf: [{ not: { "x-kind": 1, nonsense: [] } }, { const: 1 }] },
    ["1"],
    ["2"],
  ],
  [
    "a dynamic reference with one place to go to",
    { $dynamicAnchor: "tree", type: "array", items: { $dynamicRef: "#tree" } },
    ["[]", "[[],[[]]]"],
    ["[1]", "{}"],
  ],
  [
    "anchors of documents in the document, and in data",
    {
      $defs: {
        data: { const: { $anchor: "here", type: "null" } },
        inner: { $id: "urn:inner", $anchor: "here", maximum: 2 },
        outer: { $anchor: "here", type: "integer", maximum: 10 },
      },
      $ref: "#here",
    },
    ["5"],
    ["50", "null", '"x"'],
  ],
  [
    "a number in range, with an exponent",
    { minimum: -0.5, exclusiveMaximum: 1200 },
    ["-5e-1", "-0.05e+1", "11.99e2", "119999e-2", "0e5", "1e-999", "0.00012e6"],
    ["-6e-1", "-0.5e1", "1.2e3", "12e2", "12e02", "0.00012e7", "1e999"],
  ],
  [
    "multiples with an exponent",
    { multipleOf: 0.5 },
    ["1e+308", "15e-1", "1.5e0", "25e1", "-0.05e1", "0e-7", "3.50"],
    ["1e-1", "12e-1", "0.5e-1", "3.51"],
  ],
  [
    "multiples that are too many to count off",
    { multipleOf: 123_457, maximum: 1e7 },
    ["123457", "246914.0", "1.23457e5", "0", "-12345700e-2"],
    ["123456", "123457e2", "1e5", "12345.7"],
  ],
  ["a fraction with an exponent", { type: "number", not: { type: "integer" } }, ["15e-1", "0.1e0"], ["1.5e1", "10e-1"]],
  [
    "an integer in range",
    { type: "integer", minimum: 3, maximum: 30, multipleOf: 3 },
    ["3", "30.0", "27.00"],
    ["31.0", "3.3", "4.0", "3.03", "2.0"],
  ],
  [
    "numbers that are left out",
    { type: "number", not: { enum: [3, 0.5] }, minimum: 0 },
    ["0", "2", "2.9", "3.1", "33", "0.25", "0.55"],
    ["3", "3.0", "0.5", "0.500", "-1"],
  ],
  [
    "format, beside length and pattern",
    { type: "string", format: "date", pattern: "^20", minLength: 10 },
    ['"2024-02-29"', '"2099-12-31"'],
    ['"2023-02-29"', '"1999-12-31"', '"2024-2-29"', '"today"'],
  ],
  ["not format", { type: "string", not: { format: "ipv4" } }, ['"1.2.3"', '"x"'], ['"1.2.3.4"', '"255.0.0.1"']],
  ["format says nothing of what is no string", { format: "date" }, ["1", "{}", '"2024-01-01"'], ['"x"']],
  ["a format that nobody knows", { type: "string", format: "moon-phase" }, ['"x"'], ["1"]],
];

describe("JSON Schema", () => {
  it("format is an annotation where it is not asserted, and is told", () => {
    const grammar = compileGrammar({ jsonSchema: { format: "date" } }, { assertFormat: false });
    expect(grammar.accepts('"x"')).toBe(true);
    expect(grammar.relaxed).toEqual([{ path: "", keyword: "format" }]);
    expect(compileGrammar({ jsonSchema: { format: "date" } }).relaxed).toEqual([]);
  });

  it.each(cases)("%s", (_name, schema, accepted, refused) => {
    const grammar = compileGrammar({ jsonSchema: schema });
    for (const text of accepted) expect(grammar.explain(text), text).toEqual({ ok: true });
    for (const text of refused) expect(grammar.accepts(text), text).toBe(false);
  });

  it.each([
    ["uniqueItems", { properties: { a: { items: {}, uniqueItems: true } } }, "/properties/a"],
    ["uniqueItems", { items: { type: "object" }, uniqueItems: true }, ""],
    ["uniqueItems", { prefixItems: [{ const: 1 }], uniqueItems: true }, ""],
    ["contains", { items: { enum: [1, 2] }, uniqueItems: true, contains: { const: 1 } }, ""],
    ["contains", { contains: {}, allOf: [{ contains: { const: 1 } }] }, ""],
    ["maxContains", { contains: { multipleOf: 2 }, maxContains: 1 }, ""],
    ["minContains", { contains: {}, minContains: "1" }, ""],
    ["unevaluatedItems", { contains: { const: 1 }, unevaluatedItems: false }, ""],
    [
      "$dynamicRef",
      { $dynamicRef: "#x", $defs: { a: { $dynamicAnchor: "x" }, b: { $id: "urn:b", $dynamicAnchor: "x" } } },
      "",
    ],
    ["not", { not: { additionalProperties: false, properties: { a: true } } }, ""],
    ["not", { properties: { a: { not: { multipleOf: 3 } } } }, "/properties/a"],
    ["$ref", { $ref: "https://example.com/other.json" }, ""],
    ["$ref", { $defs: { a: { $ref: "#/$defs/a" } }, $ref: "#/$defs/a" }, "/$defs/a"],
    ["pattern", { properties: { "a/b": { pattern: "(?<!x)y" } } }, "/properties/a~1b"],
    ["type", { type: "strin" }, ""],
    ["required", { required: true }, ""],
    ["minLength", { minLength: -1 }, ""],
    ["oneOf", { oneOf: [{ additionalProperties: { type: "integer" } }, { additionalProperties: { minimum: 3 } }] }, ""],
    ["not", { not: { additionalProperties: { type: "integer" } } }, ""],
    ["not", { not: { prefixItems: [{}], items: { type: "integer" } } }, ""],
    ["schema", { type: "object", required: ["a"], properties: { a: false } }, ""],
    ["schema", { allOf: [{ type: "string" }, { type: "null" }] }, ""],
  ])("refuses %s by name in %j", (keyword, schema, path) => {
    try {
      compileGrammar({ jsonSchema: schema });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(GrammarError);
      expect((error as GrammarError).keyword).toBe(keyword);
      expect((error as GrammarError).path).toBe(path);
    }
  });

  it("with lenient drops what it can't enforce and says so", () => {
    const schema = {
      type: "object",
      properties: {
        a: { type: "array", uniqueItems: true },
        b: { type: "string", pattern: "y(?=x)", format: "regex" },
      },
    };
    const grammar = compileGrammar({ jsonSchema: schema }, { lenient: true });
    expect(grammar.accepts('{"a":[1,1],"b":"y"}')).toBe(true);
    expect(grammar.relaxed).toEqual(
      expect.arrayContaining([
        { path: "/properties/a", keyword: "uniqueItems" },
        { path: "/properties/b", keyword: "pattern" },
        { path: "/properties/b", keyword: "format" },
      ]),
    );
    expect(grammar.relaxed).toHaveLength(3);
  });

  it("anyOrder: each once, the required ones present, the bounds kept", () => {
    const schema = { type: "object", properties: { a: {}, b: {}, c: {} }, required: ["a", "b"], maxProperties: 3 };
    const grammar = compileGrammar({ jsonSchema: schema }, { anyOrder: true });
    for (const text of ['{"b":1,"a":2}', '{"z":1,"b":1,"a":1}', '{"c":1,"b":1,"a":1}'])
      expect(grammar.accepts(text), text).toBe(true);
    for (const text of ['{"b":1}', '{"b":1,"b":1,"a":1}', '{"z":1,"c":1,"b":1}', '{"a":1,"b":1,"c":1,"d":1}'])
      expect(grammar.accepts(text), text).toBe(false);
  });

  it("closed: what a schema does not declare is forbidden", () => {
    const grammar = compileGrammar({ jsonSchema: { properties: { a: { type: "object" } } } }, { closed: true });
    expect(grammar.accepts('{"a":{"free":1}}')).toBe(true);
    expect(grammar.accepts('{"b":1}')).toBe(false);
  });

  it("allows pretty-printed JSON and no endless white space", () => {
    const grammar = compileGrammar({ jsonSchema: true });
    const value = { a: [1, { b: [] }], c: {} };
    for (const indent of [undefined, 2, 4, "\t"])
      expect(grammar.accepts(JSON.stringify(value, null, indent))).toBe(true);
    expect(grammar.accepts('{"a":  1}')).toBe(false);
    expect(grammar.accepts("[\n\n1]")).toBe(false);
  });

  it("takes the properties of a listed object in any order where any order will do", () => {
    const jsonSchema = {
      enum: [
        { a: 1, b: [{ c: null, d: "x" }], e: {} },
        { b: 2, a: 3 },
      ],
    };
    const other = '{"e":{},"b":[{"d":"x","c":null}],"a":1.0}';
    const [free, ordered] = [true, false].map((anyOrder) => compileGrammar({ jsonSchema }, { anyOrder }));
    expect([other, '{"a":3,"b":2}'].map((text) => [free!.accepts(text), ordered!.accepts(text)])).toEqual([
      [true, false],
      [true, false],
    ]);
    const wrong = ['{"e":{},"b":[{"d":"x","c":null}]}', '{"a":3,"b":2,"a":3}', '{"a":1,"b":2}', "{}", '{"a":3,"b":2,}'];
    expect(wrong.filter((text) => free!.accepts(text))).toEqual([]);
  });

  it("does not enter a number, a length or a pattern from which nothing leads out", () => {
    const tens = compileGrammar({ jsonSchema: { type: "integer", minimum: 13, maximum: 15 } }).matcher();
    expect(["-", "2", "0.2", "0.12", "16", "1.6"].filter((start) => tens.accepts(start))).toEqual([]);
    expect(tens.push("1") && tens.push("2")).toBe(false);
    expect(tens.push(".4e1")).toBe(true);
    const sevens = compileGrammar({ jsonSchema: { multipleOf: 7, minimum: 1, maximum: 20 } }).matcher();
    expect(sevens.push("0.0") && ["2", "3", "8"].some((start) => sevens.push(start))).toBe(false);
    expect(sevens.push("14e3") && sevens.isComplete).toBe(true);
    const text = compileGrammar({ jsonSchema: { type: "string", pattern: "^.*@x$", maxLength: 5 } }).matcher();
    expect(text.push('"abc')).toBe(true);
    expect(text.accepts("d")).toBe(false);
    expect(text.push('@x"')).toBe(true);
    const escaped = compileGrammar({ jsonSchema: { enum: ["ä"] } }).matcher();
    expect(escaped.push('"\\u00')).toBe(true);
    expect(escaped.accepts("f")).toBe(false);
    expect(escaped.push('E4"')).toBe(true);
  });
});
