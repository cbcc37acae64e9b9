import { call, reasoning, text, type Corpus } from "./case.ts";

const section = (...calls: string[]): string => `<｜tool▁calls▁begin｜>${calls.join("")}<｜tool▁calls▁end｜>`;
const one = (name: string, json: string): string =>
  `<｜tool▁call▁begin｜>${name}<｜tool▁sep｜>${json}<｜tool▁call▁end｜>`;
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryCall = section(one("find_ferry", ferry));
const alarmsCall = section(one("list_alarms", "{}"));

export const deepseek_v31: Corpus = {
  format: "deepseek_v31",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: section(one("find_ferry", ferry), one("list_alarms", "{}"), one("find_ferry", ferry)),
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.${ferryCall}\nThen what wakes you:\n${alarmsCall} That is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:\n"),
        call("list_alarms", "{}"),
        text(" That is all."),
      ],
    },
    {
      name: "nested JSON stays as it was written",
      raw: section(one("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null},\n "tags" : ["}", "]"]}')),
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null},\n "tags" : ["}", "]"]}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${section(one("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}'))}`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
    },
    {
      name: "escapes stay as they were written",
      raw: section(one("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`)),
      parts: [call("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`)],
    },
    {
      name: "markers inside values",
      raw: section(
        one("write_note", '{"title": "<｜tool▁call▁end｜>", "body": "}<｜tool▁calls▁end｜></think><｜tool▁sep｜>"}'),
      ),
      parts: [
        call("write_note", '{"title": "<｜tool▁call▁end｜>", "body": "}<｜tool▁calls▁end｜></think><｜tool▁sep｜>"}'),
      ],
    },
    {
      name: "markers in prose",
      raw: "The token <｜tool▁calls▁begin｜> opens, <｜tool▁sep｜> separates.",
      parts: [text("The token <｜tool▁calls▁begin｜> opens, <｜tool▁sep｜> separates.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.${alarmsCall}`,
      parts: [text(`Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`), call("list_alarms", "{}")],
    },
    {
      name: "unknown tool",
      raw: section(one("feed_cat", '{"grams": 40}')),
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text and a call",
      raw: `<think>A boat, then.</think>One moment.${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<｜User｜>Go.<｜Assistant｜><think>",
      raw: `A boat, then.</think>${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning closed by the prompt",
      prompt: "<｜User｜>Go.<｜Assistant｜></think>",
      raw: "Good evening.",
      parts: [text("Good evening.")],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<think>Look it up: ${ferryCall}</think>Looking.`,
      parts: [reasoning("Look it up: "), call("find_ferry", ferry), text("Looking.")],
    },
    {
      name: "a call without its section",
      raw: one("find_ferry", ferry),
      parts: [call("find_ferry", ferry)],
      diagnostics: ["tolerance"],
    },
    {
      name: "a malformed body, then a good call",
      raw: section(one("find_ferry", '{"from": Bodø}'), one("list_alarms", "{}")),
      parts: [call("find_ferry", '{"from": Bodø}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>find_ferry<｜tool▁sep｜>{"from": "Bod',
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated before the arguments",
      raw: "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>find_ferry<｜tool▁sep｜>",
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the section left open",
      raw: `<｜tool▁calls▁begin｜>${one("list_alarms", "{}")}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<｜end▁of▁sentence｜>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a declared name in prose",
      raw: "Write <｜tool▁call▁begin｜>list_alarms to list.",
      parts: [text("Write <｜tool▁call▁begin｜>list_alarms to list.")],
    },
    {
      name: "the section left open before text",
      raw: `<｜tool▁calls▁begin｜>${one("list_alarms", "{}")}\nThat is all.`,
      parts: [call("list_alarms", "{}"), text("\nThat is all.")],
      diagnostics: ["tolerance"],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `<think>\`\`\`\nA boat, \`th</think>${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
  ],
};
