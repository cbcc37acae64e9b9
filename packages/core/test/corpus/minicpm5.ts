import { call, text, type Corpus } from "./case.ts";
import { taggedCases, type TaggedWire } from "./tagged.ts";

const wire: TaggedWire = {
  section: (...calls) => calls.join(""),
  call: (name, ...parameters) =>
    `<function name="${name}">${parameters.map(([key, value]) => `<param name="${key}">${value}</param>`).join("")}</function>`,
  lead: "",
  think: ["<think>\n", "\n</think>\n\n"],
  turn: "<|im_start|>assistant\n",
  end: "<|im_end|>",
  openers: ['<function name="x">', '<param name="y">'],
  closers: ["</param>", "</function>"],
  unfinished: (key, value) => `<function name="write_note"><param name="${key}">${value}`,
};

export const minicpm5: Corpus = {
  format: "minicpm5",
  cases: [
    ...taggedCases(wire),
    {
      name: "an unknown tool is text",
      raw: `Write ${wire.call("feed_cat", ["grams", "40"])} there.`,
      parts: [text(`Write ${wire.call("feed_cat", ["grams", "40"])} there.`)],
    },
    {
      name: "a CDATA section",
      raw: wire.call("write_note", ["title", "<![CDATA[log]]>"], ["body", "<![CDATA[a < b && </p>\n  c[d[0]] ]]>"]),
      parts: [call("write_note", String.raw`{"title": "log", "body": "a < b && </p>\n  c[d[0]] "}`)],
    },
    {
      name: "attributes glued to their tags",
      raw: '<functionname="set_heating"><paramname="room">attic</param></function>',
      parts: [call("set_heating", '{"room": "attic"}')],
    },
    {
      name: "line breaks between the tags and the calls",
      raw: '<function name="set_heating">\n<param name="room">attic</param>\n</function>\n<function name="list_alarms">\n</function>',
      parts: [call("set_heating", '{"room": "attic"}'), call("list_alarms", "{}")],
    },
    {
      name: "the call's closer left out",
      raw: '<function name="set_heating"><param name="room">attic</param><|im_end|>',
      parts: [call("set_heating", '{"room": "attic"}')],
      diagnostics: ["tolerance"],
    },
  ],
};
