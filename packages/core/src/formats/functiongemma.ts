import { call, gemma, literal, marker, name, type Format } from "../format.ts";

/** Gemma 4's notation with other markers and quotes. Source: the prompt format in FunctionGemma's documentation. */
export const functiongemma: Format = {
  name: "functiongemma",
  models: ["google/functiongemma-*"],
  turn: ["<start_of_turn>model\n"],
  end: ["<end_of_turn>", "<start_function_response>", "<eos>"],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      call(
        marker("<start_function_call>"),
        literal("call:", { optional: "dropped at times" }),
        name(),
        gemma("<escape>"),
        marker("<end_function_call>", { optional: "the turn may end without it" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<start_function_call>", "<end_function_call>", "<escape>"],
};
