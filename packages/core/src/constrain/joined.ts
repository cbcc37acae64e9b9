/** Several ways of writing the same, as one. */
import { oneOf, optionally, sequence, type Piece } from "./pieces.ts";

/**
 * What the ways have in common at their start and at their end, once, and between these the rest of each as an alternative.
 * They are compared piece by piece, so that no text is taken apart.
 */
export function joined(ways: readonly (readonly Piece[])[]): readonly Piece[] {
  const [first = [], ...others] = ways;
  if (others.length === 0) return first;
  const keys = ways.map((way) => way.map((piece) => JSON.stringify(piece)));
  const shortest = Math.min(...keys.map(({ length }) => length));
  const agree = (place: (way: readonly string[]) => string | undefined): boolean =>
    keys.every((way) => place(way) === place(keys[0]!));
  let start = 0;
  while (start < shortest && agree((way) => way[start])) start++;
  let end = 0;
  while (end < shortest - start && agree((way) => way.at(-1 - end))) end++;
  const middles = ways.map((way) => way.slice(start, way.length - end));
  const written = middles.filter((middle) => middle.some((piece) => piece !== ""));
  const choice = written.length === 0 ? [] : [oneOf(written.map((middle) => sequence(...middle)))];
  return [
    ...first.slice(0, start),
    ...(written.length < middles.length ? optionally(...choice) : choice),
    ...first.slice(first.length - end),
  ];
}

/** The items in groups of those that have the same key, in order. */
export function groupedBy<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}
