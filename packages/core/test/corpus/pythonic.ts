import { call, text, type Corpus } from "./case.ts";

const ferryCall = "find_ferry(from='Bodø', to='Moskenes', cars=2)";
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';

export const pythonic: Corpus = {
  format: "pythonic",
  cases: [
    { name: "one call", raw: `[${ferryCall}]`, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `[${ferryCall}, list_alarms(),${ferryCall}]`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "a call a line",
      raw: `[\n    ${ferryCall},\n    list_alarms()\n]`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "text before and after",
      raw: `The boat first.\n[${ferryCall}]\nThat is all.`,
      parts: [text("The boat first.\n"), call("find_ferry", ferry), text("\nThat is all.")],
    },
    {
      name: "text between two lists",
      raw: `[${ferryCall}]\nThen what wakes you:\n[list_alarms()]`,
      parts: [call("find_ferry", ferry), text("\nThen what wakes you:\n"), call("list_alarms", "{}")],
    },
    {
      name: "nested literals",
      raw: "[mix_paint(recipe={'base': [1.5, -2, (3, 4)], 'lid': None, 'matt': True}, tags=[], coats=3)]",
      parts: [
        call("mix_paint", '{"recipe": {"base": [1.5, -2, [3, 4]], "lid": null, "matt": true}, "tags": [], "coats": 3}'),
      ],
    },
    {
      name: "white space around names and values",
      raw: '[ set_heating( room = "attic" , degrees = 19.50 , eco = False ) ]',
      parts: [call("set_heating", '{"room": "attic", "degrees": 19.50, "eco": false}')],
    },
    {
      name: "positional arguments",
      raw: "[find_ferry('Bodø', 'Moskenes', cars=2)]",
      parts: [call("find_ferry", ferry)],
    },
    { name: "empty arguments", raw: "[list_alarms()]", parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: "はい 🛶 [write_note(title='フェリー 👩‍👩‍👧', body=\"naïve – ﷽\")]",
      parts: [text("はい 🛶 "), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
    },
    {
      name: "escapes and quotes",
      raw: String.raw`[write_note(title='it\'s "so" \\ \x41', body="1\n2\t\"3\" \u00e9 it's")]`,
      parts: [call("write_note", String.raw`{"title": "it's \"so\" \\ A", "body": "1\n2\t\"3\" \u00e9 it's"}`)],
    },
    {
      name: "a long string over lines",
      raw: "[write_note(title='', body='''one\n\"two\"\n''')]",
      parts: [call("write_note", String.raw`{"title": "", "body": "one\n\"two\"\n"}`)],
    },
    {
      name: "brackets and calls inside values",
      raw: "[write_note(title=')]', body=', list_alarms()]<|eot_id|>[')]",
      parts: [call("write_note", '{"title": ")]", "body": ", list_alarms()]<|eot_id|>["}')],
    },
    {
      name: "lists in prose",
      raw: "See [1], [list_alarms] and [the note](https://example.org/a(b)), or x[0](y).",
      parts: [text("See [1], [list_alarms] and [the note](https://example.org/a(b)), or x[0](y).")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: "Write `[list_alarms()]` or:\n```python\n[list_alarms()]\n```\n",
      parts: [text("Write `[list_alarms()]` or:\n```python\n[list_alarms()]\n```\n")],
    },
    { name: "an unknown tool is text", raw: "[feed_cat(grams=40)]", parts: [text("[feed_cat(grams=40)]")] },
    { name: "no tools: a call is text", tools: [], raw: `[${ferryCall}]`, parts: [text(`[${ferryCall}]`)] },
    {
      name: "tool choice none: a call is text",
      toolChoice: "none",
      raw: "[list_alarms()]",
      parts: [text("[list_alarms()]")],
    },
    {
      name: "a malformed call, then a good one",
      raw: "[find_ferry(from=@Bodø)]\n[list_alarms()]",
      parts: [call("find_ferry", '{"from": ', "malformed"), text("@Bodø)]\n"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside the arguments",
      raw: "[find_ferry(from='Bod",
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated inside the second call",
      raw: "[list_alarms(), find_ferry(from='Bodø', ca",
      parts: [call("list_alarms", "{}"), call("find_ferry", '{"from": "Bodø"', "truncated")],
      diagnostics: ["truncated-call"],
    },
    { name: "truncated inside the name", raw: "Soon: [find_fer", parts: [text("Soon: [find_fer")] },
    {
      name: "the list left open",
      raw: "[list_alarms()",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
    { name: "the end of the turn let through", raw: "[list_alarms()]<|eot_id|>", parts: [call("list_alarms", "{}")] },
    {
      name: "the list left open before text",
      raw: "[list_alarms()\nThat is all.",
      parts: [call("list_alarms", "{}"), text("\nThat is all.")],
      diagnostics: ["tolerance"],
    },
    {
      name: "a declared name in prose",
      raw: "Write [list_alarms to list.",
      parts: [text("Write [list_alarms to list.")],
    },
  ],
};
