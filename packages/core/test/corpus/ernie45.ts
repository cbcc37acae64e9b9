import { call, reasoning, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string =>
  `<tool_call>\n{"name": "${name}", "arguments": ${json}}\n</tool_call>`;
const ferryCall = item("find_ferry", ferry);

export const ernie45: Corpus = {
  format: "ernie45",
  cases: [
    ...jsonCases({
      item,
      section: (...items) => items.join("\n"),
      lead: "\n",
      markup: ["<tool_call>", "</tool_call>"],
      prose: "A <tool_call> tag opens, a </tool_call> tag closes, and 3 < 4.",
      end: "<|im_end|>",
    }),
    {
      name: "reasoning opened by the prompt, and an answer",
      prompt: "<|im_start|>assistant\n<think>\n",
      raw: "A boat, then.\n</think>\n\n<response>\nIt sails at nine.\n</response>\n",
      parts: [reasoning("A boat, then."), text("It sails at nine.")],
    },
    {
      name: "reasoning opened by the prompt, and a call",
      prompt: "<|im_start|>assistant\n<think>\n",
      raw: `A boat, then.\n</think>\n\n${ferryCall}\n`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "an answer, then a call",
      raw: `<response>\nI look it up.\n</response>\n\n${ferryCall}`,
      parts: [text("I look it up."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<think>\nLook it up: ${ferryCall}\n</think>\n\n<response>\nLooking.\n</response>`,
      parts: [reasoning("Look it up: "), call("find_ferry", ferry), text("Looking.")],
    },
    {
      name: "an answer inside reasoning ends it",
      raw: "<think>\nA boat.\n<response>\nNine.\n</response>",
      parts: [reasoning("A boat.\n"), text("Nine.")],
    },
    {
      name: "the last block left open",
      raw: '<tool_call>\n{"name": "list_alarms", "arguments": {}}',
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "arguments as a string",
      raw: String.raw`<tool_call>{"name": "set_heating", "arguments": "{\"eco\": true}"}</tool_call>`,
      parts: [call("set_heating", '{"eco": true}')],
      diagnostics: ["tolerance"],
    },
  ],
};
