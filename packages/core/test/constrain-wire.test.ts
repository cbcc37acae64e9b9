import { compileGrammar, type Grammar } from "@glossa/grammar";
import { constrain, type Format, type JsonSchema, type Tool } from "@glossa/core";
import { afterAll, describe, expect, test } from "vitest";
import { hasWireData, readWireData, type WireSample } from "./conformance/wire-data.ts";

/** Whether every object's declared keys come in the order of its schema, as a structural tag wants them. */
function inOrder(schema: JsonSchema | undefined, value: unknown): boolean {
  if (Array.isArray(value)) {
    const items = typeof schema === "object" ? (schema["items"] as JsonSchema | undefined) : undefined;
    return value.every((item) => inOrder(items, item));
  }
  if (typeof value !== "object" || value === null) return true;
  const properties = (typeof schema === "object" ? schema["properties"] : undefined) as
    | Readonly<Record<string, JsonSchema>>
    | undefined;
  const names = Object.keys(properties ?? {});
  const places = Object.keys(value).map((key) => (names.includes(key) ? names.indexOf(key) : names.length));
  const sorted = places.every((place, index) => index === 0 || places[index - 1]! <= place);
  return sorted && Object.entries(value).every(([key, each]) => inOrder(properties?.[key], each));
}

/** As Gemma 4's template writes it: keys sorted by name, whatever the order of the schema. */
function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, withSortedKeys(each)]));
}

const grammars = new Map<string, Grammar>();

function grammarOf(format: Format, { line, options }: WireSample): Grammar {
  const reasoning = !format.reasoning ? "off" : line.prompt_tail?.includes("think") ? "open" : "optional";
  // Calls are required where they are all there is: text may stand anywhere around calls only where they are free to come.
  const toolChoice = line.expected.content ? "auto" : "required";
  const key = `${format.name} ${line.case} ${reasoning} ${toolChoice}`;
  let grammar = grammars.get(key);
  if (!grammar) {
    const tools = options.tools!.map((tool): Tool => Object.assign({}, tool, { strict: true }));
    const { structuralTag } = constrain(format, { tools, toolChoice, reasoning });
    grammars.set(key, (grammar = compileGrammar(structuralTag!)));
  }
  return grammar;
}

if (!hasWireData) console.info("constrain-wire.test.ts is skipped: shared/data/wire is not beside the repository");

const accepted = { yes: 0, unordered: 0 };

describe.skipIf(!hasWireData)("the lines of shared/data/wire with calls, under their format's grammar", () => {
  afterAll(() => {
    console.info(`accepted by the grammar: ${accepted.yes}; keys in another order: ${accepted.unordered}`);
  });

  const groups = (hasWireData ? readWireData() : []).filter(({ samples }) =>
    samples.some(({ line }) => (line.expected.tool_calls?.length ?? 0) > 0),
  );

  test.each(groups.map((group) => [group.name, group] as const))("%s", (name, { format, samples }) => {
    const refused: unknown[] = [];
    for (const sample of samples) {
      const { line, options } = sample;
      const calls = line.expected.tool_calls ?? [];
      if (calls.length === 0 || line.quirk !== undefined) continue;
      const parameters = (called: string): JsonSchema | undefined =>
        options.tools!.find((tool) => tool.name === called)?.parameters;
      const written = (value: unknown): unknown => (name === "gemma4" ? withSortedKeys(value) : value);
      if (!calls.every((call) => inOrder(parameters(call.name), written(call.arguments)))) {
        accepted.unordered++;
        continue;
      }
      const grammar = grammarOf(format, sample);
      // What a template writes behind the calls, a line break before the end of the turn, no grammar asks for.
      if (grammar.accepts(line.raw) || grammar.accepts(line.raw.trimEnd())) accepted.yes++;
      else refused.push({ raw: line.raw, why: grammar.explain(line.raw) });
    }
    expect(refused.slice(0, 3)).toEqual([]);
  });
});
