/** Sets of token ids as bits: id `i` is bit `i % 32` of word `i >> 5`. */
export type Bits = Uint32Array<ArrayBuffer>;

export function bitsFor(size: number): Bits {
  return new Uint32Array((size + 31) >> 5);
}

export function setBit(bits: Bits, id: number): void {
  bits[id >> 5] = (bits[id >> 5] as number) | (1 << (id & 31));
}

export function clearBit(bits: Bits, id: number): void {
  bits[id >> 5] = (bits[id >> 5] as number) & ~(1 << (id & 31));
}

export function hasBit(bits: Bits, id: number): boolean {
  return ((bits[id >> 5] as number) & (1 << (id & 31))) !== 0;
}

/** `isEmpty`: none are there yet, and copying is quicker. */
export function addBits(to: Bits, from: Bits, isEmpty: boolean): void {
  if (isEmpty) to.set(from);
  else for (let i = 0; i < to.length; i++) to[i] = (to[i] as number) | (from[i] as number);
}
