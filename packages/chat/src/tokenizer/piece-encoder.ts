import { Tokenizer as Library } from "@huggingface/tokenizers";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { byteCharacters } from "./detokenizer.ts";
import { preTokenizerSteps } from "./pre-tokenizer.ts";
import { FILE, type AddedToken, type TokenizerFile, type TokenizerModel } from "./tokenizer-file.ts";

/** Text between added tokens to ids: `@huggingface/tokenizers` does it, and what it makes of a piece is remembered. */
export interface PieceEncoder {
  normalize(text: string): string;
  /** `first`: whether the text begins the whole. */
  encode(normalized: string, first: boolean, ids: number[]): void;
}

type Callable<Arguments extends unknown[], Result> = ((...args: Arguments) => Result) | null;

/** Pieces are words for the most part, and words come again. */
const CACHED_PIECES = 32_768;
const CACHED_LENGTH = 48;

const utf8 = new TextEncoder();

/** Throws `CheckpointError` for what the library can't make. */
export function createPieceEncoder(file: TokenizerFile, unspellable: readonly AddedToken[]): PieceEncoder {
  const { steps, inBytes } = preTokenizerSteps(file.preTokenizer);
  const library = build(file, steps, withoutSpelling(file.model, unspellable));
  const normalizer = library.normalizer as Callable<[string], string>;
  const preTokenizer = library.pre_tokenizer as Callable<[string, { section_index: number }], string[]>;
  const model = library.model as unknown as (pieces: string[]) => string[];
  const unknown = library.model?.unk_token_id;
  const pieces = new Map<string, readonly number[]>();

  const idsOf = (piece: string): readonly number[] => {
    const known = pieces.get(piece);
    if (known) return known;
    const ids: number[] = [];
    for (const token of model([inBytes ? bytesOf(piece) : piece])) {
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

/** The characters that stand for the text's bytes. */
function bytesOf(text: string): string {
  let written = "";
  for (const byte of utf8.encode(text)) written += byteCharacters[byte];
  return written;
}

function build(file: TokenizerFile, steps: readonly object[], model: TokenizerModel): Library {
  try {
    return new Library(
      {
        model,
        normalizer: file.normalizer,
        pre_tokenizer: steps.length === 0 ? null : { type: "Sequence", pretokenizers: steps },
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
  const unk_token = typeof unknown === "string" ? (hidden.get(unknown) ?? unknown) : unknown;
  return { ...model, vocab: renamed, unk_token };
}
