import {
  blank,
  call,
  choice,
  id,
  json,
  literal,
  marker,
  name,
  optional,
  repeat,
  trim,
  wrapper,
  type Format,
  type Node,
} from "../format.ts";
import { mistralInstruct } from "./turns.ts";

/** `gap`: what stands between the marker and the bracket. */
const list = (gap: string): readonly Node[] => [
  blank(gap),
  literal("["),
  blank(),
  repeat([call(wrapper({ name: ["name"], arguments: ["arguments"], id: ["id"] }))], { separator: ", " }),
  blank(),
  literal("]", { optional: "left out at the end of the turn at times" }),
];

/** Some fine-tunes close the section. */
const closed = optional(marker("[/TOOL_CALLS]"));

const opener = marker("[TOOL_CALLS]");
const callId = marker("[CALL_ID]");
const args = marker("[ARGS]", { optional: "tokenizers before v13 let the brace end the name", silent: true });

/**
 * A JSON list behind a marker, with a blank between in the templates of 7B v0.3. Source: the chat templates of Mistral 7B
 * v0.3 and Nemo (tokenizers before v11; Small 3 and 3.1 have v7, and 3.2 is the first Small with v11).
 */
export const mistral_json: Format = {
  name: "mistral_json",
  aliases: ["mistral_v3", "mistral_pre_v11"],
  models: [
    "mistralai/Mistral-7B-Instruct-v0.3",
    "mistralai/Mistral-Nemo-*",
    "mistralai/Mistral-Large-Instruct-2407",
    "mistralai/Mistral-Small-24B-*",
    "mistralai/Mistral-Small-3.1*",
    "mistralai/Ministral-8B-*",
  ],
  ...mistralInstruct,
  calls: { lead: "", parallel: true, nodes: [opener, ...list(""), closed], spellings: [[opener, ...list(" ")]] },
  ids: { kind: "random", prefix: "", length: 9 },
  specialTokens: ["[TOOL_CALLS]"],
};

/**
 * A marker a call, then name and JSON; older lists are read as well.
 * Source: mistral-common's instruct tokenizers v11 (`[CALL_ID]`) and v13 (`[ARGS]` alone, `[THINK]`).
 */
export const mistral: Format = {
  name: "mistral",
  aliases: ["mistral_v11", "mistral_v13", "mistral_bare"],
  models: [
    "mistralai/Mistral-Small-3.2*",
    "mistralai/Devstral-*",
    "mistralai/Magistral-*",
    "mistralai/Mistral-Medium-*",
    "mistralai/Ministral-3-*",
  ],
  ...mistralInstruct,
  reasoning: [
    { open: [marker("[THINK]")], close: [marker("[/THINK]")], endsAt: ["calls"] },
    { open: [marker("<think>"), trim("\n")], close: [trim("\n"), marker("</think>"), trim("\n")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [opener, choice([call(name({ empty: true }), optional(callId, id()), args, json())], list("")), closed],
    spellings: [
      [opener, call(name(), callId, id(), args, json())],
      [opener, call(name(), json())],
    ],
  },
  ids: { kind: "random", prefix: "", length: 9 },
  specialTokens: ["[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "[THINK]", "[/THINK]"],
};
