import { call, reasoning, text, type Corpus } from "./case.ts";

const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryCall = `[TOOL_CALLS]find_ferry[ARGS]${ferry}`;
const alarmsCall = "[TOOL_CALLS]list_alarms[ARGS]{}";

export const mistral: Corpus = {
  format: "mistral",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "the brace ends the name",
      raw: `[TOOL_CALLS]find_ferry${ferry}`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "parallel calls",
      raw: `${ferryCall}${alarmsCall}[TOOL_CALLS]find_ferry${ferry}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "parallel calls of an older tokenizer",
      raw: `[TOOL_CALLS][{"name": "find_ferry", "arguments": ${ferry}}, {"name": "list_alarms", "arguments": {}}]`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "the model's id",
      raw: `[TOOL_CALLS]find_ferry[CALL_ID]a1B2c3D4e[ARGS]${ferry}`,
      parts: [{ type: "call", id: "a1B2c3D4e", name: "find_ferry", arguments: ferry, status: "complete" }],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.${ferryCall}\nThen what wakes you:${alarmsCall} That is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:"),
        call("list_alarms", "{}"),
        text(" That is all."),
      ],
    },
    {
      name: "nested JSON stays as it was written",
      raw: '[TOOL_CALLS]mix_paint[ARGS]{"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["]", "}"]}',
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["]", "}"]}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: 'はい 🛶[TOOL_CALLS]write_note[ARGS]{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}',
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
    },
    {
      name: "escapes stay as they were written",
      raw: String.raw`[TOOL_CALLS]write_note{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`,
      parts: [call("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`)],
    },
    {
      name: "markers inside values",
      raw: '[TOOL_CALLS]write_note[ARGS]{"title": "[ARGS]{}", "body": "}[TOOL_CALLS]list_alarms[ARGS]{}[/THINK]</s>"}',
      parts: [call("write_note", '{"title": "[ARGS]{}", "body": "}[TOOL_CALLS]list_alarms[ARGS]{}[/THINK]</s>"}')],
    },
    {
      name: "markers in prose",
      raw: "The word [TOOL_CALLS] announces a call, [ARGS] its arguments.",
      parts: [text("The word [TOOL_CALLS] announces a call, [ARGS] its arguments.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nLike so:\n${alarmsCall}`,
      parts: [
        text(`Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nLike so:\n`),
        call("list_alarms", "{}"),
      ],
    },
    {
      name: "unknown tool",
      raw: '[TOOL_CALLS]feed_cat[ARGS]{"grams": 40}',
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    {
      name: "an empty name",
      raw: '[TOOL_CALLS][ARGS]{"grams": 40}',
      parts: [call("", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text and a call",
      raw: `[THINK]A boat, then.[/THINK]One moment.${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning between angle brackets",
      raw: `<think>\nA boat, then.\n</think>\nOne moment.`,
      parts: [reasoning("A boat, then."), text("One moment.")],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<s>[INST]Go.[/INST][THINK]",
      raw: `A boat, then.[/THINK]${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `[THINK]Look it up: ${ferryCall}[/THINK]Looking.`,
      parts: [reasoning("Look it up: "), call("find_ferry", ferry), text("Looking.")],
    },
    {
      name: "a malformed body, then a good call",
      raw: `[TOOL_CALLS]find_ferry[ARGS]{"from": Bodø}${alarmsCall}`,
      parts: [call("find_ferry", '{"from": Bodø}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '[TOOL_CALLS]find_ferry[ARGS]{"from": "Bod',
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated before the arguments",
      raw: "[TOOL_CALLS]find_ferry[ARGS]",
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}</s>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a declared name in prose",
      raw: "Write [TOOL_CALLS]list_alarms to list.",
      parts: [text("Write [TOOL_CALLS]list_alarms to list.")],
    },
    {
      name: "a closing marker of some fine-tunes",
      raw: `[TOOL_CALLS][{"name": "list_alarms", "arguments": {}}][/TOOL_CALLS]\nThat is all.`,
      parts: [call("list_alarms", "{}"), text("\nThat is all.")],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `[THINK]\`\`\`\nA boat, \`th[/THINK]${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
  ],
};
