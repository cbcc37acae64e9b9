/** Rules as text in the notation of llama.cpp (GBNF), which xgrammar's EBNF shares. */
import type { Format, JsonSchemaFormat } from "../structural-tag.ts";
import {
  choice,
  complement,
  emptyRules,
  isNothing,
  lastCharacter,
  mayBeEmpty,
  repeat,
  RuleSet,
  sequence,
  star,
  without,
  type Expression,
  type Ranges,
  type Rules,
} from "./expression.ts";
import { freeTextRules } from "./free-text.ts";
import { SchemaRules } from "./json-schema.ts";
import { LoweringError, type Refusals } from "./lowering-error.ts";
import { TagRules } from "./tag-rules.ts";

export interface BnfOptions {
  readonly refusals: Refusals;
  /** The largest count of a repetition that the engine takes. */
  readonly mostRepeated: number;
  /** Where the format stands in its tag. */
  readonly path?: string;
  /** Classes that name characters beyond ASCII are read wrong, as xgrammar 0.1.28 does. Default false. */
  readonly hasAsciiClasses?: boolean;
  /** The ends of the tag around it. */
  readonly ends?: readonly string[];
}

/** The grammar of a tag, its start in the rule `root`. */
export function bnfOf(format: Format, options: BnfOptions): string {
  const { refusals, path = "format", ends = [] } = options;
  const rules = new RuleSet();
  const json = ({ json_schema: schema, max_whitespace_cnt: longest }: JsonSchemaFormat, place: string): Expression =>
    new SchemaRules(schema, { rules, refusals, longestGap: longest ?? Infinity }).start(`${place}.json_schema`);
  const share = (expression: Expression): Expression => rules.define("tag", expression);
  const start = new TagRules({ rules, refusals, json, share }).format(format, path, ends);
  const writer = new BnfWriter(rules, options);
  const lines = writer.lines(start);
  writer.checkRepetitions(start);
  return `${lines.join("\n")}\n`;
}

/** Rules as a grammar, its start in the rule `root`, which no rule refers to. */
export function bnfOfRules(start: Expression, rules: Rules, options: BnfOptions): string {
  const set = new RuleSet();
  for (const [name, body] of rules) if (name !== "root") set.rules.set(name, body);
  return `${new BnfWriter(set, options).lines(start).join("\n")}\n`;
}

class BnfWriter {
  readonly #rules: RuleSet;
  readonly #options: BnfOptions;
  /** The rules referred to, in that order. */
  readonly #wanted = new Set<string>();
  /** Equal free texts share their rules. */
  readonly #free = new Map<string, Expression>();

  constructor(rules: RuleSet, options: BnfOptions) {
    this.#rules = rules;
    this.#options = options;
  }

