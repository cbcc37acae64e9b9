import type { RandomSource } from "../ir.ts";
import { type CharAutomaton, type CharRanges, reaches } from "./char-automaton.ts";

/** How many states the way to the nearest end may lead through. */
const searchLimit = 50_000;

function randomChar(ranges: CharRanges, random: RandomSource): number {
  const printable = ranges.length > 2 && reaches(ranges, 0x20, 0x7e) && random() < 0.9;
  const choices: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) {
    if (!printable || ((ranges[i] as number) <= 0x7e && (ranges[i + 1] as number) >= 0x20)) choices.push(i);
  }
  const at = choices[Math.floor(random() * choices.length)] as number;
  let from = ranges[at] as number;
  let to = ranges[at + 1] as number;
  if (reaches([from, to], 0x20, 0x7e) && random() < 0.9) {
    from = Math.max(from, 0x20);
    to = Math.min(to, 0x7e);
  }
  return from + Math.floor(random() * (to - from + 1));
}

/** A text from `state` to an end, if one is near: the shortest, or what the automaton has for it. */
export function shortestEnd(chars: CharAutomaton, state: number): string | undefined {
  const known = chars.ending?.(state);
  if (known !== undefined) return known;
  const from = new Map<number, readonly [number, number] | undefined>([[state, undefined]]);
  const queue = [state];
  for (let i = 0; i < queue.length && queue.length < searchLimit; i++) {
    const at = queue[i] as number;
    if (chars.accepts(at)) {
      const text: string[] = [];
      for (let step = from.get(at); step !== undefined; step = from.get(step[0]))
        text.push(String.fromCodePoint(step[1]));
      return text.reverse().join("");
    }
    const ranges = chars.next(at);
    for (let r = 0; r < ranges.length; r += 2) {
      const char = ranges[r] as number;
      const to = chars.step(at, char);
      if (to < 0 || from.has(to)) continue;
      from.set(to, [at, char]);
      queue.push(to);
    }
  }
  return undefined;
}

/** A random text of about `length` characters, then the shortest way to an end. */
export function sampleChars(
  chars: CharAutomaton,
  random: RandomSource,
  length: number,
): { readonly text: string; readonly state: number } {
  const text: string[] = [];
  let state = chars.start;
  const wanted = Math.floor(random() * (length + 1));
  for (let i = 0; i < wanted * 4; i++) {
    if (i >= wanted && chars.accepts(state)) break;
    const ranges = chars.next(state);
    if (ranges.length === 0) break;
    const char = randomChar(ranges, random);
    state = chars.step(state, char);
    text.push(String.fromCodePoint(char));
  }
  if (!chars.accepts(state)) {
    const rest = shortestEnd(chars, state);
    if (rest === undefined) throw new RangeError("no end of the text within reach");
    for (const char of rest) state = chars.step(state, char.codePointAt(0) as number);
    text.push(rest);
  }
  return { text: text.join(""), state };
}
