import { compileGrammar } from "@glossa/grammar";
import {
  constrain,
  createParser,
  formats,
  getFormat,
  render,
  type CallPart,
  type Format,
  type Tool,
} from "@glossa/core";
import { describe, expect, test } from "vitest";

const tools: readonly Tool[] = [
  {
    name: "get_weather",
    strict: true,
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
      additionalProperties: false,
    },
  },
  {
    name: "get_time",
    strict: true,
    parameters: {
      type: "object",
      properties: { tz: { enum: ["CET", "UTC"] } },
      required: ["tz"],
      additionalProperties: false,
    },
  },
];

const call = (name: string, json: string): CallPart => ({
  type: "call",
  id: "a1B2c3D4e",
  name,
  arguments: json,
  status: "complete",
});
const weather = call("get_weather", '{"city": "Paris", "days": 3}');
const time = call("get_time", '{"tz": "CET"}');

/** The calls as one of the format's other spellings has them. */
const written = (format: Format, index: number, calls: readonly CallPart[]): string =>
  render(
    { ...format, calls: { ...format.calls!, nodes: format.calls!.spellings![index]! } },
    { parts: calls },
    { tools, verify: false },
  );

const spelled = formats.flatMap((format) =>
  (format.calls?.spellings ?? []).map((_nodes, index) => [format.name, index, format] as const),
);

describe.each(spelled)("%s, spelling %i", (_name, index, format) => {
  const several = format.calls!.parallel
    ? [
        [weather, time],
        [time, weather, time],
      ]
    : [];
  const messages = [[weather], [time], ...several];

  test("is read without a diagnostic", () => {
    for (const calls of messages) {
      const raw = written(format, index, calls);
      const parser = createParser(format, { tools });
      const events = [...parser.push(raw), ...parser.end()];
      expect(events.filter(({ type }) => type === "diagnostic")).toEqual([]);
      const read = parser.message.parts.map((part) => part.type === "call" && { ...part, id: weather.id });
      expect([raw, read]).toEqual([raw, calls]);
    }
  });

  test.each(["auto", "required"] as const)("is offered where the choice is %s", (toolChoice) => {
    const any = compileGrammar(constrain(format, { tools, toolChoice, reasoning: "off" }).structuralTag!);
    for (const calls of messages) expect(any.explain(written(format, index, calls))).toEqual({ ok: true });
    const one = compileGrammar(
      constrain(format, { tools, toolChoice, parallelToolCalls: false, reasoning: "off" }).structuralTag!,
    );
    for (const calls of messages) expect(one.accepts(written(format, index, calls))).toBe(calls.length === 1);
    // A tool's arguments are held to its own schema, wherever its name stands.
    const wrong = written(format, index, [call("get_time", weather.arguments)]);
    expect([wrong, any.accepts(wrong), one.accepts(wrong)]).toEqual([wrong, false, false]);
  });

  test("is offered for a named tool", () => {
    const grammar = compileGrammar(
      constrain(format, { tools, toolChoice: { name: "get_time" }, reasoning: "off" }).structuralTag!,
    );
    expect(grammar.explain(written(format, index, [time]))).toEqual({ ok: true });
    expect(grammar.accepts(written(format, index, [weather]))).toBe(false);
  });
});

test("calls of one turn may be spelled differently", () => {
  const format = getFormat("hermes");
  const grammar = compileGrammar(constrain(format, { tools, toolChoice: "required" }).structuralTag!);
  const mixed = `${written(format, 0, [weather])}\n${render(format, { parts: [time] })}`;
  expect(grammar.explain(mixed)).toEqual({ ok: true });
});

describe.each(
  formats.filter(({ reasoning = [] }) => reasoning.length > 1).map((format) => [format.name, format] as const),
)("%s, whose models write reasoning in several ways", (_name, format) => {
  const written = format.reasoning!.map((block) =>
    render(
      { ...format, reasoning: [block] },
      { parts: [{ type: "reasoning", text: "Two cities." }, weather] },
      { tools },
    ),
  );

  test.each(["auto", "required"] as const)("may write it in each: %s", (toolChoice) => {
    for (const reasoning of ["optional", "forced"] as const) {
      const grammar = compileGrammar(constrain(format, { tools, toolChoice, reasoning }).structuralTag!);
      for (const text of written) expect([text, grammar.explain(text)]).toEqual([text, { ok: true }]);
    }
  });

  test("is read in each", () => {
    for (const raw of written) {
      const parser = createParser(format, { tools });
      const events = [...parser.push(raw), ...parser.end()];
      expect(events.filter(({ type }) => type === "diagnostic")).toEqual([]);
      expect(parser.message.parts.map(({ type }) => type)).toEqual(["reasoning", "call"]);
    }
  });
});

test("what is merely read is not offered", () => {
  const format = getFormat("kimi_k2");
  const raw = render(format, { parts: [weather] }, { tools });
  const other = raw.replace("<|tool_calls_section_begin|>", "<|tool_call_section_begin|>");
  const grammar = compileGrammar(constrain(format, { tools, toolChoice: "required" }).structuralTag!);
  expect([raw, other].map((text) => grammar.accepts(text))).toEqual([true, false]);
});

describe("a line break before the reasoning of GLM-4.5, whose template ends the prompt before it", () => {
  const format = getFormat("glm45");
  const text = "<think>Two cities.</think>\nIt is sunny.";

  test("is markup", () => {
    const parser = createParser(format, { prompt: "<|assistant|>" });
    parser.push(`\n${text}`);
    parser.end();
    expect(parser.message.parts).toEqual([
      { type: "reasoning", text: "Two cities." },
      { type: "text", text: "It is sunny." },
    ]);
    expect(render(format, parser.message)).toBe(text);
  });

  test.each(["optional", "forced"] as const)("may come or not: %s", (reasoning) => {
    for (const request of [
      { tools, toolChoice: "auto" },
      { responseFormat: { type: "regex", pattern: "It .*" } },
    ] as const) {
      const grammar = compileGrammar(constrain(format, { ...request, reasoning }).structuralTag!);
      for (const start of ["", "\n"]) expect(grammar.explain(start + text)).toEqual({ ok: true });
    }
  });

  test("is not what the output starts with where the prompt has opened the reasoning", () => {
    const { structuralTag } = constrain(format, {
      responseFormat: { type: "regex", pattern: "It .*" },
      reasoning: "open",
    });
    expect(JSON.stringify(structuralTag)).not.toContain("optional");
    expect(compileGrammar(structuralTag!).explain(text.slice("<think>".length))).toEqual({ ok: true });
  });
});
