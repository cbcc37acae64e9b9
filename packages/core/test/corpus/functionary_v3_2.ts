import { call, text, type Corpus } from "./case.ts";
import { ferry, jsonCases } from "./json_calls.ts";

const item = (name: string, json: string): string => `>>>${name}\n${json}`;
const ferryCall = item("find_ferry", ferry);
const alarmsCall = item("list_alarms", "{}");
const prompt = "<|start_header_id|>assistant<|end_header_id|>\n\n>>>";

export const functionary_v3_2: Corpus = {
  format: "functionary_v3_2",
  cases: [
    ...jsonCases({
      item,
      section: (...items) => items.join(""),
      markup: [">>>", ">>>all\n"],
      prose: "Python's prompt is >>> and a shift is a >>> b; x>>>find_ferry tells.",
      end: "<|eot_id|>",
      isOrdinary: true,
    }),
    { name: "text for all", raw: ">>>all\nAt nine.\n\nAt ten.", parts: [text("At nine.\n\nAt ten.")] },
    {
      name: "text for all, then calls",
      raw: `>>>all\nOne moment.${ferryCall}${alarmsCall}<|eot_id|>`,
      parts: [text("One moment."), call("find_ferry", ferry), call("list_alarms", "{}")],
    },
    { name: "text for all, the marker begun by the prompt", prompt, raw: "all\nAt nine.", parts: [text("At nine.")] },
    {
      name: "a call, the marker begun by the prompt",
      prompt,
      raw: `find_ferry\n${ferry}`,
      parts: [call("find_ferry", ferry)],
    },
    {
      name: "a call a line",
      raw: `${alarmsCall}\n${alarmsCall}\n`,
      parts: [call("list_alarms", "{}"), call("list_alarms", "{}")],
    },
  ],
};
