import { call, type Corpus } from "./case.ts";
import { taggedCases, unknownTool, type TaggedWire } from "./tagged.ts";

const block = (inside: string): string => `<seed:tool_call>\n${inside}\n</seed:tool_call>`;
const wire: TaggedWire = {
  section: (...calls) => calls.map(block).join("\n"),
  call: (name, ...parameters) =>
    `<function=${name}>\n${parameters.map(([key, value]) => `<parameter=${key}>${value}</parameter>\n`).join("")}</function>`,
  lead: "\n\n",
  think: ["<seed:think>", "</seed:think>\n"],
  turn: "<seed:bos>assistant\n",
  end: "<seed:eos>",
  openers: ["<seed:tool_call>", "<function=x>", "<parameter=y>"],
  closers: ["</parameter>", "</function>", "</seed:tool_call>"],
  unfinished: (key, value) => `<seed:tool_call>\n<function=write_note>\n<parameter=${key}>${value}`,
};

export const seed_oss: Corpus = {
  format: "seed_oss",
  cases: [
    ...taggedCases(wire),
    unknownTool(wire),
    {
      name: "Python's literals in nested values",
      raw: wire.section(wire.call("mix_paint", ["recipe", "{'base': ['lime', None], 'matt': True}"], ["coats", "2"])),
      parts: [call("mix_paint", `{"recipe": {"base": ["lime", null], "matt": true}, "coats": 2}`)],
    },
    {
      name: "a parameter's closer left out",
      raw: block("<function=set_heating>\n<parameter=room>attic</function>"),
      parts: [call("set_heating", '{"room": "attic"}')],
      diagnostics: ["tolerance"],
    },
    {
      name: "several functions in one block",
      raw: block(`${wire.call("list_alarms")}\n${wire.call("set_heating", ["room", "attic"])}`),
      parts: [call("list_alarms", "{}"), call("set_heating", '{"room": "attic"}')],
    },
    {
      name: "the block's closer left out",
      raw: "<seed:tool_call>\n<function=list_alarms>\n</function>",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
