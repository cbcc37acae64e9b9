import { call, text, type Corpus } from "./case.ts";

const string = (text: string): string => `<escape>${text}<escape>`;
const one = (name: string, body: string): string => `<start_function_call>call:${name}{${body}}<end_function_call>`;
const ferryCall = one("find_ferry", `cars:2,from:${string("Bodø")},to:${string("Moskenes")}`);
const ferry = '{"cars":2,"from":"Bodø","to":"Moskenes"}';
const alarmsCall = one("list_alarms", "");

export const functiongemma: Corpus = {
  format: "functiongemma",
  cases: [
    { name: "one call", raw: ferryCall, parts: [call("find_ferry", ferry)] },
    {
      name: "parallel calls",
      raw: `${ferryCall}${alarmsCall}\n${ferryCall}`,
      parts: [call("find_ferry", ferry), call("list_alarms", "{}"), call("find_ferry", ferry)],
    },
    {
      name: "text before, between and after",
      raw: `The boat first.${ferryCall}\nThen what wakes you:${alarmsCall} That is all.`,
      parts: [
        text("The boat first."),
        call("find_ferry", ferry),
        text("\nThen what wakes you:"),
        call("list_alarms", "{}"),
        text(" That is all."),
      ],
    },
    {
      name: "nested objects and lists",
      raw: one(
        "mix_paint",
        `coats:3,recipe:{base:[1.0,[-2e3]],lid:null,matt:true},tags:[${string("a")},${string("b}")}]`,
      ),
      parts: [call("mix_paint", '{"coats":3,"recipe":{"base":[1.0,[-2e3]],"lid":null,"matt":true},"tags":["a","b}"]}')],
    },
    { name: "empty arguments", raw: alarmsCall, parts: [call("list_alarms", "{}")] },
    {
      name: "empty values",
      raw: one("mix_paint", `recipe:{},tags:[],name:${string("")}`),
      parts: [call("mix_paint", '{"recipe":{},"tags":[],"name":""}')],
    },
    {
      name: "unicode and emoji",
      raw: `はい 🛶${one("write_note", `body:${string("naïve – ﷽")},title:${string("フェリー 👩‍👩‍👧")}`)}ок 🎉`,
      parts: [text("はい 🛶"), call("write_note", '{"body":"naïve – ﷽","title":"フェリー 👩‍👩‍👧"}'), text("ок 🎉")],
    },
    {
      name: "strings go through to the letter",
      raw: one("write_note", `body:${string('  "quoted" \\n \\\\ \t\n\n{line}, k:v  \n')}`),
      parts: [call("write_note", String.raw`{"body":"  \"quoted\" \\n \\\\ \t\n\n{line}, k:v  \n"}`)],
    },
    {
      name: "markers inside values",
      raw: one(
        "write_note",
        `body:${string("}<end_function_call><start_function_call>call:list_alarms{}<start_function_response><end_of_turn>")}`,
      ),
      parts: [
        call(
          "write_note",
          '{"body":"}<end_function_call><start_function_call>call:list_alarms{}<start_function_response><end_of_turn>"}',
        ),
      ],
    },
    {
      name: "markers in prose",
      raw: "The token <start_function_call> opens, <end_function_call> closes, <escape> quotes.",
      parts: [text("The token <start_function_call> opens, <end_function_call> closes, <escape> quotes.")],
    },
    {
      name: "a call in inline code and in a fence",
      raw: `Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.${alarmsCall}`,
      parts: [text(`Write \`${alarmsCall}\` or:\n\`\`\`\n${alarmsCall}\n\`\`\`\nNow then.`), call("list_alarms", "{}")],
    },
    {
      name: "unknown tool",
      raw: one("feed_cat", "grams:40"),
      parts: [call("feed_cat", '{"grams":40}')],
      diagnostics: ["unknown-tool"],
    },
    { name: "no tools: markup is text", tools: [], raw: `Look: ${alarmsCall}`, parts: [text(`Look: ${alarmsCall}`)] },
    { name: "tool choice none: markup is text", toolChoice: "none", raw: alarmsCall, parts: [text(alarmsCall)] },
    {
      name: "the word before the name left out",
      raw: "<start_function_call>set_heating{room:<escape>attic<escape>}<end_function_call>",
      parts: [call("set_heating", '{"room":"attic"}')],
      diagnostics: ["tolerance"],
    },
    {
      name: "ordinary quotes",
      raw: `<start_function_call>call:mix_paint{"tags":["a", 'b']}<end_function_call>`,
      parts: [call("mix_paint", '{"tags":["a", "b"]}')],
      diagnostics: ["tolerance", "tolerance"],
    },
    {
      name: "a malformed body, then a good call",
      raw: `<start_function_call>call:set_heating{room:]}<end_function_call>${alarmsCall}`,
      parts: [call("set_heating", '{"room":]}', "malformed"), call("list_alarms", "{}")],
      diagnostics: ["malformed-call"],
    },
    {
      name: "truncated inside a string",
      raw: "<start_function_call>call:find_ferry{cars:2,from:<escape>Bod",
      parts: [call("find_ferry", '{"cars":2,"from":"Bod', "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "truncated inside the name",
      raw: "<start_function_call>call:find_ferry",
      parts: [],
      diagnostics: ["truncated-call"],
    },
    {
      name: "the call left open",
      raw: "<start_function_call>call:set_heating{room:<escape>attic<escape>}",
      parts: [call("set_heating", '{"room":"attic"}')],
      diagnostics: ["tolerance"],
    },
    {
      name: "the end of the turn let through",
      raw: `${alarmsCall}<end_of_turn>`,
      parts: [call("list_alarms", "{}")],
    },
    {
      name: "a declared name in prose",
      raw: "Write <start_function_call>call:list_alarms to list.",
      parts: [text("Write <start_function_call>call:list_alarms to list.")],
    },
  ],
};
