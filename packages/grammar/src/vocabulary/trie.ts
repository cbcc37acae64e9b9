import { beyondAscii, broken, classOf } from "./byte-class.ts";

/**
 * The bytes of many tokens as one flat trie in typed arrays, nodes in depth-first order: a subtree is a range of nodes, and
 * also a range of tokens.
 */
export class TokenTrie {
  /** The byte that leads to a node. Node 0 is the root and has none. */
  readonly byte: Uint8Array;
  readonly depth: Uint16Array;
  /** The node behind the subtree. */
  readonly skip: Int32Array;
  /** The root's first child behind a byte from this one on; one entry more than bytes. */
  readonly roots: Int32Array;
  /** Where a node's tokens begin in `ids`: first those that end at it, then those of its subtree. One entry more than nodes. */
  readonly first: Int32Array;
  /** Token ids in the order of their bytes; several tokens may have the same bytes. */
  readonly ids: Int32Array;
  /** The classes of the bytes below a node. */
  readonly below: Int32Array;
  /** The number of bytes of the longest token. */
  readonly height: number;

  /** `bytesOf` gives a token's bytes as characters below 256; none of them is empty. */
  constructor(ids: readonly number[], bytesOf: (id: number) => string) {
    const keys = ids.map((id) => bytesOf(id));
    const order = inOrder(keys);
    const sorted = Array.from(order, (index) => keys[index] as string);
    this.ids = Int32Array.from(order, (index) => ids[index] as number);

    let nodes = 1;
    let height = 0;
    for (let i = 0; i < sorted.length; i++) {
      const key = sorted[i] as string;
      nodes += key.length - common(sorted[i - 1] ?? "", key);
      height = Math.max(height, key.length);
    }
    this.height = height;
    this.byte = new Uint8Array(nodes);
    this.depth = new Uint16Array(nodes);
    this.skip = new Int32Array(nodes).fill(nodes);
    this.first = new Int32Array(nodes + 1).fill(sorted.length);
    this.first[0] = 0;

    const path = new Int32Array(height + 1);
    let depth = 0;
    let node = 0;
    for (let i = 0; i < sorted.length; i++) {
      const key = sorted[i] as string;
      const shared = common(sorted[i - 1] ?? "", key);
      for (; depth > shared; depth--) this.skip[path[depth] as number] = node + 1;
      for (; depth < key.length; depth++) {
        node++;
        this.byte[node] = key.charCodeAt(depth);
        this.depth[node] = depth + 1;
        this.first[node] = i;
        path[depth + 1] = node;
      }
    }
    this.roots = new Int32Array(0x101).fill(nodes);
    for (let child = 1, from = 0; child < nodes; child = this.skip[child] as number)
      while (from <= (this.byte[child] as number)) this.roots[from++] = child;
    this.below = classesBelow(this);
  }

  get size(): number {
    return this.byte.length;
  }

  /** The node below another behind a byte, or -1. */
  child(node: number, byte: number): number {
    if (byte < 0x80 && ((this.below[node] as number) & ((classOf[byte] as number) | broken)) === 0) return -1;
    const end = this.skip[node] as number;
    const begin = node === 0 ? (this.roots[byte] as number) : node + 1;
    for (let child = begin; child < end; child = this.skip[child] as number) {
      const own = this.byte[child] as number;
      if (own >= byte) return own === byte ? child : -1;
    }
    return -1;
  }

  /** The token with these bytes, the first one if there are several. */
  find(bytes: Uint8Array): number | undefined {
    let node = 0;
    for (const byte of bytes) {
      node = this.child(node, byte);
      if (node < 0) return undefined;
    }
    const own = this.first[node] as number;
    return own < (this.first[node + 1] as number) ? this.ids[own] : undefined;
  }

  /** Where the tokens of a node's subtree end in `ids`. */
  last(node: number): number {
    return this.first[this.skip[node] as number] as number;
  }
}

function classesBelow({
  byte,
  depth,
  skip,
  height,
}: Omit<TokenTrie, "below" | "child" | "find" | "roots">): Int32Array {
  const below = new Int32Array(byte.length);
  /* How many bytes of a character are missing behind each byte of the path; -1 where the bytes are no characters. */
  const missing = new Int8Array(height + 1);
  const lowest = new Uint8Array(height + 1).fill(0x80);
  const highest = new Uint8Array(height + 1).fill(0xbf);
  const own = new Int32Array(byte.length);
  for (let node = 1; node < byte.length; node++) {
    const level = depth[node] as number;
    const before = missing[level - 1] as number;
    const value = byte[node] as number;
    lowest[level] = 0x80;
    highest[level] = 0xbf;
    if (before === 0 && value < 0x80) {
      own[node] = classOf[value] as number;
      missing[level] = 0;
    } else if (before === 0 && value >= 0xc2 && value <= 0xf4) {
      own[node] = beyondAscii;
      missing[level] = value < 0xe0 ? 1 : value < 0xf0 ? 2 : 3;
      // No overlong forms, no surrogates, nothing beyond U+10FFFF.
      if (value === 0xe0) lowest[level] = 0xa0;
      if (value === 0xed) highest[level] = 0x9f;
      if (value === 0xf0) lowest[level] = 0x90;
      if (value === 0xf4) highest[level] = 0x8f;
    } else if (before > 0 && value >= (lowest[level - 1] as number) && value <= (highest[level - 1] as number)) {
      own[node] = beyondAscii;
      missing[level] = before - 1;
    } else {
      own[node] = broken;
      missing[level] = -1;
    }
  }
  for (let node = byte.length - 1; node >= 0; node--) {
    const end = skip[node] as number;
    let all = 0;
    for (let child = node + 1; child < end; child = skip[child] as number)
      all |= (own[child] as number) | (below[child] as number);
    below[node] = all;
  }
  return below;
}

/** The indices of the keys in the order of their bytes: by the first two bytes at once, and then by comparison. */
function inOrder(keys: readonly string[]): Int32Array {
  const bucketOf = (key: string): number => key.charCodeAt(0) * 0x101 + (key.length > 1 ? key.charCodeAt(1) + 1 : 0);
  const ends = new Int32Array(0x101 * 0x100 + 1);
  for (const key of keys) ends[bucketOf(key)]!++;
  for (let i = 1; i < ends.length; i++) ends[i]! += ends[i - 1] as number;
  const order = new Int32Array(keys.length);
  const starts = ends.slice();
  for (let i = keys.length - 1; i >= 0; i--) order[--starts[bucketOf(keys[i] as string)]!] = i;
  for (let bucket = 0; bucket < ends.length; bucket++) {
    const from = starts[bucket] as number;
    const to = ends[bucket] as number;
    if (to - from < 2) continue;
    order.subarray(from, to).sort((a, b) => {
      const left = keys[a] as string;
      const right = keys[b] as string;
      return left < right ? -1 : left > right ? 1 : a - b;
    });
  }
  return order;
}

function common(left: string, right: string): number {
  const most = Math.min(left.length, right.length);
  let at = 0;
  while (at < most && left.charCodeAt(at) === right.charCodeAt(at)) at++;
  return at;
}
