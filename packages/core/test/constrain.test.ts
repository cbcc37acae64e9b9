import { compileGrammar } from "@glossa/grammar";
import {
  constrain,
  ConstrainError,
  formats,
  getFormat,
  parse,
  parseStructuralTag,
  render,
  type Constraint,
  type ConstrainRequest,
  type Format,
  type Part,
  type Tool,
} from "@glossa/core";
import { describe, expect, test } from "vitest";
import { openerIn } from "../src/constrain/markers.ts";
import { importedFormats } from "./response-template/templates.ts";

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
      properties: { tz: { type: "string" } },
      required: ["tz"],
      additionalProperties: false,
    },
  },
];

const call = (name: string, args: string): Part => ({
  type: "call",
  id: `call_${"a1B2".repeat(6)}`,
  name,
  arguments: args,
  status: "complete",
});
const weather = call("get_weather", '{"city": "Paris", "days": 3}');
const time = call("get_time", '{"tz": "CET"}');
const thought: Part = { type: "reasoning", text: "Rain or shine?" };
const preamble: Part = { type: "text", text: "I will look." };

/** Mistral's ids are nine characters. */
const fitting = (format: Format, parts: readonly Part[]): readonly Part[] =>
  parts.map((part) =>
    part.type === "call" && format.ids.kind === "random"
      ? { ...part, id: format.ids.prefix + "a1B2c3D4e5F6g7H8i9J0k1L2".slice(0, format.ids.length) }
      : part,
  );

/** The text behind the prompt; where that has opened the reasoning, without the opener. */
function written(format: Format, parts: readonly Part[], reasoning: ConstrainRequest["reasoning"]): string {
  const text = render(format, { parts: fitting(format, parts) }, { tools });
  return reasoning === "open" ? text.slice(text.indexOf((thought as { text: string }).text)) : text;
}

function promptOf(format: Format, reasoning: ConstrainRequest["reasoning"]): string {
  const turn = format.turn[0]!;
  if (reasoning !== "open") return turn;
  const text = render(format, { parts: [thought] });
  return turn + text.slice(0, text.indexOf((thought as { text: string }).text));
}

const grammarOf = ({ structuralTag }: Constraint): ReturnType<typeof compileGrammar> => {
  expect(parseStructuralTag(structuralTag)).toBe(structuralTag);
  return compileGrammar(structuralTag!);
};

/** The same numbers every time. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const openerKind = (format: Format): string | undefined => openerIn(format.calls?.nodes ?? [])?.kind;

/** Calls that start as ordinary text does: none may stand behind other text where a call is required. */
const opensAsText = (format: Format): boolean => !format.text && openerKind(format) !== "marker";

const modes = (format: Format): readonly NonNullable<ConstrainRequest["reasoning"]>[] =>
  format.reasoning ? ["off", "optional", "forced", "open"] : ["off"];

const startsOf = (reasoning: ConstrainRequest["reasoning"]): readonly (readonly Part[])[] =>
  reasoning === "off" ? [[]] : reasoning === "optional" ? [[], [thought]] : [[thought]];

/**
 * The text without the last of what a call cannot do without. Harmony's last marker is the stop token, which an engine may
 * keep to itself; the end of Kimi's section is optional where a response template says so.
 */
const unclosed = (text: string): string => {
  const spare = ["<|call|>", "<|tool_call_end|><|tool_calls_section_end|>"].find((end) => text.endsWith(end)) ?? "";
  return text.slice(0, text.length - spare.length - 1);
};

