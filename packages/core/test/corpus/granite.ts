import { call, reasoning, text, type Corpus } from "./case.ts";

const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryItem = `{"name": "find_ferry", "arguments": ${ferry}}`;
const alarmsItem = '{"name": "list_alarms", "arguments": {}}';
const alarmsCall = `<|tool_call|>[${alarmsItem}]`;

export const granite: Corpus = {
  format: "granite",
  cases: [
    { name: "one call", raw: `<|tool_call|>[${ferryItem}]`, parts: [call("find_ferry", ferry)] },
    {
      name: "one call of a later template",
      raw: `<tool_call>[${ferryItem}]`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "parallel calls",
      raw: `<|tool_call|>[${ferryItem}, ${alarmsItem},${ferryItem}]`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "white space around the list",
      raw: `<|tool_call|> [\n  ${ferryItem},\n  ${alarmsItem}\n]\n`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.<|tool_call|>[${ferryItem}]\nThen what wakes you:\n${alarmsCall} That is all.`,
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
      raw: '<|tool_call|>[{"arguments": {"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["]", "}]"]}, "name": "mix_paint"}]',
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["]", "}]"]}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: 'はい 🛶<|tool_call|>[{"name": "write_note", "arguments": {"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}}]',
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
    },
    {
      name: "escapes stay as they were written",
      raw: String.raw`<|tool_call|>[{"name": "write_note", "arguments": {"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}]"}}]`,
      parts: [call("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}]"}`)],
    },
    {
      name: "markers inside values",
      raw: '<|tool_call|>[{"name": "write_note", "arguments": {"title": "<|tool_call|>[", "body": "}}]<tool_call>[{<|end_of_text|>"}}]',
      parts: [call("write_note", '{"title": "<|tool_call|>[", "body": "}}]<tool_call>[{<|end_of_text|>"}')],
    },
    {
      name: "markers in prose",
      raw: "The token <|tool_call|> announces a list [1, 2] of calls; so does <tool_call>.",
      parts: [text("The token <|tool_call|> announces a list [1, 2] of calls; so does <tool_call>.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.${alarmsCall}`,
      parts: [text(`Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`), call("list_alarms", "{}")],
    },
    {
      name: "unknown tool",
      raw: '<|tool_call|>[{"name": "feed_cat", "arguments": {"grams": 40}}]',
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text",
      raw: "Here is my thought process:\nA boat, then.\nHere is my response:\nIt sails at nine.",
      parts: [reasoning("A boat, then."), text("It sails at nine.")],
    },
    {
      name: "reasoning in the other wording, then a call",
      raw: `Here's my thought process:\nA boat, then.\nHere's my response:\n<|tool_call|>[${ferryItem}]`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<|start_of_role|>assistant<|end_of_role|>Here is my thought process:\n",
      raw: "A boat, then.\nHere is my response:\nIt sails at nine.",
      parts: [reasoning("A boat, then."), text("It sails at nine.")],
    },
    {
      name: "a malformed body, then a good list",
      raw: `<|tool_call|>[{"name": "find_ferry", "arguments": {"from": Bodø}}]${alarmsCall}`,
      parts: [call("find_ferry", '{"from": Bodø}}]', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "an item without a name is text",
      raw: '<|tool_call|>[{"arguments": {"cars": 2}}]',
      parts: [text('<|tool_call|>[{"arguments": {"cars": 2}}]')],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '<|tool_call|>[{"name": "find_ferry", "arguments": {"from": "Bodø", "cars": 1',
      parts: [call("find_ferry", '{"from": "Bodø", "cars": 1', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated before the arguments",
      raw: '<|tool_call|>[{"name": "find_ferry"',
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the list left open",
      raw: `<|tool_call|>[${alarmsItem}`,
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<|end_of_text|>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `Here is my thought process:\n\`\`\`\nA boat, \`th\nHere is my response:\n${alarmsCall}`,
      parts: [reasoning("```\nA boat, `th"), call("list_alarms", "{}")],
    },
  ],
};
