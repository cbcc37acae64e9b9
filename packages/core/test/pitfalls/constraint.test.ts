import { compileGrammar, GrammarError } from "@glossa/grammar";
import {
  constrain,
  formats,
  getFormat,
  lower,
  render,
  type CallPart,
  type ConstrainRequest,
  type JsonSchema,
  type LowerTarget,
  type ReasoningMode,
  type StructuralTag,
  type Tool,
} from "@glossa/core";
import { describe, expect, test } from "vitest";
import { string, tool } from "./expect-message.ts";

type Grammar = ReturnType<typeof compileGrammar>;

const closed = { additionalProperties: false };
const strictly = (each: Tool): Tool => ({ ...each, strict: true });
const weather = strictly(tool("get_weather", { city: string }, { ...closed, required: ["city"] }));
const time = strictly(tool("get_time", { tz: string }, { ...closed, required: ["tz"] }));
const tools = [weather, time];

const tagOf = (format: string, request: ConstrainRequest): StructuralTag =>
  constrain(getFormat(format), request).structuralTag!;
const grammarOf = (format: string, request: ConstrainRequest): Grammar => compileGrammar(tagOf(format, request));

const called = (name: string, args: string): CallPart => ({
  type: "call",
  id: `call_${"x7Yz".repeat(6)}`,
  name,
  arguments: args,
  status: "complete",
});

/** Two calls as every family that can make two writes them. */
const twoCalls = formats
  .filter(({ calls }) => calls?.parallel)
  .map((format): readonly [string, string] => {
    const { ids } = format;
    const parts = [called("get_weather", '{"city": "Oslo"}'), called("get_time", '{"tz": "CET"}')].map((part) =>
      ids.kind === "random" ? { ...part, id: ids.prefix + "x7Yz".repeat(6).slice(0, ids.length) } : part,
    );
    return [format.name, render(format, { parts }, { tools })];
  });

/** An answer in the format's own place for it. */
const answered = (format: string, text: string): string =>
  render(getFormat(format), { parts: [{ type: "text", text }] }, { tools: [] });

const verdict: JsonSchema = {
  type: "object",
  properties: { verdict: { enum: ["guilty", "not guilty"] } },
  required: ["verdict"],
  ...closed,
};
const judged = { type: "json_schema", schema: verdict } as const;

/** Reasoning and a call behind it, as the families write them. */
const thoughtThenCall: readonly (readonly [format: string, thought: string, call: string])[] = [
  [
    "glm45",
    "<think>The clock in Oslo.</think>",
    "\n<tool_call>get_time\n<arg_key>tz</arg_key>\n<arg_value>CET</arg_value>\n</tool_call>",
  ],
  [
    "hermes",
    "<think>\nThe clock in Oslo.\n</think>\n\n",
    '<tool_call>\n{"name": "get_time", "arguments": {"tz": "CET"}}\n</tool_call>',
  ],
  [
    "kimi_k2",
    "<think>The clock in Oslo.</think>",
    '<|tool_calls_section_begin|><|tool_call_begin|>functions.get_time:0<|tool_call_argument_begin|>{"tz": "CET"}<|tool_call_end|><|tool_calls_section_end|>',
  ],
  [
    "openai",
    "<|channel|>analysis<|message|>The clock in Oslo.<|end|><|start|>assistant",
    '<|channel|>commentary to=functions.get_time <|constrain|>json<|message|>{"tz": "CET"}<|call|>',
  ],
];

test.each(thoughtThenCall)("B41: %s reasons before a call that it must make", (format, thought, call) => {
  for (const toolChoice of ["required", { name: "get_time" }] as const) {
    const grammar = (reasoning: ReasoningMode): Grammar => grammarOf(format, { tools, toolChoice, reasoning });
    const opened = thought.slice(thought.indexOf("The clock"));
    const accepted: readonly (readonly [ReasoningMode, string])[] = [
      ["optional", call],
      ["optional", thought + call],
      ["forced", thought + call],
      ["open", opened + call],
      ["off", call],
    ];
    for (const [reasoning, text] of accepted) expect(grammar(reasoning).explain(text)).toMatchObject({ ok: true });
    const refused: readonly (readonly [ReasoningMode, string])[] = [
      ["forced", call],
      ["off", thought + call],
      // A thought alone is no answer to a demand for a call.
      ["optional", thought],
      ["forced", thought],
      ["open", opened],
    ];
    expect(refused.filter(([reasoning, text]) => grammar(reasoning).accepts(text))).toEqual([]);
  }
});

test.each(twoCalls)("B42: strict tools are held to their schema in %s, beside reasoning too", (format, raw) => {
  const modes: readonly ReasoningMode[] = getFormat(format).reasoning ? ["off", "optional"] : ["off"];
  for (const reasoning of modes) {
    const misspelt = raw.replaceAll("city", "town");
    const strict = grammarOf(format, { tools, toolChoice: "auto", reasoning });
    const loose = grammarOf(format, {
      tools: [{ ...weather, strict: false }, time],
      toolChoice: "auto",
      reasoning,
    });
    expect(strict.explain(raw)).toMatchObject({ ok: true });
    expect(strict.accepts(misspelt)).toBe(false);
    expect(loose.explain(misspelt)).toMatchObject({ ok: true });
  }
});

