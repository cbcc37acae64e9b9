import { literal, type Format } from "../format.ts";
import { callList } from "./lists.ts";
import { llama3 } from "./turns.ts";

/** A JSON list behind the word `functools`, with a space before it. Source: the chat template of Firefunction v2. */
export const firefunction_v2: Format = {
  name: "firefunction_v2",
  models: ["fireworks-ai/*firefunction-v2"],
  ...llama3,
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      literal(" functools", { aliases: ["functools"] }),
      ...callList({ name: ["name"], arguments: ["arguments"] }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
