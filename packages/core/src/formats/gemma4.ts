import { call, choice, gemma, literal, marker, name, trim, type Format } from "../format.ts";

/** Bare keys, sorted, and strings between `<|"|>`. Source: the chat template of Gemma 4. */
export const gemma4: Format = {
  name: "gemma4",
  models: ["google/gemma-4-*"],
  turn: ["<|turn>model\n"],
  end: ["<turn|>", "<|tool_response>", "<eos>"],
  reasoning: [
    { open: [marker("<|channel>thought"), trim("\n")], close: [trim("\n"), marker("<channel|>")], endsAt: ["calls"] },
  ],
  calls: {
    lead: "",
    parallel: true,
    nodes: [
      call(
        choice(
          [marker("<|tool_call>"), literal("call:", { aliases: [":call:"], optional: "dropped at times" })],
          // The marker is dropped at times, or what is left of it is a tag.
          [literal("call:", { aliases: ["<call>"] })],
        ),
        name(),
        gemma('<|"|>', { sorted: true }),
        marker("<tool_call|>", { optional: "the turn may end without it" }),
      ),
    ],
  },
  ids: { kind: "random", prefix: "call_", length: 24 },
  specialTokens: ["<|tool_call>", "<tool_call|>", '<|"|>', "<|channel>", "<channel|>"],
};
