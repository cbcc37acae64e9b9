import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readCheckpoint, type GgufVocabulary } from "../src/index.ts";
import { loadCheckpoint } from "../src/node.ts";
import { createTokenizer, type Tokenizer } from "../src/tokenizer.ts";
import { ggufFile } from "./gguf-file.ts";
import { byteLevelTokenizer, metaspaceTokenizer } from "./small-tokenizers.ts";
import { texts } from "./tokenizer-texts.ts";

interface File {
  readonly added_tokens: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
  readonly model: { readonly vocab: Readonly<Record<string, number>>; readonly merges: readonly [string, string][] };
}

const [unknown, control, userDefined] = [2, 3, 4];

/** The header that a converter writes for a tokenizer; `scores` in place of merges, as SentencePiece has it. */
function header(file: object, model: "gpt2" | "llama", pre: string, more: Record<string, boolean> = {}): Uint8Array {
  const { added_tokens: added, model: bpe } = file as File;
  const tokens: string[] = [];
  const types: number[] = [];
  for (const [token, id] of Object.entries(bpe.vocab)) {
    tokens[id] = token;
    types[id] = /^<0x..>$/.test(token) ? 6 : 1;
  }
  for (const { id, content, special } of added) {
    tokens[id] = content;
    types[id] = content === "<unk>" ? unknown : special ? control : userDefined;
  }
  const merged = new Map(bpe.merges.map(([left, right], rank) => [left + right, -rank]));
  return ggufFile({
    "tokenizer.ggml.model": model,
    "tokenizer.ggml.pre": pre,
    "tokenizer.ggml.tokens": tokens,
    "tokenizer.ggml.token_type": types,
    ...(model === "gpt2"
      ? { "tokenizer.ggml.merges": bpe.merges.map((pair) => pair.join(" ")) }
      : { "tokenizer.ggml.scores": Float32Array.from(tokens, (token) => merged.get(token) ?? -1e6) }),
    "tokenizer.ggml.bos_token_id": tokens.indexOf("<s>"),
    "tokenizer.ggml.unknown_token_id": Math.max(0, tokens.indexOf("<unk>")),
    "tokenizer.ggml.add_bos_token": true,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [`tokenizer.ggml.${name}`, value])),
  });
}

function fromHeader(bytes: Uint8Array): Tokenizer {
  return createTokenizer(readCheckpoint({ "model.gguf": bytes }));
}

function expectSame(tokenizer: Tokenizer, other: Tokenizer): void {
  for (const text of texts) {
    const ids = other.encode(text);
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(other.decode(ids));
    expect(tokenizer.encode(text, { control: false })).toEqual(other.encode(text, { control: false }));
  }
  expect(tokenizer.specialTokens).toEqual(other.specialTokens);
}

test("byte-level BPE tokenises as its tokenizer.json", () => {
  const file = byteLevelTokenizer();
  const tokenizer = fromHeader(header(file, "gpt2", "qwen2"));
  expectSame(tokenizer, createTokenizer({ tokenizerJson: file }));
  expect(tokenizer.encode("the", { addSpecialTokens: true })[0]).toBe(tokenizer.encode("<s>")[0]);
});

test("SentencePiece tokenises as the tokenizer.json that it is converted to", () => {
  const file = metaspaceTokenizer();
  expectSame(fromHeader(header(file, "llama", "default")), createTokenizer({ tokenizerJson: file }));
  const bare = fromHeader(header(file, "llama", "default", { add_space_prefix: false }));
  expect(bare.encode("a the").map((id) => bare.tokenText(id))).toEqual(["a", " the"]);
  expect(bare.decode(bare.encode(" the"))).toBe(" the");
});

test("the demo model's file has the tokens of the demo model", async () => {
  const model = new URL("../../demo-engine/model/", import.meta.url);
  const checkpoint = await loadCheckpoint(fileURLToPath(new URL("glossa-demo.Q8_0.gguf", model)));
  const json = readFileSync(new URL("tokenizer.json", model), "utf8");
  const [tokenizer, own] = [createTokenizer(checkpoint), createTokenizer({ tokenizerJson: json })];
  for (const text of texts) expect(tokenizer.encode(text)).toEqual(own.encode(text));
});

test("kinds that are not known are refused by name", () => {
  const vocabulary = (file: object, pre: string): GgufVocabulary =>
    readCheckpoint({ "model.gguf": header(file, "gpt2", pre) }).vocabulary!;
  const create = (changed: Partial<GgufVocabulary>): Tokenizer =>
    createTokenizer({
      ...readCheckpoint({}),
      vocabulary: { ...vocabulary(byteLevelTokenizer(), "qwen2"), ...changed },
    });
  expect(() => create({ model: "bert" })).toThrow('tokenizer.ggml.model: found "bert", supported are gpt2, llama');
  expect(() => create({ pre: "new" })).toThrow('tokenizer.ggml.pre: found "new", supported are llama3');
  expect(() => create({ pre: undefined })).toThrow("tokenizer.ggml.pre: found nothing");
});
