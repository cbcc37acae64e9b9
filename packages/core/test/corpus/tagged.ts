import { call, reasoning, text, type Case } from "./case.ts";

/** A parameter as text; what is no string says so, for the formats that write types. */
export type WireParameter = readonly [key: string, text: string, type?: "json"];

/** How a format with markup around every parameter writes the pieces of a message. */
export interface TaggedWire {
  readonly section: (...calls: readonly string[]) => string;
  readonly call: (name: string, ...parameters: readonly WireParameter[]) => string;
  /** Between the section and what stands before it. */
  readonly lead: string;
  /** Markup around reasoning, with its white space. */
  readonly think: readonly [open: string, close: string];
  readonly turn: string;
  readonly end: string;
  /** What opens a call or the section, and what closes a value and a call. */
  readonly openers: readonly string[];
  readonly closers: readonly [value: string, ...others: string[]];
  /** An output of `write_note` that ends inside a value. */
  readonly unfinished: (key: string, text: string) => string;
}

/** The cases that these formats have in common. */
export function taggedCases(wire: TaggedWire): Case[] {
  const { section, lead, openers, closers } = wire;
  const [thinkOpen, thinkClose] = wire.think;
  const bareClose = thinkClose.trim();
  const behindThinking = /\s$/.test(thinkClose) ? "" : lead;
  const ferryInvoke = wire.call("find_ferry", ["from", "Bodø"], ["to", "Moskenes"], ["cars", "2", "json"]);
  const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
  const ferryCall = section(ferryInvoke);
  const alarmsInvoke = wire.call("list_alarms");
  const alarmsCall = section(alarmsInvoke);
  const note = (body: string): string => section(wire.call("write_note", ["title", "log"], ["body", body]));
  const markup = [...closers, ...openers].join(" and ");
  return [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: section(ferryInvoke, alarmsInvoke, ferryInvoke),
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.${lead}${ferryCall}\nThen what wakes you:${lead}${alarmsCall}\nThat is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:"),
        call("list_alarms", "{}"),
        text("\nThat is all."),
      ],
    },
    {
      name: "nested JSON stays as it was written",
      raw: section(
        wire.call(
          "mix_paint",
          ["recipe", `{"base":[1.0,[2E3]], "lid": "${closers[0]}"}`, "json"],
          ["tags", '["}", "]"]', "json"],
        ),
      ),
      parts: [call("mix_paint", `{"recipe": {"base":[1.0,[2E3]], "lid": "${closers[0]}"}, "tags": ["}", "]"]}`)],
    },
    {
      name: "scalars",
      raw: section(wire.call("set_heating", ["room", "12"], ["degrees", "19.50", "json"], ["eco", "true", "json"])),
      parts: [call("set_heating", '{"room": "12", "degrees": 19.50, "eco": true}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    { name: "an empty string", raw: note(""), parts: [call("write_note", '{"title": "log", "body": ""}')] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${lead}${note("naïve – ﷽ 👩‍👩‍👧")}\nок 🎉`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "log", "body": "naïve – ﷽ 👩‍👩‍👧"}'), text("\nок 🎉")],
    },
    {
      name: "strings go through to the letter",
      raw: note('\n  "quoted" \\n \\\\ \t\n\nsecond {line}  \n'),
      parts: [
        call("write_note", String.raw`{"title": "log", "body": "\n  \"quoted\" \\n \\\\ \t\n\nsecond {line}  \n"}`),
      ],
    },
    {
      name: "markers inside values",
      raw: note(`see ${markup} there`),
      parts: [call("write_note", `{"title": "log", "body": ${JSON.stringify(`see ${markup} there`)}}`)],
    },
    {
      name: "markers in prose",
      raw: `The words ${markup} there.`,
      parts: [text(`The words ${markup} there.`)],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`${openers[0]}\` or:\n\`\`\`xml\n${alarmsCall}\n\`\`\`\nNow then.${lead}${alarmsCall}`,
      parts: [
        text(`Write \`${openers[0]}\` or:\n\`\`\`xml\n${alarmsCall}\n\`\`\`\nNow then.`),
        call("list_alarms", "{}"),
      ],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text and a call",
      raw: `${thinkOpen}A boat, then.${thinkClose}One moment.${lead}${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: `${wire.turn}${thinkOpen}`,
      raw: `A boat, then.${thinkClose}${behindThinking}${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `${thinkOpen}Look it up.${lead}${ferryCall}${bareClose}Looking.`,
      parts: [reasoning("Look it up."), call("find_ferry", ferry), text("Looking.")],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `${thinkOpen}\`\`\`\nA boat, \`th${thinkClose}${behindThinking}${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
    {
      name: "a malformed value, then a good call",
      raw: section(wire.call("mix_paint", ["recipe", '{"base": lime}', "json"]), alarmsInvoke),
      parts: [call("mix_paint", '{"recipe": {"base": lime}}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "a parameter that comes twice",
      raw: section(wire.call("set_heating", ["room", "attic"], ["room", "cellar"])),
      parts: [call("set_heating", '{"room": "attic", "room": "cellar"}')],
      diagnostics: ["duplicate-parameter"],
    },
    {
      name: "truncated inside a value",
      raw: wire.unfinished("body", "Dear di"),
      parts: [call("write_note", '{"body": "Dear di', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}${wire.end}`,
      parts: [call("list_alarms", "{}")],
    },
  ];
}

/** A call of a tool that the request does not have, where markers open calls. */
export const unknownTool = (wire: TaggedWire): Case => ({
  name: "unknown tool",
  raw: wire.section(wire.call("feed_cat", ["grams", "40", "json"])),
  parts: [call("feed_cat", '{"grams": 40}')],
  diagnostics: ["unknown-tool"],
});
