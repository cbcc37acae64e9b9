import { checkSize } from "./size.ts";
import { inPlaceOf, plain } from "./stand-ins.ts";

/** Strings as Python counts them: in code points. Most text has no surrogates, and then UTF-16 units are code points. */

const surrogate = /[\uD800-\uDBFF][\uDC00-\uDFFF]/;

/** The body of a character class: what `str.isspace` holds for, and `\s` in Python's regular expressions matches. */
export const SPACE = "\\t-\\r\\x1C-\\x20\\x85\\xA0\\u1680\\u2000-\\u200A\\u2028\\u2029\\u202F\\u205F\\u3000";

const spaces = new RegExp(`[${SPACE}]+`);
const trailingSpace = new RegExp(`[${SPACE}]$`);
const leadingSpaces = new RegExp(`^[${SPACE}]+`);

export function isWide(text: string): boolean {
  return surrogate.test(text);
}

export function countCharacters(text: string): number {
  if (!isWide(text)) return text.length;
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** The characters from `start` to `end`; both within the text. */
export function sliceCharacters(text: string, start: number, end: number): string {
  if (!isWide(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}

/** Code points before a UTF-16 offset. */
export function charactersBefore(text: string, offset: number): number {
  return countCharacters(text.slice(0, offset));
}

/** Orders by code point, which is not the order of UTF-16 units. */
export function compareText(one: string, other: string): number {
  const [a, b] = [plain(one), plain(other)];
  if (a === b) return 0;
  if (!isWide(a) && !isWide(b)) return a < b ? -1 : 1;
  const left = Array.from(a);
  const right = Array.from(b);
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const difference = left[index]!.codePointAt(0)! - right[index]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function stripStart(text: string, characters: string | null): string {
  if (characters === null) return text.replace(leadingSpaces, "");
  const set = new Set(plain(characters));
  const all = Array.from(text);
  let start = 0;
  while (start < all.length && set.has(plain(all[start]!))) start++;
  return all.slice(start).join("");
}

export function stripEnd(text: string, characters: string | null): string {
  if (characters === null) {
    // A regular expression anchored at the end would look at every space of the text.
    let end = text.length;
    while (end > 0 && trailingSpace.test(text[end - 1]!)) end--;
    return text.slice(0, end);
  }
  const set = new Set(plain(characters));
  const all = Array.from(text);
  let end = all.length;
  while (end > 0 && set.has(plain(all[end - 1]!))) end--;
  return all.slice(0, end).join("");
}

export function strip(text: string, characters: string | null): string {
  return stripEnd(stripStart(text, characters), characters);
}

export function isSpace(text: string): boolean {
  return text !== "" && stripEnd(text, null) === "";
}

/** `str.split()` without a separator, from the left. */
export function splitWords(text: string, limit: number): string[] {
  const words: string[] = [];
  let rest = stripStart(text, null);
  const most = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  while (rest !== "" && words.length < most) {
    const match = spaces.exec(rest);
    if (!match) break;
    words.push(rest.slice(0, match.index));
    rest = rest.slice(match.index + match[0].length);
  }
  if (rest !== "") words.push(rest);
  return words;
}

/** The same from the right. */
export function splitWordsFromEnd(text: string, limit: number): string[] {
  if (limit < 0) return splitWords(text, limit);
  const words: string[] = [];
  let rest = stripEnd(text, null);
  while (rest !== "" && words.length < limit) {
    let start = rest.length;
    while (start > 0 && !trailingSpace.test(rest[start - 1]!)) start--;
    words.unshift(rest.slice(start));
    rest = stripEnd(rest.slice(0, start), null);
  }
  if (rest !== "") words.unshift(rest);
  return words;
}

const lineEnd = /\r\n|[\n\r\v\f\x1C-\x1E\x85\u2028\u2029]/g;

/** `str.splitlines`. */
export function splitLines(text: string, keepEnds: boolean): string[] {
  const lines: string[] = [];
  let start = 0;
  for (const match of text.matchAll(lineEnd)) {
    const end = match.index + match[0].length;
    lines.push(text.slice(start, keepEnds ? end : match.index));
    start = end;
  }
  if (start < text.length) lines.push(text.slice(start));
  return lines;
}

export function joinTexts(parts: readonly string[], separator: string): string {
  let size = separator.length * parts.length;
  for (const part of parts) size += part.length;
  checkSize(size);
  return parts.join(separator);
}

/** Replaces the first `count` occurrences; all of them where it is negative. */
export function replaceText(text: string, old: string, replacement: string, count: number): string {
  if (count === 0) return text;
  if (old === "") {
    const characters = Array.from(text);
    const places = characters.length + 1;
    const used = count < 0 ? places : Math.min(count, places);
    checkSize(text.length + used * replacement.length);
    let result = "";
    for (let index = 0; index < places; index++) {
      if (index < used) result += replacement;
      result += characters[index] ?? "";
    }
    return result;
  }
  const places = occurrences(text, old);
  if (count >= 0) places.length = Math.min(count, places.length);
  checkSize(text.length + places.length * (replacement.length - old.length));
  let result = "";
  let from = 0;
  for (const at of places) {
    result += text.slice(from, at) + inPlaceOf(text.slice(at, at + old.length), replacement);
    from = at + old.length;
  }
  return result + text.slice(from);
}

/** The places at which a text that is not empty stands in another, in order; where they overlap, the first counts, or the last. */
export function occurrences(text: string, wanted: string, fromEnd = false): number[] {
  const places: number[] = [];
  const [seen, sought] = [plain(text), plain(wanted)];
  const { length } = sought;
  if (!fromEnd) {
    for (let at = seen.indexOf(sought); at >= 0; at = seen.indexOf(sought, at + length)) places.push(at);
    return places;
  }
  for (let end = seen.length; end >= length;) {
    const at = seen.lastIndexOf(sought, end - length);
    if (at < 0) break;
    places.push(at);
    end = at;
  }
  return places.reverse();
}

/** The text between the places of a separator. */
export function splitAt(text: string, places: readonly number[], length: number): string[] {
  const starts = [0, ...places.map((at) => at + length)];
  return starts.map((start, index) => text.slice(start, places[index]));
}

/** Word by word: the first cased character in title case, the others in lower case. */
export function titleCase(text: string): string {
  let result = "";
  let inWord = false;
  let word = "";
  for (const character of text) {
    const cased = isCased(character);
    if (cased) word += inWord ? character : titleCharacter(character);
    if (!cased) {
      result += lowerTail(word) + character;
      word = "";
    }
    inWord = cased;
  }
  return result + lowerTail(word);
}

/** Lowers all but the first character of a word, which is in title case already; a final sigma is one at its end. */
function lowerTail(word: string): string {
  const first = Array.from(word)[0] ?? "";
  return first + lowerBehind(first, word.slice(first.length));
}

export function capitalize(text: string): string {
  const first = Array.from(text)[0] ?? "";
  return titleCharacter(first) + lowerBehind(first, text.slice(first.length));
}

/** Lower case for what stands behind a character: a sigma looks back to see whether it ends a word. */
function lowerBehind(first: string, rest: string): string {
  return (first + rest).toLowerCase().slice(first.toLowerCase().length);
}

export function isCased(character: string): boolean {
  return /[\p{Lu}\p{Ll}\p{Lt}\p{Uppercase}\p{Lowercase}]/u.test(character);
}

const digraphs: Readonly<Record<string, string>> = {
  "\u01C4": "\u01C5",
  "\u01C5": "\u01C5",
  "\u01C6": "\u01C5",
  "\u01C7": "\u01C8",
  "\u01C8": "\u01C8",
  "\u01C9": "\u01C8",
  "\u01CA": "\u01CB",
  "\u01CB": "\u01CB",
  "\u01CC": "\u01CB",
  "\u01F1": "\u01F2",
  "\u01F2": "\u01F2",
  "\u01F3": "\u01F2",
};

/** Unicode's title case of one character: JavaScript has none. Georgian letters keep theirs, ligatures open up. */
function titleCharacter(character: string): string {
  const digraph = digraphs[character];
  if (digraph !== undefined) return digraph;
  if (/[\u10D0-\u10FA\u10FD-\u10FF]/.test(character)) return character;
  const upper = character.toUpperCase();
  const [first = "", ...rest] = Array.from(upper);
  return rest.length === 0 || !/^\p{L}+$/u.test(upper) ? upper : first + rest.join("").toLowerCase();
}

/** `str.isprintable` for one character: what a repr shows as it is. */
export function isPrintable(character: string): boolean {
  return character === " " || !/[\p{C}\p{Z}]/u.test(character);
}