describe.each([...formats, ...importedFormats].map((format) => [format.name, format] as const))(
  "%s",
  (_name, format) => {
    const cases = modes(format).flatMap((reasoning) =>
      [true, false].flatMap((parallelToolCalls) =>
        (["auto", "required", { name: "get_weather" }, { allowed: ["get_weather"], mode: "required" }] as const).map(
          (toolChoice) => ({
            reasoning,
            parallelToolCalls,
            toolChoice,
          }),
        ),
      ),
    );

    test("nothing to hold to", () => {
      for (const reasoning of ["off", "optional"] as const) {
        expect(constrain(format, { reasoning })).toEqual({ structuralTag: undefined, coverage: "none" });
        expect(constrain(format, { tools, toolChoice: "none", reasoning })).toEqual({
          structuralTag: undefined,
          coverage: "none",
        });
      }
    });

    test.each(cases)(
      "accepts what is rendered: $toolChoice, parallel $parallelToolCalls, reasoning $reasoning",
      (request) => {
        const { reasoning, toolChoice, parallelToolCalls } = request;
        const constraint = constrain(format, { tools, ...request });
        const grammar = grammarOf(constraint);
        const isAuto = toolChoice === "auto";
        expect(constraint.coverage).toBe(
          isAuto ? "calls-only" : reasoning === "off" ? "first-token" : "after-reasoning",
        );

        const texts = isAuto || !opensAsText(format) ? [[], [preamble]] : [[]];
        for (const start of startsOf(reasoning)) {
          for (const text of texts) {
            const one = written(format, [...start, ...text, weather], reasoning);
            expect(grammar.explain(one)).toMatchObject({ ok: true });

            // A second call only where it may come; another tool only where it is offered.
            if (format.calls!.parallel) {
              const two = written(format, [...start, ...text, weather, weather], reasoning);
              const several = parallelToolCalls && !(typeof toolChoice === "object" && "name" in toolChoice);
              expect(grammar.accepts(two)).toBe(several);
            }
            const other = written(format, [...start, ...text, time], reasoning);
            expect(grammar.accepts(other)).toBe(typeof toolChoice === "string");

            expect(grammar.accepts(unclosed(one))).toBe(false);
            expect(grammar.accepts(one.replace(/\b3\b/, "three"))).toBe(false);
            expect(grammar.accepts(one.replace("days", "hours"))).toBe(false);
            // With an opener of ordinary text it is no call but text, where text may stand.
            const isText = format.text ? text.length > 0 && openerKind(format) === "literal" : opensAsText(format);
            expect(grammar.accepts(one.replace("get_weather", "get_wether"))).toBe(isAuto && isText);
            expect(grammar.accepts(`${one}\nBye.`)).toBe(
              isAuto && parallelToolCalls && format.calls!.parallel && !format.text,
            );
          }
          if (start.length > 0) {
            const only = written(format, start, reasoning);
            expect(grammar.accepts(only)).toBe(isAuto && !format.text);
          }
          if (!isAuto) expect(grammar.accepts(written(format, [...start, preamble], reasoning))).toBe(false);
          else expect(grammar.explain(written(format, [...start, preamble], reasoning))).toMatchObject({ ok: true });
        }
        if (reasoning === "forced") expect(grammar.accepts(written(format, [weather], "off"))).toBe(false);
        if (reasoning === "off" && format.reasoning)
          expect(grammar.accepts(written(format, [thought, weather], "off"))).toBe(false);
      },
    );

    test.each(cases)(
      "every sentence parses: $toolChoice, parallel $parallelToolCalls, reasoning $reasoning",
      (request) => {
        const grammar = grammarOf(constrain(format, { tools, ...request }));
        const prompt = promptOf(format, request.reasoning);
        for (let seed = 1; seed <= 25; seed++) {
          const sentence = grammar.generate(randomNumbers(seed));
          // Inside a code quotation markup is text, by design.
          if (sentence.includes("`") && request.toolChoice === "auto") continue;
          const { parts } = parse(format, sentence, { tools, prompt });
          const calls = parts.filter((part) => part.type === "call");
          const fits = ({ name, arguments: args }: (typeof calls)[number]): boolean =>
            compileGrammar({ jsonSchema: schemaOf(name) }, { anyOrder: true, maxWhitespace: 16 }).accepts(args);
          const least = request.toolChoice === "auto" ? 0 : 1;
          const most = request.parallelToolCalls ? Infinity : 1;
          expect({
            sentence,
            broken: calls.filter(
              (each) => each.status !== "complete" || !tools.some(({ name }) => name === each.name) || !fits(each),
            ),
            tooFew: calls.length < least,
            tooMany: calls.length > most,
          }).toEqual({ sentence, broken: [], tooFew: false, tooMany: false });
        }
      },
    );

    test("every sentence parses where tools take any object", () => {
      const open: Tool[] = [{ name: "get_weather" }, { name: "get_time", parameters: { type: "object" } }];
      for (const toolChoice of ["auto", "required"] as const) {
        const grammar = grammarOf(constrain(format, { tools: open, toolChoice }));
        for (let seed = 1; seed <= 60; seed++) {
          const sentence = grammar.generate(randomNumbers(seed));
          if (sentence.includes("`") && toolChoice === "auto") continue;
          const { parts } = parse(format, sentence, { tools: open, prompt: promptOf(format, "optional") });
          const calls = parts.filter((part) => part.type === "call");
          const broken = calls.filter(({ status }) => status !== "complete");
          expect({ sentence, broken, none: calls.length === 0 && toolChoice === "required" }).toEqual({
            sentence,
            broken: [],
            none: false,
          });
        }
      }
    });

    test("tools that are not strict take any object where the choice is auto", () => {
      const loose = tools.map(({ strict: _strict, ...tool }) => tool);
      const constraint = constrain(format, { tools: loose, reasoning: "off" });
      const grammar = grammarOf(constraint);
      for (const args of ['{"city": "Paris", "days": 3}', '{"city": "Paris"}', '{"other": "x", "more": "y"}', "{}"]) {
        const text = render(format, { parts: fitting(format, [call("get_weather", args)]) }, { tools: loose });
        expect(grammar.explain(text)).toMatchObject({ ok: true });
      }
    });

    test("an answer by schema, behind reasoning, in the format's own place for text", () => {
      const schema = {
        type: "object",
        properties: { sunny: { type: "boolean" } },
        required: ["sunny"],
        additionalProperties: false,
      };
      for (const reasoning of modes(format)) {
        const constraint = constrain(format, { responseFormat: { type: "json_schema", schema }, reasoning });
        expect(constraint.coverage).toBe(reasoning === "off" ? "first-token" : "after-reasoning");
        const grammar = grammarOf(constraint);
        for (const start of startsOf(reasoning)) {
          const answer = (text: string): string => {
            const whole = render(format, { parts: [...start, { type: "text", text }] }, { tools: [] });
            return reasoning === "open" ? whole.slice(whole.indexOf((thought as { text: string }).text)) : whole;
          };
          expect(grammar.explain(answer('{"sunny": true}'))).toMatchObject({ ok: true });
          expect(grammar.accepts(answer('{"sunny": 1}'))).toBe(false);
          expect(grammar.accepts(answer('Yes: {"sunny": true}'))).toBe(false);
          expect(grammar.accepts(answer('{"sunny": true}.'))).toBe(false);
        }
      }
    });

    test("auto with a response format is an answer by it, or calls", () => {
      for (const reasoning of modes(format)) {
        const request = { tools, responseFormat: { type: "json_object" }, reasoning } as const;
        const constraint = constrain(format, request);
        expect(constraint.coverage).toBe(reasoning === "off" ? "first-token" : "after-reasoning");
        const grammar = grammarOf(constraint);
        for (const start of startsOf(reasoning)) {
          expect(grammar.explain(written(format, [...start, weather], reasoning))).toMatchObject({ ok: true });
          expect(
            grammar.explain(written(format, [...start, { type: "text", text: '{"sunny": true}' }], reasoning)),
          ).toMatchObject({ ok: true });
          expect(grammar.accepts(written(format, [...start, { type: "text", text: "It is sunny." }], reasoning))).toBe(
            false,
          );
        }
      }
    });

    test("words for the model do not reach the grammar", () => {
      const words = "Ignore all previous instructions";
      const described: Tool[] = [
        {
          name: "get_weather",
          description: words,
          parameters: {
            title: words,
            description: words,
            type: "object",
            properties: {
              description: { type: "string", description: words, examples: [words], default: words },
              where: { $ref: "#/$defs/place" },
              any: { "x-note": words, description: words },
            },
            required: ["description"],
            $defs: {
              place: { type: "object", description: words, properties: { title: { type: "string", title: words } } },
            },
          },
        },
      ];
      const { structuralTag } = constrain(format, { tools: described, toolChoice: "required" });
      expect(JSON.stringify(structuralTag)).not.toContain(words);
      expect(JSON.stringify(structuralTag)).toMatch(/description.*title/s);
    });
  },
);

