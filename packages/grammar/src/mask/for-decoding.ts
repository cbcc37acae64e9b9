import { type Chars, charsOf } from "../automata/substrings.ts";
import { choice, dispatch, empty, limit, literal, type Node, repeat, rule, sequence, text } from "../ir.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";
import { specialBytes, specialChar } from "../vocabulary/special-char.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";

/**
 * A grammar as it is decoded. Special tokens come in the place of their texts wherever the grammar writes something down, in literals
 * and in triggers; what it leaves to the model, a string or free text, contains none. Alternatives that begin alike begin as one:
 * hundreds of tools have all but their names in common. Nodes are translated as they are reached, like the rules they are from.
 */
export function forDecoding(root: Node, vocabulary: Vocabulary): Node {
  const texts = [...vocabulary.specialTexts.keys()].sort((a, b) => b.length - a.length);
  const escaped = texts.map((each) => each.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"));
  // A pattern that matches nowhere leaves everything in one piece.
  const pattern = new RegExp(`(${texts.length === 0 ? "(?!)" : escaped.join("|")})`);
  return new Translation(pattern, vocabulary.specialTexts).node(root);
}

class Translation {
  readonly #pattern: RegExp;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #known = new Map<Node, Node>();

  constructor(pattern: RegExp, ids: ReadonlyMap<string, number>) {
    this.#pattern = pattern;
    this.#ids = ids;
  }

  node(node: Node): Node {
    let known = this.#known.get(node);
    if (known === undefined) this.#known.set(node, (known = this.#translate(node)));
    return known;
  }

  #translate(node: Node): Node {
    switch (node.kind) {
      case "literal":
        return this.#literal(node);
      case "text": {
        const { label, automaton, follow, examples } = node;
        if (follow === undefined) return node;
        return text(label, automaton, (state) => this.node(follow(state)), examples);
      }
      case "dispatch": {
        const triggerChars = node.triggers.map((trigger) => this.#chars(trigger));
        const rules = node.rules.map((each) => this.node(each));
        // Whoever reads the text alone would take a trigger that is spelled for the trigger.
        const spelled = node.triggers.filter((trigger) => this.#pieces(trigger).length > 1);
        const excludes = [...node.excludes, ...spelled];
        return dispatch(node.triggers, rules, { loop: node.loop, excludes, triggerChars });
      }
      case "sequence":
        return sequence(...node.items.map((item) => this.node(item)));
      case "choice":
        return choice(joinBeginnings(node.items.map((item) => this.node(item))));
      case "repeat":
        return repeat(this.node(node.item), node.min, node.max);
      case "rule":
        return rule(node.name, () => this.node(node.body()));
      case "limit":
        return limit(node.item, node.tokens);
      case "token":
        return node;
    }
  }

  /** The text cut at the special tokens, which stand at the odd places. */
  #pieces(whole: string): readonly string[] {
    return whole.split(this.#pattern);
  }

  #literal(node: Node & { readonly kind: "literal" }): Node {
    const pieces = this.#pieces(node.text);
    if (pieces.length === 1) return node;
    const bytes = pieces.map((piece, index) =>
      index % 2 === 1 ? specialBytes(this.#ids.get(piece) as number) : encodeUtf8(piece),
    );
    return literal(node.text, Uint8Array.from(bytes.flatMap((each) => [...each])));
  }

  #chars(whole: string): Chars {
    return this.#pieces(whole).flatMap((piece, index) =>
      index % 2 === 1 ? [specialChar(this.#ids.get(piece) as number)] : charsOf(piece),
    );
  }
}

type LiteralNode = Extract<Node, { readonly kind: "literal" }>;

/** The literal that a node begins with, if there is more to it than the first `skipped` bytes. */
function beginning(node: Node, skipped: number): LiteralNode | undefined {
  const first = node.kind === "sequence" ? node.items[0] : node;
  return first?.kind === "literal" && first.bytes.length > skipped ? first : undefined;
}

function part({ text, bytes }: LiteralNode, from: number, to: number): Node {
  if (from === to) return empty;
  const own = bytes.slice(from, to);
  return literal(text.length === bytes.length ? text.slice(from, to) : (decodeUtf8(own) ?? ""), own);
}

/** Without the first bytes of its beginning. */
function without(node: Node, skipped: number): Node {
  if (skipped === 0) return node;
  const [first, ...rest] = node.kind === "sequence" ? node.items : [node];
  return sequence(part(first as LiteralNode, skipped, (first as LiteralNode).bytes.length), ...rest);
}

/**
 * Alternatives, without the first `skipped` bytes, of which no two begin with the same byte of a literal: what they have in common
 * comes once.
 */
function joinBeginnings(items: readonly Node[], skipped = 0): Node[] {
  const groups = new Map<number, Node[]>();
  const joined: Node[] = [];
  for (const item of items) {
    const byte = beginning(item, skipped)?.bytes[skipped];
    const group = byte === undefined ? undefined : groups.get(byte);
    if (byte === undefined) joined.push(without(item, skipped));
    else if (group === undefined) groups.set(byte, [item]);
    else group.push(item);
  }
  for (const group of groups.values()) {
    const literals = group.map((item) => beginning(item, skipped) as LiteralNode);
    const [first] = literals;
    if (first === undefined || group.length === 1) {
      joined.push(...group.map((item) => without(item, skipped)));
      continue;
    }
    let count = skipped + 1;
    while (literals.every(({ bytes }) => count < bytes.length && bytes[count] === first.bytes[count])) count++;
    joined.push(sequence(part(first, skipped, count), choice(joinBeginnings(group, count))));
  }
  return joined;
}
