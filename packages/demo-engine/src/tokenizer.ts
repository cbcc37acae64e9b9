/**
 * Byte-level BPE, read from a Hugging Face `tokenizer.json`: digits one by one, then the GPT-2 pieces, then merges by rank.
 */

import { mergePairs } from "./merge.ts";

interface TokenizerFile {
  model: { vocab: Record<string, number>; merges: (readonly [string, string] | string)[] };
  added_tokens: { id: number; content: string }[];
}

/** `\s` of the original is Unicode's White_Space; JavaScript's own `\s` differs by two characters. */
const PIECE =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;
const NUMERAL = /(\p{N})/u;
const utf8 = new TextEncoder();
const CACHED_PIECES = 20_000;

/** GPT-2 writes each byte as a printable character; this is that table. */
function byteCharacters(): string[] {
  const characters: string[] = [];
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    characters.push(String.fromCharCode(printable ? byte : next++));
  }
  return characters;
}

export class Tokenizer {
  readonly size: number;
  readonly #bytesOf: Uint8Array[] = [];
  readonly #idOfByte: Int32Array = new Int32Array(256);
  readonly #special: Map<string, number> = new Map();
  readonly #specialIds: Set<number> = new Set();
  readonly #specialPattern: RegExp | undefined;
  /** left * size + right → rank * size + result: one look-up tells whether and when a pair merges. */
  readonly #merges: Map<number, number> = new Map();
  readonly #pieces: Map<string, number[]> = new Map();

  constructor(json: string) {
    const file = JSON.parse(json) as TokenizerFile;
    const { vocab, merges } = file.model;
    this.size = Math.max(...Object.values(vocab), ...file.added_tokens.map((t) => t.id)) + 1;

    const characters = byteCharacters();
    const byteOf = new Map(characters.map((character, byte) => [character, byte]));
    for (const [token, id] of Object.entries(vocab)) {
      this.#bytesOf[id] = Uint8Array.from(Array.from(token), (c) => byteOf.get(c) ?? 0);
    }
    for (const { id, content } of file.added_tokens) {
      this.#special.set(content, id);
      this.#specialIds.add(id);
      this.#bytesOf[id] = utf8.encode(content);
    }
    for (const [byte, character] of characters.entries()) {
      const id = vocab[character];
      if (id === undefined) throw new Error(`tokenizer.json has no token for the byte ${byte}`);
      this.#idOfByte[byte] = id;
    }
    for (const [rank, merge] of merges.entries()) {
      const [left, right] = typeof merge === "string" ? (merge.split(" ") as [string, string]) : merge;
      const a = vocab[left];
      const b = vocab[right];
      const result = vocab[left + right];
      if (a === undefined || b === undefined || result === undefined) {
        throw new Error(`tokenizer.json merges ${JSON.stringify(merge)}, which is not in its vocabulary`);
      }
      const pair = a * this.size + b;
      if (!this.#merges.has(pair)) this.#merges.set(pair, rank * this.size + result);
    }
    const escaped = [...this.#special.keys()].map((t) => t.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
    if (escaped.length > 0) this.#specialPattern = new RegExp(`(${escaped.join("|")})`);
  }

  /** With `special` false, text that spells a special token is encoded as any other text. */
  encode(text: string, special: boolean): number[] {
    const ids: number[] = [];
    if (!special || this.#specialPattern === undefined) {
      this.#encodePlain(text, ids);
      return ids;
    }
    for (const part of text.split(this.#specialPattern)) {
      const id = this.#special.get(part);
      if (id === undefined) this.#encodePlain(part, ids);
      else ids.push(id);
    }
    return ids;
  }

  bytes(id: number): Uint8Array {
    const bytes = this.#bytesOf[id];
    if (bytes === undefined) throw new RangeError(`There is no token ${id}; the vocabulary has ${this.size}`);
    return bytes;
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  special(content: string): number {
    const id = this.#special.get(content);
    if (id === undefined) throw new Error(`tokenizer.json has no special token ${content}`);
    return id;
  }

  #encodePlain(text: string, ids: number[]): void {
    for (const part of text.split(NUMERAL)) {
      for (const piece of part.match(PIECE) ?? []) {
        let merged = this.#pieces.get(piece);
        if (merged === undefined) {
          merged = this.#merge(piece);
          if (this.#pieces.size >= CACHED_PIECES) this.#pieces.clear();
          if (piece.length <= 32) this.#pieces.set(piece, merged);
        }
        for (const id of merged) ids.push(id);
      }
    }
  }

  #merge(piece: string): number[] {
    const ids = Array.from(utf8.encode(piece), (byte) => this.#idOfByte[byte] as number);
    return mergePairs(ids, (left, right) => this.#merges.get(left * this.size + right), this.size);
  }
}
