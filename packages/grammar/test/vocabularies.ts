/** Vocabularies made here, a few thousand tokens each, so that tests need no model: pieces of words, of JSON and of characters. */
import { type TokenizerJson, tokenizerVocabulary, Vocabulary } from "../src/index.ts";

const utf8 = new TextEncoder();

/** Numbers in [0, 1) from a seed (mulberry32). */
export function randomSource(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const specials = ["<|end|>", "<|call|>", "<think>", "</think>", "<tool_call>", "</tool_call>", "<|open|>"];

/** Texts and pieces of texts as tokenizers come to have them. */
function pieces(): string[] {
  const random = randomSource(11);
  const pick = (from: readonly string[] | string): string => from[Math.floor(random() * from.length)] as string;
  const found = new Set<string>();
  const syllables = "a e i o u an en in er re ti on st the ing ed ly con pro na me ci ty da ys x y z".split(" ");
  for (let i = 0; i < 2600; i++) {
    let word = "";
    for (let n = 1 + Math.floor(random() * 3); n > 0; n--) word += pick(syllables);
    const form = random();
    if (form < 0.1) word = word.toUpperCase();
    else if (form < 0.25) word = word[0]?.toUpperCase() + word.slice(1);
    found.add(random() < 0.5 ? ` ${word}` : word);
  }
  for (let i = 0; i < 500; i++) {
    let marks = "";
    for (let n = 1 + Math.floor(random() * 4); n > 0; n--) marks += pick(`"":,{}[] \n\\/<>=_.-'()`);
    found.add(marks);
    if (random() < 0.3) found.add(pick(["name", "city", "n", "x", " the", "12"]) + marks);
    if (random() < 0.3) found.add(marks + pick(["name", "city", "n", "x", "the", "12"]));
  }
  for (const text of [
    '{"',
    '":',
    '": "',
    '","',
    '"}',
    '"},{"',
    '"]',
    "\\u00",
    "\\n",
    "\\u",
    "</",
    "<think",
    "_call>",
    "|>",
    "<|",
  ])
    found.add(text);
  for (let i = 0; i < 1000; i += 7) found.add(String(i));
  for (const run of [2, 3, 4, 8, 16, 33, 40, 64])
    found
      .add(" ".repeat(run))
      .add("-".repeat(run))
      .add("\n" + " ".repeat(run));
  for (const text of ["é", "né", " é", "中", "中文", "日本", "😀", "ß", "｜", "→", '"é', 'é"', "naïve"])
    found.add(text);
  found.add("the quick brown fox jumps over the lazy dog and");
  return [...found];
}

/** Bytes that begin or end within a character. */
const cut: readonly (readonly number[])[] = [
  [0xc3, 0xa9, 0xc3],
  [0xa9, 0x20],
  [0xe4, 0xb8],
  [0xb8, 0xad],
  [0x22, 0xe4],
  [0xf0, 0x9f],
  [0x9f, 0x98, 0x80],
  [0xf0, 0x9f, 0x98],
  [0x98, 0x80, 0x22],
  [0xa9, 0x22, 0x2c],
  [0xb8, 0xad, 0x22, 0x5d],
];

function gpt2Alphabet(): string[] {
  const characters: string[] = [];
  let next = 0x100;
  for (let byte = 0; byte < 0x100; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  return characters;
}

function added(from: number): NonNullable<TokenizerJson["added_tokens"]> {
  return specials.map((content, index) => ({ id: from + index, content, special: true }));
}

export function byteLevelFile(): TokenizerJson {
  const alphabet = gpt2Alphabet();
  const written = (bytes: Iterable<number>): string => Array.from(bytes, (byte) => alphabet[byte] as string).join("");
  const tokens = [
    ...alphabet,
    ...pieces().map((piece) => written(utf8.encode(piece))),
    ...cut.map((bytes) => written(bytes)),
  ];
  const vocab = Object.fromEntries([...new Set(tokens)].map((token, id) => [token, id]));
  return {
    model: { vocab },
    added_tokens: added(Object.keys(vocab).length),
    decoder: { type: "ByteLevel" },
  };
}

export function byteFallbackFile(): TokenizerJson {
  const bytes = Array.from({ length: 0x100 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const tokens = ["<pad>", ...bytes, ...pieces().map((piece) => piece.replaceAll(" ", "▁"))];
  const vocab = [...new Set(tokens)].map((token, id) => [token, -id] as const);
  return {
    model: { vocab, byte_fallback: true },
    added_tokens: [{ id: 0, content: "<pad>", special: true }, ...added(vocab.length)],
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
      ],
    },
  };
}

/** Tokens out of order, some of them twice, ids without a token, and more ids than tokens. */
function shuffled(): Vocabulary {
  const random = randomSource(5);
  const tokens: (Uint8Array | undefined)[] = [
    ...Array.from({ length: 0x100 }, (_, byte) => Uint8Array.of(byte)),
    ...pieces().map((piece) => utf8.encode(piece)),
    ...cut.map((bytes) => Uint8Array.from(bytes)),
    utf8.encode('"'),
    utf8.encode(" the"),
    ...Array.from({ length: 9 }, () => undefined),
  ];
  for (let i = tokens.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [tokens[i], tokens[other]] = [tokens[other], tokens[i]];
  }
  const first = tokens.length;
  tokens.push(...specials.map((text) => utf8.encode(text)));
  return new Vocabulary({
    size: tokens.length + 50,
    tokenBytes: (id) => tokens[id] ?? new Uint8Array(),
    isSpecial: (id) => id >= first && id < first + specials.length,
    endTokens: [first],
  });
}

export const vocabularies: Readonly<Record<"byteLevel" | "byteFallback" | "shuffled", Vocabulary>> = {
  byteLevel: tokenizerVocabulary(byteLevelFile(), { endTokens: ["<|end|>"] }),
  byteFallback: tokenizerVocabulary(byteFallbackFile(), { endTokens: ["<|end|>"] }),
  shuffled: shuffled(),
};

export function isSet(mask: Uint32Array, id: number): boolean {
  return (((mask[id >> 5] as number) >>> (id & 31)) & 1) === 1;
}

export function idsIn(mask: Uint32Array, size: number): number[] {
  return Array.from({ length: size }, (_, id) => id).filter((id) => isSet(mask, id));
}

/** The longest tokens, from left to right: not what a tokenizer gives, but tokens all the same. */
export function tokenize(vocabulary: Vocabulary, text: string): number[] {
  const { trie, longTrie } = vocabulary;
  const bytes = utf8.encode(text);
  const ids: number[] = [];
  for (let at = 0; at < bytes.length;) {
    let best = -1;
    let length = 0;
    for (const each of [trie, longTrie]) {
      let node = 0;
      for (let i = at; i < bytes.length; i++) {
        node = each.child(node, bytes[i] as number);
        if (node < 0) break;
        const first = each.first[node] as number;
        if (first < (each.first[node + 1] as number) && i + 1 - at > length) {
          best = each.ids[first] as number;
          length = i + 1 - at;
        }
      }
    }
    ids.push(best);
    at += length;
  }
  return ids;
}
