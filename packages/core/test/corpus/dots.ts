import { call, type Corpus } from "./case.ts";
import { taggedCases, unknownTool, type TaggedWire } from "./tagged.ts";

const wire: TaggedWire = {
  section: (...calls) => `<dots_function_call>${calls.join("")}</dots_function_call>`,
  call: (name, ...parameters) =>
    `<invoke name="${name}">${parameters.map(([key, value]) => `<parameter name="${key}">${value}</parameter>`).join("")}</invoke>`,
  lead: "",
  think: ["<think>\n", "\n</think>\n\n"],
  turn: "<|userprompt|>Go.<|endofuserprompt|><|response|>",
  end: "<|endofresponse|>",
  openers: ["<dots_function_call>", '<invoke name="x">', '<parameter name="y">'],
  closers: ["</parameter>", "</invoke>", "</dots_function_call>"],
  unfinished: (key, value) => `<dots_function_call><invoke name="write_note"><parameter name="${key}">${value}`,
};

export const dots: Corpus = {
  format: "dots",
  cases: [
    ...taggedCases(wire),
    unknownTool(wire),
    {
      name: "a JSON object in the section",
      raw: '<dots_function_call>{"name": "set_heating", "arguments": {"room": "attic", "eco": true}}</dots_function_call>',
      parts: [call("set_heating", '{"room": "attic", "eco": true}')],
    },
    {
      name: "a list of JSON objects in the section",
      raw: '<dots_function_call>\n[{"name": "list_alarms", "arguments": {}}, {"name": "set_heating", "parameters": {"room": "attic"}}]\n</dots_function_call>',
      parts: [call("list_alarms", "{}"), call("set_heating", '{"room": "attic"}')],
    },
    {
      name: "a parameter's closer left out",
      raw: wire.section('<invoke name="set_heating"><parameter name="room">attic</invoke>'),
      parts: [call("set_heating", '{"room": "attic"}')],
      diagnostics: ["tolerance"],
    },
    {
      name: "white space between the tags",
      raw: '<dots_function_call>\n<invoke name="set_heating">\n<parameter name="room">attic</parameter>\n</invoke>\n</dots_function_call>',
      parts: [call("set_heating", '{"room": "attic"}')],
    },
  ],
};
