import {
  anyChar,
  type CharRanges,
  complementRanges,
  intersectRanges,
  normalizeRanges,
} from "../automata/char-automaton.ts";

export type EbnfTree =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "chars"; readonly ranges: CharRanges }
  | { readonly kind: "rule"; readonly name: string }
  | { readonly kind: "sequence"; readonly items: readonly EbnfTree[] }
  | { readonly kind: "choice"; readonly items: readonly EbnfTree[] }
  | { readonly kind: "repeat"; readonly item: EbnfTree; readonly min: number; readonly max: number };

export type EbnfRules = ReadonlyMap<string, EbnfTree>;

/** What is wrong with a grammar, and on which line. */
export class EbnfError extends Error {
  override readonly name = "EbnfError";
}

const deepest = 200;
const name = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const simpleEscapes: { readonly [letter: string]: string } = {
  n: "\n",
  r: "\r",
  t: "\t",
  "0": "\0",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  e: "\x1b",
};
const codeLengths: { readonly [letter: string]: number } = { x: 2, u: 4, U: 8 };

/**
 * GBNF as llama.cpp and xgrammar write it: `name ::= "text" [a-z] other* ( a | b ){2,3} # comment`.
 * A rule ends where the next `name ::=` stands. xgrammar's look-ahead and its `TagDispatch(…)` forms are refused.
 */
export function parseEbnf(source: string): EbnfRules {
  return new Reader(source).rules();
}

class Reader {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  rules(): EbnfRules {
    const rules = new Map<string, EbnfTree>();
    for (this.#space(); this.#at < this.#source.length; this.#space()) {
      const rule = this.#name() ?? this.#fail("a rule name is expected");
      this.#space();
      if (!this.#take("::=")) this.#fail(`"::=" is expected behind ${rule}`);
      if (rules.has(rule)) this.#fail(`the rule ${rule} is defined twice`);
      rules.set(rule, this.#choice());
    }
    return rules;
  }

  #fail(what: string): never {
    const line = this.#source.slice(0, this.#at).split("\n").length;
    throw new EbnfError(`${what} on line ${line}`);
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  /** White space and comments. */
  #space(): void {
    for (;;) {
      const char = this.#source.charAt(this.#at);
      if (char === "#") {
        const end = this.#source.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#source.length : end;
      } else if (char !== "" && " \t\r\n".includes(char)) this.#at++;
      else return;
    }
  }

  #name(): string | undefined {
    name.lastIndex = this.#at;
    const found = name.exec(this.#source)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Whether the next rule begins here. */
  #atRule(): boolean {
    const mark = this.#at;
    const found = this.#name();
    this.#space();
    const begins = found !== undefined && this.#source.startsWith("::=", this.#at);
    this.#at = mark;
    return begins;
  }

  #choice(): EbnfTree {
    const items = [this.#sequence()];
    while (this.#take("|")) items.push(this.#sequence());
    return items.length === 1 ? (items[0] as EbnfTree) : { kind: "choice", items };
  }

  #sequence(): EbnfTree {
    const items: EbnfTree[] = [];
    for (this.#space(); this.#at < this.#source.length; this.#space()) {
      const char = this.#source.charAt(this.#at);
      if (char === "|" || char === ")" || this.#atRule()) break;
      items.push(this.#repeated());
    }
    return items.length === 1 ? (items[0] as EbnfTree) : { kind: "sequence", items };
  }

  #repeated(): EbnfTree {
    let item = this.#item();
    for (;;) {
      const bounds = this.#bounds();
      if (bounds === undefined) return item;
      item = { kind: "repeat", item, min: bounds[0], max: bounds[1] };
    }
  }

  #bounds(): readonly [number, number] | undefined {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    const counted = /^\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\}/.exec(this.#source.slice(this.#at, this.#at + 60));
    if (counted === null) return undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1]);
    const max = counted[2] === undefined ? min : counted[3] === "" ? Infinity : Number(counted[3]);
    if (max < min) this.#fail("numbers out of order in a repetition");
    return [min, max];
  }

  #item(): EbnfTree {
    if (this.#take('"')) return { kind: "literal", text: this.#quoted() };
    if (this.#take("[")) return { kind: "chars", ranges: this.#class() };
    if (this.#take(".")) return { kind: "chars", ranges: anyChar };
    if (this.#take("(")) {
      if (this.#source.charAt(this.#at) === "=") this.#fail("look-ahead is not translated");
      if (++this.#depth > deepest) this.#fail("groups are nested too deeply");
      const tree = this.#choice();
      this.#depth--;
      if (!this.#take(")")) this.#fail('")" is expected');
      return tree;
    }
    const rule = this.#name() ?? this.#fail(`${JSON.stringify(this.#source.charAt(this.#at))} is not expected`);
    if (this.#source.charAt(this.#at) === "(") this.#fail(`${rule}(…) is not translated`);
    return { kind: "rule", name: rule };
  }

  #quoted(): string {
    let text = "";
    while (!this.#take('"')) text += this.#char("a text");
    return text;
  }

  #class(): CharRanges {
    const negated = this.#take("^");
    const pairs: (readonly [number, number])[] = [];
    while (!this.#take("]")) {
      const from = this.#char("a character class").codePointAt(0) as number;
      const isRange = this.#source.charAt(this.#at) === "-" && this.#source.charAt(this.#at + 1) !== "]";
      if (isRange) this.#at++;
      const to = isRange ? (this.#char("a character class").codePointAt(0) as number) : from;
      if (to < from) this.#fail("a character range is out of order");
      pairs.push([from, to]);
    }
    const ranges = intersectRanges(normalizeRanges(pairs), anyChar);
    return negated ? complementRanges(ranges) : ranges;
  }

  /** One character, escaped or not. */
  #char(within: string): string {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) return this.#fail(`${within} is not closed`);
    const char = String.fromCodePoint(code);
    this.#at += char.length;
    if (char !== "\\") return char;
    const letter = this.#source.charAt(this.#at++);
    const simple = simpleEscapes[letter];
    if (simple !== undefined) return simple;
    const length = codeLengths[letter];
    if (length === undefined) {
      if (letter === "" || /[A-Za-z0-9]/.test(letter)) this.#fail(`the escape \\${letter} is unknown`);
      return letter;
    }
    const digits = this.#source.slice(this.#at, this.#at + length);
    const value = Number.parseInt(digits, 16);
    if (!/^[0-9a-fA-F]+$/.test(digits) || digits.length < length || value > 0x10ffff)
      this.#fail("a character code is malformed");
    this.#at += length;
    return String.fromCodePoint(value);
  }
}
