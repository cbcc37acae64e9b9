import { expect, test } from "vitest";
import { createParser, getFormat, type Event, type Part } from "@glossa/core";
import { call, expectMessage, integer, read, string, text, time, tool, weather } from "./expect-message.ts";
import { bothCalls, bothTools, eachFormat, twoCalls } from "./two-calls.ts";

const tools = [weather, time];
const paris = '{"city": "Paris"}';

const partsOf = (format: string, deltas: readonly string[]): readonly Part[] =>
  read(format, deltas, bothTools).message.parts;

test("B8: a parameter's closer that comes in pieces is no part of the value", () => {
  const raw =
    '<｜DSML｜function_calls>\n<｜DSML｜invoke name="get_weather">\n<｜DSML｜parameter name="city" string="true">A </｜DSML｜par B</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>';
  expectMessage("deepseek_v32", raw, { tools }, [call("get_weather", { city: "A </｜DSML｜par B" })]);
});

test("B9: the last brace arrives, however many tokens a delta holds", () => {
  const args = '{"city": "Paris", "days": {"from": {"n": 1}}}';
  const raw = `<tool_call>\n{"name": "get_weather", "arguments": ${args}}\n</tool_call>`;
  expectMessage("hermes", raw, { tools }, [call("get_weather", args)]);
});

test("B16: a whole call in one delta is a call", () => {
  for (const [format, raw] of twoCalls)
    expect({ format, calls: partsOf(format, [raw]).length }).toEqual({ format, calls: 2 });
  expectMessage("glm45", "<tool_call>get_time</tool_call>", { tools }, [call("get_time", "{}")]);
  expectMessage("glm45", "<tool_call>get_time\n</tool_call>", { tools }, [call("get_time", "{}")]);
});

test("B17: calls that share a delta keep their arguments", () => {
  for (const format of ["gemma4", "qwen3_coder"]) {
    const raw = twoCalls.find(([name]) => name === format)![1];
    expectMessage(format, raw, bothTools, bothCalls);
  }
  const several =
    "<tool_call>\n<function=get_weather>\n<parameter=city>\nParis\n</parameter>\n</function>\n<function=get_time>\n<parameter=tz>\nCET\n</parameter>\n</function>\n</tool_call>";
  expectMessage("qwen3_coder", several, bothTools, bothCalls);
});

