import { readCheckpoint, type Checkpoint, type GgufVocabulary } from "@glossa/chat";
import { getFormat } from "@glossa/core";
import { expect, test } from "vitest";
import { checkpointPrompts, tokenizerOf, type CheckpointPrompts } from "../src/engines/checkpoint-prompts.ts";
import { chatmlCheckpoint, chatmlTokenizer } from "./chatml-checkpoint.ts";

const without = chatmlCheckpoint({ addsBeginning: false });
const configured = (add_bos_token: boolean, checkpoint: Checkpoint): Checkpoint => ({
  ...checkpoint,
  tokenizerConfig: { ...checkpoint.tokenizerConfig, add_bos_token },
});

const gguf = (addBos: boolean | undefined): Checkpoint => {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const tokens = ["<s>", "a", "<tool_call>", ...bytes];
  const types = [3, 1, 4, ...bytes.map(() => 6)];
  const scores = tokens.map(() => 0);
  const vocabulary = { model: "llama", addBos, tokens, types, scores, ids: { bos: 0 } } as unknown as GgufVocabulary;
  return { ...readCheckpoint({}), specialTokens: { bos_token: "<s>" }, vocabulary };
};

const promptsOf = (checkpoint: Checkpoint): CheckpointPrompts =>
  checkpointPrompts(checkpoint, { tokenizer: tokenizerOf(checkpoint) });

const conversation = { model: undefined as never, messages: [], tools: [], templateVariables: {} };

test.each([
  ["the configuration says so", configured(true, without), "<s>"],
  ["the configuration has the last word", configured(false, chatmlCheckpoint()), ""],
  ["the post-processor puts it there", chatmlCheckpoint(), "<s>"],
  ["the post-processor puts none there", without, ""],
  ["SentencePiece in a GGUF has it by default", gguf(undefined), "<s>"],
  ["a GGUF says so", gguf(true), "<s>"],
  ["a GGUF says no", gguf(false), ""],
  ["the checkpoint has no such files", readCheckpoint({}), ""],
])("the token that begins a text: %s", (_, checkpoint, beginning) => {
  const prompts = promptsOf(checkpoint);
  expect(prompts.render({ ...conversation, rawPrompt: "a" }).text).toBe(`${beginning}a`);
  expect(prompts.render({ ...conversation, rawPrompt: "<s>a" }).text).toBe("<s>a");
  expect(prompts.renderText({ ...conversation, rawPrompt: "<s>a" })).toBe(beginning === "" ? "<s>a" : "a");
});

test("markers that are one token, by their ids", () => {
  const hermes = getFormat("hermes");
  expect(promptsOf(gguf(true)).markers(hermes)).toEqual(new Map([[2, "<tool_call>"]]));
  expect(promptsOf(chatmlCheckpoint()).markers(hermes).size).toBe(4);
  expect(promptsOf(readCheckpoint({})).markers(hermes).size).toBe(0);
});

test("a prompt's text is the same with a tokenizer and without, and its ids are those of the text where nobody spells a token", () => {
  const checkpoint = chatmlCheckpoint();
  const turn = {
    ...conversation,
    messages: [
      { role: "user" as const, content: "Hi" },
      { role: "assistant" as const, content: "Yes" },
    ],
    continueFinalMessage: true,
  };
  const { text, ids } = promptsOf(checkpoint).render(turn);
  expect(text).toBe("<s><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes");
  expect(ids).toEqual(chatmlTokenizer.encode(text));
  expect(checkpointPrompts(checkpoint, {}).render(turn)).toEqual({ text });
});
