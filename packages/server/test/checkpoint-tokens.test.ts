import { readCheckpoint, type Checkpoint, type GgufVocabulary } from "@glossa/chat";
import { getFormat } from "@glossa/core";
import { expect, test } from "vitest";
import { markerTokens, readTokens } from "../src/engines/checkpoint-tokens.ts";
import { chatmlCheckpoint } from "./chatml-checkpoint.ts";

const configured = (add_bos_token: boolean, post_processor: unknown): Checkpoint =>
  readCheckpoint({
    "tokenizer_config.json": JSON.stringify({ bos_token: "<s>", add_bos_token }),
    "tokenizer.json": JSON.stringify({ added_tokens: [], post_processor }),
  });

const gguf = (model: string, addBos: boolean | undefined): Checkpoint => {
  const tokens = ["<s>", "a", "<tool_call>"];
  const vocabulary = { model, addBos, tokens, types: [3, 1, 4], ids: { bos: 0 } } as unknown as GgufVocabulary;
  return { ...readCheckpoint({}), specialTokens: { bos_token: "<s>" }, vocabulary };
};

const template = { type: "TemplateProcessing", single: [{ SpecialToken: { id: "<s>" } }, { Sequence: { id: "A" } }] };
const plain = { type: "TemplateProcessing", single: [{ Sequence: { id: "A" } }, { SpecialToken: { id: "</s>" } }] };

test.each([
  ["the configuration says so", configured(true, null), "<s>"],
  ["the configuration has the last word", configured(false, template), undefined],
  ["the post-processor puts it there", chatmlCheckpoint(), "<s>"],
  ["the post-processor puts none there", chatmlCheckpoint({ addsBeginning: false }), undefined],
  ["a token at the end is none at the beginning", { ...configured(true, plain), tokenizerConfig: {} }, undefined],
  ["there is no post-processor", { ...configured(true, null), tokenizerConfig: {} }, undefined],
  ["SentencePiece in a GGUF has it by default", gguf("llama", undefined), "<s>"],
  ["byte-level BPE in a GGUF has none by default", gguf("gpt2", undefined), undefined],
  ["a GGUF says so", gguf("gpt2", true), "<s>"],
  ["a GGUF says no", gguf("llama", false), undefined],
  ["the checkpoint has no such files", readCheckpoint({}), undefined],
])("the token that begins a text: %s", (_, checkpoint, beginning) => {
  expect(readTokens(checkpoint).beginning).toBe(beginning);
});

test("markers that are one token, by their ids", () => {
  const hermes = getFormat("hermes");
  expect(markerTokens(readTokens(gguf("gpt2", true)), hermes)).toEqual(new Map([[2, "<tool_call>"]]));
  expect(markerTokens(readTokens(chatmlCheckpoint()), hermes).size).toBe(4);
  expect(markerTokens(readTokens(readCheckpoint({})), hermes).size).toBe(0);
});
