import { blank, call, literal, name, python, repeat, type Format } from "../format.ts";
import { llama3 } from "./turns.ts";

/** A list of Python calls. Source: the model cards of Llama 3.2 and ToolACE-8B. */
export const pythonic: Format = {
  name: "pythonic",
  aliases: ["toolace"],
  models: ["Team-ACE/ToolACE-*", "meta-llama/Llama-3.2-1B-*", "meta-llama/Llama-3.2-3B-*", "fixie-ai/ultravox-*"],
  ...llama3,
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      literal("["),
      blank(),
      repeat([call(name(), literal("("), python(), literal(")"))], { separator: ", " }),
      blank(),
      literal("]", { optional: "left out at the end of the turn at times" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
};
