import { call, reasoning, text, type Corpus } from "./case.ts";

const ferryCall =
  "<tool_call>\n<function=find_ferry>\n<parameter=from>\nBodø\n</parameter>\n<parameter=to>\nMoskenes\n</parameter>\n<parameter=cars>\n2\n</parameter>\n</function>\n</tool_call>";
const ferry = '{"from": "Bodø", "to": "Moskenes", "cars": 2}';
const alarmsCall = "<tool_call>\n<function=list_alarms>\n</function>\n</tool_call>";
const note = (body: string): string =>
  `<tool_call>\n<function=write_note>\n<parameter=title>\nlog\n</parameter>\n<parameter=body>\n${body}\n</parameter>\n</function>\n</tool_call>`;

export const qwen3_coder: Corpus = {
  format: "qwen3_coder",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `${ferryCall}\n${alarmsCall}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    {
      name: "several functions in one block",
      raw: "<tool_call>\n<function=list_alarms>\n</function>\n<function=set_heating>\n<parameter=room>\nattic\n</parameter>\n</function>\n</tool_call>",
      parts: [call("list_alarms", "{}"), call("set_heating", '{"room": "attic"}')],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.\n${ferryCall}\nThen what wakes you:\n${alarmsCall}\nThat is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:"),
        call("list_alarms", "{}"),
        text("\nThat is all."),
      ],
    },
    {
      name: "nested JSON in parameters",
      raw: '<tool_call>\n<function=mix_paint>\n<parameter=recipe>\n{"base": [1.0, {"b": "</parameter>"}], "lid": null}\n</parameter>\n<parameter=tags>\n["matt", "out door"]\n</parameter>\n<parameter=coats>\n3\n</parameter>\n</function>\n</tool_call>',
      parts: [
        call(
          "mix_paint",
          '{"recipe": {"base": [1.0, {"b": "</parameter>"}], "lid": null}, "tags": ["matt", "out door"], "coats": 3}',
        ),
      ],
    },
    {
      name: "Python's literals in nested values and booleans",
      raw: "<tool_call>\n<function=set_heating>\n<parameter=room>\nTrue\n</parameter>\n<parameter=degrees>\n19.5\n</parameter>\n<parameter=eco>\nFalse\n</parameter>\n</function>\n</tool_call>",
      parts: [call("set_heating", '{"room": "True", "degrees": 19.5, "eco": false}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "unicode and emoji",
      raw: `はい 🛶\n${note("naïve – ﷽ 👩‍👩‍👧")}\nок 🎉`,
      parts: [text("はい 🛶"), call("write_note", '{"title": "log", "body": "naïve – ﷽ 👩‍👩‍👧"}'), text("\nок 🎉")],
    },
    {
      name: "strings go through to the letter",
      raw: note('  "quoted" \\n \\\\ \t\n\nsecond {line}  \n'),
      parts: [
        call("write_note", String.raw`{"title": "log", "body": "  \"quoted\" \\n \\\\ \t\n\nsecond {line}  \n"}`),
      ],
    },
    {
      name: "numbers stay strings where the schema says string",
      raw: note("007"),
      parts: [call("write_note", '{"title": "log", "body": "007"}')],
    },
    {
      name: "markers inside values",
      raw: note(
        "see </parameter> and </function> and <parameter=body> and\n<tool_call>\n<function=x> and </tool_call> too",
      ),
      parts: [
        call(
          "write_note",
          String.raw`{"title": "log", "body": "see </parameter> and </function> and <parameter=body> and\n<tool_call>\n<function=x> and </tool_call> too"}`,
        ),
      ],
    },
    {
      name: "an empty string",
      raw: note(""),
      parts: [call("write_note", '{"title": "log", "body": ""}')],
    },
    {
      name: "markers in prose",
      raw: "A <tool_call> tag opens, <function=NAME> names, </parameter> and </tool_call> close.",
      parts: [text("A <tool_call> tag opens, <function=NAME> names, </parameter> and </tool_call> close.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`<function=list_alarms>\` or:\n\`\`\`xml\n${alarmsCall}\n\`\`\`\nLike so:\n${alarmsCall}`,
      parts: [
        text(`Write \`<function=list_alarms>\` or:\n\`\`\`xml\n${alarmsCall}\n\`\`\`\nLike so:`),
        call("list_alarms", "{}"),
      ],
    },
    {
      name: "unknown tool",
      raw: "<tool_call>\n<function=feed_cat>\n<parameter=grams>\n40\n</parameter>\n</function>\n</tool_call>",
      parts: [call("feed_cat", '{"grams": 40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "the block's opener left out",
      raw: "Right away.\n<function=set_heating>\n<parameter=room>\nattic\n</parameter>\n</function>\n</tool_call>",
      parts: [text("Right away."), call("set_heating", '{"room": "attic"}')],
      diagnostics: ["tolerance"],
    },
    {
      name: "an unknown function without a block's opener is text",
      raw: "Write <function=feed_cat>\n<parameter=grams>\n40\n</parameter>\n</function> there.",
      parts: [text("Write <function=feed_cat>\n<parameter=grams>\n40\n</parameter>\n</function> there.")],
    },
    {
      name: "a parameter's closer left out",
      raw: "<tool_call>\n<function=set_heating>\n<parameter=room>\nattic\n</function>\n</tool_call>",
      parts: [call("set_heating", '{"room": "attic"}')],
      diagnostics: ["tolerance"],
    },
    {
      name: "a parameter that comes twice",
      raw: "<tool_call>\n<function=set_heating>\n<parameter=room>\nattic\n</parameter>\n<parameter=room>\ncellar\n</parameter>\n</function>\n</tool_call>",
      parts: [call("set_heating", '{"room": "attic", "room": "cellar"}')],
      diagnostics: ["duplicate-parameter"],
    },
    {
      name: "reasoning before text and a call",
      raw: `<think>\nA boat, then.\n</think>\n\nOne moment.\n${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: "<|im_start|>assistant\n<think>\n",
      raw: `A boat, then.\n</think>\n\n${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `<think>\nLook it up.\n${ferryCall}\n</think>\n\nLooking.`,
      parts: [reasoning("Look it up."), call("find_ferry", ferry), text("\n\nLooking.")],
    },
    {
      name: "a malformed value, then a good call",
      raw: `<tool_call>\n<function=mix_paint>\n<parameter=recipe>\n{"base": lime}\n</parameter>\n</function>\n</tool_call>\n${alarmsCall}`,
      parts: [call("mix_paint", '{"recipe": {"base": lime}}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "a block without a function is text",
      raw: `<tool_call>\n<function>list_alarms</function>\n</tool_call>\n${alarmsCall}`,
      parts: [text("<tool_call>\n<function>list_alarms</function>\n</tool_call>"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside a value",
      raw: "<tool_call>\n<function=write_note>\n<parameter=body>\nDear di",
      parts: [call("write_note", '{"body": "Dear di', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated behind a value",
      raw: "<tool_call>\n<function=write_note>\n<parameter=body>\nDear diary\n</parameter>\n",
      parts: [call("write_note", '{"body": "Dear diary"', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "a declared function named in prose",
      raw: "Write <function=list_alarms> to list, </function> to end.",
      parts: [text("Write <function=list_alarms> to list, </function> to end.")],
    },
    {
      name: "a parameter without a name, then a good call",
      raw: `<tool_call>\n<function=write_note>\n<parameter=\nbody>\nx\n</parameter>\n</function>\n</tool_call>\n${alarmsCall}`,
      parts: [call("write_note", "\nbody>\nx\n</parameter>\n", "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "markup in a line of a value",
      raw: note("if a<b && c>d:\n  <b>x</b></parameter> </p>"),
      parts: [call("write_note", String.raw`{"title": "log", "body": "if a<b && c>d:\n  <b>x</b></parameter> </p>"}`)],
    },
    {
      name: "a quotation left open in reasoning",
      raw: `<think>\n\`\`\`\nA boat, \`th\n</think>\n\n${ferryCall}`,
      parts: [reasoning("```\nA boat, `th"), call("find_ferry", ferry)],
    },
  ],
};
