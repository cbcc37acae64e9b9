import { anyChar, type CharRanges, normalizeRanges, pairsOf } from "../automata/char-automaton.ts";
import type { Thread } from "./closure.ts";
import { Matcher } from "./matcher.ts";

export type Explanation =
  | { readonly ok: true }
  | {
      readonly ok: false;
      /** Offset into the text, in UTF-16 units; the text's length where it stops too early. */
      readonly at: number;
      readonly expected: readonly string[];
      readonly found: string;
    };

/** How many alternatives an explanation lists. */
const listed = 12;

function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
}

function describeRanges(ranges: CharRanges): string {
  if (ranges === anyChar) return "any character";
  const parts: string[] = [];
  for (const [first, last] of pairsOf(normalizeRanges(pairsOf(ranges)))) {
    const [from, to] = [JSON.stringify(String.fromCodePoint(first)), JSON.stringify(String.fromCodePoint(last))];
    parts.push(from === to ? from : `${from} to ${to}`);
  }
  return parts.length > 6 ? [...parts.slice(0, 6), "…"].join(", ") : parts.join(", ");
}

function describeThread(thread: Thread): string | undefined {
  const { node } = thread;
  if (node.kind === "literal") {
    // A literal cut within a character is shown from that character's start.
    let at = 0;
    for (let bytes = 0; bytes < thread.state && at < node.text.length; at++) {
      const code = node.text.codePointAt(at) as number;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
      if (code > 0xffff) at++;
    }
    return quoted(node.text.slice(at));
  }
  if (node.kind === "dispatch") return "text";
  if (node.kind === "token") return "a token";
  const { automaton } = node;
  const ranges = automaton.chars.next(thread.state);
  const started = thread.state !== automaton.chars.start || thread.part !== automaton.startPart;
  if (!started) return node.label;
  if (automaton.ended(thread.part) || (ranges.length === 0 && automaton.accepts(thread.state, thread.part)))
    return undefined;
  return ranges.length === 0 ? `the end of ${node.label}` : `${node.label} (${describeRanges(ranges)})`;
}

/** Why the text is no sentence of the grammar: the first character that can't stand where it does, and what can. */
export function explain(start: Matcher, text: string): Explanation {
  const matcher = start.fork();
  // Most texts are right: only one that is not is read character by character.
  if (!matcher.push(text)) return explainRefusal(matcher, text);
  if (matcher.isComplete) return { ok: true };
  return { ok: false, at: text.length, expected: expectedAt(matcher), found: "the end of the text" };
}

/** The same for a text that the matcher does not take. */
function explainRefusal(matcher: Matcher, text: string): Explanation {
  let at = 0;
  for (const char of text) {
    if (!matcher.push(char)) break;
    at += char.length;
  }
  return { ok: false, at, expected: expectedAt(matcher), found: quoted(text.slice(at)) };
}

function expectedAt(matcher: Matcher): string[] {
  const expected = new Set<string>();
  for (const thread of matcher.threads) {
    const described = describeThread(thread);
    if (described !== undefined) expected.add(described);
  }
  if (matcher.isComplete) expected.add("the end of the text");
  const all = [...expected];
  return all.length > listed ? [...all.slice(0, listed), `… ${all.length - listed} more`] : all;
}
