import { call, type Corpus } from "./case.ts";
import { taggedCases, unknownTool, type TaggedWire } from "./tagged.ts";

const wire: TaggedWire = {
  section: (...calls) => `<｜GCML｜tool_calls>\n${calls.join("\n")}\n</｜GCML｜tool_calls>`,
  call: (name, ...parameters) =>
    `<｜GCML｜invoke name="${name}">\n${parameters.map(([key, value, type]) => `<｜GCML｜parameter name="${key}" string="${type !== "json"}">${value}</｜GCML｜parameter>\n`).join("")}</｜GCML｜invoke>`,
  lead: "\n\n",
  think: ["<think>", "</think>\n\n"],
  turn: "assistant<|role_sep|>\n",
  end: "<|message_sep|>",
  openers: ["<｜GCML｜tool_calls>", '<｜GCML｜parameter name="y" string="true">'],
  closers: ["</｜GCML｜parameter>", "</｜GCML｜invoke>", "</｜GCML｜tool_calls>"],
  unfinished: (key, value) =>
    `<｜GCML｜tool_calls>\n<｜GCML｜invoke name="write_note">\n<｜GCML｜parameter name="${key}" string="true">${value}`,
};

export const gigachat35: Corpus = {
  format: "gigachat35",
  cases: [
    ...taggedCases(wire),
    unknownTool(wire),
    {
      name: "without line breaks",
      raw: wire.section(wire.call("set_heating", ["room", "attic"], ["eco", "true", "json"])).replaceAll("\n", ""),
      parts: [call("set_heating", '{"room": "attic", "eco": true}')],
    },
    {
      name: "the word decides, not the schema",
      raw: wire.section(wire.call("set_heating", ["room", "[3]", "json"], ["degrees", "19.50"])),
      parts: [call("set_heating", '{"room": [3], "degrees": "19.50"}')],
    },
    {
      name: "the section's closer left out",
      raw: `<｜GCML｜tool_calls>\n${wire.call("list_alarms")}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
