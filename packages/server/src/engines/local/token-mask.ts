import type { TokenMatcher } from "@glossa/grammar";

/** What is added to logits so that no token comes but those of a mask. */
export type Biases = ReadonlyMap<number, number>;

/**
 * Lifts allowed tokens above all others: far enough that no logit of a model makes it up and another's probability is zero, and
 * so little that their differences survive in 32 bits (to 0.00006).
 */
export const lift = 1000;

/** How many entries are kept, of all masks together: some 50 bytes each. */
const keptEntries = 1_000_000;

interface Kept {
  readonly mask: Uint32Array;
  readonly biases: Biases;
}

/**
 * Masks as biases: a ban on what may not come or a lift of what may, whichever is shorter. States of a grammar come again, within
 * an answer and with the next one, and their biases are kept by what the mask is.
 */
export class MaskBiases {
  readonly #size: number;
  readonly #lifts: boolean;
  readonly #kept = new Map<number, Kept>();
  #entries = 0;

  /**
   * `size`: of the vocabulary. `lifts`: false where what comes behind the biases would not leave their differences as they are; then
   * all are bans.
   */
  constructor(size: number, { lifts = true }: { readonly lifts?: boolean } = {}) {
    this.#size = size;
    this.#lifts = lifts;
  }

  of(matcher: TokenMatcher): Biases {
    const mask = matcher.mask();
    const key = hash(mask);
    const known = this.#kept.get(key);
    if (known && equal(known.mask, mask)) return known.biases;
    const biases = biasesOf(mask, this.#size, this.#lifts);
    this.#keep(key, { mask: mask.slice(), biases });
    return biases;
  }

  #keep(key: number, kept: Kept): void {
    const replaced = this.#kept.get(key);
    if (replaced) this.#drop(key, replaced);
    this.#kept.set(key, kept);
    this.#entries += weight(kept);
    for (const [oldest, entry] of this.#kept) {
      if (this.#entries <= keptEntries || this.#kept.size === 1) break;
      this.#drop(oldest, entry);
    }
  }

  #drop(key: number, kept: Kept): void {
    this.#kept.delete(key);
    this.#entries -= weight(kept);
  }
}

function weight({ mask, biases }: Kept): number {
  return mask.length + biases.size;
}

function biasesOf(mask: Uint32Array, size: number, mayLift: boolean): Biases {
  const allowed = countBits(mask);
  // With no token allowed there is nothing to lift, and all of them are banned.
  const lifts = mayLift && allowed > 0 && allowed < size - allowed;
  const flip = lifts ? 0 : -1;
  const bias = lifts ? lift : -Infinity;
  const biases = new Map<number, number>();
  for (const [word, bits] of mask.entries()) {
    // Takes the lowest bit that is set until there is none.
    for (let left = bits ^ flip; left !== 0; left &= left - 1) {
      const id = 32 * word + 31 - Math.clz32(left & -left);
      if (id < size) biases.set(id, bias);
    }
  }
  return biases;
}

function countBits(mask: Uint32Array): number {
  let count = 0;
  for (const bits of mask) for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}

/** Bans tokens that the mask does not have: their logits become minus infinity. */
export function maskLogits(logits: Float32Array, mask: Uint32Array): void {
  for (let word = 0, first = 0; first < logits.length; word++, first += 32) {
    const bits = ~mask[word]!;
    if (bits === 0) continue;
    const end = Math.min(first + 32, logits.length);
    for (let id = first; id < end; id++) if ((bits >>> (id & 31)) & 1) logits[id] = -Infinity;
  }
}

/** FNV-1a over words. */
function hash(mask: Uint32Array): number {
  let value = 0x811c9dc5;
  for (let word = 0; word < mask.length; word++) value = Math.imul(value ^ mask[word]!, 0x01000193);
  return value;
}

function equal(one: Uint32Array, other: Uint32Array): boolean {
  if (one.length !== other.length) return false;
  for (let word = 0; word < one.length; word++) if (one[word] !== other[word]) return false;
  return true;
}