test.each(twoCalls)("B43: %s answers by the schema, or calls, and neither is prose", (format, raw) => {
  const grammar = grammarOf(format, { tools, toolChoice: "auto", responseFormat: judged, reasoning: "off" });
  const inChannel = (answer: string): string => answered(format, answer);
  expect(grammar.explain(raw)).toMatchObject({ ok: true });
  expect(grammar.explain(inChannel('{"verdict": "guilty"}'))).toMatchObject({ ok: true });
  const refused = ['{"verdict": "who knows"}', "They did it.", 'So: {"verdict": "guilty"}'];
  expect(["", ...refused.map(inChannel)].filter((text) => grammar.accepts(text))).toEqual([]);
});

test.each(twoCalls)("B44: what llguidance is given holds the calls of %s", (format, raw) => {
  for (const toolChoice of ["auto", "required"] as const) {
    const { lowered, weakened } = lower(tagOf(format, { tools, toolChoice, reasoning: "off" }), "lark");
    expect(weakened).toEqual([]);
    const grammar = compileGrammar({ lark: lowered });
    expect(grammar.explain(raw)).toMatchObject({ ok: true });
    expect(grammar.accepts(raw.replaceAll("city", "town"))).toBe(false);
  }
});

test("B46: the schema is for the answer, whatever stands in the thought before it", () => {
  const grammar = grammarOf("hermes", { responseFormat: judged, reasoning: "optional" });
  const answer = '{"verdict": "not guilty"}';
  const thought = '<think>\nMaybe {"verdict": "guilty"}, maybe "verdict": 7?\n</think>\n\n';
  expect(grammar.explain(answer)).toMatchObject({ ok: true });
  expect(grammar.explain(thought + answer)).toMatchObject({ ok: true });
  expect(grammar.accepts(thought)).toBe(false);
  expect(grammar.accepts(`<think>\n${answer}\n</think>`)).toBe(false);
  expect(grammar.accepts(`${thought}Not guilty.`)).toBe(false);
});

test.each(twoCalls)("B47: without calls in parallel %s can't write a second one", (format, raw) => {
  for (const toolChoice of ["auto", "required"] as const) {
    const grammar = (parallelToolCalls: boolean): Grammar =>
      grammarOf(format, { tools, toolChoice, parallelToolCalls, reasoning: "off" });
    expect(grammar(false).accepts(raw)).toBe(false);
    expect(grammar(true).explain(raw)).toMatchObject({ ok: true });
  }
});

