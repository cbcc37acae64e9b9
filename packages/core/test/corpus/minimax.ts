import { call, reasoning, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => `<tool_calls>\n${items.join("\n")}\n</tool_calls>`;
const ferryCall = section(item("find_ferry", ferry));
const alarmsCall = section(item("list_alarms", "{}"));

export const minimax: Corpus = {
  format: "minimax",
  cases: [
    ...jsonCases({
      item,
      section,
      lead: "\n",
      markup: ["<tool_calls>", "</tool_calls>"],
      prose: "A <tool_calls> tag opens, a </tool_calls> tag closes; {1, 2} is a set.",
      end: "<end_of_sentence>",
    }),
    {
      name: "reasoning, text and a call",
      raw: `<think>\nA boat, then.\n</think>\n\nOne moment.\n${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning is a draft",
      raw: `<think>\nPerhaps:\n${alarmsCall}\nNo.\n</think>\n\n${ferryCall}`,
      parts: [reasoning(`Perhaps:\n${alarmsCall}\nNo.`), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<beginning_of_sentence>ai name=assistant\n<think>\n",
      raw: "A boat, then.\n</think>\n\nIt sails at nine.",
      parts: [reasoning("A boat, then."), text("It sails at nine.")],
    },
    {
      name: "blank lines between the objects",
      raw: `<tool_calls>\n\n${item("list_alarms", "{}")}\n\n${item("find_ferry", ferry)}\n\n</tool_calls>`,
      parts: [call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "the arguments before the name",
      raw: `<tool_calls>\n{"arguments": ${ferry}, "name": "find_ferry"}\n</tool_calls>`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "the closer left out",
      raw: `<tool_calls>\n${item("list_alarms", "{}")}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
