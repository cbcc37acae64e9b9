import { call, reasoning, text, type Corpus } from "./case.ts";

const one = (name: string, ...parameters: (readonly [key: string, value: string])[]): string =>
  `<tool_call>${name}\n${parameters.map(([key, value]) => `<arg_key>${key}</arg_key>\n<arg_value>${value}</arg_value>\n`).join("")}</tool_call>`;
const ferryCall = one("find_ferry", ["from", "Bodø"], ["to", "Moskenes"], ["cars", "2"]);
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const alarmsCall = one("list_alarms");
const note = (body: string): string => one("write_note", ["title", "log"], ["body", body]);

export const glm45: Corpus = {
  format: "glm45",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    { name: "one call without line breaks", raw: ferryCall.replaceAll("\n", ""), parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `${ferryCall}\n${alarmsCall}${ferryCall}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.\n${ferryCall}\nThen what wakes you:\n${alarmsCall}\nThat is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:"),
        call("list_alarms", "{}"),
        text("\nThat is all."),
      ],
    },
    {
      name: "nested JSON in values stays as it was written",
      raw: one(
        "mix_paint",
        ["recipe", '{"base":[1.0,[2E3]], "lid": "</arg_value>"}'],
        ["tags", '["}", "]"]'],
        ["coats", "3"],
      ),
      parts: [
        call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": "</arg_value>"}, "tags": ["}", "]"], "coats": 3}'),
      ],
    },
    {
      name: "scalars by the schema",
      raw: one("set_heating", ["room", "12"], ["degrees", "19.50"], ["eco", "true"]),
      parts: [call("set_heating", '{"room": "12", "degrees": 19.50, "eco": true}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "empty arguments without a line break",
      raw: "<tool_call>list_alarms</tool_call>",
      parts: [call("list_alarms", "{}")],
    },
    { name: "an empty string", raw: note(""), parts: [call("write_note", '{"title": "log", "body": ""}')] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶\n${note("naïve – ﷽ 👩‍👩‍👧")}\nок 🎉`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "log", "body": "naïve – ﷽ 👩‍👩‍👧"}'), text("\nок 🎉")],
    },
    {
      name: "strings go through to the letter",
      raw: note('\n  "quoted" \\n \\\\ \t\n\nsecond {line}  \n'),
      parts: [
        call("write_note", String.raw`{"title": "log", "body": "\n  \"quoted\" \\n \\\\ \t\n\nsecond {line}  \n"}`),
      ],
    },
    {
      name: "markers inside values",
      raw: note("see </arg_value> and </tool_call> and <arg_key>x</arg_key> or <tool_call>list_alarms too"),
      parts: [
        call(
          "write_note",
          '{"title": "log", "body": "see </arg_value> and </tool_call> and <arg_key>x</arg_key> or <tool_call>list_alarms too"}',
        ),
      ],
    },
    {
      name: "markers in prose",
      raw: "A <tool_call> tag opens, <arg_key> names, </tool_call> closes.",
      parts: [text("A <tool_call> tag opens, <arg_key> names, </tool_call> closes.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`<tool_call>list_alarms</tool_call>\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.\n${alarmsCall}`,
      parts: [
        text(`Write \`<tool_call>list_alarms</tool_call>\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`),
        call("list_alarms", "{}"),
      ],
    },
    {
      name: "unknown tool",
      raw: one("feed_cat", ["grams", "40"]),
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text and a call",
      raw: `<think>A boat, then.</think>\nOne moment.\n${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "[gMASK]<sop><|user|>\nGo.<|assistant|>\n<think>",
      raw: `A boat, then.</think>\n${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<think>Look it up.\n${ferryCall}</think>\nLooking.`,
      parts: [reasoning("Look it up."), call("find_ferry", ferry), text("\nLooking.")],
    },
    {
      name: "a malformed value, then a good call",
      raw: `${one("mix_paint", ["recipe", '{"base": lime}'])}\n${alarmsCall}`,
      parts: [call("mix_paint", '{"recipe": {"base": lime}}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside a value",
      raw: "<tool_call>write_note\n<arg_key>body</arg_key>\n<arg_value>Dear di",
      parts: [call("write_note", '{"body": "Dear di', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated behind a key",
      raw: "<tool_call>write_note\n<arg_key>body</arg_key>\n",
      parts: [call("write_note", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<|observation|>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a declared name in prose",
      raw: "Write <tool_call>list_alarms to list, </tool_call> to end.",
      parts: [text("Write <tool_call>list_alarms to list, </tool_call> to end.")],
    },
    {
      name: "an unknown name in prose",
      raw: "The <tool_call>feed_cat in the middle.",
      parts: [text("The <tool_call>feed_cat in the middle.")],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `<think>\`\`\`\nA boat, \`th</think>\n${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
  ],
};
