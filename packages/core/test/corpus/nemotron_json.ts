import { call, reasoning, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => `<TOOLCALL>[${items.join(", ")}]</TOOLCALL>`;
const ferryCall = section(item("find_ferry", ferry));

export const nemotron_json: Corpus = {
  format: "nemotron_json",
  cases: [
    ...jsonCases({
      item,
      section,
      lead: "\n",
      markup: ["<TOOLCALL>", "</TOOLCALL>"],
      prose: "A <TOOLCALL> tag opens, a </TOOLCALL> tag closes; [1, 2] is a list.",
      end: "<SPECIAL_12>",
    }),
    {
      name: "reasoning opened by the prompt",
      prompt: "<SPECIAL_11>User\nGo.\n<SPECIAL_11>Assistant\n<think>\n",
      raw: `A boat, then.\n</think>\n\n${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning closed by the prompt",
      prompt: "<SPECIAL_11>Assistant\n<think></think>",
      raw: "Good evening.",
      parts: [text("Good evening.")],
    },
    {
      name: "reasoning and a call without white space",
      raw: `<think>A boat, then.</think>${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<think>\nLook it up: ${ferryCall}\n</think>\n\nLooking.`,
      parts: [reasoning("Look it up: "), call("find_ferry", ferry), text("\n\nLooking.")],
    },
    {
      name: "white space in the list",
      raw: `<TOOLCALL> [\n  ${item("list_alarms", "{}")},\n  ${item("find_ferry", ferry)}\n] </TOOLCALL>`,
      parts: [call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "the bracket left out",
      raw: `<TOOLCALL>[${item("list_alarms", "{}")}</TOOLCALL>`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "a malformed body, then a good list",
      raw: `${section(item("find_ferry", '{"from": Bodø}'))}\n${ferryCall}`,
      parts: [call("find_ferry", '{"from": Bodø}}]', "malformed"), call("find_ferry", ferry)],
      diagnostics: ["malformed-call"],
    },
  ],
};
