import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string =>
  `function call<|role_sep|>\n{"name": "${name}", "arguments": ${json}}`;

export const gigachat3: Corpus = {
  format: "gigachat3",
  cases: [
    ...jsonCases({
      item,
      section: (...items) => items.join(""),
      lead: "<|message_sep|>\n\n",
      markup: ["function call<|role_sep|>", "<|function_call|>"],
      prose: "A function call opens with function call<|role_sep|> or with <|function_call|>.",
      end: "</s>",
      isSingle: true,
    }),
    {
      name: "a separator before the call, and no text",
      raw: `<|message_sep|>\n\n${item("find_ferry", ferry)}<|message_sep|>`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "a token for the role",
      raw: `Смотрю.<|message_sep|>\n\n<|function_call|>{"name": "find_ferry", "arguments": ${ferry}}</s>`,
      parts: [text("Смотрю."), call("find_ferry", ferry)],
    },
    {
      name: "the end of a message",
      raw: "Паром идёт в девять.<|message_sep|>",
      parts: [text("Паром идёт в девять.")],
    },
    {
      name: "a malformed body",
      raw: 'function call<|role_sep|>\n{"name": "find_ferry", "arguments": {"from": Bodø}}</s>',
      parts: [call("find_ferry", '{"from": Bodø}}', "malformed")],
      diagnostics: ["malformed-call"],
    },
  ],
};
