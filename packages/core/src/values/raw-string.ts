import { escapeJson, isSpace } from "./json-scalars.ts";

const OPEN = 0;
const INSIDE = 1;
const COMMA = 2;
const CLOSED = 3;

/** White space behind a delimiter that is looked across to see whether it closes. */
const maxBlank = 64;

/**
 * Reads a string between delimiters, `<|"|>Paris<|"|>`, which knows no escapes: the inside of a JSON string. Its own
 * delimiter inside it is data, unless something follows that may follow a string.
 */
export class RawString {
  done = false;
  failed: string | undefined;
  /** It has just gone on into the next member, because its closing delimiter was left out; the caller takes note. */
  hasLostDelimiter = false;

  readonly #quote: string;
  readonly #first: string;
  readonly #follows: string;
  readonly #isMember: boolean;
  readonly #mayEnd: RegExp;
  #state = OPEN;
  #out = "";
  #matched = 0;
  #held = "";

  /** `isMember`: it is a value of an object, so that another key may follow. */
  constructor(quote: string, isKey: boolean, isMember: boolean) {
    this.#quote = quote;
    this.#first = quote[0]!;
    this.#follows = isKey ? ":=" : ",}])";
    this.#isMember = isMember && !isKey;
    this.#mayEnd = new RegExp(`[,${this.#first.replace(/[\\\]^-]/, "\\$&")}]`, "g");
  }

  take(): string {
    const out = this.#out;
    this.#out = "";
    return out;
  }

  /** What is held back, as the inside of a JSON string. */
  get held(): string {
    return this.#state === COMMA ? escapeJson(this.#held) : "";
  }

  read(text: string, at: number): number {
    let i = at;
    this.hasLostDelimiter = false;
    while (i < text.length && !this.done && this.failed === undefined && !this.hasLostDelimiter) {
      if (this.#state === OPEN) i = this.#open(text, i);
      else if (this.#state === INSIDE) i = this.#inside(text, i);
      else if (this.#state === COMMA) i = this.#comma(text, i);
      else i = this.#closed(text, i);
    }
    return i;
  }

  #open(text: string, i: number): number {
    if (text[i] !== this.#quote[this.#matched]) {
      this.failed = `expected ${this.#quote}`;
      return i;
    }
    if (++this.#matched === this.#quote.length) {
      this.#matched = 0;
      this.#state = INSIDE;
    }
    return i + 1;
  }

  #inside(text: string, start: number): number {
    let i = start;
    if (this.#matched === 0) {
      this.#mayEnd.lastIndex = i;
      const next = this.#mayEnd.exec(text)?.index ?? text.length;
      if (next > i) this.#out += escapeJson(text.slice(i, next));
      if (next === text.length) return next;
      i = next;
      if (text[i] !== this.#first) {
        if (this.#isMember) {
          this.#held = "";
          this.#state = COMMA;
          return i;
        }
        this.#out += text[i]!;
        return i + 1;
      }
    }
    if (text[i] !== this.#quote[this.#matched]) {
      this.#out += escapeJson(this.#quote.slice(0, this.#matched));
      this.#matched = 0;
      return i;
    }
    if (++this.#matched === this.#quote.length) {
      this.#matched = 0;
      this.#held = this.#quote;
      this.#state = CLOSED;
    }
    return i + 1;
  }

  /**
   * `{city:<|"|>Paris,unit:<|"|>C<|"|>}`
   *                            ^ the delimiter was left out: what looks like the next member is the next member
   * `{city:<|"|>Paris,unit:<|"|>}`
   *                            ^ unless its delimiter is followed by what follows a string that ends
   */
  #comma(text: string, i: number): number {
    const character = text[i]!;
    const member = /^,\s{0,8}([\w-]{1,64})\s?[:=](.*)$/s.exec(this.#held);
    if (member?.[2]!.startsWith(this.#quote)) {
      const blank = member[2]!.slice(this.#quote.length);
      if (isSpace(text.charCodeAt(i)) && blank.length < maxBlank) {
        this.#held += character;
        return i + 1;
      }
      if (this.#follows.includes(character)) {
        this.#out += escapeJson(this.#held.slice(0, -this.#quote.length - blank.length));
        this.#held = "";
        this.done = true;
        return i;
      }
      this.hasLostDelimiter = true;
      this.#out += `","${member[1]}":"${escapeJson(blank)}`;
      this.#state = INSIDE;
      return i;
    }
    this.#held += character;
    const quote = /^,\s{0,8}[\w-]{1,64}\s?[:=](.*)$/s.exec(this.#held)?.[1];
    const isOpen = quote === undefined ? /^,\s{0,8}[\w-]{0,64}\s?$/.test(this.#held) : this.#quote.startsWith(quote);
    if (isOpen) return i + 1;
    this.#state = INSIDE;
    // The last character may start something of its own; the comma itself cannot.
    const isAlone = this.#held.length === 1;
    this.#out += escapeJson(isAlone ? this.#held : this.#held.slice(0, -1));
    return isAlone ? i + 1 : i;
  }

  /**
   * `{city:<|"|>Paris<|"|>,…`
   *                      ^ it closes only before what may follow a string
   */
  #closed(text: string, i: number): number {
    if (this.#follows.includes(text[i]!)) {
      this.done = true;
      return i;
    }
    if (isSpace(text.charCodeAt(i)) && this.#held.length < this.#quote.length + maxBlank) {
      this.#held += text[i]!;
      return i + 1;
    }
    this.#out += escapeJson(this.#held);
    this.#held = "";
    this.#state = INSIDE;
    return i;
  }
}
