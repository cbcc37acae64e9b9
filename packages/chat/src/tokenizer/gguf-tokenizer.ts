import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { GgufVocabulary } from "../checkpoint/gguf-vocabulary.ts";

/** The numbers that GGUF has for kinds of tokens. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;

const contraction = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const spaces = "\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const lead = "[^\\r\\n\\p{L}\\p{N}]?";
const words = (digits: string): string =>
  `${contraction}|${lead}\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${spaces}`;
const cased = (end: string, digits: string): string =>
  `${lead}${upper}*${lower}+${end}|${lead}${upper}+${lower}*${end}|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${spaces}`;

interface Cut {
  /** Patterns whose matches are pieces, one after the other. */
  readonly patterns: readonly string[];
  /** Words that are tokens stay whole, whatever the merges say. */
  readonly wholeWords?: true;
  readonly normalizer?: "NFC";
}

const llama3: Cut = { patterns: [words("\\p{N}{1,3}")], wholeWords: true };
const qwen2: Cut = { patterns: [words("\\p{N}")], normalizer: "NFC" };
const digitsAlone: Cut = { patterns: ["\\p{N}", gpt2] };
const gpt4o: Cut = { patterns: [cased(`${contraction}?`, "\\p{N}{1,3}")], wholeWords: true };

/**
 * How `tokenizer.ggml.pre` cuts text: names of llama.cpp (src/llama-vocab.cpp), patterns of the models' own `tokenizer.json`
 * that they stand for.
 */
const cuts: Readonly<Record<string, Cut>> = {
  llama3: llama3,
  "llama-v3": llama3,
  "llama-bpe": llama3,
  falcon3: llama3,
  lfm2: llama3,
  glm4: { patterns: [words("\\p{N}{1,3}")] },
  "chatglm-bpe": { patterns: [words("\\p{N}{1,3}")] },
  qwen2: qwen2,
  "deepseek-r1-qwen": qwen2,
  qwen35: {
    patterns: [`${contraction}|${lead}[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${spaces}`],
    normalizer: "NFC",
  },
  tekken: { patterns: [cased("", "\\p{N}")], wholeWords: true },
  "gpt-4o": gpt4o,
  llama4: gpt4o,
  "gpt-2": { patterns: [gpt2] },
  smollm: digitsAlone,
  starcoder: digitsAlone,
  refact: digitsAlone,
  "command-r": { ...digitsAlone, normalizer: "NFC" },
  "deepseek-v3": {
    patterns: [
      "\\p{N}{1,3}",
      "[\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}]+",
      `[!"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_\`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|${spaces}`,
    ],
  },
};

/** What a `tokenizer.json` of the model would say. Throws `CheckpointError` for a kind of vocabulary that is not known. */
export function describeGgufVocabulary(vocabulary: GgufVocabulary): object {
  switch (vocabulary.model) {
    case "gpt2":
      return { ...shared(vocabulary), ...byteLevel(vocabulary) };
    case "llama":
      return { ...shared(vocabulary), ...sentencePiece(vocabulary) };
    default:
      throw unsupported("model", vocabulary.model, ["gpt2", "llama"]);
  }
}

function unsupported(key: string, found: string | undefined, known: readonly string[]): CheckpointError {
  return new CheckpointError(
    "the GGUF file",
    `tokenizer.ggml.${key}: found ${found === undefined ? "nothing" : JSON.stringify(found)}, supported are ${known.join(", ")}`,
  );
}

function shared({ model, tokens, types, ids, addBos, addEos }: GgufVocabulary): object {
  const added = tokens.flatMap((content, id) => {
    const type = types[id];
    if (content === "" || (type !== UNKNOWN && type !== CONTROL && type !== USER_DEFINED)) return [];
    return [{ id, content, special: type !== USER_DEFINED, normalized: false }];
  });
  const mark = (role: string, wanted: boolean | undefined): object[] => {
    const id = ids[role];
    return wanted === true && id !== undefined ? [{ SpecialToken: { id: String(id) } }] : [];
  };
  return {
    added_tokens: added,
    post_processor: {
      type: "TemplateProcessing",
      // Where the header says nothing, llama.cpp adds it for SentencePiece alone.
      single: [...mark("bos", addBos ?? model === "llama"), { Sequence: { id: "A" } }, ...mark("eos", addEos)],
      special_tokens: Object.fromEntries(Object.values(ids).map((id) => [String(id), { ids: [id] }])),
    },
  };
}

function byteLevel({ pre, tokens, merges }: GgufVocabulary): object {
  const cut = pre !== undefined && Object.hasOwn(cuts, pre) ? cuts[pre]! : undefined;
  if (!cut) throw unsupported("pre", pre, Object.keys(cuts));
  const level = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
  return {
    normalizer: cut.normalizer === undefined ? null : { type: cut.normalizer },
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        ...cut.patterns.map((Regex) => ({ type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false })),
        level,
      ],
    },
    decoder: level,
    model: { type: "BPE", vocab: idsOf(tokens), merges: merges.map(pair), ignore_merges: cut.wholeWords === true },
  };
}

/** Two pieces with a blank between, which a piece may begin with itself. */
function pair(merge: string): [string, string] {
  const at = merge.indexOf(" ", 1);
  return [merge.slice(0, at), merge.slice(at + 1)];
}

/** Pieces that join by their scores: whichever two make the piece with the highest one. */
function sentencePiece({ tokens, types, scores, ids, addSpacePrefix = true }: GgufVocabulary): object {
  const vocab = idsOf(tokens);
  const merges: { readonly parts: [string, string]; readonly score: number }[] = [];
  for (const [id, token] of tokens.entries()) {
    if (types[id] !== undefined && types[id] !== 1) continue;
    for (let at = 1; at < token.length; at++) {
      const parts: [string, string] = [token.slice(0, at), token.slice(at)];
      if (parts.every((part) => Object.hasOwn(vocab, part))) merges.push({ parts, score: scores[id] ?? 0 });
    }
  }
  merges.sort((a, b) => b.score - a.score);
  const blank = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const steps = [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
  ];
  return {
    normalizer: addSpacePrefix ? { type: "Sequence", normalizers: [{ type: "Prepend", prepend: "▁" }, blank] } : blank,
    pre_tokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: addSpacePrefix ? [...steps, { type: "Strip", content: " ", start: 1, stop: 0 }] : steps,
    },
    model: {
      type: "BPE",
      vocab,
      merges: merges.map(({ parts }) => parts),
      unk_token: tokens[ids["unknown"] ?? 0],
      fuse_unk: true,
      byte_fallback: true,
    },
  };
}

/** The first of several tokens that are spelled alike counts. */
function idsOf(tokens: readonly string[]): Record<string, number> {
  // Tokens such as "constructor" are no properties that are there already.
  const ids = Object.create(null) as Record<string, number>;
  for (const [id, token] of tokens.entries()) ids[token] ??= id;
  return ids;
}
