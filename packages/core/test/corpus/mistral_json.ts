import { call, text, type Corpus } from "./case.ts";

const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryItem = `{"name": "find_ferry", "arguments": ${ferry}}`;
const alarmsItem = '{"name": "list_alarms", "arguments": {}}';

export const mistral_json: Corpus = {
  format: "mistral_json",
  cases: [
    { name: "one call", raw: `[TOOL_CALLS][${ferryItem}]`, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `[TOOL_CALLS][${ferryItem}, ${alarmsItem},${ferryItem}]`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "white space around the list",
      raw: `[TOOL_CALLS] [\n  ${ferryItem},\n  ${alarmsItem}\n]\n`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "text before and after",
      raw: `The boat first.[TOOL_CALLS][${ferryItem}] That is all.`,
      parts: [text("The boat first."), call("find_ferry", ferry), text(" That is all.")],
    },
    {
      name: "text between two lists",
      raw: `[TOOL_CALLS][${ferryItem}]\nThen what wakes you:\n[TOOL_CALLS][${alarmsItem}]`,
      parts: [call("find_ferry", ferry), text("\nThen what wakes you:\n"), call("list_alarms", "{}")],
    },
    {
      name: "nested JSON stays as it was written",
      raw: '[TOOL_CALLS][{"arguments": {"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["]", "}]"]}, "name": "mix_paint"}]',
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["]", "}]"]}')],
    },
    { name: "empty arguments", raw: `[TOOL_CALLS][${alarmsItem}]`, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: 'はい 🛶[TOOL_CALLS][{"name": "write_note", "arguments": {"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}}]',
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
    },
    {
      name: "escapes stay as they were written",
      raw: String.raw`[TOOL_CALLS][{"name": "write_note", "arguments": {"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}]"}}]`,
      parts: [call("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}]"}`)],
    },
    {
      name: "single quotes",
      raw: `[TOOL_CALLS][{'name': 'write_note', "arguments": {"title": 'say "hi"'}}]`,
      parts: [call("write_note", String.raw`{"title": "say \"hi\""}`)],
      diagnostics: ["tolerance"],
    },
    {
      name: "markers inside values",
      raw: '[TOOL_CALLS][{"name": "write_note", "arguments": {"title": "[TOOL_CALLS]", "body": "}}][TOOL_CALLS][{</s>"}}]',
      parts: [call("write_note", '{"title": "[TOOL_CALLS]", "body": "}}][TOOL_CALLS][{</s>"}')],
    },
    {
      name: "markers in prose",
      raw: "The word [TOOL_CALLS] announces a list [1, 2] of calls.",
      parts: [text("The word [TOOL_CALLS] announces a list [1, 2] of calls.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`[TOOL_CALLS][${alarmsItem}]\` or:\n\`\`\`\n[TOOL_CALLS][${alarmsItem}]\n\`\`\`\n`,
      parts: [text(`Write \`[TOOL_CALLS][${alarmsItem}]\` or:\n\`\`\`\n[TOOL_CALLS][${alarmsItem}]\n\`\`\`\n`)],
    },
    {
      name: "unknown tool",
      raw: '[TOOL_CALLS][{"name": "feed_cat", "arguments": {"grams": 40}}]',
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    {
      name: "no tools: markup is text",
      tools: [],
      raw: `[TOOL_CALLS][${ferryItem}]`,
      parts: [text(`[TOOL_CALLS][${ferryItem}]`)],
    },
    {
      name: "tool choice none: markup is text",
      toolChoice: "none",
      raw: `[TOOL_CALLS][${alarmsItem}]`,
      parts: [text(`[TOOL_CALLS][${alarmsItem}]`)],
    },
    {
      name: "the model's id",
      raw: '[TOOL_CALLS][{"name": "list_alarms", "arguments": {}, "id": "a1B2c3D4e"}]',
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "the model's id before the arguments",
      raw: '[TOOL_CALLS][{"id": "a1B2c3D4e", "name": "list_alarms", "arguments": {}}]',
      parts: [{ type: "call", id: "a1B2c3D4e", name: "list_alarms", arguments: "{}", status: "complete" }],
    },
    {
      name: "a malformed body, then a good list",
      raw: `[TOOL_CALLS][{"name": "find_ferry", "arguments": {"from": Bodø}}][TOOL_CALLS][${alarmsItem}]`,
      parts: [call("find_ferry", '{"from": Bodø}}]', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "an item without a name is text",
      raw: '[TOOL_CALLS][{"arguments": {"cars": 2}}]',
      parts: [text('[TOOL_CALLS][{"arguments": {"cars": 2}}]')],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '[TOOL_CALLS][{"name": "find_ferry", "arguments": {"from": "Bodø", "cars": 1',
      parts: [call("find_ferry", '{"from": "Bodø", "cars": 1', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated inside the second call",
      raw: `[TOOL_CALLS][${ferryItem}, {"name": "write_note", "arguments": {"ti`,
      parts: [call("find_ferry", ferry), call("write_note", '{"ti', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the list left open",
      raw: `[TOOL_CALLS][${ferryItem}`,
      parts: [call("find_ferry", ferry)],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `[TOOL_CALLS][${alarmsItem}]</s>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "the bracket left out before text",
      raw: `[TOOL_CALLS][${alarmsItem}\nThat is all.`,
      parts: [call("list_alarms", "{}"), text("\nThat is all.")],
      diagnostics: ["tolerance"],
    },
  ],
};
