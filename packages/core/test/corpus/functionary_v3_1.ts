import { call, text, type Corpus } from "./case.ts";

const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const ferryCall = `<function=find_ferry>${ferry}</function>`;
const alarmsCall = "<function=list_alarms>{}</function>";

export const functionary_v3_1: Corpus = {
  format: "functionary_v3_1",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `${ferryCall}${alarmsCall}\n${ferryCall}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first. ${ferryCall}\nThen what wakes you: ${alarmsCall} That is all.`,
      parts: [
        text("The boat first. "),
        call("find_ferry", ferry),
        text("\nThen what wakes you: "),
        call("list_alarms", "{}"),
        text(" That is all."),
      ],
    },
    {
      name: "nested JSON stays as it was written",
      raw: '<function=mix_paint>{"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["}", "<"]}</function>',
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null}, "tags" : ["}", "<"]}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "no arguments at all",
      raw: "<function=list_alarms></function>",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    {
      name: "unicode and emoji",
      raw: 'はい 🛶 <function=write_note>{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}</function> ок 🎉',
      parts: [text("はい 🛶 "), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}'), text(" ок 🎉")],
    },
    {
      name: "escapes stay as they were written",
      raw: String.raw`<function=write_note>{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}</function>`,
      parts: [call("write_note", String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}"}`)],
    },
    {
      name: "markers inside values",
      raw: '<function=write_note>{"title": "</function>", "body": "}</function><function=list_alarms>{}</function>"}</function>',
      parts: [
        call("write_note", '{"title": "</function>", "body": "}</function><function=list_alarms>{}</function>"}'),
      ],
    },
    {
      name: "markers in prose",
      raw: "Write <function=NAME>{…}</function>; </function> closes it, and f(x) is another function.",
      parts: [text("Write <function=NAME>{…}</function>; </function> closes it, and f(x) is another function.")],
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
      name: "an unknown tool is text",
      raw: 'Now <function=feed_cat>{"grams": 40}</function> and done.',
      parts: [text('Now <function=feed_cat>{"grams": 40}</function> and done.')],
    },
    {
      name: "no name is checked where the tools are not known",
      tools: "unknown",
      raw: '<function=feed_cat>{"grams": 40}</function>',
      parts: [call("feed_cat", '{"grams": 40}')],
    },
    { name: "no tools: a call is text", tools: [], raw: ferryCall, parts: [text(ferryCall)] },
    { name: "tool choice none: a call is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "a malformed body, then a good call",
      raw: `<function=find_ferry>{"from": Bodø}</function>${alarmsCall}`,
      parts: [call("find_ferry", '{"from": Bodø}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: 'On it. <function=find_ferry>{"from": "Bod',
      parts: [text("On it. "), call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated inside the name",
      raw: "On it. <function=find_fer",
      parts: [text("On it. <function=find_fer")],
    },
    {
      name: "the last call left open",
      raw: `<function=find_ferry>${ferry}`,
      parts: [call("find_ferry", ferry)],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<|eom_id|>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a declared function named in prose",
      raw: "Write <function=list_alarms> to list, </function> to end.",
      parts: [text("Write <function=list_alarms> to list, </function> to end.")],
    },
    {
      name: "a closer left out before another call",
      raw: `<function=find_ferry>${ferry}${alarmsCall}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
