import { GrammarError } from "../error.ts";
import { anyChar, type CharRanges, complementRanges } from "../automata/char-automaton.ts";
import { RegexError, type RegexTree } from "../regex/parse.ts";
import { parseLark } from "./parse.ts";
import { parseRustRegex, repeatTree, sequenceTree } from "./regex.ts";
import { patternTree, stringTree } from "./terminals.ts";
import { turnedRight } from "./left-recursion.ts";
import type { LarkGrammar, LarkTree } from "./tree.ts";

/** How long a pattern may be made, in UTF-16 units: rules are written out wherever they are used. */
const longest = 50_000;

const start = "start";

/**
 * A Lark grammar as a pattern of ECMA-262 (flag `u`) for the whole text, for what takes patterns and no grammars: a string in a
 * JSON Schema, say. The grammar has to be regular as it is written: no rule within itself, but at its beginning. Read without a
 * lexer, as `compileGrammar` does. Throws a `GrammarError` whose path is `line:column`.
 */
export function larkPattern(source: string): string {
  const { initialSkip, ...grammar } = parseLark(source);
  const rules = grammar.rules.has(start) ? turnedRight(grammar.rules, start) : grammar.rules;
  const flat = new Flattener({ ...grammar, rules, initialSkip });
  return written(flat.start());
}

/** The same of a pattern in the syntax of Rust's `regex`, which here matches the whole text. Throws a `GrammarError`. */
export function rustPattern(source: string): string {
  try {
    return written(parseRustRegex(source, ""));
  } catch (error) {
    if (error instanceof RegexError) throw new GrammarError("", "pattern", error.message);
    throw error;
  }
}

/** Rules written out where they are used. */
class Flattener {
  readonly #grammar: LarkGrammar;
  readonly #skip: RegexTree;
  readonly #known = new Map<string, RegexTree>();
  readonly #open = new Set<string>();

  constructor(grammar: LarkGrammar) {
    this.#grammar = grammar;
    const ignored = grammar.ignored.map((tree) => this.#terminal(tree));
    this.#skip = ignored.length === 0 ? sequenceTree([]) : repeatTree({ kind: "choice", items: ignored }, 0, Infinity);
  }

  start(): RegexTree {
    if (!this.#grammar.rules.has(start)) throw new GrammarError("1:1", start, "the grammar has no rule of this name");
    const whole = this.#tree({ kind: "name", at: "1:1", name: start });
    return this.#grammar.initialSkip ? sequenceTree([this.#skip, whole]) : whole;
  }

  #tree(tree: LarkTree): RegexTree {
    switch (tree.kind) {
      case "name":
        return this.#grammar.rules.has(tree.name) ? this.#named(tree) : this.#skipping(tree);
      case "string":
        return tree.text === "" ? sequenceTree([]) : this.#skipping(tree);
      case "sequence":
        return sequenceTree(tree.items.map((item) => this.#tree(item)));
      case "choice":
        return { kind: "choice", items: tree.items.map((item) => this.#tree(item)) };
      case "repeat":
        return repeatTree(this.#tree(tree.item), tree.min, tree.max);
      default:
        return this.#skipping(tree);
    }
  }

  #skipping(tree: LarkTree): RegexTree {
    return sequenceTree([this.#terminal(tree), this.#skip]);
  }

  #terminal(tree: LarkTree): RegexTree {
    switch (tree.kind) {
      case "string":
        return stringTree(tree.text, tree.ignoreCase);
      case "pattern":
        return patternTree(tree.source, tree.flags, tree.at);
      case "range":
        return { kind: "chars", ranges: [tree.from, tree.to] };
      case "name":
        return this.#named(tree);
      case "sequence":
        return sequenceTree(tree.items.map((item) => this.#terminal(item)));
      case "choice":
        return { kind: "choice", items: tree.items.map((item) => this.#terminal(item)) };
      case "repeat":
        return repeatTree(this.#terminal(tree.item), tree.min, tree.max);
      default:
        throw new GrammarError(tree.at, tree.kind, "no pattern can say it");
    }
  }

  /** A rule, or a terminal; each is read once. */
  #named({ name, at }: LarkTree & { readonly kind: "name" }): RegexTree {
    const known = this.#known.get(name);
    if (known) return known;
    const rule = this.#grammar.rules.get(name);
    const terminal = this.#grammar.terminals.get(name);
    if (!rule && !terminal) throw new GrammarError(at, name, "it is not defined");
    if (rule && (rule.lazy || rule.suffix || rule.stop))
      throw new GrammarError(at, name, "no pattern ends a text early");
    if (this.#open.has(name)) throw new GrammarError(at, name, "it holds itself, which no pattern can");
    this.#open.add(name);
    const tree = rule ? this.#tree(rule.body) : this.#terminal(terminal!);
    this.#open.delete(name);
    this.#known.set(name, tree);
    return tree;
  }
}

function written(tree: RegexTree): string {
  let length = 0;
  const write = (each: RegexTree): string => {
    const text = writtenTree(each, write);
    length += text.length;
    if (length > longest) throw new GrammarError("", "pattern", "it is too long when its rules are written out");
    return text;
  };
  return `^(?:${write(tree)})$`;
}

function writtenTree(tree: RegexTree, write: (tree: RegexTree) => string): string {
  switch (tree.kind) {
    case "chars":
      return charsPattern(tree.ranges);
    case "sequence":
      return tree.items.map((item) => (item.kind === "choice" ? grouped(write(item)) : write(item))).join("");
    case "choice":
      return tree.items.length === 0 ? "[]" : tree.items.map(write).join("|");
    case "repeat": {
      const item = write(tree.item);
      const single = tree.item.kind === "chars";
      return (single ? item : grouped(item)) + quantifier(tree.min, tree.max);
    }
    case "start":
    case "end":
      return "";
  }
}

const grouped = (pattern: string): string => `(?:${pattern})`;

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? "*" : min === 1 ? "+" : `{${min},}`;
  if (max === 1 && min === 0) return "?";
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

/** A class; where it holds what is at the end of Unicode it is put by what it lacks, as a person would. */
function charsPattern(ranges: CharRanges): string {
  if (ranges.length === 2 && ranges[0] === ranges[1]) return character(ranges[0]!, /[\\^$.*+?()[\]{}|/]/);
  const negated = ranges.at(-1) === anyChar.at(-1);
  const listed = negated ? complementRanges(ranges) : ranges;
  if (negated && listed.length === 0) return "[\\s\\S]";
  let members = "";
  for (let i = 0; i < listed.length; i += 2) {
    const [from, to] = [listed[i]!, listed[i + 1]!];
    members += classMember(from);
    if (to > from) members += (to > from + 1 ? "-" : "") + classMember(to);
  }
  return `[${negated ? "^" : ""}${members}]`;
}

const classMember = (char: number): string => character(char, /[\\\]^[-]/);

function character(char: number, special: RegExp): string {
  const control = controls.get(char);
  if (control !== undefined) return control;
  if (char > 0xffff) return `\\u{${char.toString(16)}}`;
  if (char < 0x20 || char > 0x7e) return `\\u${char.toString(16).padStart(4, "0")}`;
  const text = String.fromCharCode(char);
  return special.test(text) ? `\\${text}` : text;
}

const controls: ReadonlyMap<number, string> = new Map([
  [0x09, "\\t"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
]);
