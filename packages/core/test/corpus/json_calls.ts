import { call, text, type Case } from "./case.ts";

export const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';

/** How a format that writes arguments as JSON writes a call. */
export interface JsonWire {
  /** One call; two are two items of one section. */
  readonly item: (name: string, json: string) => string;
  readonly section: (...items: readonly string[]) => string;
  /** What is left out behind text that comes before a section. */
  readonly lead?: string;
  /** Characters that are special to the format, for values to hold. */
  readonly markup: readonly [string, string];
  /** Prose that speaks of the markup. */
  readonly prose: string;
  /** What ends the turn. */
  readonly end: string;
  /** The opener is ordinary text: only a declared name makes a call. */
  readonly isOrdinary?: boolean;
  /** One call a turn. */
  readonly isSingle?: boolean;
  /** The notation stands in a code fence itself. */
  readonly isFenced?: boolean;
}

/** The cases that every such format has. */
export function jsonCases({ item, section, lead = "", ...wire }: JsonWire): Case[] {
  const [first, second] = wire.markup;
  const ferryItem = item("find_ferry", ferry);
  const alarmsItem = item("list_alarms", "{}");
  const alarms = section(alarmsItem);
  /** A section, up to and with these characters. */
  const upTo = (whole: string, last: string): string => whole.slice(0, whole.indexOf(last) + last.length);
  const nested = '{"recipe": {"base":[1.0,[2E3, 9007199254740993]], "lid": null}, "tags" : ["]", "}]", "}}"]}';
  const unicode = '{"title": "フェリー 👩‍👩‍👧", "body": "naïve – ﷽"}';
  const escapes = String.raw`{"title": "a \"b\" \\ c\\", "body": "1\n2\t3 \u00e9 {\"}]"}`;
  const marked = JSON.stringify({ title: first, body: `}}]${second}\n${first}[{${wire.end}` });
  const cat = section(item("feed_cat", '{"grams": 40}'));
  const cases: Case[] = [
    { name: "one call", raw: section(ferryItem), parts: [call("find_ferry", ferry)] },
    {
      name: "text before and after",
      raw: `The boat first.${lead}${section(ferryItem)}\nThat is all.`,
      parts: [text("The boat first."), call("find_ferry", ferry), text("\nThat is all.")],
    },
    {
      name: "nested JSON stays as it was written",
      raw: section(item("mix_paint", nested)),
      parts: [call("mix_paint", nested)],
    },
    { name: "empty arguments", raw: alarms, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${lead}${section(item("write_note", unicode))}`,
      parts: [text("はい 🛶"), call("write_note", unicode)],
    },
    {
      name: "escapes stay as they were written",
      raw: section(item("write_note", escapes)),
      parts: [call("write_note", escapes)],
    },
    { name: "markers inside values", raw: section(item("write_note", marked)), parts: [call("write_note", marked)] },
    { name: "markers in prose", raw: wire.prose, parts: [text(wire.prose)] },
    wire.isOrdinary
      ? { name: "an unknown tool is text", raw: cat, parts: [text(cat)] }
      : { name: "unknown tool", raw: cat, parts: [call("feed_cat", '{"grams": 40}')], diagnostics: ["unknown-tool"] },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarms}`, parts: [text(`Look: ${alarms}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarms, parts: [text(alarms)] },
    {
      name: "truncated inside the arguments",
      raw: upTo(section(ferryItem), '"from": "Bod'),
      parts: [call("find_ferry", '{"from": "Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    { name: "the end of the turn let through", raw: `${alarms}${wire.end}`, parts: [call("list_alarms", "{}")] },
  ];
  if (!wire.isSingle)
    cases.push(
      {
        name: "parallel calls",
        raw: section(ferryItem, alarmsItem, ferryItem),
        parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
      },
      {
        name: "truncated inside the second call",
        raw: upTo(section(alarmsItem, ferryItem), '"from": "Bod'),
        parts: [call("list_alarms", "{}"), call("find_ferry", '{"from": "Bod', "truncated")],
        diagnostics: ["truncated-call"],
      },
    );
  if (!wire.isFenced) {
    const quoted = `Write \`${alarms.replaceAll("\n", " ")}\` or:\n\`\`\`\n${alarms}\n\`\`\`\nDone.`;
    cases.push({ name: "a call in inline code and in a fence", raw: quoted, parts: [text(quoted)] });
  }
  return cases;
}
