import { Tokenizer as LibraryTokenizer } from "@huggingface/tokenizers";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { FILE, isObject, type AddedToken, type TokenizerFile, type TokenizerModel } from "./tokenizer-file.ts";

/** Text between added tokens to ids: what `@huggingface/tokenizers` does, with the ids of pieces remembered. */
export interface PieceEncoder {
  normalize(text: string): string;
  /** `first`: whether the text begins the whole. */
  encode(normalized: string, first: boolean, ids: number[]): void;
}

type Callable<Arguments extends unknown[], Result> = ((...args: Arguments) => Result) | null;

/** Pieces are words for the most part, and words come again. */
const CACHED_PIECES = 32_768;
const CACHED_LENGTH = 48;

/** Throws `CheckpointError` for a model that the library can't make. */
export function createPieceEncoder(file: TokenizerFile, unspellable: readonly AddedToken[]): PieceEncoder {
  const library = build(file, withoutSpelling(file.model, unspellable));
  const normalizer = library.normalizer as Callable<[string], string>;
  const preTokenizer = library.pre_tokenizer as Callable<[string, { section_index: number }], string[]>;
  const model = library.model as unknown as (pieces: string[]) => string[];
  const unknown = library.model?.unk_token_id;
  const pieces = new Map<string, readonly number[]>();

  const idsOf = (piece: string): readonly number[] => {
    const known = pieces.get(piece);
    if (known) return known;
    const ids: number[] = [];
    for (const token of model([piece])) {
      // What no token spells is left as it is.
      const id = library.token_to_id(token) ?? unknown;
      if (id !== undefined) ids.push(id);
    }
    if (piece.length <= CACHED_LENGTH) {
      if (pieces.size >= CACHED_PIECES) pieces.clear();
      pieces.set(piece, ids);
    }
    return ids;
  };

  return {
    normalize: (text) => (normalizer ? normalizer(text) : text),
    encode(normalized, first, ids) {
      const cut = preTokenizer ? preTokenizer(normalized, { section_index: first ? 0 : 1 }) : [normalized];
      for (const piece of cut) for (const id of idsOf(piece)) ids.push(id);
    },
  };
}

function build(file: TokenizerFile, model: TokenizerModel): LibraryTokenizer {
  try {
    return new LibraryTokenizer(
      {
        model,
        normalizer: file.normalizer,
        pre_tokenizer: asRustCuts(file.preTokenizer),
        // Added tokens, what goes around a text, and the way back to text are ours.
        added_tokens: [],
        post_processor: null,
        decoder: null,
      },
      {},
    );
  } catch (error) {
    throw new CheckpointError(FILE, `can't be used: ${(error as Error).message}`);
  }
}

/**
 * The model with tokens that no text spells: many vocabularies hold their control tokens among the others, and some
 * models would find them there. A blank never reaches a model: each way of cutting text writes it differently.
 */
function withoutSpelling(model: TokenizerModel, tokens: readonly AddedToken[]): TokenizerModel {
  const hidden = new Map(tokens.map(({ content, id }) => [content, ` ${id} `]));
  const { vocab } = model;
  if (Array.isArray(vocab)) {
    const pairs = vocab as readonly (readonly [string, number])[];
    return { ...model, vocab: pairs.map(([token, score]) => [hidden.get(token) ?? token, score]) };
  }
  const ids = vocab as Readonly<Record<string, number>>;
  const present = [...hidden.keys()].filter((content) => Object.hasOwn(ids, content));
  if (present.length === 0) return model;
  const renamed: Record<string, number> = { ...ids };
  for (const content of present) {
    delete renamed[content];
    renamed[hidden.get(content)!] = ids[content]!;
  }
  const unknown = model["unk_token"];
  return {
    ...model,
    vocab: renamed,
    ...(typeof unknown === "string" && { unk_token: hidden.get(unknown) ?? unknown }),
  };
}

/** GPT-2's words, as the Rust library cuts text where `ByteLevel` is to do so. */
const WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * Steps that the library does in its own way, in those that it does as the Rust library: its `Metaspace` leaves a text in
 * one piece, which is to be cut before every mark; the spaces of its `ByteLevel` are JavaScript's; its `Digits` are ASCII.
 */
function asRustCuts(step: unknown): unknown {
  if (!isObject(step)) return step;
  const { type, pretokenizers } = step;
  if (Array.isArray(pretokenizers)) return { ...step, pretokenizers: pretokenizers.map(asRustCuts) };
  if (type === "Metaspace" && step["split"] !== false) {
    const mark = `\\x{${String(step["replacement"] ?? "▁")
      .codePointAt(0)!
      .toString(16)}}`;
    return { type: "Sequence", pretokenizers: [step, isolated(`${mark}?[^${mark}]+|${mark}`)] };
  }
  if (type === "ByteLevel" && step["use_regex"] !== false && step["add_prefix_space"] === false) {
    return { type: "Sequence", pretokenizers: [isolated(WORDS), { ...step, use_regex: false }] };
  }
  if (type === "Digits") return isolated(step["individual_digits"] === true ? "\\p{N}" : "\\p{N}+");
  return step;
}

/** Each match is a piece, as is what stands between. */
function isolated(Regex: string): object {
  return { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false };
}
