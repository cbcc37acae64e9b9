import { glmCalls } from "./arg_tags.ts";
import { call, text, type Corpus } from "./case.ts";
import { taggedCases, unknownTool } from "./tagged.ts";

const wire = glmCalls({ turn: "<user>\nGo.\n</user>\n<assistant>\n", end: "</assistant>" });

export const poolside_v1: Corpus = {
  format: "poolside_v1",
  cases: [
    ...taggedCases(wire),
    unknownTool(wire),
    {
      name: "without line breaks",
      raw: `${wire.call("set_heating", ["room", "attic"])}${wire.call("list_alarms")}`.replaceAll("\n", ""),
      parts: [call("set_heating", '{"room": "attic"}'), call("list_alarms", "{}")],
    },
    {
      name: "reasoning that the prompt closed",
      prompt: `${wire.turn}</think>`,
      raw: "It is late.",
      parts: [text("It is late.")],
    },
  ],
};
