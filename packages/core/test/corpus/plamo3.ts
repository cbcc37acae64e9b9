import { call, reasoning, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const mark = (name: string): string => `<|plamo:${name}:plamo|>`;
const within = (name: string, inside: string): string => mark(`begin_${name}`) + inside + mark(`end_${name}`);
const request = (name: string, inside: string): string =>
  within("tool_request", within("tool_name", name) + within("tool_arguments", inside));
const item = (name: string, json: string): string => request(name, `<|plamo:constrain|>json<|plamo:msg|>${json}`);
const section = (...items: readonly string[]): string => within("tool_requests", items.join(""));
const ferryCall = section(item("find_ferry", ferry));

export const plamo3: Corpus = {
  format: "plamo3",
  cases: [
    ...jsonCases({
      item,
      section,
      markup: [mark("begin_tool_requests"), mark("end_tool_arguments")],
      prose: `The marker ${mark("begin_tool_requests")} opens, ${mark("end_tool_requests")} closes.`,
      end: "<|plamo:tag|>",
    }),
    {
      name: "no notation named",
      raw: section(request("find_ferry", `<|plamo:msg|>${ferry}`)),
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "reasoning, text and a call",
      raw: `${within("think", "A boat, then.")}One moment.${ferryCall}`,
      parts: [reasoning("A boat, then."), text("One moment."), call("find_ferry", ferry)],
    },
    {
      name: "reasoning opened by the prompt",
      prompt: mark("begin_think"),
      raw: `A boat, then.${mark("end_think")}${ferryCall}`,
      parts: [reasoning("A boat, then."), call("find_ferry", ferry)],
    },
    {
      name: "a call inside reasoning ends it",
      raw: `${mark("begin_think")}Look it up.${ferryCall}`,
      parts: [reasoning("Look it up."), call("find_ferry", ferry)],
    },
    {
      name: "truncated before the arguments",
      raw: mark("begin_tool_requests") + mark("begin_tool_request") + within("tool_name", "find_ferry"),
      parts: [call("find_ferry", "", "truncated")],
      diagnostics: ["truncated-call"],
    },
    {
      name: "a malformed body, then text",
      raw: `${section(item("find_ferry", '{"from": Bodø}'))}That is all.`,
      parts: [call("find_ferry", '{"from": Bodø}', "malformed"), text("That is all.")],
      diagnostics: ["malformed-call"],
    },
  ],
};
