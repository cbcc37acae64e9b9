import { call, type Corpus } from "./case.ts";
import { hyCases } from "./hy.ts";

export const hy_v3: Corpus = {
  format: "hy_v3",
  cases: [
    ...hyCases("<tool_sep>"),
    {
      name: "the separator left out",
      raw: "<tool_calls>\n<tool_call>list_alarms\n</tool_call>\n</tool_calls>",
      parts: [call("list_alarms", "{}")],
      diagnostics: ["tolerance"],
    },
  ],
};
