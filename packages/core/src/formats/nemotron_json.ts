import { blank, marker, trim, type Format } from "../format.ts";
import { callList } from "./lists.ts";
import { llama3 } from "./turns.ts";

/**
 * A JSON list in tags; the prompt of Nano v2 opens or closes the reasoning.
 * Source: the chat templates of Nemotron Nano v2 and of the Llama Nemotron models.
 */
export const nemotron_json: Format = {
  name: "nemotron_json",
  aliases: ["nano_v2", "nemotron_deci"],
  models: ["nvidia/NVIDIA-Nemotron-Nano-*-v2*", "nvidia/Llama-3*-Nemotron-*"],
  turn: ["<SPECIAL_11>Assistant\n", ...llama3.turn],
  end: ["<SPECIAL_12>", "</s>", ...llama3.end],
  reasoning: [
    {
      open: [marker("<think>"), trim("\n")],
      close: [trim("\n"), marker("</think>"), trim("\n\n")],
      endsAt: ["calls"],
    },
  ],
  calls: {
    lead: "\n",
    parallel: true,
    nodes: [
      marker("<TOOLCALL>"),
      blank(),
      ...callList({ name: ["name"], arguments: ["arguments"] }),
      blank(),
      marker("</TOOLCALL>", { optional: "the turn may end without it" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
