import { call, text, type Corpus } from "./case.ts";
import { pythonCases, unknownCall, type PythonWire } from "./python_calls.ts";

const wire: PythonWire = {
  section: (...calls) => `<|python_start|>[${calls.join(", ")}]<|python_end|>`,
  open: "<|python_start|>",
  close: "<|python_end|>",
  end: "<|eom|>",
};

export const llama4_pythonic: Corpus = {
  format: "llama4_pythonic",
  cases: [
    ...pythonCases(wire),
    unknownCall(wire),
    {
      name: "the list by itself",
      raw: "[set_heating(room='attic'), list_alarms()]<|eot|>",
      parts: [call("set_heating", '{"room": "attic"}'), call("list_alarms", "{}")],
      diagnostics: ["tolerance", "tolerance"],
    },
    {
      name: "an unknown tool in a list by itself is text",
      raw: "[feed_cat(grams=40)]",
      parts: [text("[feed_cat(grams=40)]")],
    },
    { name: "lists in prose", raw: "See [1] and [list_alarms].", parts: [text("See [1] and [list_alarms].")] },
    {
      name: "the list left open",
      raw: "<|python_start|>[list_alarms()<|python_end|><|eom|>",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
