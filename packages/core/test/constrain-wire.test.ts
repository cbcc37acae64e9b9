import { compileGrammar, type Grammar } from "@glossa/grammar";
import {
  constrain,
  type ConstrainRequest,
  type Format,
  type JsonSchema,
  type StructuralTag,
  type Tool,
} from "@glossa/core";
import { afterAll, describe, expect, test } from "vitest";
import { everyNode } from "../src/nodes.ts";
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

/** The schema with its properties declared in the order in which the value has them. */
function declaredLike(schema: JsonSchema, value: unknown): JsonSchema {
  if (typeof schema !== "object") return schema;
  const items = schema["items"] as JsonSchema | undefined;
  if (Array.isArray(value)) return items ? { ...schema, items: declaredLike(items, value[0]) } : schema;
  const properties = schema["properties"] as Readonly<Record<string, JsonSchema>> | undefined;
  if (typeof value !== "object" || value === null || !properties) return schema;
  const written = Object.entries(value).filter(([key]) => Object.hasOwn(properties, key));
  const inItsOrder = written.map(([key, each]) => [key, declaredLike(properties[key]!, each)]);
  return { ...schema, properties: { ...Object.fromEntries(inItsOrder), ...without(properties, Object.keys(value)) } };
}

const without = (properties: Readonly<Record<string, JsonSchema>>, names: readonly string[]): object =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)));

/** The same tag, in which JSON may have its properties in any order. */
function inAnyOrder(tag: StructuralTag): StructuralTag {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    const copy = Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, key === "json_schema" ? value : visit(value)]),
    );
    return "json_schema" in node ? { ...copy, any_order: true } : copy;
  };
  return visit(tag) as StructuralTag;
}

const modeOf = (format: Format, { line }: WireSample): Pick<ConstrainRequest, "toolChoice" | "reasoning"> => ({
  reasoning: !format.reasoning ? "off" : line.prompt_tail?.includes("think") ? "open" : "optional",
  // Calls are required where they are all there is: text may stand anywhere around calls only where they are free to come.
  toolChoice: line.expected.content ? "auto" : "required",
});

const strictTools = ({ options }: WireSample): readonly Tool[] =>
  options.tools!.map((tool): Tool => Object.assign({}, tool, { strict: true }));

const grammars = new Map<string, Grammar>();

function grammarOf(format: Format, sample: WireSample): Grammar {
  const mode = modeOf(format, sample);
  const key = `${format.name} ${sample.line.case} ${JSON.stringify(mode)}`;
  let grammar = grammars.get(key);
  if (!grammar) {
    const { structuralTag } = constrain(format, { tools: strictTools(sample), ...mode });
    grammars.set(key, (grammar = compileGrammar(structuralTag!)));
  }
  return grammar;
}

/** The grammar for tools whose properties are declared in the order in which the line has them, JSON in any order. */
function unorderedGrammarOf(format: Format, sample: WireSample): Grammar {
  const isJson = everyNode(format.calls!.nodes).every(
    (node) => node.kind !== "arguments" || node.notation.kind === "json",
  );
  const tools = strictTools(sample).map((tool): Tool => {
    const call = sample.line.expected.tool_calls!.find(({ name }) => name === tool.name);
    return call && !isJson ? { ...tool, parameters: declaredLike(tool.parameters!, call.arguments) } : tool;
  });
  const { structuralTag } = constrain(format, { tools, ...modeOf(format, sample) });
  return compileGrammar(isJson ? inAnyOrder(structuralTag!) : structuralTag!);
}

const hasCalls = ({ line }: WireSample): boolean => (line.expected.tool_calls?.length ?? 0) > 0;

/** What a template writes behind the calls, a line break or a blank before the end of the turn, no grammar asks for. */
const accepts = (grammar: Grammar, { line }: WireSample): boolean =>
  grammar.accepts(line.raw) || grammar.accepts(line.raw.trimEnd());

if (!hasWireData) console.info("constrain-wire.test.ts is skipped: shared/data/wire is not beside the repository");

const accepted = { declared: 0, unordered: 0 };
const quirks: string[] = [];

describe.skipIf(!hasWireData)("the lines of shared/data/wire with calls, under their format's grammar", () => {
  afterAll(() => {
    console.info(
      `accepted by the grammar: ${accepted.declared} with keys in declared order, ${accepted.unordered} in another; refused: ${quirks.length} with Python's literals`,
    );
  });

  const groups = (hasWireData ? readWireData() : []).filter(({ samples }) => samples.some(hasCalls));

  test.each(groups.map((group) => [group.name, group] as const))("%s", (_name, { format, samples }) => {
    const refused: unknown[] = [];
    const sorts = everyNode(format.calls!.nodes).some(
      (node) => node.kind === "arguments" && node.notation.kind === "gemma" && node.notation.sorted,
    );
    for (const sample of samples.filter(hasCalls)) {
      const { line } = sample;
      if (line.quirk !== undefined) continue;
      const parameters = (called: string): JsonSchema | undefined =>
        sample.options.tools!.find((tool) => tool.name === called)?.parameters;
      // A grammar has properties in declared order, or where the notation sorts keys in the order of their names.
      const isOrdered =
        sorts || line.expected.tool_calls!.every((call) => inOrder(parameters(call.name), call.arguments));
      const grammar = isOrdered ? grammarOf(format, sample) : unorderedGrammarOf(format, sample);
      if (accepts(grammar, sample)) accepted[isOrdered ? "declared" : "unordered"]++;
      else refused.push({ raw: line.raw, why: grammar.explain(line.raw) });
    }
    expect(refused.slice(0, 3)).toEqual([]);
  });

  /**
   * Jinja prints a list or an object that a template does not pass through `tojson` as Python does. The parser reads it;
   * asking a model for it would be asking for an accident of the template, not for what the model was taught.
   */
  test("Python's literals for objects and lists are read and never offered", () => {
    for (const { name, format, samples } of groups)
      for (const sample of samples) {
        const { line } = sample;
        if (line.quirk === undefined) continue;
        expect(line.quirk).toBe("python_repr_of_lists_and_objects");
        expect([line.raw, accepts(grammarOf(format, sample), sample)]).toEqual([line.raw, false]);
        quirks.push(`${name} of ${line.source}, ${line.case}`);
      }
    expect(quirks.toSorted()).toEqual([
      "qwen3_coder of template:qwen3-coder, syn_array_of_objects",
      "seed_oss of template:seed-oss, live_simple_139-92-0",
      "seed_oss of template:seed-oss, syn_array_of_objects",
      "seed_oss of template:seed-oss, syn_nested",
    ]);
  });
});
