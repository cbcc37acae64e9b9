import type { TokenLogprob } from "./engines/token-logprobs.ts";

/** A token and its characters in the text, `[start, end)` in UTF-16 units. */
export interface PlacedToken {
  readonly token: TokenLogprob;
  readonly start: number;
  /** Behind the text so far where the token begins a character that has not come yet. */
  readonly end: number;
}

/** How far behind its place a token is looked for where those before it are not found, for each of them. */
const searched = 32;

/** How many tokens wait for their text: more than a character has, or a server holds back. */
const maxWaiting = 256;

/** A character of the text, for each of its bytes. */
interface CharacterPlace {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the places of tokens in a text that comes piece by piece. Each stands where its own text does. What is not found (parts of
 * characters; tokens that a server writes down without their white space) has what is left between its neighbours: byte by byte
 * where the bytes are known, together where they are not. Parts of a character have all of it.
 */
export class TokenPlaces {
  #length = 0;
  #waiting: readonly TokenLogprob[] = [];
  /** How many bytes of the next character the tokens so far have. */
  #begun = 0;

  /** More of the text, and the tokens that come with it or before it. */
  add(text: string, tokens: readonly TokenLogprob[]): readonly PlacedToken[] {
    const all = this.#waiting.length === 0 ? tokens : [...this.#waiting, ...tokens];
    if (text === "") {
      this.#waiting = all.slice(-maxWaiting);
      return [];
    }
    const from = this.#length;
    this.#length += text.length;
    const placed: PlacedToken[] = [];
    let missing: TokenLogprob[] = [];
    let cursor = 0;
    for (const token of all) {
      const ahead = token.token === "" || this.#begun > 0 ? -1 : find(token.token, text, cursor, missing.length);
      if (ahead < 0) {
        missing.push(token);
        continue;
      }
      const end = cursor + ahead + token.token.length;
      // Servers that write down tokens one by one lose the white space that some begin with.
      const start = missing.length === 0 ? cursor : cursor + ahead;
      if (missing.length > 0)
        placed.push(...this.#share(missing, text.slice(cursor, start), from + cursor, from + end));
      placed.push({ token, start: from + start, end: from + end });
      missing = [];
      cursor = end;
    }
    if (missing.length > 0 && cursor < text.length) {
      placed.push(...this.#share(missing, text.slice(cursor), from + cursor, undefined));
      missing = [];
    }
    this.#waiting = missing.slice(-maxWaiting);
    return placed;
  }

  /** `next`: where the token ends that was found behind the stretch; undefined at the end of the text so far. */
  #share(
    tokens: readonly TokenLogprob[],
    stretch: string,
    from: number,
    next: number | undefined,
  ): readonly PlacedToken[] {
    if (stretch === "") {
      // Parts of a character whose text came with the last of them; others have no text at all.
      const parts = tokens.filter(({ token }) => token === "" || token.includes("\uFFFD"));
      return parts.map((token) => ({ token, start: from, end: next ?? from }));
    }
    const places = placesOfBytes(stretch);
    const begun = this.#begun;
    const beyond = tokens.reduce((sum, { bytes }) => sum + (bytes?.length ?? NaN), begun) - places.length;
    this.#begun = 0;
    if (!(beyond === 0 || (next === undefined && beyond > 0 && beyond < 4)))
      return tokens.map((token) => ({ token, start: from, end: from + stretch.length }));
    this.#begun = beyond;
    const behind = { start: stretch.length, end: stretch.length + 1 };
    let at = begun;
    return tokens.map((token) => {
      const first = places[at] ?? behind;
      at += token.bytes!.length;
      const last = at > 0 ? (places[at - 1] ?? behind) : first;
      return { token, start: from + first.start, end: from + Math.max(first.end, last.end) };
    });
  }
}

/** How far behind `from` a token's text begins, behind so many that are not found; -1 if it is too far. */
function find(token: string, text: string, from: number, missing: number): number {
  if (missing > 0) return text.slice(from, from + missing * searched + token.length).indexOf(token);
  if (text.startsWith(token, from)) return 0;
  return text.startsWith(` ${token}`, from) ? 1 : -1;
}

/** For each byte of the text's UTF-8, the character that it is of. */
function placesOfBytes(text: string): readonly CharacterPlace[] {
  const encoder = new TextEncoder();
  const places: CharacterPlace[] = [];
  let start = 0;
  for (const character of text) {
    const place = { start, end: start + character.length };
    for (const _ of encoder.encode(character)) places.push(place);
    start = place.end;
  }
  return places;
}
