import { call, reasoning, text, type Corpus } from "./case.ts";

const one = (name: string, json: string): string => `<|tools_prefix|>[{"${name}": ${json}}]<|tools_suffix|>`;
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryCall = one("find_ferry", ferry);
const alarmsCall = one("list_alarms", "{}");

export const apertus: Corpus = {
  format: "apertus",
  cases: [
    {
      name: "white space in the list",
      raw: `<|tools_prefix|> [ { "find_ferry" : ${ferry} } ,\n{"list_alarms":{}} ] <|tools_suffix|>\n`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "several calls in one list",
      raw: `<|inner_prefix|>Two things.<|inner_suffix|><|tools_prefix|>[{"find_ferry": ${ferry}}, {"list_alarms": {}}]<|tools_suffix|>`,
      parts: [reasoning("Two things."), call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<|inner_prefix|>The boat: ${alarmsCall}`,
      parts: [reasoning("The boat: "), call("list_alarms", "{}")],
    },
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `${ferryCall}${alarmsCall}\n${ferryCall}`,
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
      raw: one("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null},\n "tags" : ["}", "]"]}'),
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null},\n "tags" : ["}", "]"]}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${one("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')}ок 🎉`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}'), text("ок 🎉")],
    },
    {
      name: "escapes stay as they were written",
      raw: one("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`),
      parts: [call("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`)],
    },
    {
      name: "markers inside values",
      raw: one(
        "write_note",
        '{"title": "<|tools_suffix|>", "body": "}}]<|tools_suffix|><|tools_prefix|>[{<|assistant_end|>"}',
      ),
      parts: [
        call(
          "write_note",
          '{"title": "<|tools_suffix|>", "body": "}}]<|tools_suffix|><|tools_prefix|>[{<|assistant_end|>"}',
        ),
      ],
    },
    {
      name: "markers in prose",
      raw: "The token <|tools_prefix|> opens, <|tools_suffix|> closes.",
      parts: [text("The token <|tools_prefix|> opens, <|tools_suffix|> closes.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`<|tools_prefix|>[{"list_alarms"\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.${alarmsCall}`,
      parts: [
        text(`Write \`<|tools_prefix|>[{"list_alarms"\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`),
        call("list_alarms", "{}"),
      ],
    },
    {
      name: "unknown tool",
      raw: one("feed_cat", '{"grams": 40}'),
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "a malformed body, then a good call",
      raw: `${one("find_ferry", '{"from": Bodø}')}${alarmsCall}`,
      parts: [call("find_ferry", '{"from": Bodø}}]', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '<|tools_prefix|>[{"find_ferry": {"from": "Bod',
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated before the arguments",
      raw: '<|tools_prefix|>[{"find_ferry": ',
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the call left open",
      raw: '<|tools_prefix|>[{"list_alarms": {}}]',
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<|assistant_end|>`,
      parts: [call("list_alarms", "{}")],
    },
  ],
};
