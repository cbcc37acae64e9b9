import { anyChars } from "../automata/char-automaton.ts";
import { jsonString } from "../automata/json-string.ts";
import { type Bits, bitsFor } from "../mask/bits.ts";
import { allowSteps, tableOf } from "../mask/byte-table.ts";
import { Recent } from "../mask/recent.ts";
import { type Slice, Slices } from "../mask/slice.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import { firstSpecialByte, specialBytes, specialLimit } from "./special-char.ts";
import { TokenTrie } from "./trie.ts";

/** What a vocabulary is made from. */
export interface VocabularySource {
  /** The number of ids, and so of bits in a mask; a model's padded size if its logits are padded. */
  readonly size: number;
  /**
   * The bytes that an ordinary token stands for, part of a character perhaps, and the text of a special one in UTF-8. None for an
   * id that is not in use: it is never allowed, and no more is a token with bytes that UTF-8 does not have.
   */
  readonly tokenBytes: (id: number) => Uint8Array;
  /** Whether a token is a symbol of its own, which no text contains and no text spells. End tokens are, in any case. */
  readonly isSpecial: (id: number) => boolean;
  /** The tokens that end a turn: allowed where the text is complete. */
  readonly endTokens: readonly number[];
  /** How many bytes of masks, and of what they are made from, are kept for states that come again. Default: 8 MiB. */
  readonly cacheBytes?: number | undefined;
}

/** Tokens of more bytes are kept apart: they are few, and a bounded text counts characters only as far as a token reaches. */
const longToken = 32;

/** What fits into the trie's numbers. */
const longestToken = 0xffff;

const defaultCache = 2 ** 23;

/**
 * The tokens of a model, ordered for masks. Immutable; one serves all grammars and all requests of a model. Making one takes some
 * hundred milliseconds, the first of a process a good hundred more, and about 15 bytes a byte of token.
 */
export class Vocabulary {
  readonly size: number;
  readonly endTokens: readonly number[];
  /** The tokens of ordinary length, special ones as the bytes of their characters. */
  readonly trie: TokenTrie;
  readonly longTrie: TokenTrie;
  /** The masks that are kept, of all grammars. */
  readonly masks: Recent<Bits>;
  readonly slices: Slices;
  readonly longSlices: Slices;
  /** What the matcher reads for token `i`: from `offsets[i]` to `offsets[i + 1]`; nothing for one that is never allowed. */
  readonly bytes: Uint8Array;
  readonly offsets: Int32Array;
  readonly #special = new Set<number>();
  readonly #specialIds = new Map<string, number>();

  /** Throws a `RangeError` for sizes and ids out of range. */
  constructor(source: VocabularySource) {
    const { size, tokenBytes, isSpecial, endTokens, cacheBytes = defaultCache } = source;
    if (!Number.isInteger(size) || size < 1 || size > specialLimit)
      throw new RangeError(`size: ${size} is not from 1 to ${specialLimit}`);
    for (const id of endTokens)
      if (!Number.isInteger(id) || id < 0 || id >= size)
        throw new RangeError(`endTokens: ${id} is not from 0 to ${size - 1}`);
    this.size = size;
    this.endTokens = [...endTokens];
    const ends = new Set(endTokens);
    const keys: string[] = [];
    const usual: number[] = [];
    const long: number[] = [];
    for (let id = 0; id < size; id++) {
      const bytes = tokenBytes(id);
      if (bytes.length > longestToken)
        throw new RangeError(`tokenBytes: token ${id} has ${bytes.length} bytes, more than ${longestToken}`);
      if (isSpecial(id) || ends.has(id)) {
        this.#special.add(id);
        const text = decodeUtf8(bytes);
        if (text !== undefined && text !== "" && !this.#specialIds.has(text)) this.#specialIds.set(text, id);
        keys.push(binary(specialBytes(id)));
        usual.push(id);
        continue;
      }
      // Bytes that no text contains would spell special tokens.
      const key = bytes.some((byte) => byte >= firstSpecialByte) ? "" : binary(bytes);
      keys.push(key);
      if (key === "") continue;
      if (key.length > longToken) long.push(id);
      else usual.push(id);
    }
    this.offsets = new Int32Array(size + 1);
    for (let id = 0; id < size; id++) this.offsets[id + 1] = (this.offsets[id] as number) + (keys[id] as string).length;
    this.bytes = new Uint8Array(this.offsets[size] as number);
    for (let id = 0; id < size; id++) {
      const key = keys[id] as string;
      for (let i = 0, at = this.offsets[id] as number; i < key.length; i++) this.bytes[at + i] = key.charCodeAt(i);
    }
    const keyOf = (id: number): string => keys[id] as string;
    this.trie = new TokenTrie(usual, keyOf);
    this.longTrie = new TokenTrie(long, keyOf);
    // A slice takes ten times as long to make as a mask, and serves more grammars.
    this.masks = new Recent(cacheBytes / 4);
    const recent = new Recent<Slice>((cacheBytes * 3) / 4);
    this.slices = new Slices(this.trie, size, recent);
    this.longSlices = new Slices(this.longTrie, size, recent);
    // Most masks are made within strings and where any name may come: the first ones need not wait.
    allowSteps(Infinity);
    for (const plain of [false, true])
      for (const slices of [this.slices, this.longSlices])
        slices.add(bitsFor(size), true, tableOf(jsonString(anyChars, plain)), anyChars.start, 0, false);
  }

  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** The special tokens by their texts. */
  get specialTexts(): ReadonlyMap<string, number> {
    return this.#specialIds;
  }

  /** The token that a text names: the special one, or the ordinary one that is exactly this text. */
  idOf(text: string): number | undefined {
    const special = this.#specialIds.get(text);
    if (special !== undefined) return special;
    const bytes = encodeUtf8(text);
    return this.trie.find(bytes) ?? this.longTrie.find(bytes);
  }

  /** The bytes that the matcher reads for a token as characters below 256, special tokens as the bytes of their characters. */
  key(id: number): string {
    return this.isUsed(id) ? binary(this.bytes.subarray(this.offsets[id], this.offsets[id + 1])) : "";
  }

  /** Whether a token is ever allowed. */
  isUsed(id: number): boolean {
    return (this.offsets[id] as number) < (this.offsets[id + 1] as number);
  }
}

function binary(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
