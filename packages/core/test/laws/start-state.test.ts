import { getFormat, parse, type Part } from "@glossa/core";
import { describe, expect, test } from "vitest";

const tools = [{ name: "get_tide", parameters: { type: "object", properties: { port: { type: "string" } } } }];
const read = (format: string, raw: string, prompt?: string): readonly Part[] =>
  parse(getFormat(format), raw, { tools, createId: () => "id", ...(prompt === undefined ? {} : { prompt }) }).parts;

const reasoning = (text: string): Part => ({ type: "reasoning", text });
const text = (said: string): Part => ({ type: "text", text: said });
const tide: Part = { type: "call", id: "id", name: "get_tide", arguments: '{"port": "Brest"}', status: "complete" };

describe("the prompt says where the output starts", () => {
  const chat = "<|im_start|>user\nIs </think> a tag? And <think>?<|im_end|>\n<|im_start|>assistant\n";

  test("inside reasoning that it opened", () => {
    expect(read("hermes", "Low now.\n</think>\n\nYes.", `${chat}<think>\n`)).toEqual([
      reasoning("Low now."),
      text("Yes."),
    ]);
    expect(read("kimi_k2", "Low.</think>Yes.", "<|im_assistant|>assistant<|im_middle|><think>")).toEqual([
      reasoning("Low."),
      text("Yes."),
    ]);
    expect(read("deepseek_r1", "\nLow.\n</think>\n\nYes.", "<｜User｜>Tide?<｜Assistant｜><think>")).toEqual([
      reasoning("Low."),
      text("Yes."),
    ]);
  });

  test("inside reasoning that it began to write", () => {
    expect(read("hermes", " now.\n</think>\n\nYes.", `${chat}<think>\nThe tide is low`)).toEqual([
      reasoning(" now."),
      text("Yes."),
    ]);
  });

  test("behind reasoning that it closed", () => {
    expect(read("hermes", "Yes.", `${chat}<think>\n\n</think>\n\n`)).toEqual([text("Yes.")]);
    expect(read("deepseek_v31", "Yes.", "<｜User｜>Tide?<｜Assistant｜></think>")).toEqual([text("Yes.")]);
  });

  test("outside, when it opened nothing, whatever the history says", () => {
    expect(read("hermes", "Yes.", chat)).toEqual([text("Yes.")]);
    expect(read("hermes", "<think>\nHm.\n</think>\n\nYes.", chat)).toEqual([reasoning("Hm."), text("Yes.")]);
  });

  test("inside a header", () => {
    const start = "<|start|>user<|message|>Tide?<|end|><|start|>assistant";
    const rest = ' to=functions.get_tide<|channel|>commentary json<|message|>{"port": "Brest"}<|call|>';
    expect(read("openai", rest, start)).toEqual([tide]);
    expect(
      read("openai", `<|channel|>commentary${rest.replace("<|channel|>commentary json", " <|constrain|>json")}`, start),
    ).toEqual([tide]);
    expect(read("openai", "is<|message|>Hm.<|end|>", `${start}<|channel|>analys`)).toEqual([reasoning("Hm.")]);
    expect(read("openai", "Yes.<|return|>", `${start}<|channel|>final<|message|>`)).toEqual([text("Yes.")]);
  });

  test("by its tail alone", () => {
    expect(read("hermes", "Low.\n</think>\n\nYes.", "<think>\n")).toEqual([reasoning("Low."), text("Yes.")]);
    expect(read("glm45", "Low.</think>\nYes.", "<think>")).toEqual([reasoning("Low."), text("Yes.")]);
    expect(read("hermes", "Yes.", "Explain the tag <think> to me.")).toEqual([text("Yes.")]);
  });
});