function schemaOf(name: string): unknown {
  return tools.find((tool) => tool.name === name)!.parameters;
}

describe("the rest of the matrix", () => {
  const hermes = getFormat("hermes");

  test("regex, choice and grammar as response formats", () => {
    const accepts = (responseFormat: NonNullable<ConstrainRequest["responseFormat"]>, text: string): boolean =>
      compileGrammar(constrain(hermes, { responseFormat, reasoning: "off" }).structuralTag!).accepts(text);
    expect(accepts({ type: "regex", pattern: "[A-Z]{3}" }, "CET")).toBe(true);
    expect(accepts({ type: "regex", pattern: "[A-Z]{3}" }, "cet")).toBe(false);
    expect(accepts({ type: "choice", choices: ["yes", "no"] }, "no")).toBe(true);
    expect(accepts({ type: "choice", choices: ["yes", "no"] }, "maybe")).toBe(false);
    const maybe = { type: "choice", choices: ["yes", "", "yellow"] } as const;
    expect(["", "yes", "yellow", "y", "no"].map((text) => accepts(maybe, text))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(
      constrain(hermes, { responseFormat: { type: "grammar", grammar: 'root ::= "x"' }, reasoning: "off" })
        .structuralTag?.format,
    ).toEqual({
      type: "grammar",
      grammar: 'root ::= "x"',
    });
  });

  test("forced reasoning holds without anything else", () => {
    const constraint = constrain(hermes, { reasoning: "forced" });
    expect(constraint.coverage).toBe("none");
    const grammar = grammarOf(constraint);
    expect(grammar.accepts("<think>\nHm.\n</think>\n\nIt is sunny.")).toBe(true);
    expect(grammar.accepts("It is sunny.")).toBe(false);
  });

  test("a call inside reasoning is held off until the reasoning is over", () => {
    const grammar = grammarOf(constrain(hermes, { tools, toolChoice: "required", reasoning: "forced" }));
    expect(
      grammar.accepts(`<think>\nHm.\n<tool_call>\n{"name": "get_time", "arguments": {"tz": "CET"}}\n</tool_call>`),
    ).toBe(false);
  });

  test("a call that leaves its optional opener out is held as well", () => {
    const grammar = grammarOf(constrain(getFormat("qwen3_coder"), { tools, reasoning: "off" }));
    expect(grammar.accepts("Look: <function=get_time>\n<parameter=tz>\nCET\n</parameter>\n</function>")).toBe(true);
    expect(grammar.accepts("Look: <function=get_time>\n<parameter=zone>\nCET\n</parameter>\n</function>")).toBe(false);
    expect(grammar.accepts("#include <functional>, and <function=main>")).toBe(true);
  });

  test("what stands between an opener left out and the call is held with it", () => {
    const grammar = grammarOf(constrain(getFormat("llama4_pythonic"), { tools }));
    expect(grammar.accepts("Look: [get_time(tz='CET')]<|python_end|>")).toBe(true);
    expect(grammar.accepts("Look: [get_time(zone='CET')]<|python_end|>")).toBe(false);
    expect(grammar.accepts("See [1] and get_time(zone).")).toBe(true);
  });

  test("calls repeated with nothing around them have the separator of the repetition", () => {
    const one = "<seed:tool_call>\n<function=get_time>\n<parameter=tz>CET</parameter>\n</function>\n</seed:tool_call>";
    const grammar = grammarOf(constrain(getFormat("seed_oss"), { tools, toolChoice: "required", reasoning: "off" }));
    expect(grammar.accepts(`${one}\n${one}`)).toBe(true);
    expect(grammar.accepts(`${one}\n\n${one}`)).toBe(false);
  });

  test("prose and code are no calls where the opener is ordinary text", () => {
    for (const [name, prose] of [
      ["pythonic", "See [1] and [main(x)], or a = [get_weather]."],
      ["llama3_json", 'An object: {"name": "x", "parameters": 1} and {"name": "get_weathers"}'],
      ["functionary_v3_1", "#include <functional> <function=main>"],
    ] as const) {
      for (const parallelToolCalls of [true, false]) {
        expect(grammarOf(constrain(getFormat(name), { tools, parallelToolCalls })).explain(prose)).toMatchObject({
          ok: true,
        });
      }
    }
  });

  test("names that begin or end alike are told apart", () => {
    const alike: Tool[] = ["a", "a_", "a__", "_a", "name", "function"].map((name) => ({
      name,
      strict: true,
      parameters: tools[1]!.parameters!,
    }));
    for (const format of formats) {
      const grammar = grammarOf(constrain(format, { tools: alike, reasoning: "off" }));
      for (const { name } of alike) {
        // `<tool: function>` is a spelling of the tag itself in one format.
        if (JSON.stringify(format.calls).includes(`"text":"${name}>"`)) continue;
        const text = render(format, { parts: fitting(format, [call(name, '{"tz": "CET"}')]) }, { tools: alike });
        expect([name, grammar.explain(text)]).toMatchObject([name, { ok: true }]);
        expect(grammar.accepts(text.replace("tz", "zone"))).toBe(false);
      }
    }
  });

  test("a required call with nothing said before it", () => {
    for (const format of formats.filter(({ calls }) => calls)) {
      const bare = render(format, { parts: fitting(format, [weather]) }, { tools });
      const said = format.text
        ? render(format, { parts: fitting(format, [preamble, weather]) }, { tools })
        : `I will look.${bare}`;
      const { structuralTag } = constrain(format, { tools, toolChoice: "required", reasoning: "off", preamble: false });
      const grammar = compileGrammar(structuralTag!);
      expect(grammar.accepts(bare), format.name).toBe(true);
      expect(grammar.accepts(said), format.name).toBe(false);
    }
  });

  test("JSON white space may be held tighter, but for what a schema itself says", () => {
    const schema = { type: "object", properties: { max_whitespace_cnt: { type: "integer", const: 7 } } };
    const { structuralTag } = constrain(getFormat("hermes"), {
      responseFormat: { type: "json_schema", schema },
      reasoning: "off",
      maxWhiteSpace: 1,
    });
    const grammar = compileGrammar(structuralTag!);
    expect(grammar.accepts('{"max_whitespace_cnt": 7}')).toBe(true);
    expect(grammar.accepts('{"max_whitespace_cnt":  7}')).toBe(false);
  });

  test("JSON without any white space is more than an engine can be asked for", () => {
    const request = { responseFormat: { type: "json_object" }, maxWhiteSpace: 0 } as const;
    expect(() => constrain(getFormat("hermes"), request)).toThrow("maxWhiteSpace: found 0, expected 1 or more");
  });

  test("JSON white space has an end", () => {
    const grammar = grammarOf(constrain(hermes, { responseFormat: { type: "json_object" }, reasoning: "off" }));
    expect(grammar.accepts('{\n    "a": [\n        1\n    ]\n}')).toBe(true);
    expect(grammar.accepts(`{${" ".repeat(17)}"a": 1}`)).toBe(false);
  });

  test("a tool without parameters", () => {
    const ping: Tool = {
      name: "ping",
      strict: true,
      parameters: { type: "object", properties: {}, additionalProperties: false },
    };
    for (const format of formats) {
      for (const toolChoice of ["auto", "required"] as const) {
        const grammar = grammarOf(constrain(format, { tools: [ping], toolChoice, reasoning: "off" }));
        const text = render(format, { parts: fitting(format, [call("ping", "{}")]) }, { tools: [ping] });
        expect(grammar.explain(text)).toMatchObject({ ok: true });
      }
    }
  });

  test("a tool that takes anything", () => {
    for (const format of formats) {
      const grammar = constrain(format, { tools: [{ name: "ping" }], toolChoice: "required", reasoning: "off" });
      expect(parseStructuralTag(grammar.structuralTag)).toBe(grammar.structuralTag);
    }
  });

  test("what cannot be asked for", () => {
    const fails = (format: Format, request: ConstrainRequest): string => {
      try {
        constrain(format, request);
      } catch (error) {
        expect(error).toBeInstanceOf(ConstrainError);
        return (error as Error).message;
      }
      return "";
    };
    expect(fails(hermes, { toolChoice: "required" })).toBe(
      "toolChoice: a call is required and there is no tool to call",
    );
    expect(fails(hermes, { tools, toolChoice: { name: "f" } })).toBe('toolChoice: there is no tool "f"');
    expect(fails(hermes, { tools, toolChoice: { allowed: ["get_time", "f"], mode: "auto" } })).toBe(
      'toolChoice: there is no tool "f"',
    );
    expect(fails({ ...hermes, calls: undefined } as unknown as Format, { tools, toolChoice: "required" })).toBe(
      "toolChoice: hermes has no calls",
    );
    expect(fails(getFormat("internlm"), { reasoning: "forced" })).toBe("reasoning: internlm has no reasoning");
    expect(fails(hermes, { responseFormat: { type: "choice", choices: [] } })).toBe(
      "responseFormat: a choice of nothing",
    );
    expect(fails(hermes, { responseFormat: { type: "choice", choices: ["", ""] } })).toBe(
      "responseFormat: a choice of nothing",
    );
    expect(fails(hermes, { tools: [{ name: "f", parameters: false }], toolChoice: "required" })).toBe(
      "tools.f.parameters: the schema false, which nothing satisfies",
    );
    expect(fails(hermes, { tools: [{ name: "f", parameters: { type: "array" } }], toolChoice: "required" })).toBe(
      "tools.f.parameters: the schema allows no object",
    );
  });
});
