/** Vocabularies out of a Hugging Face `tokenizer.json`. */
import { encodeUtf8 } from "../utf8.ts";
import { Vocabulary } from "./vocabulary.ts";

/** The parts of a `tokenizer.json` that are read. */
export interface TokenizerJson {
  readonly model: {
    /** Token to id (BPE, WordPiece), or tokens with their scores in the order of their ids (Unigram). */
    readonly vocab: { readonly [token: string]: number } | readonly (readonly [token: string, score: number])[];
    readonly byte_fallback?: boolean;
  };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string; readonly special?: boolean }[];
  readonly decoder?: unknown;
  readonly pre_tokenizer?: unknown;
}

export interface TokenizerJsonOptions {
  /** The tokens that end a turn, by id or text: `eos_token_id` of the model's `generation_config.json`. */
  readonly endTokens: readonly (number | string)[];
  /** The number of logits of the model, where it is padded. Default: the highest id and one. */
  readonly size?: number;
  /** Whether an added token is a symbol of its own and not text. Default: as the file says (`special`). */
  readonly isSpecial?: (token: { readonly id: number; readonly content: string; readonly special: boolean }) => boolean;
  /** See `VocabularySource`. */
  readonly cacheBytes?: number | undefined;
}

/** GPT-2's printable stand-ins for bytes: those that are printable in Latin-1 stand for themselves, the rest follow from U+0100. */
function byteOfCharacter(): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 0x100; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    bytes.set(String.fromCharCode(printable ? byte : next++), byte);
  }
  return bytes;
}

/** Bytes of a byte-level token; text that is not written in the stand-ins is what it is. */
function byteLevel(): (token: string) => Uint8Array {
  const table = byteOfCharacter();
  return (token) => {
    const bytes = new Uint8Array(token.length);
    for (let i = 0; i < token.length; i++) {
      const byte = table.get(token.charAt(i));
      if (byte === undefined) return encodeUtf8(token);
      bytes[i] = byte;
    }
    return bytes;
  };
}

const byteToken = /^<0x([0-9A-Fa-f]{2})>$/;

/** Bytes of a SentencePiece token: `▁` is a blank, `<0x0A>` a byte. */
function sentencePiece(token: string): Uint8Array {
  const byte = byteToken.exec(token)?.[1];
  if (byte !== undefined) return Uint8Array.of(Number.parseInt(byte, 16));
  return encodeUtf8(token.replaceAll("▁", " "));
}

/** Whether some part of a decoder or pre-tokenizer, which may be a sequence of others, is of the type. */
function has(part: unknown, type: string): boolean {
  if (typeof part !== "object" || part === null) return false;
  if ("type" in part && part.type === type) return true;
  return Object.values(part).some((each) =>
    Array.isArray(each) ? each.some((item) => has(item, type)) : has(each, type),
  );
}

/**
 * Byte-level BPE (GPT-2, Llama 3, Qwen) and SentencePiece with byte fallback (Llama 2, Mistral, Gemma). Throws a `TypeError` for
 * a file that is neither, a `RangeError` for end tokens that it does not have.
 */
export function tokenizerVocabulary(file: TokenizerJson, options: TokenizerJsonOptions): Vocabulary {
  const { model, added_tokens: added = [] } = file;
  if (typeof model !== "object" || model === null || typeof model.vocab !== "object" || model.vocab === null)
    throw new TypeError("model.vocab: a tokenizer.json has tokens there");
  const isByteLevel = has(file.decoder, "ByteLevel") || has(file.pre_tokenizer, "ByteLevel");
  const isPieces =
    has(file.decoder, "ByteFallback") || has(file.decoder, "Metaspace") || has(file.pre_tokenizer, "Metaspace");
  if (!isByteLevel && !isPieces && model.byte_fallback !== true)
    throw new TypeError(
      "decoder: neither ByteLevel nor ByteFallback or Metaspace; how tokens are written is not known",
    );
  const read = isByteLevel ? byteLevel() : sentencePiece;

  const bytes: (Uint8Array | undefined)[] = [];
  if (Array.isArray(model.vocab)) {
    for (const [id, [token]] of (model.vocab as readonly (readonly [string, number])[]).entries())
      bytes[id] = read(token);
  } else {
    // A list of so many pairs costs more than all else.
    const ids = model.vocab as { readonly [token: string]: number };
    for (const token in ids) bytes[ids[token] as number] = read(token);
  }
  const special = new Set<number>();
  const { isSpecial = (token) => token.special } = options;
  for (const { id, content, special: flagged = false } of added) {
    const own = isSpecial({ id, content, special: flagged });
    if (own) special.add(id);
    bytes[id] = own || isByteLevel ? encodeUtf8(content) : sentencePiece(content);
  }
  const size = options.size ?? bytes.length;
  const none = new Uint8Array();
  const byText = new Map(added.map(({ id, content }) => [content, id]));
  const endTokens = options.endTokens.map((token) => {
    const id = typeof token === "number" ? token : byText.get(token);
    if (id === undefined) throw new RangeError(`endTokens: ${JSON.stringify(token)} is no added token of the file`);
    return id;
  });
  return new Vocabulary({
    size,
    tokenBytes: (id) => bytes[id] ?? none,
    isSpecial: (id) => special.has(id),
    endTokens,
    cacheBytes: options.cacheBytes,
  });
}
