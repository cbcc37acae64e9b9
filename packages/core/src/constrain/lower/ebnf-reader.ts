import {
  anyCharacter,
  choice,
  complement,
  oneOf,
  repeat,
  sequence,
  text,
  type Expression,
  type Rules,
} from "./expression.ts";

/** What is wrong with a grammar, and on which line. */
export class EbnfError extends Error {
  override readonly name = "EbnfError";
}

const ruleName = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const escapes: { readonly [letter: string]: string } = {
  n: "\n",
  r: "\r",
  t: "\t",
  f: "\f",
  v: "\v",
  b: "\b",
  a: "\x07",
  e: "\x1b",
  "0": "\0",
};
const codeLengths: { readonly [letter: string]: number } = { x: 2, u: 4, U: 8 };
const deepest = 200;

/**
 * EBNF as llama.cpp and xgrammar write it, `name ::= "text" [a-z] other* ( a | b ){2,3} # comment`, as rules by their names:
 * texts, classes, rules, sequences, choices and repetitions. A rule ends where the next `name ::=` stands; there is one named
 * `root`. xgrammar's look-ahead and its `TagDispatch(…)` forms are refused, with an `EbnfError`.
 */
export function readEbnf(source: string): Rules {
  return new EbnfReader(source).read();
}

class EbnfReader {
  readonly #source: string;
  readonly #rules: Rules = new Map();
  readonly #used = new Set<string>();
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  read(): Rules {
    for (this.#space(); this.#at < this.#source.length; this.#space()) {
      const name = this.#name() ?? this.#fail("the name of a rule is expected");
      this.#space();
      if (!this.#take("::=")) this.#fail(`"::=" is expected behind ${name}`);
      if (this.#rules.has(name)) this.#fail(`the rule ${name} is defined twice`);
      this.#rules.set(name, this.#choice());
    }
    for (const name of this.#used) {
      if (!this.#rules.has(name)) throw new EbnfError(`the rule ${name} is not defined`);
    }
    if (!this.#rules.has("root")) throw new EbnfError("it has no rule root");
    return this.#rules;
  }

  #fail(what: string): never {
    const line = this.#source.slice(0, this.#at).split("\n").length;
    throw new EbnfError(`${what}, on line ${line}`);
  }

  #take(what: string): boolean {
    if (!this.#source.startsWith(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  /** White space and comments. */
  #space(): void {
    for (;;) {
      const character = this.#source.charAt(this.#at);
      if (character === "#") {
        const end = this.#source.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#source.length : end;
      } else if (character !== "" && " \t\r\n".includes(character)) this.#at++;
      else return;
    }
  }

  #name(): string | undefined {
    ruleName.lastIndex = this.#at;
    const found = ruleName.exec(this.#source)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #atRule(): boolean {
    const mark = this.#at;
    const name = this.#name();
    this.#space();
    const begins = name !== undefined && this.#source.startsWith("::=", this.#at);
    this.#at = mark;
    return begins;
  }

  #choice(): Expression {
    const items = [this.#sequence()];
    while (this.#take("|")) items.push(this.#sequence());
    return choice(...items);
  }

  #sequence(): Expression {
    const items: Expression[] = [];
    for (this.#space(); this.#at < this.#source.length; this.#space()) {
      if ("|)".includes(this.#source.charAt(this.#at)) || this.#atRule()) break;
      items.push(this.#repeated());
    }
    return sequence(...items);
  }

  #repeated(): Expression {
    let item = this.#item();
    for (;;) {
      const counted = /^(?:[*+?]|\{\s*(\d+)\s*(?:(,)\s*(\d*)\s*)?\})/.exec(this.#source.slice(this.#at, this.#at + 60));
      if (!counted) return item;
      this.#at += counted[0].length;
      const [sign, least, comma, most] = counted;
      const min = sign === "+" ? 1 : least === undefined ? 0 : Number(least);
      const upper = most === "" ? Infinity : Number(most);
      const max = sign === "?" ? 1 : least === undefined ? Infinity : comma === undefined ? min : upper;
      if (max < min) this.#fail("counts out of order");
      item = repeat(item, min, max);
    }
  }

  #item(): Expression {
    if (this.#take('"')) return this.#quoted();
    if (this.#take("[")) return this.#class();
    if (this.#take(".")) return anyCharacter;
    if (this.#take("(")) {
      if (this.#source.charAt(this.#at) === "=") this.#fail("look-ahead is not read");
      if (++this.#depth > deepest) this.#fail("groups are nested too deeply");
      const inside = this.#choice();
      this.#depth--;
      if (!this.#take(")")) this.#fail('")" is expected');
      return inside;
    }
    const name = this.#name() ?? this.#fail(`${JSON.stringify(this.#source.charAt(this.#at))} is not expected`);
    if (this.#source.charAt(this.#at) === "(") this.#fail(`${name}(…) is not read`);
    this.#used.add(name);
    return { kind: "rule", name };
  }

  #quoted(): Expression {
    let value = "";
    while (!this.#take('"')) value += this.#character("a text");
    return text(value);
  }

  #class(): Expression {
    const negated = this.#take("^");
    const ranges: [number, number][] = [];
    while (!this.#take("]")) {
      const from = this.#character("a class of characters").codePointAt(0)!;
      const isRange = this.#source.charAt(this.#at) === "-" && this.#source.charAt(this.#at + 1) !== "]";
      if (isRange) this.#at++;
      const to = isRange ? this.#character("a class of characters").codePointAt(0)! : from;
      if (to < from) this.#fail("a range of characters out of order");
      ranges.push([from, to]);
    }
    return oneOf(negated ? complement(ranges) : ranges);
  }

  #character(within: string): string {
    const code = this.#source.codePointAt(this.#at) ?? this.#fail(`${within} is not closed`);
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    if (character !== "\\") return character;
    const letter = this.#source.charAt(this.#at++);
    const length = codeLengths[letter];
    if (length === undefined) {
      const escaped = escapes[letter];
      if (escaped === undefined && (letter === "" || /[A-Za-z0-9]/.test(letter))) {
        this.#fail(`the escape \\${letter} is unknown`);
      }
      return escaped ?? letter;
    }
    const digits = this.#source.slice(this.#at, this.#at + length);
    const value = Number.parseInt(digits, 16);
    if (!/^[\da-fA-F]+$/.test(digits) || digits.length < length || value > 0x10ffff) this.#fail("a malformed code");
    this.#at += length;
    return String.fromCodePoint(value);
  }
}
