import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"name": "${name}", "arguments": ${json}}`;
const section = (...items: readonly string[]): string => `\`\`\`\n[\n    ${items.join(",\n    ")}\n]\n\`\`\``;
const ferryCall = section(item("find_ferry", ferry));

export const hammer: Corpus = {
  format: "hammer",
  cases: [
    ...jsonCases({
      item,
      section,
      lead: "\n",
      markup: ["```\n[", "]\n```"],
      prose: "A list [1, 2], [{}], and ``` three backticks.",
      end: "<|im_end|>",
      isOrdinary: true,
      isFenced: true,
    }),
    {
      name: "a list on one line",
      raw: `\`\`\`\n[${item("list_alarms", "{}")}, ${item("find_ferry", ferry)}]\n\`\`\``,
      parts: [call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "a fence that names its language",
      raw: `\`\`\`json\n[${item("find_ferry", ferry)}]\n\`\`\``,
      parts: [call("find_ferry", ferry)],
    },
    { name: "a bare list", raw: `[${item("find_ferry", ferry)}]`, parts: [call("find_ferry", ferry)] },
    { name: "no call", raw: "[]", parts: [text("[]")] },
    {
      name: "a fence of something else",
      raw: `\`\`\`python\nprint([1])\n\`\`\`\nLike so:\n${ferryCall}`,
      parts: [text("```python\nprint([1])\n```\nLike so:"), call("find_ferry", ferry)],
    },
    {
      name: "a call in a longer fence",
      raw: `Write:\n\`\`\`\`\n${ferryCall}\n\`\`\`\`\nDone.`,
      parts: [text(`Write:\n\`\`\`\`\n${ferryCall}\n\`\`\`\`\nDone.`)],
    },
    {
      name: "the fence left open",
      raw: `\`\`\`\n[${item("list_alarms", "{}")}]\n`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
