import { call, literal, marker, name, json, optional, repeat, wrapper, type Format } from "../format.ts";
import { llama3 } from "./turns.ts";

const calls = repeat([call(wrapper({ name: ["name"], arguments: ["parameters", "arguments"] }))], { separator: "; " });

/**
 * Bare JSON objects, parameters under `parameters`. The opener is an ordinary brace, so a call needs a declared name.
 * Source: the chat templates of Llama 3.1 and 3.2; `; ` between calls as Llama 4 and vLLM's parser have it.
 */
export const llama3_json: Format = {
  name: "llama3_json",
  aliases: ["llama4_json", "llama3_python_tag", "llama3"],
  models: ["meta-llama/Llama-3.1-*", "meta-llama/Llama-3.2-*", "meta-llama/Llama-3.3-*", "meta-llama/Meta-Llama-3.1-*"],
  ...llama3,
  calls: {
    lead: "",
    parallel: true,
    nodes: [optional(marker("<|python_tag|>")), calls],
    spellings: [[marker("<|python_tag|>"), calls]],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|python_tag|>"],
};

/** The name in the tag, JSON in its body, inside free text. Source: Functionary v3.1's prompt template and Llama 3.1's. */
export const functionary_v3_1: Format = {
  name: "functionary_v3_1",
  aliases: ["llama3_xml"],
  models: ["meetkai/functionary-*-v3.1"],
  ...llama3,
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      call(
        literal("<function="),
        name(),
        literal(">"),
        json(),
        literal("</function>", { optional: "the last call may end with the turn" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
