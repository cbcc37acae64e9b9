import {
  blank,
  call,
  choice,
  literal,
  marker,
  name,
  python,
  repeat,
  wrapper,
  type Format,
  type Node,
} from "../format.ts";
import { chatml } from "./turns.ts";

const section = (list: Node): readonly Node[] => [
  marker("<|tool_call_start|>"),
  blank(),
  literal("["),
  blank(),
  list,
  blank(),
  literal("]", { optional: "left out at the end of the turn at times" }),
  blank(),
  marker("<|tool_call_end|>", { optional: "the turn may end without it" }),
];

const pythonCalls = repeat([call(name(), literal("("), python(), literal(")"))], { separator: ", " });

const jsonCalls = (keys: readonly string[]): Node =>
  repeat([call(wrapper({ name: ["name"], arguments: keys }))], { separator: ", " });

/**
 * A list of Python calls between two tokens, text perhaps behind it; a list of JSON objects where the prompt asks for that.
 * Source: the chat template of LFM2.5, and Liquid's guide to tool use for the JSON.
 */
export const lfm2: Format = {
  name: "lfm2",
  aliases: ["lfm2_5"],
  models: ["LiquidAI/LFM2-*", "LiquidAI/LFM2.5-*"],
  ...chatml,
  reasoning: [{ open: [marker("<think>")], close: [marker("</think>")], endsAt: ["calls"] }],
  calls: {
    lead: "",
    parallel: true,
    nodes: section(choice([pythonCalls], [jsonCalls(["arguments", "parameters"])])),
    spellings: [section(jsonCalls(["arguments"]))],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|tool_call_start|>", "<|tool_call_end|>", "<think>", "</think>"],
};
