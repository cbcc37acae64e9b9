import { createParser, render, RenderError, type Format, type Part, type Tool } from "@glossa/core";
import { createCallId } from "./call-id.ts";
import { describeFormat } from "./describe-format.ts";
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

/** The example as the format writes it, and beside each stretch what it is, as the parser tells. */
export function annotatedSample(format: Format): string {
  const raw = renderExample(format);
  const parser = createParser(format, { tools: [tool], spans: true });
  parser.push(raw);
  parser.end();
  const { aliases, models, special_tokens: tokens } = describeFormat(format);
  const facts = [
    ["format", [format.name, ...aliases].join(", ")],
    ["models", models.join(", ")],
    ["special tokens", tokens.join(" ")],
  ].filter(([, text]) => text !== "");
  const spans = parser.spans.map(({ kind, start, end }) => [[kind], [JSON.stringify(raw.slice(start, end))]]);
  return [
    facts.map(([title, text]) => `${title!.padEnd(16)}${text}\n`).join(""),
    `${raw}\n`,
    textTable(
      [
        { title: "SPAN", width: 9 },
        { title: "TEXT", width: 1 },
      ],
      spans,
    ),
  ].join("\n");
}

function renderExample(format: Format): string {
  const reasoning: readonly Part[] = format.reasoning ? [{ type: "reasoning", text: "Two cities: two calls." }] : [];
  const text: readonly Part[] = [{ type: "text", text: "Let me see." }];
  const calls = argumentTexts.slice(0, format.calls?.parallel ? 2 : 1).map((json, ordinal): Part => ({
    type: "call",
    id: createCallId(format.ids, tool.name, ordinal),
    name: tool.name,
    arguments: json,
    status: "complete",
  }));
  try {
    return render(format, { parts: [...reasoning, ...text, ...calls] }, { tools: [tool] });
  } catch (error) {
    // Some formats have no place for text beside calls.
    if (!(error instanceof RenderError)) throw error;
    return render(format, { parts: [...reasoning, ...calls] }, { tools: [tool] });
  }
}