test("P63: white space between the parts of a call's JSON comes to an end", () => {
  const request = { tools, toolChoice: "required", reasoning: "off" } as const;
  const call = (gap: string): string =>
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_time:0<|tool_call_argument_begin|>{${gap}"tz":${gap}"CET"${gap}}<|tool_call_end|><|tool_calls_section_end|>`;
  // In the words of the family, and not as a list of bare JSON.
  const grammar = grammarOf("kimi_k2", request);
  expect(grammar.explain(call(" \n "))).toMatchObject({ ok: true });
  expect(grammar.explain(call("\n".repeat(16)))).toMatchObject({ ok: true });
  expect(grammar.accepts(call("\n".repeat(17)))).toBe(false);
  expect(grammar.accepts('[{"name": "get_time", "parameters": {"tz": "CET"}}]')).toBe(false);
  const tight = grammarOf("kimi_k2", { ...request, maxWhiteSpace: 1 });
  expect(["", " ", "  "].map((gap) => tight.accepts(call(gap)))).toEqual([true, true, false]);
});

test("P64: a schema for the answer of gpt-oss holds in the final channel only", () => {
  const grammar = grammarOf("openai", { responseFormat: judged, reasoning: "optional" });
  const analysis = "<|channel|>analysis<|message|>No JSON here: guilty?<|end|><|start|>assistant";
  const final = (text: string): string => `<|channel|>final<|message|>${text}<|return|>`;
  expect(grammar.explain(analysis + final('{"verdict": "guilty"}'))).toMatchObject({ ok: true });
  expect(grammar.explain(final('{"verdict": "guilty"}'))).toMatchObject({ ok: true });
  const refused = ["", analysis, final("guilty"), analysis + final("guilty"), '{"verdict": "guilty"}'];
  expect(refused.filter((text) => grammar.accepts(text))).toEqual([]);
});

describe("P65: a length beyond what an engine counts to", () => {
  const letters = (count: number): string => `"${"n".repeat(count)}"`;
  const grammarFor = (schema: JsonSchema): Grammar => {
    const format = { type: "json_schema", json_schema: schema, max_whitespace_cnt: 1 } as const;
    const { lowered, weakened } = lower({ type: "structural_tag", format }, "gbnf");
    expect(weakened).toEqual([]);
    // llama.cpp refuses to repeat anything 2,000 times.
    const counts = [...lowered.grammar.matchAll(/\{([\d,]+)\}/g)].flatMap(([, each]) => each!.split(",").map(Number));
    expect(counts.length).toBeGreaterThan(0);
    expect(counts.filter((count) => count >= 2000)).toEqual([]);
    return compileGrammar({ type: "structural_tag", format: { type: "grammar", grammar: lowered.grammar } });
  };

  test.each([
    [{ type: "string", maxLength: 2500 }, [0, 1, 49, 50, 51, 2449, 2450, 2499, 2500], [2501, 2550]],
    [{ type: "string", minLength: 2005, maxLength: 2007 }, [2005, 2006, 2007], [0, 2004, 2008]],
    [{ type: "string", minLength: 2100 }, [2100, 2101, 2200], [0, 2070, 2099]],
  ] as const)("P65: %j in GBNF", (schema, accepted, refused) => {
    const grammar = grammarFor(schema);
    expect(accepted.filter((count) => !grammar.accepts(letters(count)))).toEqual([]);
    expect(refused.filter((count) => grammar.accepts(letters(count)))).toEqual([]);
  });

  test("P65: the longest of novels", () => {
    const grammar = grammarFor({ type: "string", maxLength: 30_000_000 });
    expect(grammar.accepts(letters(5000))).toBe(true);
  });
});

test("P66: what a description says is not seen in a grammar", () => {
  const described = (description: string): Tool =>
    strictly({
      name: "note",
      description,
      parameters: {
        type: "object",
        description,
        properties: { text: { type: "string", description, title: description, examples: [description] } },
        required: ["text"],
        ...closed,
      },
    });
  const targets: readonly LowerTarget[] = ["xgrammar", "lark", "gbnf", "ebnf"];
  const written = (description: string): readonly unknown[] =>
    formats
      .filter(({ calls }) => calls)
      .flatMap(({ name }) => {
        const tag = tagOf(name, { tools: [described(description)], reasoning: "off" });
        return [tag, ...targets.map((target) => lower(tag, target).lowered)];
      });
  expect(written('A "quote" \\ [^"]*)) root ::= "x" <|end|> %json {} /* \u{10ffff}\n'.repeat(9))).toEqual(written(""));
});

test("P67: a tool that is not strict costs no grammar of its schema", () => {
  const uncompilable = { ...closed, properties: { when: { type: "array", uniqueItems: true } } };
  const odd = tool("schedule", {}, uncompilable);
  const call = '<tool_call>\n{"name": "schedule", "arguments": {"when": [1]}}\n</tool_call>';
  expect(grammarOf("hermes", { tools: [weather, odd] }).explain(call)).toMatchObject({ ok: true });
  // One tool asks for it, and only there it can fail, with the keyword's name and before anything is generated.
  const compiling = (): unknown => grammarOf("hermes", { tools: [weather, strictly(odd)] });
  expect(compiling).toThrow(GrammarError);
  expect(compiling).toThrow("uniqueItems");
});

describe("P79: how many tools there are is not how much there is to look for", () => {
  const many = Array.from({ length: 250 }, (_, index) => tool(`tool_${index}`, { city: string }));

  test("P79: an opener that says no name is the one trigger", () => {
    for (const name of ["hermes", "deepseek_v31", "glm45", "kimi_k2"]) {
      const { format } = tagOf(name, { tools: many, reasoning: "off" });
      const few = tagOf(name, { tools: many.slice(0, 2), reasoning: "off" }).format;
      const triggersOf = (each: typeof format): readonly string[] =>
        each.type === "triggered_tags" ? each.triggers : [];
      expect(triggersOf(format)).toHaveLength(1);
      expect(triggersOf(format)).toEqual(triggersOf(few));
      expect(lower({ type: "structural_tag", format }, "gbnf", { lazy: true }).lowered.triggers).toHaveLength(1);
    }
  });

  test("P79: where the name opens the call, a character is looked at once for all names", () => {
    const prose = "See `tool_9` and <function=tool or <function=toolbox> in the manual. ".repeat(40);
    const call = "<function=tool_249>\n<parameter=city>\nOslo\n</parameter>\n</function>";
    const wrong = call.replace("tool_249", "tool_24").replace("city", "town");
    const closedTools = many.map((each) =>
      strictly({ ...each, parameters: { ...(each.parameters as object), ...closed } }),
    );
    const tight = grammarOf("qwen3_coder", { tools: closedTools, reasoning: "off" });
    expect(tight.explain(prose)).toMatchObject({ ok: true });
    expect(tight.explain(prose + call)).toMatchObject({ ok: true });
    expect(tight.accepts(prose + wrong)).toBe(false);
  });
});
