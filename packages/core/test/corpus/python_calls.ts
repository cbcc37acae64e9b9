import { call, text, type Case } from "./case.ts";

/** How a format with Python calls between markers writes them. */
export interface PythonWire {
  readonly section: (...calls: readonly string[]) => string;
  readonly open: string;
  readonly close: string;
  readonly end: string;
}

/** The cases that these formats have in common. */
export function pythonCases({ section, open, close, end }: PythonWire): Case[] {
  const ferryCall = "find_ferry(from='Bodø', to=\"Moskenes\", cars=2)";
  const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
  const alarmsCall = section("list_alarms()");
  const quoted = `Write \`${open}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`;
  return [
    { name: "one call", raw: section(ferryCall), parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: section(ferryCall, "list_alarms()", ferryCall),
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.${section(ferryCall)}Then what wakes you:${alarmsCall}That is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("Then what wakes you:"),
        call("list_alarms", "{}"),
        text("That is all."),
      ],
    },
    {
      name: "nested literals, in Python's words and in JSON's",
      raw: section(
        "mix_paint(recipe={'base': [1.5, -2, (3, 4)], 'lid': None, 'matt': True, \"new\": false, 'old': null}, tags=[], coats=3)",
      ),
      parts: [
        call(
          "mix_paint",
          '{"recipe": {"base": [1.5, -2, [3, 4]], "lid": null, "matt": true, "new": false, "old": null}, "tags": [], "coats": 3}',
        ),
      ],
    },
    {
      name: "white space around names and values",
      raw: section(' set_heating( room = "attic" , degrees = 19.50 , eco = False ) '),
      parts: [call("set_heating", '{"room": "attic", "degrees": 19.50, "eco": false}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${section("write_note(title='フェリー 👩‍👩‍👧', body=\"naïve – ﷽\")")}`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}')],
    },
    {
      name: "escapes and quotes",
      raw: section(String.raw`write_note(title='it\'s "so" \\ \x41', body="1\n2\t\"3\" \u00e9 it's")`),
      parts: [call("write_note", String.raw`{"title": "it's \"so\" \\ A", "body": "1\n2\t\"3\" \u00e9 it's"}`)],
    },
    {
      name: "line breaks, brackets and markers inside strings",
      raw: section(`write_note(title=')]', body='one\ntwo, list_alarms()]${close}${open}[${end}')`),
      parts: [call("write_note", `{"title": ")]", "body": "one\\ntwo, list_alarms()]${close}${open}[${end}"}`)],
    },
    {
      name: "markers in prose",
      raw: `The token ${open} opens, ${close} closes.`,
      parts: [text(`The token ${open} opens, ${close} closes.`)],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `${quoted}${alarmsCall}`,
      parts: [text(quoted), call("list_alarms", "{}")],
    },
    { name: "no tools: a call is text", tools: [], raw: section(ferryCall), parts: [text(section(ferryCall))] },
    { name: "tool choice none: a call is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "truncated inside a string",
      raw: section("find_ferry(from='Bod¶").split("¶")[0]!,
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    { name: "the end of the turn let through", raw: `${alarmsCall}${end}`, parts: [call("list_alarms", "{}")] },
  ];
}

/** A call of a tool that the request does not have, where a marker opens the section. */
export const unknownCall = ({ section }: PythonWire): Case => ({
  name: "unknown tool",
  raw: section("feed_cat(grams=40)"),
  parts: [call("feed_cat", '{"grams": 40}')],
  diagnostics: ["unknown-tool"],
});
