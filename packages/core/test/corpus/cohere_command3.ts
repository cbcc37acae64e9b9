import { call, reasoning, text, type Corpus, type ExpectedPart } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `{"tool_name": "${name}", "parameters": ${json}}`;
const section = (...items: readonly string[]): string =>
  `<|START_ACTION|>[\n    ${items.join(",\n    ")}\n]<|END_ACTION|>`;
const ferryCall = section(item("find_ferry", ferry));
const numbered = (id: string, name: string, json: string): string =>
  `{"tool_call_id": "${id}", ${item(name, json).slice(1)}`;
const known = (id: string, part: ExpectedPart): ExpectedPart => ({ ...part, id }) as ExpectedPart;

export const cohere_command3: Corpus = {
  format: "cohere_command3",
  cases: [
    ...jsonCases({
      item,
      section,
      markup: ["<|START_ACTION|>", "<|END_ACTION|>"],
      prose: "The token <|START_ACTION|> opens, <|END_ACTION|> closes; [1, 2] is a list.",
      end: "<|END_OF_TURN_TOKEN|>",
    }),
    {
      name: "the model's ids",
      raw: section(numbered("0", "find_ferry", ferry), numbered("1", "list_alarms", "{}")),
      parts: [known("0", call("find_ferry", ferry)), known("1", call("list_alarms", "{}"))],
    },
    {
      name: "a plan and calls",
      raw: `<|START_THINKING|>A boat, then.<|END_THINKING|>${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a plan and an answer",
      raw: "<|START_THINKING|>A boat.<|END_THINKING|><|START_RESPONSE|>At nine.\n\nAt ten.<|END_RESPONSE|><|END_OF_TURN_TOKEN|>",
      parts: [reasoning("A boat."), text("At nine.\n\nAt ten.")],
    },
    {
      name: "a plan opened by the prompt",
      prompt: "<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|>",
      raw: "A boat.<|END_THINKING|><|START_RESPONSE|>At nine.<|END_RESPONSE|>",
      parts: [reasoning("A boat."), text("At nine.")],
    },
    {
      name: "an answer under its later name",
      raw: "<|START_TEXT|>At nine.<|END_TEXT|>",
      parts: [text("At nine.")],
    },
    {
      name: "a plan that is not closed before the calls",
      raw: `<|START_THINKING|>A boat, then.${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "citations stay text",
      raw: "<|START_RESPONSE|>It sails <co>at nine</co: 0:[0]>.<|END_RESPONSE|>",
      parts: [text("It sails <co>at nine</co: 0:[0]>.")],
    },
    {
      name: "the closer left out",
      raw: `<|START_ACTION|>[\n    ${numbered("0", "list_alarms", "{}")}\n]`,
      parts: [known("0", call("list_alarms", "{}"))],
      diagnostics: ["tolerance"],
    },
    {
      name: "a malformed body, then a good list",
      raw: `${section(item("find_ferry", '{"from": Bodø}'))}${ferryCall}`,
      parts: [call("find_ferry", '{"from": Bodø}}\n]', "malformed"), call("find_ferry", ferry)],
      diagnostics: ["malformed-call"],
    },
  ],
};
