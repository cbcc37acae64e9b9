import { expect, test } from "vitest";
import { createParser, getFormat, type Event } from "@glossa/core";
import { read, string, tool } from "./expect-message.ts";
import { bothTools, eachFormat, twoCalls } from "./two-calls.ts";

const draw = tool("draw", { prompt: string });
const argumentsOf = (events: readonly Event[]): string =>
  events.map((event) => (event.type === "call-arguments" ? event.delta : "")).join("");

/** Where the arguments of the last call are told up to, less their closing bracket or quote. */
const lastValue = (raw: string): number => raw.lastIndexOf("CET") + 1;

test.for(eachFormat)("the final delta: what comes with the end of the call is sent ($format)", ({ format, raw }) => {
  for (let at = lastValue(raw); at < raw.length; at++) {
    const parser = createParser(getFormat(format), bothTools);
    const said = [...parser.push(raw.slice(0, at)), ...parser.push(raw.slice(at)), ...parser.end()];
    const ofSecond = said.filter((event) => event.type === "call-arguments" && event.index === 1);
    expect({ at, arguments: JSON.parse(argumentsOf(ofSecond)) }).toEqual({ at, arguments: { tz: "CET" } });
  }
});

test.for([
  ["hermes", '<tool_call>\n{"name": "draw", "arguments": ', "}\n</tool_call>"],
  ["mistral", "[TOOL_CALLS]draw[ARGS]", "</s>"],
  [
    "deepseek_v31",
    "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>draw<｜tool▁sep｜>",
    "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
  ],
  [
    "kimi_k2",
    "<|tool_calls_section_begin|><|tool_call_begin|>functions.draw:0<|tool_call_argument_begin|>",
    "<|tool_call_end|><|tool_calls_section_end|>",
  ],
  ["openai", "<|channel|>commentary to=functions.draw <|constrain|>json<|message|>", "<|call|>"],
  ["functionary_v3_1", "<function=draw>", "</function>"],
  ["internlm", '<|action_start|><|plugin|>\n{"name": "draw", "parameters": ', "}<|action_end|>"],
] as const)("a key cut in two, and the end marker in the delta of its second half (%s)", ([format, head, tail]) => {
  const parser = createParser(getFormat(format), { tools: [draw] });
  parser.push(head);
  expect(argumentsOf(parser.push('{"pro'))).toBe('{"pro');
  expect(argumentsOf(parser.push(`mpt": "dog"}${tail}`))).toBe('mpt": "dog"}');
  parser.end();
  expect(parser.message.parts).toMatchObject([
    { type: "call", name: "draw", arguments: '{"prompt": "dog"}', status: "complete" },
  ]);
});

test("several tokens in one delta, as with speculative decoding, say what one by one says", () => {
  for (const [format, raw] of twoCalls) {
    // Words, runs of white space and single signs: about what a tokenizer makes of it.
    const tokens = raw.match(/[\p{L}\p{N}_▁]+|\s+|[^\p{L}\p{N}_▁\s]/gu)!;
    const whole = read(format, tokens, bothTools).message;
    for (let most = 2; most <= 6; most++)
      for (let first = 1; first <= most; first++) {
        const deltas = [tokens.slice(0, first).join("")];
        for (let at = first, take = 1; at < tokens.length; at += take, take = (take % most) + 1)
          deltas.push(tokens.slice(at, at + take).join(""));
        expect({ deltas, message: read(format, deltas, bothTools).message }).toEqual({ deltas, message: whole });
      }
  }
});

test("letters beyond ASCII are written the same way whether the output is streamed or not", () => {
  for (const [format, raw] of twoCalls) {
    const output = raw.replace("Paris", "Malmö 東京 🦊");
    const whole = read(format, [output], bothTools);
    const streamed = read(format, [...output], bothTools);
    const units = read(format, output.split(""), bothTools);
    for (const { message } of [whole, streamed, units]) {
      expect(message).toEqual(whole.message);
      expect(message.parts[0]).toMatchObject({ arguments: expect.stringContaining('"Malmö 東京 🦊"') });
    }
  }
});
