import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => `<|tool_call|>[${items.join(", ")}]<|/tool_call|>`;
const alarmsCall = section(item("list_alarms", "{}"));

export const phi4_mini_tag: Corpus = {
  format: "phi4_mini_tag",
  cases: [
    ...jsonCases({
      item,
      section,
      markup: ["<|tool_call|>", "<|/tool_call|>"],
      prose: "The token <|tool_call|> opens, <|/tool_call|> closes; [1, 2] is a list.",
      end: "<|end|>",
    }),
    {
      name: "another key for the arguments",
      raw: `<|tool_call|>[{"name": "find_ferry", "parameters": ${ferry}}]<|/tool_call|>`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "text between two lists",
      raw: `${alarmsCall}\nOnce more: ${alarmsCall}`,
      parts: [call("list_alarms", "{}"), text("\nOnce more: "), call("list_alarms", "{}")],
    },
    {
      name: "truncated before the arguments",
      raw: '<|tool_call|>[{"name": "find_ferry"',
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the closer left out",
      raw: `<|tool_call|>[${item("list_alarms", "{}")}]<|end|>`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
