import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => ` functools[${items.join(", ")}]`;
const alarmsCall = section(item("list_alarms", "{}"));

export const firefunction_v2: Corpus = {
  format: "firefunction_v2",
  cases: [
    ...jsonCases({
      item,
      section,
      markup: [" functools[", "]"],
      prose: "Python's functools has caches; functools[0] is an error, functools[{}] too.",
      end: "<|eot_id|>",
      isOrdinary: true,
    }),
    {
      name: "no space before the word",
      raw: `functools[${item("find_ferry", ferry)}]`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "text between two lists",
      raw: `${alarmsCall}\nOnce more:${alarmsCall}`,
      parts: [call("list_alarms", "{}"), text("\nOnce more:"), call("list_alarms", "{}")],
    },
    {
      name: "the list left open",
      raw: ` functools[${item("list_alarms", "{}")}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
