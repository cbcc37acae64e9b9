import { argumentTags } from "./arg_tags.ts";
import { call, reasoning, text, type Case } from "./case.ts";
import { taggedCases, unknownTool, type TaggedWire } from "./tagged.ts";

/** The cases that Hunyuan 3 and 4 have in common: what stands behind the name is all that differs. */
export function hyCases(separator: string): Case[] {
  const wire: TaggedWire = {
    section: (...calls) => `<tool_calls>\n${calls.join("\n")}\n</tool_calls>`,
    call: (name, ...parameters) => `<tool_call>${argumentTags(`${name}${separator}`, parameters)}</tool_call>`,
    lead: "\n",
    think: ["<think>\n", "\n</think>\n\n"],
    turn: "<｜hy_User｜>Go.<｜hy_Assistant｜>",
    end: "<｜hy_place▁holder▁no▁2｜>",
    openers: ["<tool_calls>", "<arg_key>", "<arg_value>"],
    closers: ["</arg_value>", "</tool_call>", "</tool_calls>"],
    unfinished: (key, value) =>
      `<tool_calls>\n<tool_call>write_note${separator}\n<arg_key>${key}</arg_key>\n<arg_value>${value}`,
  };
  const suffixed = (raw: string, suffix: string): string =>
    raw.replaceAll(/<\/?(?:tool_calls?|tool_sep|arg_key|arg_value|think)(?=>)/g, `$&${suffix}`);
  const thinking = `<think>\nA boat, then.\n</think>\n\nOne moment.\n${wire.section(wire.call("set_heating", ["room", "attic"]), wire.call("list_alarms"))}`;
  return [
    ...taggedCases(wire),
    unknownTool(wire),
    ...[":opensource", ":6124c78e"].map((suffix): Case => ({
      name: `tags with the suffix ${suffix}`,
      raw: suffixed(thinking, suffix),
      parts: [
        reasoning("A boat, then."),
        text("One moment."),
        call("set_heating", '{"room": "attic"}'),
        call("list_alarms", "{}"),
      ],
    })),
    {
      name: "without line breaks",
      raw: wire.section(wire.call("set_heating", ["room", "attic"])).replaceAll("\n", ""),
      parts: [call("set_heating", '{"room": "attic"}')],
    },
  ];
}
