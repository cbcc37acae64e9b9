import { createParser, getFormat, type Event } from "@glossa/core";
import { expect, test } from "vitest";

const tools = [
  { name: "note", parameters: { type: "object", properties: { text: { type: "string" }, tree: { type: "array" } } } },
];
const call = (json: string): string => `<tool_call>{"name": "note", "arguments": ${json}}</tool_call>`;

const kinds = (events: readonly Event[]): string[] =>
  events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic.kind] : []));

test("what was made under the constraint is a call, even behind an open backtick", () => {
  const text = `Run \`it ${call('{"text": "ok"}')}`;
  const read = (constrained: boolean): string[] => {
    const parser = createParser(getFormat("hermes"), { tools, constrained });
    parser.push(text);
    parser.end();
    return parser.message.parts.map((part) => part.type);
  };
  expect(read(true)).toEqual(["text", "call"]);
  expect(read(false)).toEqual(["text"]);
});

test("nesting beyond the limit ends the call as malformed, and the next call is read", () => {
  const parser = createParser(getFormat("hermes"), { tools, limits: { depth: 8 } });
  const deep = `{"tree": ${"[".repeat(20)}${"]".repeat(20)}}`;
  const events = [...parser.push(call(deep) + call('{"text": "ok"}')), ...parser.end()];
  expect(parser.message.parts.map((part) => part.type === "call" && [part.status, part.arguments])).toEqual([
    ["malformed", `${deep}}`],
    ["complete", '{"text": "ok"}'],
  ]);
  expect(kinds(events)).toEqual(["malformed-call"]);
});

test("two hundred levels are within the default", () => {
  const parser = createParser(getFormat("hermes"), { tools });
  const deep = `{"tree": ${"[".repeat(200)}${"]".repeat(200)}}`;
  for (const character of call(deep)) parser.push(character);
  parser.end();
  expect(parser.message.parts).toMatchObject([{ arguments: deep, status: "complete" }]);
});

test("arguments beyond the limit end the call with a diagnostic, and what follows is not lost", () => {
  const parser = createParser(getFormat("hermes"), { tools, limits: { argumentsLength: 100 }, spans: true });
  const text = `${call(`{"text": "${"x".repeat(500)}"}`)} after`;
  const events = text.match(/[^]{1,7}/g)!.flatMap((piece) => parser.push(piece));
  events.push(...parser.end());
  const [first] = parser.message.parts;
  expect(first).toMatchObject({ type: "call", status: "truncated" });
  expect(first?.type === "call" && first.arguments.length).toBeLessThanOrEqual(100);
  expect(kinds(events)).toContain("limit");
  expect(parser.message.parts.at(-1)).toMatchObject({ type: "text" });
  expect(parser.spans.at(-1)!.end).toBe(text.length);
});

test("calls beyond the limit are text, with a diagnostic", () => {
  const parser = createParser(getFormat("hermes"), { tools, limits: { calls: 2 } });
  const events = [...parser.push(call("{}").repeat(4)), ...parser.end()];
  expect(parser.message.parts.filter((part) => part.type === "call")).toHaveLength(2);
  expect(parser.message.parts.at(-1)).toMatchObject({ type: "text", text: call("{}").repeat(2) });
  expect(kinds(events)).toContain("limit");
});
