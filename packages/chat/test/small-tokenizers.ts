/** Tokenizers of a few hundred tokens made here, in the two ways in which models have theirs. */

export interface SmallToken {
  readonly content: string;
  readonly special?: boolean;
  readonly normalized?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly single_word?: boolean;
}

export const chatTokens: readonly SmallToken[] = [
  { content: "<|im_start|>", special: true },
  { content: "<|im_end|>", special: true },
  { content: "<think>" },
  { content: "</think>" },
  { content: "<tool_call>" },
  { content: "</tool_call>" },
  { content: "[INST]", special: true },
  { content: "[/INST]", special: true },
  { content: "<s>", special: true },
  { content: "</s>", special: true },
];

const words = [
  "the",
  " the",
  " and",
  "ing",
  "user",
  "assistant",
  "system",
  "Hello",
  " world",
  "im",
  "end",
  "start",
  "weather",
  '":',
  '{"',
];

/** Merges that make each word from the left, and what they make. */
function mergesFor(texts: readonly string[]): { merges: [string, string][]; made: string[] } {
  const merges: [string, string][] = [];
  const made = new Set<string>();
  for (const text of texts) {
    const characters = Array.from(text);
    let left = characters[0]!;
    for (const right of characters.slice(1)) {
      if (!made.has(left + right)) merges.push([left, right]);
      left += right;
      made.add(left);
    }
  }
  return { merges, made: [...made] };
}

/** With ids behind the others for those that are not among them. */
function withAdded(tokens: readonly string[], added: readonly SmallToken[]): object[] {
  let next = tokens.length;
  return added.map((token) => {
    const known = tokens.indexOf(token.content);
    const id = known < 0 ? next++ : known;
    return { id, special: false, normalized: false, lstrip: false, rstrip: false, single_word: false, ...token };
  });
}

/** GPT-2's printable characters for bytes, in the order of the bytes. */
const byteCharacters = Array.from({ length: 256 }, (_, byte) => {
  const printable = (at: number): boolean => (at >= 33 && at <= 126) || (at >= 161 && at <= 172) || at >= 174;
  if (printable(byte)) return String.fromCharCode(byte);
  let before = 0;
  for (let at = 0; at < byte; at++) if (!printable(at)) before++;
  return String.fromCharCode(256 + before);
});

const utf8 = new TextEncoder();
const inBytes = (text: string): string => Array.from(utf8.encode(text), (byte) => byteCharacters[byte]).join("");

/** Byte-level BPE, as Qwen and Llama 3 have it. */
export function byteLevelTokenizer(added: readonly SmallToken[] = chatTokens): object {
  const { merges, made } = mergesFor([...words, "wörld", "你"].map(inBytes));
  const tokens = [...byteCharacters, ...made];
  const level = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const Regex =
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  return {
    version: "1.0",
    added_tokens: withAdded(tokens, added),
    normalizer: { type: "NFC" },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [{ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false }, level],
    },
    post_processor: level,
    decoder: level,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

const byteTokens = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
const letters = Array.from('abcdefghijklmnopqrstuvwxyzHABST0123456789▁<>|_/[]{}".,:\nöä');

/** BPE of characters with a mark for blanks and bytes for what is left, as Llama 2 and Mistral have it. */
export function metaspaceTokenizer(
  added: readonly SmallToken[] = chatTokens,
  style: "legacy" | "metaspace" = "legacy",
): object {
  const { merges, made } = mergesFor(words.map((word) => `▁${word}`.replaceAll(" ", "▁").replace("▁▁", "▁")));
  const tokens = ["<unk>", "<s>", "</s>", ...byteTokens, ...letters, ...made, "[INST]"];
  const space = { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true };
  const fallback = [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    { type: "Strip", content: " ", start: 1, stop: 0 },
  ];
  return {
    version: "1.0",
    added_tokens: withAdded(tokens, [{ content: "<unk>", special: true }, ...added]),
    normalizer:
      style === "legacy"
        ? {
            type: "Sequence",
            normalizers: [
              { type: "Prepend", prepend: "▁" },
              { type: "Replace", pattern: { String: " " }, content: "▁" },
            ],
          }
        : null,
    pre_tokenizer: style === "legacy" ? null : space,
    post_processor: {
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
      pair: [{ Sequence: { id: "A", type_id: 0 } }, { Sequence: { id: "B", type_id: 1 } }],
      special_tokens: { "<s>": { id: "<s>", ids: [1], tokens: ["<s>"] } },
    },
    decoder: { type: "Sequence", decoders: style === "legacy" ? fallback : [{ type: "ByteFallback" }, space] },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

/** Tokens that take white space along, want to stand alone, or are searched for in normalized text. */
export const oddTokens: readonly SmallToken[] = [
  { content: "<mask>", special: true, lstrip: true },
  { content: "<pad>", special: true, rstrip: true },
  { content: "solo", single_word: true },
  { content: "<é>", normalized: true },
  { content: "<|a", special: true },
  { content: "<|a|>", special: true },
];

/** Unigram, as T5 and its kin have it: the vocabulary holds its control tokens among the others. */
export function unigramTokenizer(): object {
  const pieces: [string, number][] = [
    ["<unk>", 0],
    ["<s>", 0],
    ["</s>", 0],
    ...["▁", "▁the", "▁a", "nd", "Hello", "▁world", "ing", "<", ">", "s", "/", "e", "n", "d", "H", "l", "o"].map(
      (piece, index): [string, number] => [piece, -3 - index / 4],
    ),
  ];
  const space = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };
  return {
    version: "1.0",
    added_tokens: withAdded(
      pieces.map(([piece]) => piece),
      ["<unk>", "<s>", "</s>"].map((content) => ({ content, special: true })),
    ),
    normalizer: null,
    pre_tokenizer: space,
    post_processor: null,
    decoder: space,
    model: { type: "Unigram", unk_id: 0, vocab: pieces, byte_fallback: false },
  };
}

/** What Python's library was asked. */
export const smallTokenizers: Readonly<Record<string, object>> = {
  byteLevel: byteLevelTokenizer(),
  odd: byteLevelTokenizer(oddTokens),
  legacy: metaspaceTokenizer(),
  metaspace: metaspaceTokenizer(chatTokens, "metaspace"),
  unigram: unigramTokenizer(),
};
