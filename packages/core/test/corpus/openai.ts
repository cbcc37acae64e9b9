import { call, reasoning, text, type Corpus } from "./case.ts";

const start = "<|start|>assistant";
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const one = (name: string, json: string): string =>
  `<|channel|>commentary to=functions.${name} <|constrain|>json<|message|>${json}<|call|>`;
const analysis = (said: string): string => `<|channel|>analysis<|message|>${said}<|end|>`;
const final = (said: string): string => `<|channel|>final<|message|>${said}<|return|>`;

export const openai: Corpus = {
  format: "openai",
  cases: [
    { name: "one call", raw: one("find_ferry", ferry), parts: [call("find_ferry", ferry)] },
    {
      name: "the stop token is not seen",
      raw: `<|channel|>commentary to=functions.find_ferry <|constrain|>json<|message|>${ferry}`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "parallel calls",
      raw: `${one("find_ferry", ferry)}${start}${one("list_alarms", "{}")}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "the recipient in the role part",
      raw: ` to=functions.find_ferry<|channel|>commentary json<|message|>${ferry}<|call|>`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "the recipient in the role part of a later message",
      raw: `${analysis("A boat, then.")}${start} to=functions.find_ferry<|channel|>commentary <|constrain|>json<|message|>${ferry}<|call|>`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call in the analysis channel",
      raw: `<|channel|>analysis to=functions.find_ferry code<|message|>${ferry}<|call|>`,
      parts: [call("find_ferry", ferry)],
    },
    { name: "an answer", raw: final("It sails at nine."), parts: [text("It sails at nine.")] },
    {
      name: "an answer, the stop token not seen",
      raw: "<|channel|>final<|message|>It sails.",
      parts: [text("It sails.")],
    },
    {
      name: "text before, between and after",
      raw: `<|channel|>commentary<|message|>The boat first.<|end|>${start}${one("find_ferry", ferry)}${start}<|channel|>commentary<|message|>Then what wakes you.<|end|>${start}${one("list_alarms", "{}")}${start}${final("That is all.")}`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("Then what wakes you."),
        call("list_alarms", "{}"),
        text("That is all."),
      ],
    },
    {
      name: "nested JSON stays as it was written",
      raw: one("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null},\n "tags" : ["}", "]"]}'),
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": null},\n "tags" : ["}", "]"]}')],
    },
    { name: "empty arguments", raw: one("list_alarms", "{}"), parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `${analysis("はい 🛶")}${start}${one("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')}`,
      parts: [reasoning("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
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
        '{"title": "<|call|>", "body": "}<|end|><|start|>assistant<|channel|>final<|message|>no"}',
      ),
      parts: [
        call("write_note", '{"title": "<|call|>", "body": "}<|end|><|start|>assistant<|channel|>final<|message|>no"}'),
      ],
    },
    {
      name: "words of the headers in prose",
      raw: final("The analysis goes to=functions.list_alarms, commentary to=you, and final<br>."),
      parts: [text("The analysis goes to=functions.list_alarms, commentary to=you, and final<br>.")],
    },
    {
      name: "a call in a fence",
      raw: final(`Like so:\n\`\`\`\n${one("list_alarms", "{}")}\n\`\`\`\nThat is all.`),
      parts: [text(`Like so:\n\`\`\`\n${one("list_alarms", "{}")}\n\`\`\`\nThat is all.`)],
    },
    {
      name: "unknown tool",
      raw: one("feed_cat", '{"grams": 40}'),
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    {
      name: "reasoning, a preamble and a call",
      raw: `${analysis("A boat, then.\n\nTwo cars.")}${start}<|channel|>commentary<|message|>One moment.<|end|>${start}${one("find_ferry", ferry)}`,
      parts: [reasoning("A boat, then.\n\nTwo cars."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<|start|>user<|message|>Go.<|end|><|start|>assistant<|channel|>analysis<|message|>",
      raw: `A boat, then.<|end|>${start}${final("It sails.")}`,
      parts: [reasoning("A boat, then."), text("It sails.")],
    },
    {
      name: "a header begun by the prompt",
      prompt: "<|start|>user<|message|>Go.<|end|><|start|>assistant<|channel|>",
      raw: "final<|message|>It sails.<|return|>",
      parts: [text("It sails.")],
    },
    {
      name: "reasoning left open before a call",
      raw: `<|channel|>analysis<|message|>Look it up.${start}${one("find_ferry", ferry)}`,
      parts: [reasoning("Look it up."), call("find_ferry", ferry)],
    },
    {
      name: "a malformed body, then a good call",
      raw: `${one("find_ferry", '{"from": Bodø}')}${start}${one("list_alarms", "{}")}`,
      parts: [call("find_ferry", '{"from": Bodø}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: '<|channel|>commentary to=functions.find_ferry <|constrain|>json<|message|>{"from": "Bod',
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated before the arguments",
      raw: "<|channel|>commentary to=functions.find_ferry <|constrain|>json<|message|>",
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated inside reasoning",
      raw: "<|channel|>analysis<|message|>A boat, th",
      parts: [reasoning("A boat, th")],
      diagnostics: ["truncated-reasoning"],
    },
    {
      name: "a quotation left open in one message",
      raw: `${analysis("A boat, `th")}${start}<|channel|>commentary<|message|>\`\`\`\nOne moment.<|end|>${start}${one("find_ferry", ferry)}`,
      parts: [reasoning("A boat, `th"), text("```\nOne moment."), call("find_ferry", ferry)],
    },
  ],
};
