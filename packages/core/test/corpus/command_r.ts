import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"tool_name": "${name}", "parameters": ${json}}`;
const section = (...items: readonly string[]): string =>
  `Action:\n\`\`\`json\n[\n    ${items.join(",\n    ")}\n]\`\`\``;
const ferryCall = section(item("find_ferry", ferry));

export const command_r: Corpus = {
  format: "command_r",
  cases: [
    ...jsonCases({
      item,
      section,
      lead: "\n",
      markup: ["Action:", "]```"],
      prose: "Action: sail. Then, Action:\n```json\n[1, 2]\n```\nis no call.",
      end: "<|END_OF_TURN_TOKEN|>",
      isOrdinary: true,
      isFenced: true,
    }),
    {
      name: "as the template indents it",
      raw: 'Action: ```json\n[\n    {\n        "tool_name": "find_ferry",\n        "parameters": {\n            "from": "Bodø"\n        }\n    },\n    {\n        "tool_name": "list_alarms",\n        "parameters": {}\n    }\n]```',
      parts: [call("find_ferry", '{\n            "from": "Bodø"\n        }'), call("list_alarms", "{}")],
    },
    {
      name: "the fence closed on a line of its own",
      raw: `Action:\n\`\`\`json\n[${item("find_ferry", ferry)}]\n\`\`\`\n`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "the tool for a plain answer is none of the request's",
      raw: 'Action: ```json\n[{"tool_name": "directly-answer", "parameters": {}}]```',
      parts: [text('Action: ```json\n[{"tool_name": "directly-answer", "parameters": {}}]```')],
    },
    {
      name: "a call in a fence",
      raw: `Write:\n\`\`\`\`\n${ferryCall}\n\`\`\`\`\nDone.`,
      parts: [text(`Write:\n\`\`\`\`\n${ferryCall}\n\`\`\`\`\nDone.`)],
    },
    {
      name: "the fence left open",
      raw: `Action:\n\`\`\`json\n[${item("list_alarms", "{}")}]`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
