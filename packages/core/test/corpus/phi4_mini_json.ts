import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => `functools[${items.join(", ")}]`;
const alarmsCall = section(item("list_alarms", "{}"));

export const phi4_mini_json: Corpus = {
  format: "phi4_mini_json",
  cases: [
    ...jsonCases({
      item,
      section,
      markup: ["functools[", "]"],
      prose: "Python's functools has caches; functools[0] is an error, functools[{}] too.",
      end: "<|end|>",
      isOrdinary: true,
    }),
    {
      name: "another key for the arguments",
      raw: `functools[{"name": "find_ferry", "parameters": ${ferry}}]`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "white space in the list",
      raw: `functools[\n  ${item("list_alarms", "{}")},\n  ${item("find_ferry", ferry)}\n]`,
      parts: [call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text between two lists",
      raw: `${alarmsCall}\nOnce more: ${alarmsCall}`,
      parts: [call("list_alarms", "{}"), text("\nOnce more: "), call("list_alarms", "{}")],
    },
    {
      name: "the list left open",
      raw: `functools[${item("list_alarms", "{}")}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "truncated inside the name",
      raw: 'functools[{"name": "find_fer',
      parts: [text('functools[{"name": "find_fer')],
    },
    {
      name: "a malformed body, then a good list",
      raw: `${section(item("find_ferry", '{"from": Bodø}'))} ${alarmsCall}`,
      parts: [call("find_ferry", '{"from": Bodø', "malformed"), text("}}] "), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
  ],
};
