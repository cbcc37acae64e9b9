import {
  anyChar,
  type CharRanges,
  complementRanges,
  intersectRanges,
  normalizeRanges,
} from "../automata/char-automaton.ts";

/* The character classes of ECMA-262 regular expressions with the `u` flag and without `i`. */

export const digits: CharRanges = [0x30, 0x39];
export const wordChars: CharRanges = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** WhiteSpace and LineTerminator. */
export const spaces: CharRanges = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
/** What `.` matches: all but the line terminators. */
export const dot: CharRanges = complementRanges([0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029]);

const properties = new Map<string, CharRanges | undefined>();

/** The characters with a Unicode property, as the platform's own regular expressions know them; undefined where they don't. */
export function property(expression: string): CharRanges | undefined {
  if (properties.has(expression)) return properties.get(expression);
  let ranges: CharRanges | undefined;
  try {
    const test = new RegExp(`^\\p{${expression}}$`, "u");
    const pairs: [number, number][] = [];
    let from = -1;
    for (let char = 0; char <= 0x110000; char++) {
      const matches = char < 0x110000 && test.test(String.fromCodePoint(char));
      if (matches && from < 0) from = char;
      if (!matches && from >= 0) {
        pairs.push([from, char - 1]);
        from = -1;
      }
    }
    ranges = intersectRanges(normalizeRanges(pairs), anyChar);
  } catch {
    ranges = undefined;
  }
  properties.set(expression, ranges);
  return ranges;
}
