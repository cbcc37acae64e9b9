import { expect, test } from "vitest";
import type { JsonSchema, Tool } from "@glossa/core";
import { call, expectMessage, integer, read, string, text, tool } from "./expect-message.ts";

/** A call in Qwen's notation; values as they stand between the tags, without the line breaks that belong to them. */
const qwen = (name: string, parameters: Record<string, string>): string =>
  `<tool_call>\n<function=${name}>\n${Object.entries(parameters)
    .map(([key, value]) => `<parameter=${key}>\n${value}\n</parameter>\n`)
    .join("")}</function>\n</tool_call>`;
const glm = (name: string, parameters: Record<string, string>): string =>
  `<tool_call>${name}\n${Object.entries(parameters)
    .map(([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`)
    .join("")}</tool_call>`;

function expectParameter(schema: JsonSchema, raw: string, value: unknown, definitions: object = {}): void {
  const tools = [tool("f", { v: schema }, definitions)];
  expectMessage("qwen3_coder", qwen("f", { v: raw }), { tools }, [call("f", { v: value })], "any");
  expectMessage("glm45", glm("f", { v: raw }), { tools }, [call("f", { v: value })], "any");
}

const number: JsonSchema = { type: "number" };
const boolean: JsonSchema = { type: "boolean" };

test("B5: a scalar that the model put in quotes is the scalar, and what follows is kept", () => {
  const tools = [tool("f", { n: integer, on: boolean, none: { type: "null" }, s: string })];
  const values = { n: '"42"', on: '"true"', none: '"null"', s: "x" };
  const said = [call("f", { n: 42, on: true, none: null, s: "x" })];
  expectMessage("qwen3_coder", qwen("f", values), { tools }, said, "any");
  expectMessage("glm45", glm("f", values), { tools }, said, "any");
});

test("B50: the types of unions, references and lists of types are found", () => {
  const optional: JsonSchema = { anyOf: [integer, { type: "null" }] };
  expectParameter(optional, "7", 7);
  expectParameter(optional, "null", null);
  expectParameter({ anyOf: [string, { type: "null" }] }, "7", "7");
  expectParameter({ anyOf: [string, { type: "null" }] }, "null", null);
  expectParameter({ oneOf: [{ type: "array", items: integer }, string] }, "[1, 2]", [1, 2]);
  expectParameter({ oneOf: [{ type: "array", items: integer }, string] }, "[1, 2", "[1, 2");
  expectParameter({ type: ["integer", "null"] }, "7", 7);
  expectParameter({ type: ["string", "integer"] }, "7", 7);
  expectParameter({ type: ["string", "integer"] }, "7 up", "7 up");
  const definitions = { $defs: { Size: { enum: ["S", "M"] }, Count: { type: "integer" } } };
  expectParameter({ $ref: "#/$defs/Count" }, "7", 7, definitions);
  expectParameter({ $ref: "#/$defs/Size" }, "M", "M", definitions);
  expectParameter({ anyOf: [{ $ref: "#/$defs/Count" }, { type: "null" }] }, "7", 7, definitions);
});

test("B50: what is no number at all does not cost the call", () => {
  for (const raw of ["-", "+", ".", "1-2", "none", "1e"]) expectParameter(integer, raw, raw);
});

test("B51: a string keeps its white space to the letter", () => {
  for (const raw of ["  two spaces  ", "\tdef f():\n\t\tpass\n", "\n\n", " ", "", "a\r\nb"])
    expectParameter(string, raw, raw);
});

const gemma = (body: string): string => `<|tool_call>call:f{${body}}<tool_call|>`;

test("B52: bare values have types", () => {
  const tools = [tool("f")];
  expectMessage("gemma4", gemma("a:1,b:true,c:null,d:-2.5,e:[1,2],g:{h:false}"), { tools }, [
    call("f", { a: 1, b: true, c: null, d: -2.5, e: [1, 2], g: { h: false } }),
  ]);
});

test("B52: quotes of other languages are quotes, inside containers too", () => {
  const tools = [tool("f")];
  expectMessage(
    "gemma4",
    gemma(`a:["x",'y'],b:{k:"v","w":'z'}`),
    { tools },
    [call("f", { a: ["x", "y"], b: { k: "v", w: "z" } })],
    "any",
  );
});

test("B52: an equals sign for a colon", () => {
  expectMessage("gemma4", gemma('a=<|"|>x<|"|>,b=2'), { tools: [tool("f")] }, [call("f", { a: "x", b: 2 })], "any");
});

test("B52: parentheses for braces", () => {
  const raw = '<|tool_call>call:f(a=<|"|>x)<|"|>,b=[1,{c:2}])<tool_call|>';
  expectMessage("gemma4", raw, { tools: [tool("f")] }, [call("f", { a: "x)", b: [1, { c: 2 }] })], ["tolerance"]);
});

test("B52: a string without its closing delimiter does not take the next key with it", () => {
  const tools = [tool("f", { place: string, unit: string })];
  expectMessage(
    "gemma4",
    gemma('place:<|"|>Paris,unit:<|"|>C<|"|>'),
    { tools },
    [call("f", { place: "Paris", unit: "C" })],
    "any",
  );
});

test("B52: a string that ends like the next member has its own delimiter", () => {
  const tools = [tool("f", { place: string, unit: string })];
  expectMessage("gemma4", gemma('place:<|"|>Oslo,unit:<|"|>,unit:<|"|>,mood: <|"|>'), { tools }, [
    call("f", { place: "Oslo,unit:", unit: ",mood: " }),
  ]);
});

test("B52: a delimiter that comes in pieces, and one that is none", () => {
  expectMessage("gemma4", gemma('a:<|"|>x <|" y <|"|>,b:<|"|><|"|>'), { tools: [tool("f")] }, [
    call("f", { a: 'x <|" y ', b: "" }),
  ]);
});

test("B53: nested objects do not end the call, and words behind it do not undo it", () => {
  const args = '{"a": {"b": {"c": [1, {"d": "}"}]}}, "e": {}}';
  const tools = [tool("f")];
  expectMessage("llama3_json", `{"name": "f", "parameters": ${args}} That is all.`, { tools }, [
    call("f", args),
    text(" That is all."),
  ]);
  expectMessage("mistral_json", `[TOOL_CALLS][{"name": "f", "arguments": ${args}}]`, { tools }, [call("f", args)]);
  expectMessage("mistral", `[TOOL_CALLS]f${args}`, { tools }, [call("f", args)]);
});

test("B54: Python's literals", () => {
  const tools = [tool("f"), tool("pkg.mod.f"), tool("g")];
  const cases: [string, string, object][] = [
    ["f", "a=-3, b=-2.5e-3, c=+1", { a: -3, b: -2.5e-3, c: 1 }],
    ["f", "a='x] y) [f(', b=\"it's\"", { a: "x] y) [f(", b: "it's" }],
    ["f", "a='l1\nl2', b='t\\tq\\'s'", { a: "l1\nl2", b: "t\tq's" }],
    ["f", "a='ends in a backslash\\\\'", { a: "ends in a backslash\\" }],
    ["f", "a=(1, 2), b=(), c=[(1,)]", { a: [1, 2], b: [], c: [[1]] }],
    ["f", "class='k', from='x', lambda=1", { class: "k", from: "x", lambda: 1 }],
    ["f", "a={'k': None, 'l': [True, False]}", { a: { k: null, l: [true, false] } }],
    ["pkg.mod.f", "a=1", { a: 1 }],
    ["g", "", {}],
  ];
  for (const [name, args, value] of cases)
    expectMessage("pythonic", `[${name}(${args})]`, { tools }, [call(name, value)], "any");
});

test("B54: words before the list are text", () => {
  expectMessage("pythonic", "Sure, here: [f(a=1)]", { tools: [tool("f")] }, [
    text("Sure, here: "),
    call("f", { a: 1 }),
  ]);
});

test("B55: arguments that were encoded twice are decoded once", () => {
  const raw = '<tool_call>{"name": "f", "arguments": "{\\"city\\": \\"a \\\\\\"b\\\\\\" \\u00fc\\"}"}</tool_call>';
  expectMessage("hermes", raw, { tools: [tool("f")] }, [call("f", { city: 'a "b" ü' })], ["tolerance"]);
});

test.for([
  '{"name": "f"}',
  '{"name": "f", "arguments": {}}',
  '{"name": "f", "arguments": null}',
  '{"name": "f", "arguments": ""}',
  '{"name": "f", "arguments": "{}"}',
])("B55: empty arguments are an empty object (%s)", (body) => {
  expectMessage("hermes", `<tool_call>${body}</tool_call>`, { tools: [tool("f")] }, [call("f", "{}")], "any");
});

test("B56: a string of digits is a string", () => {
  for (const raw of ["2_400_001", "08045", "0x1F", "1e5", "+49", "true", "12:30"]) expectParameter(string, raw, raw);
});

test("B56: the schema wins over the look of a bare word", () => {
  expectMessage(
    "gemma4",
    gemma("zip:08045,days:3"),
    { tools: [tool("f", { zip: string, days: integer })] },
    [call("f", { zip: "08045", days: 3 })],
    "any",
  );
});

test("B57: the same bytes say the same in any notation of raw values", () => {
  const schemas: JsonSchema[] = [
    true,
    string,
    integer,
    number,
    boolean,
    { type: ["integer", "null"] },
    { anyOf: [number, string] },
  ];
  for (const schema of schemas) {
    const tools: Tool[] = [tool("f", { v: schema })];
    for (const value of [
      "42",
      '"42"',
      "True",
      "1e3",
      "[1, 2]",
      "{}",
      "None",
      "null",
      "-",
      "x",
      "0042",
      "1_0",
      ".5",
      "5.",
    ]) {
      const [a] = read("qwen3_coder", [qwen("f", { v: value })], { tools }).message.parts;
      const [b] = read("glm45", [glm("f", { v: value })], { tools }).message.parts;
      expect({ value, schema, said: b }).toEqual({ value, schema, said: a });
    }
  }
});

test("P30: letters beyond ASCII in arguments arrive once and as they are", () => {
  const args = '{"q": "smörgåsbord 寿司", "é": "\\u00e9"}';
  const tools = [tool("f")];
  expectMessage("hermes", `<tool_call>{"name": "f", "arguments": ${args}}</tool_call>`, { tools }, [call("f", args)]);
  expectMessage("qwen3_coder", qwen("f", { q: "smörgåsbord 寿司" }), { tools: [tool("f", { q: string })] }, [
    call("f", '{"q": "smörgåsbord 寿司"}'),
  ]);
});

test("P31: an integer beyond the safe ones keeps its digits", () => {
  const args = '{"id": 12345678901234567891}';
  const tools = [tool("f", { id: integer })];
  expectMessage("hermes", `<tool_call>{"name": "f", "arguments": ${args}}</tool_call>`, { tools }, [call("f", args)]);
  for (const [format, raw] of [
    ["qwen3_coder", qwen("f", { id: "12345678901234567891" })],
    ["pythonic", "[f(id=12345678901234567891)]"],
  ] as const)
    expectMessage(format, raw, { tools }, [call("f", /^\{"id": ?12345678901234567891\}$/)]);
  expectMessage("gemma4", gemma("id:12345678901234567891"), { tools }, [
    call("f", /^\{"id": ?12345678901234567891\}$/),
  ]);
});

test("P32: leading zeros of a string stay", () => {
  expectParameter(string, "0042", "0042");
});

test("P33: a number is not written anew", () => {
  const args = '{"a": 2.0, "b": 9007199254740995, "c": 1E400, "d": -0}';
  const tools = [tool("f", { a: number })];
  expectMessage("hermes", `<tool_call>{"name": "f", "arguments": ${args}}</tool_call>`, { tools }, [call("f", args)]);
  expectMessage("qwen3_coder", qwen("f", { a: "2.0" }), { tools }, [call("f", '{"a": 2.0}')]);
});

test("P34: a string that looks like an object is that string", () => {
  for (const raw of ['{ "a" :  1 }', "[1,\n  2]", '{"a":1}\n', '"quoted"']) expectParameter(string, raw, raw);
});

test("P35: arguments may come in any order", () => {
  const tools = [tool("f", { must: string, may: integer }, { required: ["must"] })];
  expectMessage("qwen3_coder", qwen("f", { may: "1", must: "x" }), { tools }, [call("f", '{"may": 1, "must": "x"}')]);
  expectMessage("glm45", glm("f", { may: "1", must: "x" }), { tools }, [call("f", '{"may": 1, "must": "x"}')]);
});

test("P36: a missing required argument is for the client to judge", () => {
  const tools = [tool("f", { must: string, may: integer }, { required: ["must"] })];
  expectMessage("qwen3_coder", qwen("f", { may: "1" }), { tools }, [call("f", '{"may": 1}')]);
});

test("P37: a number that comes in pieces is said when it is whole", () => {
  const digits = "-41.75e-3";
  const tools = [tool("f", { a: number })];
  for (const [format, raw] of [
    ["qwen3_coder", qwen("f", { a: digits })],
    ["glm45", glm("f", { a: digits })],
    ["pythonic", `[f(a=${digits})]`],
    ["gemma4", gemma(`a:${digits}`)],
  ] as const) {
    expectMessage(format, raw, { tools }, [call("f", { a: -41.75e-3 })]);
    const { events } = read(format, [...raw], { tools });
    const deltas = events.flatMap((event) => (event.type === "call-arguments" ? [event.delta] : []));
    expect(deltas.filter((delta) => /\d/.test(delta))).toHaveLength(1);
  }
  const args = `{"a": ${digits}}`;
  expectMessage("hermes", `<tool_call>{"name": "f", "arguments": ${args}}</tool_call>`, { tools }, [call("f", args)]);
});

test("P38: a list with one Python call is that call", () => {
  expectMessage("pythonic", "[f(query='sea', top=12)]", { tools: [tool("f", { query: string, top: integer })] }, [
    call("f", { query: "sea", top: 12 }),
  ]);
});

test.for(["`", "'", '"'])("P41: a gemma string in %s is read, and noted", (quote) => {
  const body = `city:${quote}New York${quote},days:3`;
  expectMessage(
    "gemma4",
    gemma(body),
    { tools: [tool("f", { city: string, days: integer })] },
    [call("f", { city: "New York", days: 3 })],
    ["tolerance"],
  );
});

test("P42: the words for nothing are words where a string is due", () => {
  for (const raw of ["None", "null", "nil", "NULL"]) expectParameter(string, raw, raw);
});
