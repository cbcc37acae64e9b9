import { call, reasoning, text, type Corpus } from "./case.ts";
import { taggedCases, unknownTool, type TaggedWire } from "./tagged.ts";

const section = (...calls: readonly string[]): string =>
  `<ifm|tool_calls>\n${calls.map((inside) => `<ifm|tool_call>${inside}</ifm|tool_call>`).join("\n")}\n</ifm|tool_calls>`;
const typed = (key: string, type: string, value: string): string =>
  `<ifm|arg_key>${key}</ifm|arg_key>\n<ifm|arg_type>${type}</ifm|arg_type>\n<ifm|arg_value>${value}</ifm|arg_value>\n`;
const wire: TaggedWire = {
  section,
  call: (name, ...parameters) =>
    `${name}\n${parameters.map(([key, value]) => `<ifm|arg_key>${key}</ifm|arg_key>\n<ifm|arg_value>${value}</ifm|arg_value>\n`).join("")}`,
  lead: "",
  think: ["<ifm|think>\n", "\n</ifm|think>\n"],
  turn: "<|ifm|im_start|>user\nGo.<|ifm|im_end|>\n<|ifm|im_start|>assistant\n",
  end: "<|ifm|im_end|>",
  openers: ["<ifm|tool_calls>", "<ifm|arg_key>", "<ifm|arg_value>"],
  closers: ["</ifm|arg_value>", "</ifm|tool_call>", "</ifm|tool_calls>"],
  unfinished: (key, value) =>
    `<ifm|tool_calls>\n<ifm|tool_call>write_note\n<ifm|arg_key>${key}</ifm|arg_key>\n<ifm|arg_value>${value}`,
};

export const k2_horizon: Corpus = {
  format: "k2_horizon",
  cases: [
    ...taggedCases(wire),
    unknownTool(wire),
    {
      name: "without line breaks",
      raw: section(wire.call("set_heating", ["room", "attic"], ["eco", "true"])).replaceAll("\n", ""),
      parts: [call("set_heating", '{"room": "attic", "eco": true}')],
    },
    {
      name: "typed values: the word decides, not the schema",
      raw: section(
        `set_heating\n${typed("room", "string", "12")}${typed("degrees", "string", "19")}${typed("eco", "boolean", "true")}`,
      ),
      parts: [call("set_heating", '{"room": "12", "degrees": "19", "eco": true}')],
    },
    {
      name: "a word for the type that is none: the schema decides",
      raw: section(`set_heating\n${typed("room", "text", "12")}${typed("degrees", "float", "19.5")}`),
      parts: [call("set_heating", '{"room": "12", "degrees": 19.5}')],
    },
    {
      name: "JSON in the call's tags",
      raw: section(
        '{"name": "set_heating", "arguments": {"room": "attic"}}',
        '{"name": "list_alarms", "arguments": {}}',
      ),
      parts: [call("set_heating", '{"room": "attic"}'), call("list_alarms", "{}")],
    },
    {
      name: "the section's opener left out",
      raw: `<ifm|tool_call>${wire.call("list_alarms")}</ifm|tool_call>\n</ifm|tool_calls>`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "the tags of less effort",
      prompt: `${wire.turn}<ifm|think_faster>\n`,
      raw: `A boat, then.\n</ifm|think_faster>\nOne moment.${section(wire.call("list_alarms"))}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("list_alarms", "{}")],
    },
  ],
};
