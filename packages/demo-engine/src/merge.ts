/** The merge loop of byte-pair encoding: the adjacent pair of the lowest rank is joined, the leftmost first, until none is left. */

/** rank * vocabulary size + resulting id, or nothing if the pair does not merge. */
export type MergeOf = (left: number, right: number) => number | undefined;

const SHORT = 48;

export function mergePairs(ids: number[], mergeOf: MergeOf, size: number): number[] {
  return ids.length <= SHORT ? mergeShort(ids, mergeOf, size) : mergeLong(ids, mergeOf, size);
}

/** Words: a scan a merge, with nothing to set up. */
function mergeShort(ids: number[], mergeOf: MergeOf, size: number): number[] {
  while (ids.length > 1) {
    let best = Infinity;
    let at = -1;
    for (let i = 0; i + 1 < ids.length; i++) {
      const merge = mergeOf(ids[i] as number, ids[i + 1] as number);
      if (merge !== undefined && merge < best) {
        best = merge;
        at = i;
      }
    }
    if (at < 0) break;
    ids.splice(at, 2, best % size);
  }
  return ids;
}

/** A page without a space must not take quadratic time: a heap of candidate pairs over a linked list of tokens. */
function mergeLong(ids: number[], mergeOf: MergeOf, size: number): number[] {
  const n = ids.length;
  const token = Int32Array.from(ids);
  const previous = Int32Array.from(ids, (_, i) => i - 1);
  const next = Int32Array.from(ids, (_, i) => i + 1);
  const heap: Candidate[] = [];
  const propose = (at: number): void => {
    const right = next[at] as number;
    if (right >= n) return;
    const merge = mergeOf(token[at] as number, token[right] as number);
    if (merge !== undefined) push(heap, { merge, at, left: token[at] as number, right: token[right] as number });
  };
  for (let i = 0; i + 1 < n; i++) propose(i);

  for (let top = pop(heap); top !== undefined; top = pop(heap)) {
    const { at } = top;
    const right = next[at] as number;
    // A neighbour has merged since: the pair that was proposed is no longer there.
    if (token[at] !== top.left || right >= n || token[right] !== top.right) continue;
    token[at] = top.merge % size;
    token[right] = -1;
    const after = next[right] as number;
    next[at] = after;
    if (after < n) previous[after] = at;
    propose(at);
    if ((previous[at] as number) >= 0) propose(previous[at] as number);
  }
  return Array.from(token).filter((id) => id >= 0);
}

interface Candidate {
  readonly merge: number;
  readonly at: number;
  readonly left: number;
  readonly right: number;
}

const before = (a: Candidate, b: Candidate): boolean => a.merge < b.merge || (a.merge === b.merge && a.at < b.at);

function push(heap: Candidate[], candidate: Candidate): void {
  let i = heap.length;
  heap.push(candidate);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!before(candidate, heap[parent] as Candidate)) break;
    heap[i] = heap[parent] as Candidate;
    i = parent;
  }
  heap[i] = candidate;
}

function pop(heap: Candidate[]): Candidate | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Candidate, heap[child] as Candidate)) child++;
    if (!before(heap[child] as Candidate, last)) break;
    heap[i] = heap[child] as Candidate;
    i = child;
  }
  heap[i] = last;
  return top;
}
