import { expect } from "vitest";
import {
  createParser,
  foldEvents,
  getFormat,
  type CallStatus,
  type Diagnostic,
  type DiagnosticKind,
  type Event,
  type JsonSchema,
  type Message,
  type ParserOptions,
  type Span,
  type Tool,
} from "@glossa/core";

/** A part as a test writes it: arguments as JSON text to the letter, as the value they must say, or as what they look like. */
export type ExpectedPart =
  | { readonly type: "text" | "reasoning"; readonly text: string }
  | {
      readonly type: "call";
      readonly name: string;
      readonly arguments: string | object | RegExp;
      readonly status: CallStatus;
      readonly id: string | undefined;
    };

export const text = (said: string): ExpectedPart => ({ type: "text", text: said });
export const reasoning = (thought: string): ExpectedPart => ({ type: "reasoning", text: thought });
export const call = (
  name: string,
  args: string | object | RegExp,
  options: { readonly status?: CallStatus; readonly id?: string } = {},
): ExpectedPart => ({ type: "call", name, arguments: args, status: options.status ?? "complete", id: options.id });

/** A tool whose parameters are these properties. */
export const tool = (name: string, properties: { readonly [key: string]: JsonSchema } = {}, root: object = {}): Tool => ({
  name,
  parameters: { type: "object", properties, ...root },
});

export const string: JsonSchema = { type: "string" };
export const integer: JsonSchema = { type: "integer" };
export const weather: Tool = tool("get_weather", { city: string, days: integer });
export const time: Tool = tool("get_time", { tz: string });

export interface Reading {
  readonly message: Message;
  readonly events: readonly Event[];
  readonly diagnostics: readonly Diagnostic[];
  readonly spans: readonly Span[];
}

/** Reads an output that comes in these pieces, and checks what must hold of any reading. */
export function read(format: string, deltas: readonly string[], options: ParserOptions = {}): Reading {
  const parser = createParser(getFormat(format), { createId: (ordinal) => `id_${ordinal}`, ...options, spans: true });
  const events = [...deltas.flatMap((delta) => parser.push(delta)), ...parser.end()];
  const cut = `cut as ${JSON.stringify(deltas).slice(0, 2000)}`;
  checkEvents(events, cut);
  expect(foldEvents(events), `the fold of the events, ${cut}`).toEqual({ parts: parser.message.parts });
  checkSpans(parser.spans, deltas.join(""), parser.message, cut);
  return {
    message: { parts: parser.message.parts },
    events,
    diagnostics: events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic] : [])),
    spans: parser.spans,
  };
}

/** No delta is empty; a call starts once, in order, before its arguments, and ends once, behind them. */
function checkEvents(events: readonly Event[], cut: string): void {
  const open = new Set<number>();
  let calls = 0;
  for (const event of events) {
    switch (event.type) {
      case "text":
      case "reasoning":
        expect(event.text, `an empty delta, ${cut}`).not.toBe("");
        break;
      case "call-start":
        expect(event.index, `the index of a call, ${cut}`).toBe(calls++);
        expect(event.id, `the id of a call, ${cut}`).not.toBe("");
        open.add(event.index);
        break;
      case "call-arguments":
        expect(event.delta, `an empty delta, ${cut}`).not.toBe("");
        expect(open.has(event.index), `arguments of a call that is not open, ${cut}`).toBe(true);
        break;
      case "call-end":
        expect(open.delete(event.index), `the end of a call that is not open, ${cut}`).toBe(true);
        break;
      default:
        break;
    }
  }
  expect([...open], `calls without an end, ${cut}`).toEqual([]);
}

/** The spans tile the output, and what they call text and reasoning is what the message says. */
function checkSpans(spans: readonly Span[], raw: string, message: Message, cut: string): void {
  let end = 0;
  for (const span of spans) {
    expect(span.start, `a gap or overlap in the spans, ${cut}`).toBe(end);
    expect(span.end, `an empty span, ${cut}`).toBeGreaterThan(span.start);
    end = span.end;
  }
  expect(end, `the end of the last span, ${cut}`).toBe(raw.length);
  for (const kind of ["text", "reasoning"] as const) {
    const spanned = spans.filter((span) => span.kind === kind).map((span) => raw.slice(span.start, span.end));
    const said = message.parts.map((part) => (part.type === kind ? part.text : ""));
    expect(spanned.join(""), `the ${kind} spans, ${cut}`).toBe(said.join(""));
  }
}

function asExpected(message: Message, parts: readonly ExpectedPart[]): unknown[] {
  return message.parts.map((part, index) => {
    const expected = parts[index];
    if (part.type !== "call") return part;
    if (expected?.type !== "call") return part;
    const id = expected.id === undefined ? undefined : part.id;
    if (expected.arguments instanceof RegExp && expected.arguments.test(part.arguments))
      return { ...part, id, arguments: expected.arguments };
    const byValue = typeof expected.arguments === "object" && !(expected.arguments instanceof RegExp);
    return { ...part, id, arguments: byValue ? valueOf(part.arguments) : part.arguments };
  });
}

function valueOf(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return `no JSON: ${json}`;
  }
}

/** Every cut that the law of chunk invariance is tried with: by character, in small runs, in two at any place. */
export function* cuts(raw: string): Generator<string[]> {
  for (const size of [1, 2, 3, 7]) {
    const pieces: string[] = [];
    for (let at = 0; at < raw.length; at += size) pieces.push(raw.slice(at, at + size));
    yield pieces;
  }
  for (let at = 1; at < raw.length; at++) yield [raw.slice(0, at), raw.slice(at)];
}

/**
 * The output is read as these parts, whole and under all cuts, and just these kinds of diagnostics are made: none, if
 * nothing is said of them; `"any"` where the requirement leaves them open.
 */
export function expectMessage(
  format: string,
  raw: string,
  options: ParserOptions,
  parts: readonly ExpectedPart[],
  diagnostics: readonly DiagnosticKind[] | "any" = [],
): void {
  const whole = read(format, [raw], options);
  expect(asExpected(whole.message, parts), "the whole output at once").toEqual(parts);
  const kinds = whole.diagnostics.map((diagnostic) => diagnostic.kind);
  if (diagnostics !== "any") expect(kinds, `the diagnostics: ${JSON.stringify(whole.diagnostics)}`).toEqual(diagnostics);
  const print = JSON.stringify([whole.message, whole.diagnostics, whole.spans]);
  for (const deltas of cuts(raw)) {
    const { message, diagnostics: said, spans } = read(format, deltas, options);
    if (JSON.stringify([message, said, spans]) === print) continue;
    const cut = `cut as ${JSON.stringify(deltas).slice(0, 2000)}`;
    expect(message, cut).toEqual(whole.message);
    expect(said, cut).toEqual(whole.diagnostics);
    expect(spans, cut).toEqual(whole.spans);
  }
}
