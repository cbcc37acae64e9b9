import { call, reasoning, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string =>
  `<longcat_tool_call>\n{"name": "${name}", "arguments": ${json}}\n</longcat_tool_call>`;
const ferryCall = item("find_ferry", ferry);
const parameter = (key: string, value: string): string =>
  `<longcat_arg_key>${key}</longcat_arg_key>\n<longcat_arg_value>${value}</longcat_arg_value>\n`;
const tagged = (name: string, ...parameters: readonly string[]): string =>
  `<longcat_tool_call>${name}\n${parameters.join("")}</longcat_tool_call>`;

export const longcat: Corpus = {
  format: "longcat",
  cases: [
    ...jsonCases({
      item,
      section: (...items) => items.join("\n"),
      lead: "\n",
      markup: ["<longcat_tool_call>", "</longcat_tool_call>"],
      prose: "A <longcat_tool_call> tag opens, a </longcat_tool_call> tag closes.",
      end: "</longcat_s>",
    }),
    {
      name: "key and value tags",
      raw: tagged("find_ferry", parameter("from", "Bodø"), parameter("to", "Moskenes"), parameter("cars", "2")),
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "key and value tags without line breaks, twice",
      raw: `${tagged("set_heating", parameter("room", "3"), parameter("eco", "true")).replaceAll("\n", "")}${tagged("list_alarms").replaceAll("\n", "")}`,
      parts: [call("set_heating", '{"room": "3", "eco": true}'), call("list_alarms", "{}")],
    },
    {
      name: "markup in a raw value",
      raw: tagged("write_note", parameter("title", "</longcat_arg_value> ends"), parameter("body", "\n<b>\n")),
      parts: [call("write_note", String.raw`{"title": "</longcat_arg_value> ends", "body": "\n<b>\n"}`)],
    },
    {
      name: "reasoning, text and a call",
      raw: `<longcat_think>\nA boat, then.\n</longcat_think>\nOne moment.\n${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "[Round 0] USER:Go. /think_on ASSISTANT:<longcat_think>\n",
      raw: `A boat, then.\n</longcat_think>\n${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<longcat_think>\nLook it up: ${ferryCall}\n</longcat_think>\nLooking.`,
      parts: [reasoning("Look it up: "), call("find_ferry", ferry), text("\nLooking.")],
    },
    {
      name: "the last block left open",
      raw: '<longcat_tool_call>\n{"name": "list_alarms", "arguments": {}}\n',
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "a malformed body, then a good call",
      raw: `${item("find_ferry", '{"from": Bodø}')}\n${ferryCall}`,
      parts: [call("find_ferry", '{"from": Bodø}}\n', "malformed"), call("find_ferry", ferry)],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside a raw value",
      raw: "<longcat_tool_call>find_ferry\n<longcat_arg_key>from</longcat_arg_key>\n<longcat_arg_value>Bod",
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
  ],
};
