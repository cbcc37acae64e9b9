import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `<function_call> {"name": "${name}", "arguments": ${json}}`;
const ferryCall = item("find_ferry", ferry);
const alarmsCall = item("list_alarms", "{}");

export const granite_20b_fc: Corpus = {
  format: "granite_20b_fc",
  cases: [
    ...jsonCases({
      item,
      section: (...items) => items.join(" "),
      lead: " ",
      markup: ["<function_call>", "<function_call> {"],
      prose: "The word <function_call> announces a call {1, 2}; <function_call> does.",
      end: "<|endoftext|>",
    }),
    {
      name: "a call a line",
      raw: `${ferryCall}\n${alarmsCall}\n${ferryCall}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text between two calls",
      raw: `${ferryCall}\nThen what wakes you: ${alarmsCall}`,
      parts: [call("find_ferry", ferry), text("\nThen what wakes you:"), call("list_alarms", "{}")],
    },
    {
      name: "no white space",
      raw: `<function_call>{"name":"list_alarms","arguments":{}}<function_call>{"name":"list_alarms","arguments":{}}`,
      parts: [call("list_alarms", "{}"), call("list_alarms", "{}")],
    },
    {
      name: "a malformed body, then a good call",
      raw: `<function_call> {"name": "find_ferry", "arguments": {"from": Bodø}} ${alarmsCall}`,
      parts: [call("find_ferry", '{"from": Bodø}} ', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "a body without a name is text",
      raw: '<function_call> {"cars": 2}',
      parts: [text('<function_call> {"cars": 2}')],
      diagnostics: ["malformed-call"],
    },
  ],
};
