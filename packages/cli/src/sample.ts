import { createParser, render, RenderError, type Format, type Part, type SpanKind, type Tool } from "@glossa/core";
import { createCallId } from "./call-id.ts";
import { describeFormat } from "./describe-format.ts";
import { InputError } from "./input-error.ts";
import { textTable } from "./text-table.ts";

/** The running example: two tools would say no more than one. */
const tool: Tool = {
  name: "get_weather",
  description: "Weather forecast for a city",
  parameters: {
    type: "object",
    properties: { city: { type: "string" }, days: { type: "integer" }, detailed: { type: "boolean" } },
    required: ["city"],
  },
};

const argumentTexts = ['{"city": "Zürich", "days": 3}', '{"city": "Oslo", "detailed": true}'];

/** A stretch of the example and what it is. */
export interface SampleSpan {
  readonly kind: SpanKind;
  readonly text: string;
}

export interface AnnotatedSample {
  readonly raw: string;
  readonly spans: readonly SampleSpan[];
}

/** The example as the format writes it, and what each stretch of it is, as the parser tells. */
export function annotateSample(format: Format): AnnotatedSample {
  const raw = renderExample(format);
  const parser = createParser(format, { tools: [tool], spans: true });
  parser.push(raw);
  parser.end();
  return { raw, spans: parser.spans.map(({ kind, start, end }) => ({ kind, text: raw.slice(start, end) })) };
}

/** A call as each of the format's other spellings has it. */
export const spellingSamples = (format: Format): readonly string[] =>
  (format.calls?.spellings ?? []).map((nodes) =>
    render(
      { ...format, calls: { ...format.calls!, nodes } },
      { parts: sampleCalls(format, 1) },
      { tools: [tool], verify: false },
    ),
  );

/** The stretches beside what they are, white space and all. */
export function spanTable(spans: readonly SampleSpan[]): string {
  return textTable(
    [
      { title: "SPAN", width: 9 },
      { title: "TEXT", width: 1 },
    ],
    spans.map(({ kind, text }) => [[kind], [JSON.stringify(text)]]),
  );
}

/** The example for a terminal, under what is known of the format. */
export function annotatedSample(format: Format): string {
  const { raw, spans } = annotateSample(format);
  const { aliases, models, special_tokens: tokens } = describeFormat(format);
  const facts = [
    ["format", [format.name, ...aliases].join(", ")],
    ["models", models.join(", ")],
    ["special tokens", tokens.join(" ")],
  ].filter(([, text]) => text !== "");
  return [facts.map(([title, text]) => `${title!.padEnd(16)}${text}\n`).join(""), `${raw}\n`, spanTable(spans)].join(
    "\n",
  );
}

function renderExample(format: Format): string {
  const reasoning: readonly Part[] = format.reasoning ? [{ type: "reasoning", text: "Two cities: two calls." }] : [];
  const text: readonly Part[] = [{ type: "text", text: "Let me see." }];
  const calls = sampleCalls(format, callCount(format));
  // Some formats have no place for text beside calls.
  const messages = [[...reasoning, ...text, ...calls], [...reasoning, ...calls], text];
  for (const [index, parts] of messages.entries()) {
    try {
      return render(format, { parts }, { tools: [tool] });
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      if (index === messages.length - 1)
        throw new InputError("name", `${format.name} can't write the example: ${error.message}`, error);
    }
  }
  return "";
}

const sampleCalls = ({ ids }: Format, count: number): readonly Part[] =>
  argumentTexts.slice(0, count).map((json, ordinal) => ({
    type: "call",
    id: createCallId(ids, tool.name, ordinal),
    name: tool.name,
    arguments: json,
    status: "complete",
  }));

const callCount = ({ calls }: Format): number => (calls === undefined ? 0 : calls.parallel ? 2 : 1);
