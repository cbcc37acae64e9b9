import { glmCalls } from "./arg_tags.ts";
import { call, type Corpus } from "./case.ts";
import { taggedCases, unknownTool } from "./tagged.ts";

const wire = glmCalls({ turn: "<role>HUMAN</role>Go.<|role_end|><role>ASSISTANT</role>", end: "<|role_end|>" });

export const ling3: Corpus = {
  format: "ling3",
  cases: [
    ...taggedCases(wire),
    unknownTool(wire),
    {
      name: "without line breaks",
      raw: `${wire.call("set_heating", ["room", "attic"])}${wire.call("list_alarms")}`.replaceAll("\n", ""),
      parts: [call("set_heating", '{"room": "attic"}'), call("list_alarms", "{}")],
    },
  ],
};
