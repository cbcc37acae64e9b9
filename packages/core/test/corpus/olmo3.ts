import { call, reasoning, text, type Corpus } from "./case.ts";
import { pythonCases, unknownCall, type PythonWire } from "./python_calls.ts";

const wire: PythonWire = {
  section: (...calls) => `<function_calls>${calls.join("\n")}</function_calls>`,
  open: "<function_calls>",
  close: "</function_calls>",
  end: "<|im_end|>",
};

export const olmo3: Corpus = {
  format: "olmo3",
  cases: [
    ...pythonCases(wire),
    unknownCall(wire),
    {
      name: "line breaks inside the tags",
      raw: "<function_calls>\nset_heating(room='attic')\n\nlist_alarms()\n</function_calls>",
      parts: [call("set_heating", '{"room": "attic"}'), call("list_alarms", "{}")],
    },
    {
      name: "the closing tag left out",
      raw: "<function_calls>list_alarms()",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "reasoning opened by the prompt, then text and a call",
      prompt: "<|im_start|>assistant\n<think>",
      raw: "A boat, then.</think>One moment.<function_calls>list_alarms()</function_calls>",
      parts: [reasoning("A boat, then."), text("One moment."), call("list_alarms", "{}")],
    },
    {
      name: "a call inside reasoning ends it",
      raw: "<think>Look it up.<function_calls>list_alarms()</function_calls></think>Looking.",
      parts: [reasoning("Look it up."), call("list_alarms", "{}"), text("Looking.")],
    },
  ],
};
