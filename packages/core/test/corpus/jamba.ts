import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => `<tool_calls>[\n    ${items.join(",\n    ")}\n]</tool_calls>`;
const alarmsCall = section(item("list_alarms", "{}"));

export const jamba: Corpus = {
  format: "jamba",
  cases: [
    ...jsonCases({
      item,
      section,
      markup: ["<tool_calls>", "</tool_calls>"],
      prose: "A <tool_calls> tag opens, a </tool_calls> tag closes; [1, 2] is a list.",
      end: "<|eom|>",
    }),
    {
      name: "a list on one line",
      raw: ` <tool_calls>[${item("list_alarms", "{}")},${item("find_ferry", ferry)}]</tool_calls>`,
      parts: [call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text between two lists",
      raw: `${alarmsCall}\nOnce more:${alarmsCall}`,
      parts: [call("list_alarms", "{}"), text("\nOnce more:"), call("list_alarms", "{}")],
    },
    {
      name: "the bracket and the closer left out",
      raw: `<tool_calls>[\n    ${item("list_alarms", "{}")}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance", "tolerance"],
    },
    {
      name: "the start of the turn in the prompt",
      prompt: "<|bom|><|user|> Go.<|eom|><|bom|><|assistant|>",
      raw: ` ${alarmsCall}`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "single quotes",
      raw: `<tool_calls>[{'name': 'write_note', 'arguments': {'title': 'say "hi"'}}]</tool_calls>`,
      parts: [call("write_note", String.raw`{"title": "say \"hi\""}`)],
      diagnostics: ["tolerance"],
    },
  ],
};
