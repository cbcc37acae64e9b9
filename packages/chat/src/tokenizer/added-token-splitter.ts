import type { AddedToken } from "./tokenizer-file.ts";

/** A stretch of a text: a token that was found in it, or what stands between. */
export interface Section {
  readonly start: number;
  readonly text: string;
  readonly token?: AddedToken;
}

/** Whether the token may be taken from these characters of the text. */
export type Allows = (token: AddedToken, start: number, end: number) => boolean;

interface Node {
  readonly next: Map<number, Node>;
  token?: AddedToken;
}

interface Match {
  readonly token: AddedToken;
  readonly end: number;
}

const wordBefore = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D]$/u;
const wordBehind = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\u200C\u200D]/u;

/** Finds tokens in text as the Rust library does: the leftmost, and of those the longest. */
export class AddedTokenSplitter {
  readonly #root: Node = { next: new Map() };

  /** `spelling`: what a token is searched for as, where that is not its own text. */
  constructor(tokens: readonly AddedToken[], spelling?: (token: AddedToken) => string) {
    for (const token of tokens) {
      let node = this.#root;
      const content = spelling?.(token) ?? token.content;
      for (let at = 0; at < content.length; at++) {
        const unit = content.charCodeAt(at);
        let next = node.next.get(unit);
        if (!next) node.next.set(unit, (next = { next: new Map() }));
        node = next;
      }
      if (node !== this.#root) node.token = token;
    }
  }

  /** The whole text in order; no section is empty. */
  split(text: string, allows?: Allows): Section[] {
    const { next: openers } = this.#root;
    const sections: Section[] = [];
    let from = 0;
    const close = (end: number): void => {
      if (end > from) sections.push({ start: from, text: text.slice(from, end) });
    };
    for (let at = 0; openers.size > 0 && at < text.length;) {
      const node = openers.get(text.charCodeAt(at));
      const match = node && longest(text, at, node, allows);
      if (!match) {
        at++;
        continue;
      }
      const { token } = match;
      const [start, end] = reach(token, text, at, match.end, from);
      at = match.end;
      if (token.singleWord && (wordBefore.test(before(text, start)) || wordBehind.test(behind(text, end)))) continue;
      close(start);
      sections.push({ start, text: text.slice(start, end), token });
      from = end;
      at = end;
    }
    close(text.length);
    return sections;
  }
}

function longest(text: string, start: number, first: Node, allows: Allows | undefined): Match | undefined {
  let found: Match | undefined;
  let node: Node | undefined = first;
  for (let end = start + 1; node; end++) {
    if (node.token && (!allows || allows(node.token, start, end))) found = { token: node.token, end };
    node = end < text.length ? node.next.get(text.charCodeAt(end)) : undefined;
  }
  return found;
}

/** What the token takes of the text: white space around it as well, where it says so. */
function reach(token: AddedToken, text: string, start: number, end: number, from: number): [number, number] {
  let [first, last] = [start, end];
  if (token.lstrip) while (first > from && /\s/.test(text[first - 1]!)) first--;
  if (token.rstrip) while (last < text.length && /\s/.test(text[last]!)) last++;
  return [first, last];
}

/** The character at either side of a place. */
function before(text: string, at: number): string {
  return text.slice(Math.max(0, at - 2), at);
}

function behind(text: string, at: number): string {
  return text.slice(at, at + 2);
}