  get #path(): string {
    return this.#options.path ?? "format";
  }

  /** The start as the rule `root`, and every rule that it comes to. */
  lines(start: Expression): readonly string[] {
    const lines = [`root ::= ${this.#write(start, 0)}`];
    for (const name of this.#wanted) {
      const body = this.#rules.rules.get(name)!;
      if (isNothing(body)) throw new LoweringError(this.#path, `nothing satisfies what the rule ${name} is made from`);
      lines.push(`${name} ::= ${this.#write(body, 0)}`);
    }
    return lines;
  }

  /** `level`: 0 inside a rule or group, 1 inside a choice, 2 inside a sequence, 3 before a count. */
  #write(expression: Expression, level: number): string {
    const group = (written: string, own: number): string => (level > own ? `(${written})` : written);
    switch (expression.kind) {
      case "text":
        return quoted(expression.text);
      case "class":
        return this.#class(expression.ranges);
      case "rule":
        this.#wanted.add(expression.name);
        return expression.name;
      case "sequence":
        if (expression.items.length === 0) return '""';
        return group(expression.items.map((item) => this.#write(item, 2)).join(" "), 1);
      case "choice":
        return group(expression.items.map((item) => this.#write(item, 1)).join(" | "), 0);
      case "repeat":
        return this.#repeated(expression);
      case "free": {
        const key =
          expression.triggers.length === 0 ? JSON.stringify([expression.excludes, expression.most]) : undefined;
        const known = key === undefined ? undefined : this.#free.get(key);
        const made = known ?? freeTextRules(expression, this.#rules, this.#path);
        if (key !== undefined) this.#free.set(key, made);
        return this.#write(made, level);
      }
      case "json":
      case "token":
      case "until":
        throw new TypeError(`${expression.kind} is not written in BNF`);
    }
  }

  #class(ranges: Ranges): string {
    const written = classOf(ranges);
    if (this.#options.hasAsciiClasses === true && !written.startsWith("[^") && ranges.some(([, to]) => to > 0x7f)) {
      throw new LoweringError(this.#path, "a class of characters beyond ASCII");
    }
    return written;
  }

  #repeated({ item, min, max }: Expression & { readonly kind: "repeat" }): string {
    const counted = max === Infinity ? min : max;
    if (counted > this.#options.mostRepeated) return this.#write(this.#inBlocks(item, min, max), 3);
    // A count of something compound would be multiplied out: a rule of its own is not.
    const isSimple =
      item.kind === "class" || item.kind === "rule" || (item.kind === "text" && [...item.text].length === 1);
    const written =
      isSimple || counted <= 1 ? this.#write(item, 3) : this.#write(this.#rules.define("repeated", item), 3);
    if (min === 0 && max === 1) return `${written}?`;
    if (max === Infinity && min <= 1) return `${written}${min === 0 ? "*" : "+"}`;
    return `${written}{${min}${min === max ? "" : max === Infinity ? "," : `,${max}`}}`;
  }

  /** A count that the engine does not take, by as many at once as there are times that many. */
  #inBlocks(item: Expression, min: number, max: number): Expression {
    const size = Math.ceil(Math.sqrt(max === Infinity ? min : max));
    const block = this.#rules.define("block", repeat(item, size, size));
    const blocks = (count: number): Expression => repeat(block, count, count);
    const least = sequence(blocks(Math.floor(min / size)), repeat(item, min % size, min % size));
    if (max === Infinity) return sequence(least, star(item));
    const [whole, left] = [Math.floor((max - min) / size), (max - min) % size];
    const last = sequence(blocks(whole), repeat(item, 0, left));
    // The shorter ones apart: with one count behind the other an engine would follow every way to share what it read.
    const shorter = sequence(repeat(block, 0, whole - 1), repeat(item, 0, size - 1));
    return sequence(least, whole === 0 ? last : choice(shorter, last));
  }

  /** llama.cpp takes the repetition of what may be empty for a rule that begins with itself. */
  checkRepetitions(start: Expression): void {
    const { rules } = this.#rules;
    const empties = emptyRules(rules);
    const visit = (expression: Expression): void => {
      if (expression.kind === "repeat") {
        if (expression.max > 1 && mayBeEmpty(expression.item, empties)) {
          throw new LoweringError(this.#path, "a repetition of what may be empty");
        }
        visit(expression.item);
      } else if ("items" in expression) expression.items.forEach(visit);
    };
    [start, ...rules.values()].forEach(visit);
  }
}

const controls: { readonly [character: string]: string } = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `\\x` is left alone: xgrammar takes as many digits as follow it, llama.cpp two. */
function escaped(code: number): string {
  const digits = code.toString(16).toUpperCase();
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}

function quoted(text: string): string {
  const body = [...text].map((character) => {
    if (character === '"' || character === "\\") return `\\${character}`;
    const code = character.codePointAt(0)!;
    return controls[character] ?? (code < 0x20 || code === 0x7f ? escaped(code) : character);
  });
  return `"${together(body)}"`;
}

/** Halves of characters, which no text holds. */
const surrogates: Ranges = [[0xd800, 0xdfff]];

/**
 * Only letters and digits stand for themselves in a class: engines differ in what else may. Older xgrammars take a negated
 * class for one of ASCII characters, so that one of others is written the other way round.
 */
function classOf(ranges: Ranges): string {
  const others = complement(ranges);
  const isOpen = ranges.at(-1)![1] === lastCharacter && others.every(([, to]) => to < 0x80);
  const written = (isOpen ? others : ofOneLength(without(ranges, surrogates))).map(([from, to]) => {
    const [first, last] = [from, to].map(inClass);
    if (from === to) return first!;
    return from + 1 === to ? together([first!, last!]) : `${first}-${last}`;
  });
  // `[^]` is no class: any character is one that is not beyond the last one.
  if (isOpen && written.length === 0) return "[^\\u0000]";
  return `[${isOpen ? "^" : ""}${together(written)}]`;
}

/** Older xgrammars take any digits behind the code of a character for more of it: they become codes themselves. */
const together = (written: readonly string[]): string =>
  written.reduce((before, next) => {
    const isTaken = /\\[uU][\dA-F]+$/.test(before) && /^[\da-fA-F]/.test(next);
    return before + (isTaken ? escaped(next.codePointAt(0)!) + next.slice(1) : next);
  }, "");

/** Ranges of characters whose UTF-8 is of one length: older xgrammars get others wrong. */
function ofOneLength(ranges: Ranges): Ranges {
  const bands: Ranges = [
    [0, 0x7f],
    [0x80, 0x7ff],
    [0x800, 0xffff],
    [0x10000, lastCharacter],
  ];
  return ranges.flatMap(([from, to]) =>
    bands.flatMap(([low, high]) =>
      from <= high && to >= low ? [[Math.max(from, low), Math.min(to, high)] as const] : [],
    ),
  );
}

function inClass(code: number): string {
  const character = String.fromCodePoint(code);
  if (/[a-zA-Z0-9]/.test(character)) return character;
  return controls[character] ?? escaped(code);
}