test.for(eachFormat)("B19: a string argument streams letter by letter ($format)", ({ format, raw }) => {
  const long = "Constantinople";
  const output = raw.replace("Paris", long);
  const from = output.indexOf(long);
  const parser = createParser(getFormat(format), bothTools);
  parser.push(output.slice(0, from));
  for (const letter of long.slice(0, -1)) {
    const said = parser.push(letter).map((event) => (event.type === "call-arguments" ? event.delta : event.type));
    // The opening quote may come with the first letter.
    expect(said.join("").replace(/^\{?\s*("city":\s*)?"/, "")).toBe(letter);
  }
});

test("B20: a call without arguments takes none from those behind it", () => {
  expectMessage(
    "hermes",
    `<tool_call>\n{"name": "get_time", "arguments": {}}\n</tool_call>\n<tool_call>\n{"name": "get_weather", "arguments": ${paris}}\n</tool_call>`,
    { tools },
    [call("get_time", "{}"), call("get_weather", paris)],
  );
  const list = `[{"name": "get_time", "arguments": {}}, {"name": "get_weather", "arguments": ${paris}}]`;
  expectMessage("mistral_json", `[TOOL_CALLS]${list}`, { tools }, [call("get_time", "{}"), call("get_weather", paris)]);
  expectMessage(
    "granite",
    `<|tool_call|>${list}`,
    { tools },
    [call("get_time", "{}"), call("get_weather", paris)],
    "any",
  );
  expectMessage("pythonic", "[get_time(), get_weather(city='Paris')]", { tools }, [
    call("get_time", "{}"),
    call("get_weather", { city: "Paris" }),
  ]);
});

test("B21: the keys of a call may come in any order", () => {
  expectMessage("hermes", `<tool_call>\n{"arguments": ${paris}, "name": "get_weather"}\n</tool_call>`, { tools }, [
    call("get_weather", paris),
  ]);
  expectMessage("llama3_json", `{"type": "function", "parameters": ${paris}, "name": "get_weather"}`, { tools }, [
    call("get_weather", paris),
  ]);
});

test.for(eachFormat)("B21: the first delta of arguments has the brace ($format)", ({ format, raw }) => {
  const { events } = read(format, [...raw], bothTools);
  const first = events.find((event) => event.type === "call-arguments");
  expect(first?.delta.trimStart()).toMatch(/^\{/);
});

test("B22: long arguments in small pieces make no empty deltas and overrun no buffer", () => {
  const args = JSON.stringify({ city: "x".repeat(6000) });
  const raw = `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>${args}<|tool_call_end|><|tool_calls_section_end|>`;
  const { message } = read("kimi_k2", [...raw], { tools });
  expect(message.parts).toMatchObject([{ type: "call", arguments: args, status: "complete" }]);
});

test("B24: name and id are said once, and nothing is null", () => {
  for (const [format, raw] of twoCalls) {
    const { events } = read(format, [...raw], bothTools);
    expect(events.filter((event) => event.type === "call-start")).toHaveLength(2);
    expect(JSON.stringify(events)).not.toContain("null");
    for (const event of events)
      if (event.type === "call-arguments") expect(Object.keys(event).toSorted()).toEqual(["delta", "index", "type"]);
  }
});

test("B25: letters beyond ASCII come once, escaped only where the model escaped them", () => {
  const args = '{"city": "Zürich \\u00fc 東京 🗼"}';
  expectMessage("hermes", `<tool_call>{"name": "get_weather", "arguments": ${args}}</tool_call>`, { tools }, [
    call("get_weather", args),
  ]);
  expectMessage(
    "openai",
    `<|channel|>commentary to=functions.get_weather <|constrain|>json<|message|>${args}<|call|>`,
    { tools },
    [call("get_weather", args)],
  );
});

test("B26: numbers and spacing are not rewritten, and nothing is said twice", () => {
  const args = '{ "city":"Paris" ,"days" : 3.10e+1 }';
  expectMessage("llama3_json", `{"name": "get_weather", "parameters": ${args}}`, { tools }, [
    call("get_weather", args),
  ]);
});

test("P12: one increment says what many say", () => {
  const raw = `<tool_call>\n{"name": "get_weather", "arguments": ${paris}}\n</tool_call>`;
  expect(read("hermes", [raw], { tools }).message).toEqual(read("hermes", [...raw], { tools }).message);
  expectMessage("hermes", raw, { tools }, [call("get_weather", paris)]);
});

test("P13: two calls survive random splits", () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
  for (const [format, raw] of twoCalls) {
    const whole = partsOf(format, [raw]);
    for (let round = 0; round < 200; round++) {
      const places = Array.from({ length: 1 + random(4) }, () => random(raw.length)).toSorted((a, b) => a - b);
      const deltas = [0, ...places].map((from, index) => raw.slice(from, places[index] ?? raw.length));
      expect({ deltas, parts: partsOf(format, deltas) }).toEqual({ deltas, parts: whole });
    }
  }
});

test.for(eachFormat)("P14: two calls in one increment both have their arguments ($format)", ({ format, raw }) => {
  expectMessage(format, raw, bothTools, bothCalls);
});

test.for(eachFormat)("P15: by character nothing vanishes, moves or changes its type ($format)", ({ format, raw }) => {
  const { events, message } = read(format, [...`Ok. ${raw}`], bothTools);
  expect(events.flatMap((event) => (event.type === "call-start" ? [[event.index, event.name]] : []))).toEqual([
    [0, "get_weather"],
    [1, "get_time"],
  ]);
  expect(message).toEqual(read(format, [`Ok. ${raw}`], bothTools).message);
});

test("P15: an integer in a raw parameter is no string", () => {
  const days = tool("forecast", { days: integer, city: string });
  const raw =
    "<tool_call>forecast\n<arg_key>days</arg_key>\n<arg_value>123</arg_value>\n<arg_key>city</arg_key>\n<arg_value>123</arg_value>\n</tool_call>";
  expectMessage("glm45", raw, { tools: [days] }, [call("forecast", { days: 123, city: "123" })]);
});

test("P16: parameters stay with their call, and a call may have none", () => {
  const city = '<｜DSML｜parameter name="city" string="true">Paris</｜DSML｜parameter>\n';
  const invoke = (name: string, parameters: string): string =>
    `<｜DSML｜invoke name="${name}">\n${parameters}</｜DSML｜invoke>\n`;
  const raw = `<｜DSML｜function_calls>\n${invoke("get_time", "")}${invoke("get_weather", city)}${invoke("get_time", "")}</｜DSML｜function_calls>`;
  expectMessage("deepseek_v32", raw, { tools }, [
    call("get_time", {}),
    call("get_weather", { city: "Paris" }),
    call("get_time", {}),
  ]);
});

test("P17: an end marker across deltas is no part of the arguments", () => {
  const raw = `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_weather:0<|tool_call_argument_begin|>${paris}<|tool_call_end|><|tool_calls_section_end|>`;
  expectMessage("kimi_k2", raw, { tools }, [call("get_weather", paris)]);
});

test("P18: an end marker between two calls divides them", () => {
  for (const format of ["kimi_k2", "deepseek_r1", "deepseek_v31"]) {
    const raw = twoCalls.find(([name]) => name === format)![1];
    expectMessage(format, raw, bothTools, bothCalls);
  }
});

test("P19: text between two sections is text, in its place", () => {
  const section = (ordinal: number): string =>
    `<|tool_calls_section_begin|><|tool_call_begin|>functions.get_time:${ordinal}<|tool_call_argument_begin|>{}<|tool_call_end|><|tool_calls_section_end|>`;
  expectMessage("kimi_k2", `${section(0)}Once more: ${section(1)}`, { tools }, [
    call("get_time", "{}", { id: "functions.get_time:0" }),
    text("Once more: "),
    call("get_time", "{}", { id: "functions.get_time:1" }),
  ]);
});

test("P20: four calls in one delta are four", () => {
  const raw = [1, 2, 3, 4].map((days) => `[TOOL_CALLS]get_weather[ARGS]{"days": ${days}}`).join("");
  expectMessage(
    "mistral",
    raw,
    { tools },
    [1, 2, 3, 4].map((days) => call("get_weather", { days })),
  );
});

test("P21: the beginning of an opener waits for the rest of it", () => {
  const parser = createParser(getFormat("deepseek_v32"), { tools });
  const shown = (events: Event[]): string =>
    events.map((event) => (event.type === "text" ? event.text : event.type)).join();
  expect(shown(parser.push("Well.<｜DSML｜func"))).toBe("Well.");
  expect(shown(parser.push("tion_ca"))).toBe("");
  expect(shown(parser.push("lls>\n<｜DSML｜invoke name="))).toBe("");
  expect(shown(parser.push('"get_time">\n</｜DSML｜invoke>'))).toMatch(/^call-start/);
});

test("P22: a gemma call by character is one call", () => {
  expectMessage("gemma4", '<|tool_call>call:get_weather{city:<|"|>New York<|"|>}<tool_call|>', { tools }, [
    call("get_weather", { city: "New York" }),
  ]);
});

test("P23: what was held back is delivered at the end", () => {
  for (const raw of ["fine <tool_ca", "fine <", "fine </thi", "fine\n", "fine <thin"])
    expectMessage("hermes", raw, { tools }, [text(raw)]);
  expectMessage("mistral", "fine [TOOL_", { tools }, [text("fine [TOOL_")]);
});

test("P24: name and arguments of a bracketed call come apart", () => {
  const raw = `[TOOL_CALLS]get_weather[ARGS]${paris}`;
  expectMessage("mistral", raw, { tools }, [call("get_weather", paris)]);
  const { events } = read("mistral", [...raw], { tools });
  expect(events[0]).toMatchObject({ type: "call-start", name: "get_weather" });
  expect(events.slice(1, -1).every((event) => event.type === "call-arguments")).toBe(true);
});

test("P25: text and call in one chunk are both said", () => {
  const parser = createParser(getFormat("hermes"), { tools });
  const events = parser.push('Sure.<tool_call>{"name": "get_time", "arguments": {"tz"');
  expect(events.map((event) => event.type)).toEqual(["text", "call-start", "call-arguments"]);
});

test("P26: each call has one index and one id", () => {
  for (const [format, raw] of twoCalls) {
    const { events } = read(format, [...raw], { tools });
    const starts = events.flatMap((event) => (event.type === "call-start" ? [event] : []));
    expect(starts.map((event) => event.index)).toEqual([0, 1]);
    expect(new Set(starts.map((event) => event.id)).size).toBe(2);
  }
});

test("P27: what was said is never taken back", () => {
  const says = (part: Part): string => (part.type === "call" ? part.arguments : part.text);
  for (const [format, call] of twoCalls)
    for (const raw of [`Ok. ${call} Bye.`, `See ${call.slice(0, 30)} and`, call.replace("Paris", "<b>\n")]) {
      const parser = createParser(getFormat(format), { ...bothTools, createId: String });
      let before: Part[] = [];
      for (const character of raw) {
        parser.push(character);
        const now = parser.message.parts.map((part) => ({ ...part }));
        expect(now.length).toBeGreaterThanOrEqual(before.length);
        for (const [index, part] of before.entries()) {
          expect(now[index]!.type).toBe(part.type);
          expect(says(now[index]!).startsWith(says(part))).toBe(true);
        }
        before = now;
      }
      parser.end();
    }
});
