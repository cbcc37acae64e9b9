import { blank, marker, type Format } from "../format.ts";
import { callList, indented } from "./lists.ts";

/** A JSON list in tags, an item a line. Source: the chat template of Jamba 1.5. */
export const jamba: Format = {
  name: "jamba",
  models: ["ai21labs/AI21-Jamba-*"],
  turn: ["<|bom|><|assistant|>"],
  end: ["<|eom|>", "<|endoftext|>"],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<tool_calls>"),
      blank(),
      ...callList({ name: ["name"], arguments: ["arguments"] }, indented),
      blank(),
      marker("</tool_calls>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<tool_calls>", "</tool_calls>"],
};
