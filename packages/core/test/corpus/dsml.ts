import { call, reasoning, text, type Case } from "./case.ts";

/** The cases that DeepSeek V3.2 and V4 have in common: the name of the section is all that differs. */
export function dsmlCases(name: string): Case[] {
  const open = `<｜DSML｜${name}>`;
  const close = `</｜DSML｜${name}>`;
  const section = (...calls: string[]): string => `${open}\n${calls.join("\n")}\n${close}`;
  const parameter = (key: string, isString: boolean, value: string): string =>
    `<｜DSML｜parameter name="${key}" string="${isString}">${value}</｜DSML｜parameter>\n`;
  const invoke = (name: string, ...parameters: string[]): string =>
    `<｜DSML｜invoke name="${name}">\n${parameters.join("")}</｜DSML｜invoke>`;
  const ferryInvoke = invoke(
    "find_ferry",
    parameter("from", true, "Bodø"),
    parameter("to", true, "Moskenes"),
    parameter("cars", false, "2"),
  );
  const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
  const ferryCall = section(ferryInvoke);
  const alarmsCall = section(invoke("list_alarms"));
  const note = (body: string): string =>
    section(invoke("write_note", parameter("title", true, "log"), parameter("body", true, body)));
  return [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: section(ferryInvoke, invoke("list_alarms"), ferryInvoke),
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.\n\n${ferryCall}\nThen what wakes you:\n\n${alarmsCall}\nThat is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:"),
        call("list_alarms", "{}"),
        text("\nThat is all."),
      ],
    },
    {
      name: "nested JSON in parameters stays as it was written",
      raw: section(
        invoke(
          "mix_paint",
          parameter("recipe", false, '{"base":[1.0,[2E3]], "lid": "</｜DSML｜parameter>"}'),
          parameter("tags", false, '["}", "]"]'),
        ),
      ),
      parts: [call("mix_paint", '{"recipe": {"base":[1.0,[2E3]], "lid": "</｜DSML｜parameter>"}, "tags": ["}", "]"]}')],
    },
    {
      name: "the word decides, not the schema",
      raw: section(invoke("set_heating", parameter("room", false, "[3]"), parameter("degrees", true, "19.50"))),
      parts: [call("set_heating", '{"room": [3], "degrees": "19.50"}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    { name: "an empty string", raw: note(""), parts: [call("write_note", '{"title": "log", "body": ""}')] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶\n\n${note("naïve – ﷽ 👩‍👩‍👧")}`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "log", "body": "naïve – ﷽ 👩‍👩‍👧"}')],
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
      raw: note(`see </｜DSML｜parameter> and </｜DSML｜invoke> and ${close} or ${open}\n<｜DSML｜invoke name="x"> ok`),
      parts: [
        call(
          "write_note",
          `{"title": "log", "body": "see </｜DSML｜parameter> and </｜DSML｜invoke> and ${close} or ${open}\\n<｜DSML｜invoke name=\\"x\\"> ok"}`,
        ),
      ],
    },
    {
      name: "markers in prose",
      raw: `The tag ${open} opens, ${close} closes.`,
      parts: [text(`The tag ${open} opens, ${close} closes.`)],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`<｜DSML｜invoke name="list_alarms">\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.\n\n${alarmsCall}`,
      parts: [
        text(`Write \`<｜DSML｜invoke name="list_alarms">\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`),
        call("list_alarms", "{}"),
      ],
    },
    {
      name: "unknown tool",
      raw: section(invoke("feed_cat", parameter("grams", false, "40"))),
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "reasoning before text and a call",
      raw: `<think>A boat, then.</think>One moment.\n\n${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<｜User｜>Go.<｜Assistant｜><think>",
      raw: `A boat, then.</think>\n\n${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<think>Look it up.\n\n${ferryCall}</think>Looking.`,
      parts: [reasoning("Look it up."), call("find_ferry", ferry), text("Looking.")],
    },
    {
      name: "the section's opener left out",
      raw: `${ferryInvoke}\n${close}`,
      parts: [call("find_ferry", ferry)],
      diagnostics: ["tolerance"],
    },
    {
      name: "a malformed value, then a good call",
      raw: section(invoke("mix_paint", parameter("recipe", false, '{"base": lime}')), invoke("list_alarms")),
      parts: [call("mix_paint", '{"recipe": {"base": lime}}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside a value",
      raw: `${open}\n<｜DSML｜invoke name="write_note">\n<｜DSML｜parameter name="body" string="true">Dear di`,
      parts: [call("write_note", '{"body": "Dear di', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated inside the name",
      raw: `${open}\n<｜DSML｜invoke name="write_no`,
      parts: [],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<｜end▁of▁sentence｜>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `<think>\`\`\`\nA boat, \`th</think>\n\n${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
  ];
}
