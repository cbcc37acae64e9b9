import { utf8Text } from "../automata/byte-automaton.ts";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import { ClassText } from "../automata/char-class.ts";
import { counted } from "../automata/counted.ts";
import { hasText, intersection, otherThan } from "../automata/product.ts";
import { GrammarError } from "../error.ts";
import { choice, literal, type Node, nothing, repeat, type RuleNode, rule, sequence, text } from "../ir.ts";
import { treeAutomaton } from "../regex/automaton.ts";
import { RegexError, type RegexTree } from "../regex/parse.ts";
import { foldedRanges } from "./case-folding.ts";
import { LazyChars, withoutStop } from "./lazy.ts";
import { parseRustRegex, repeatTree, sequenceTree } from "./regex.ts";
import type { LarkGrammar, LarkRule, LarkTree, Place } from "./tree.ts";

/** A terminal: a pattern; an automaton, of `&` and `~`; or a node, where such an automaton is followed by something. */
type Terminal =
  | { readonly kind: "pattern"; readonly tree: RegexTree }
  | { readonly kind: "chars"; readonly chars: CharAutomaton }
  | { readonly kind: "node"; readonly node: Node };

/** The terminals of a grammar as nodes, each named one once. A terminal is one automaton where it can be. */
export class Terminals {
  /** Terminals that are rules in the grammar that is made: none of them holds itself. */
  readonly rules: RuleNode[] = [];
  readonly #grammar: LarkGrammar;
  readonly #named = new Map<string, Terminal>();
  readonly #nodes = new Map<string, Node>();
  readonly #open = new Set<string>();

  constructor(grammar: LarkGrammar) {
    this.#grammar = grammar;
  }

  node(tree: LarkTree): Node {
    if (tree.kind === "string" && !tree.ignoreCase) return literal(tree.text);
    if (tree.kind !== "name") return this.#toNode(this.#terminal(tree), "text of a pattern", tree.at);
    const known = this.#nodes.get(tree.name);
    if (known !== undefined) return known;
    const body = this.#grammar.terminals.get(tree.name);
    const isText = body !== undefined && (body.kind === "name" || body.kind === "string");
    const terminal = this.#terminal(tree);
    const node = isText ? this.node(body) : this.#toNode(terminal, tree.name, tree.at);
    this.#nodes.set(tree.name, node);
    return node;
  }

  /** A rule with options, which is read as a terminal. */
  optionsNode(name: string, { at, body, lazy, suffix, stop }: LarkRule): Node {
    const end = suffix ?? stop;
    const whole = end === undefined ? body : ({ kind: "sequence", at, items: [body, end] } as const);
    if (!lazy && end === undefined) return this.node(body);
    const chars = new LazyChars(this.#chars(this.#terminal(whole), at));
    if (stop === undefined) return textNode(name, chars);
    if (stop.kind !== "string" || stop.ignoreCase)
      throw new GrammarError(stop.at, "stop", "only a string is translated; suffix takes any terminal");
    return textNode(name, withoutStop(chars, stop.text));
  }

  #terminal(tree: LarkTree): Terminal {
    switch (tree.kind) {
      case "string":
        return { kind: "pattern", tree: stringTree(tree.text, tree.ignoreCase) };
      case "pattern":
        return { kind: "pattern", tree: patternTree(tree.source, tree.flags, tree.at) };
      case "range":
        return { kind: "pattern", tree: { kind: "chars", ranges: [tree.from, tree.to] } };
      case "name":
        return this.#byName(tree.name, tree.at);
      case "sequence":
      case "choice":
        return this.#combined(tree.kind, tree.items);
      case "repeat": {
        const item = this.#terminal(tree.item);
        if (item.kind === "pattern") return { kind: "pattern", tree: repeatTree(item.tree, tree.min, tree.max) };
        return { kind: "node", node: repeat(this.#toNode(item, "text of a pattern", tree.at), tree.min, tree.max) };
      }
      case "both": {
        const parts = tree.items.map((item) => this.#chars(this.#terminal(item), item.at));
        return { kind: "chars", chars: intersection(parts) };
      }
      case "other":
        return { kind: "chars", chars: otherThan(this.#chars(this.#terminal(tree.item), tree.at)) };
      case "token":
        throw new GrammarError(tree.at, tree.written, "a terminal cannot hold a token, only a rule can");
      case "json":
        throw new GrammarError(tree.at, "%json", "a terminal cannot hold a schema, only a rule can");
    }
  }

  #byName(name: string, at: Place): Terminal {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const body = this.#grammar.terminals.get(name);
    if (body === undefined) {
      const reason = this.#grammar.rules.has(name) ? "a terminal cannot hold a rule" : "it is not defined";
      throw new GrammarError(at, name, reason);
    }
    if (this.#open.has(name)) throw new GrammarError(at, name, "the terminal refers to itself");
    this.#open.add(name);
    let terminal = this.#terminal(body);
    this.#open.delete(name);
    // A rule is not copied into what it is used in.
    if (terminal.kind === "node") {
      const { node } = terminal;
      const named = rule(name, () => node);
      this.rules.push(named);
      terminal = { kind: "node", node: named };
    }
    this.#named.set(name, terminal);
    return terminal;
  }

  #combined(kind: "sequence" | "choice", items: readonly LarkTree[]): Terminal {
    const terminals = items.map((item) => this.#terminal(item));
    const trees = terminals.flatMap((each) => (each.kind === "pattern" ? [each.tree] : []));
    if (trees.length === items.length)
      return { kind: "pattern", tree: kind === "sequence" ? sequenceTree(trees) : { kind: "choice", items: trees } };
    const nodes = items.map((item, index) =>
      item.kind === "string"
        ? this.node(item)
        : this.#toNode(terminals[index] as Terminal, "text of a pattern", item.at),
    );
    return { kind: "node", node: kind === "sequence" ? sequence(...nodes) : choice(nodes) };
  }

  #chars(terminal: Terminal, at: Place): CharAutomaton {
    if (terminal.kind === "chars") return terminal.chars;
    if (terminal.kind === "pattern") return patternChars(terminal.tree, at);
    throw new GrammarError(at, "&, ~, lazy", "they cannot be applied to something longer that holds & or ~ itself");
  }

  #toNode(terminal: Terminal, label: string, at: Place): Node {
    return terminal.kind === "node" ? terminal.node : textNode(label, this.#chars(terminal, at));
  }
}

function textNode(label: string, chars: CharAutomaton): Node {
  return hasText(chars) ? text(label, utf8Text(chars)) : nothing;
}

/** A repeated class counts instead of unfolding. */
function patternChars(tree: RegexTree, at: Place): CharAutomaton {
  if (tree.kind === "repeat" && tree.item.kind === "chars" && tree.item.ranges.length > 0)
    return counted(new ClassText(tree.item.ranges), tree.min, tree.max);
  return refusing(at, () => treeAutomaton(tree));
}

export function patternTree(source: string, flags: string, at: Place): RegexTree {
  return refusing(at, () => parseRustRegex(source, flags));
}

function refusing<T>(at: Place, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof RegexError) throw new GrammarError(at, "pattern", error.message);
    throw error;
  }
}

export function stringTree(value: string, ignoreCase: boolean): RegexTree {
  const items = Array.from(value, (char): RegexTree => {
    const code = char.codePointAt(0) as number;
    return { kind: "chars", ranges: ignoreCase ? foldedRanges([code, code]) : [code, code] };
  });
  return sequenceTree(items);
}
