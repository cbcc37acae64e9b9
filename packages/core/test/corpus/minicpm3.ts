import { call, reasoning, text, type Corpus } from "./case.ts";

const block = (...calls: string[]): string =>
  `<|tool_call_start|>\n\`\`\`python\n${calls.join("\n")}\n\`\`\`\n<|tool_call_end|>`;
const ferryLine = 'find_ferry(from="Bodø", to="Moskenes", cars=2)';
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryCall = block(ferryLine);
const alarmsCall = block("list_alarms()");

export const minicpm3: Corpus = {
  format: "minicpm3",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: block(ferryLine, "list_alarms()", ferryLine),
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
      name: "nested literals",
      raw: block("mix_paint(recipe={'base': [1.5, -2, (3, 4)], 'lid': None, 'matt': True}, tags=[], coats=3)"),
      parts: [
        call("mix_paint", '{"recipe": {"base": [1.5, -2, [3, 4]], "lid": null, "matt": true}, "tags": [], "coats": 3}'),
      ],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${block("write_note(title='フェリー 👩‍👩‍👧', body=\"naïve – ﷽\")")}ок 🎉`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}'), text("ок 🎉")],
    },
    {
      name: "escapes and quotes",
      raw: block(String.raw`write_note(title='it\'s "so" \\ \x41', body="1\n2\t\"3\" \u00e9 it's")`),
      parts: [call("write_note", String.raw`{"title": "it's \"so\" \\ A", "body": "1\n2\t\"3\" \u00e9 it's"}`)],
    },
    {
      name: "a line break inside a string",
      raw: block('write_note(title="one\ntwo", body="""three\n"four"\n""")'),
      parts: [call("write_note", String.raw`{"title": "one\ntwo", "body": "three\n\"four\"\n"}`)],
    },
    {
      name: "markers and fences inside values",
      raw: block(
        'write_note(title=")\\n```", body="<|tool_call_end|><|tool_call_start|>```python list_alarms()<|im_end|>")',
      ),
      parts: [
        call(
          "write_note",
          String.raw`{"title": ")\n${"```"}", "body": "<|tool_call_end|><|tool_call_start|>${"```"}python list_alarms()<|im_end|>"}`,
        ),
      ],
    },
    {
      name: "markers in prose",
      raw: "The token <|tool_call_start|> opens, <|tool_call_end|> closes, f(x) calls.",
      parts: [text("The token <|tool_call_start|> opens, <|tool_call_end|> closes, f(x) calls.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`<|tool_call_start|>list_alarms()<|tool_call_end|>\` or:\n\`\`\`\`\n${alarmsCall}\n\`\`\`\`\nNow then.${alarmsCall}`,
      parts: [
        text(
          `Write \`<|tool_call_start|>list_alarms()<|tool_call_end|>\` or:\n\`\`\`\`\n${alarmsCall}\n\`\`\`\`\nNow then.`,
        ),
        call("list_alarms", "{}"),
      ],
    },
    {
      name: "unknown tool",
      raw: block("feed_cat(grams=40)"),
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text and a call",
      raw: `<|thought_start|>\nA boat, then.\n<|thought_end|>\nOne moment.${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<|im_start|>assistant\n<|thought_start|>\n",
      raw: `A boat, then.\n<|thought_end|>\n${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<|thought_start|>\nLook it up: ${ferryCall}<|thought_end|>Looking.`,
      parts: [reasoning("Look it up: "), call("find_ferry", ferry), text("Looking.")],
    },
    {
      name: "the fence left out",
      raw: `<|tool_call_start|>\n${ferryLine}\n<|tool_call_end|>`,
      parts: [call("find_ferry", ferry)],
      diagnostics: ["tolerance", "tolerance"],
    },
    {
      name: "a malformed call, then a good block",
      raw: `${block("find_ferry(from=@Bodø)")}\n${alarmsCall}`,
      parts: [call("find_ferry", '{"from": @Bodø)\n```\n', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '<|tool_call_start|>\n```python\nfind_ferry(from="Bod',
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated before the arguments",
      raw: "<|tool_call_start|>\n```python\nfind_ferry(",
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the block left open",
      raw: "<|tool_call_start|>\n```python\nlist_alarms()\n```",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<|im_end|>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a declared name in prose",
      raw: "Write <|tool_call_start|>list_alarms to list.",
      parts: [text("Write <|tool_call_start|>list_alarms to list.")],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `<|thought_start|>\n\`\`\`\nA boat, \`th\n<|thought_end|>\n${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
  ],
};
