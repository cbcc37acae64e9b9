import { blank, call, literal, marker, name, python, repeat, type Format } from "../format.ts";

/**
 * A list of Python calls between two tokens; the model card has it bare.
 * Source: the chat template and the model card of Llama 4.
 */
export const llama4_pythonic: Format = {
  name: "llama4_pythonic",
  aliases: ["llama4"],
  models: ["meta-llama/Llama-4-*"],
  turn: ["<|header_start|>assistant<|header_end|>\n\n"],
  end: ["<|eot|>", "<|eom|>", "<|end_of_text|>"],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      marker("<|python_start|>", { optional: "the model card shows the list by itself" }),
      blank(),
      literal("["),
      blank(),
      repeat([call(name(), literal("("), python(), literal(")"))], { separator: ", " }),
      blank(),
      literal("]", { optional: "left out at the end of the turn at times" }),
      blank(),
      marker("<|python_end|>", { optional: "the model card shows the list by itself" }),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|python_start|>", "<|python_end|>"],
};
