/**
 * A deterministic automaton over Unicode code points. Its states are small integers, so that a counter is arithmetic
 * and nothing is built for what no text reaches. How the characters are written (UTF-8, JSON string) is the
 * business of the byte automata on top.
 */

/** Sorted, disjoint and inclusive: from, to, from, to, … */
export type CharRanges = readonly number[];

/** All Unicode scalar values: surrogates are no characters. */
export const anyChar: CharRanges = [0, 0xd7ff, 0xe000, 0x10ffff];

/** No further character is possible. */
export const dead = -1;

/** Inner states stay below this, so that a counter fits above them in one number. */
export const stateLimit: number = 2 ** 20;

export interface CharAutomaton {
  readonly start: number;
  /** The next state, or `dead`. */
  step(state: number, char: number): number;
  accepts(state: number): boolean;
  /**
   * The characters with which the text can go on: exactly those for which `step` is not `dead`.
   * Each range leads to one state, so that trying its first character tells about all; with `remembers`, to states that only
   * differ in what they remember.
   */
  next(state: number): CharRanges;
  /** How a text may end, where a search for the nearest end could lead far. */
  ending?(state: number): string | undefined;
  readonly remembers?: boolean;
  /** A simpler automaton, and its state, with the same texts of up to `length` characters to go on with. */
  simplified?(state: number, length: number): SimplifiedChars | undefined;
}

export interface SimplifiedChars {
  readonly chars: CharAutomaton;
  readonly state: number;
  /** Whether it also accepts the same ones of them. */
  readonly exact: boolean;
}

export function reaches(ranges: CharRanges, from: number, to: number): boolean {
  for (let i = 0; i < ranges.length; i += 2) {
    if ((ranges[i] as number) > to) return false;
    if ((ranges[i + 1] as number) >= from) return true;
  }
  return false;
}

export function intersectRanges(a: CharRanges, b: CharRanges): CharRanges {
  if (a === anyChar) return b;
  if (b === anyChar) return a;
  const both: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const from = Math.max(a[i] as number, b[j] as number);
    const to = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (from <= to) both.push(from, to);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return both;
}

/** Sorts and merges. */
export function normalizeRanges(pairs: readonly (readonly [number, number])[]): CharRanges {
  const sorted = pairs.filter(([from, to]) => from <= to).sort((a, b) => a[0] - b[0]);
  const merged: number[] = [];
  for (const [from, to] of sorted) {
    const last = merged.length - 1;
    if (last > 0 && from <= (merged[last] as number) + 1) merged[last] = Math.max(merged[last] as number, to);
    else merged.push(from, to);
  }
  // A list that grew has room to spare, and there are many of them.
  return merged.slice();
}

export function pairsOf(ranges: CharRanges): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] as number, ranges[i + 1] as number]);
  return pairs;
}

/** Every scalar value that is not in `ranges`. */
export function complementRanges(ranges: CharRanges): CharRanges {
  const gaps: [number, number][] = [];
  let from = 0;
  for (let i = 0; i < ranges.length; i += 2) {
    gaps.push([from, (ranges[i] as number) - 1]);
    from = (ranges[i + 1] as number) + 1;
  }
  gaps.push([from, 0x10ffff]);
  return intersectRanges(normalizeRanges(gaps), anyChar);
}

/** Any text at all. */
export const anyChars: CharAutomaton = {
  start: 0,
  step: () => 0,
  accepts: () => true,
  next: () => anyChar,
};

export function acceptsChars(automaton: CharAutomaton, text: string): boolean {
  let state = automaton.start;
  for (const char of text) {
    state = automaton.step(state, char.codePointAt(0) as number);
    if (state === dead) return false;
  }
  return automaton.accepts(state);
}
