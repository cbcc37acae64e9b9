/**
 * The intermediate form of a grammar: what every front end (structural tag, JSON Schema, regex, EBNF) is translated to
 * and the matcher runs. Nodes are immutable and numbered; rules are translated when a text first reaches them.
 */
import { type ByteAutomaton, utf8Text } from "./automata/byte-automaton.ts";
import { type Chars, charsOf, type WatchedText, watchedText } from "./automata/substrings.ts";
import { encodeUtf8 } from "./utf8.ts";

/** A number from 0 up to 1, as `Math.random` gives. */
export type RandomSource = () => number;

/** These bytes. */
export interface LiteralNode {
  readonly kind: "literal";
  readonly id: number;
  readonly text: string;
  readonly bytes: Uint8Array;
}

/** A text of an automaton; where it can end in several ways, `follow` says what comes after which. */
export interface TextNode {
  readonly kind: "text";
  readonly id: number;
  /** What it is, for a reader of an error: `a JSON string`. */
  readonly label: string;
  readonly automaton: ByteAutomaton;
  readonly follow: ((state: number) => Node) | undefined;
  /** Texts of it that are likely to be wanted when one is made up. */
  readonly examples: readonly string[];
}

/** Free text; behind the trigger with index i follows `rules[i]`, and then, where `loop` says so, free text again. */
export interface DispatchNode {
  readonly kind: "dispatch";
  readonly id: number;
  readonly automaton: ByteAutomaton;
  readonly watched: WatchedText;
  /** The free text without any trigger, to draw random texts from. */
  readonly free: ByteAutomaton;
  readonly triggers: readonly string[];
  readonly rules: readonly Node[];
  readonly excludes: readonly string[];
  readonly loop: boolean;
}

export interface SequenceNode {
  readonly kind: "sequence";
  readonly id: number;
  /** At least two. */
  readonly items: readonly Node[];
}

/** One of the items; none at all if there are no items. */
export interface ChoiceNode {
  readonly kind: "choice";
  readonly id: number;
  readonly items: readonly Node[];
}

export interface RepeatNode {
  readonly kind: "repeat";
  readonly id: number;
  readonly item: Node;
  readonly min: number;
  /** Infinity for no limit. */
  readonly max: number;
}

/** One token, whatever its bytes: one of these, or with `excluded` any other that is no end token. It can't begin within a token. */
export interface TokenNode {
  readonly kind: "token";
  readonly id: number;
  readonly tokens: ReadonlySet<number>;
  readonly excluded: boolean;
}

/** A text of which at most so many tokens have a part. Counted only where tokens are read. */
export interface LimitNode {
  readonly kind: "limit";
  readonly id: number;
  readonly item: TextNode;
  /** At least 1. */
  readonly tokens: number;
}

/** A node to be made when it is needed; recursion goes through rules. */
export interface RuleNode {
  readonly kind: "rule";
  readonly id: number;
  readonly name: string;
  readonly body: () => Node;
}

export type Node =
  | LiteralNode
  | TextNode
  | DispatchNode
  | TokenNode
  | SequenceNode
  | ChoiceNode
  | RepeatNode
  | LimitNode
  | RuleNode;

/** The label of text nodes that are only layout. */
export const whiteSpace = "white space";

let lastId = 0;

/** Node numbers only have to differ within a process; they are never written down. */
function nextId(): number {
  return ++lastId;
}

/** `bytes`: where they are not those of the text. */
export function literal(text: string, bytes: Uint8Array = encodeUtf8(text)): LiteralNode {
  return { kind: "literal", id: nextId(), text, bytes };
}

/** Matches the empty text. */
export const empty: Node = literal("");

/** Matches nothing, not even the empty text. */
export const nothing: ChoiceNode = { kind: "choice", id: nextId(), items: [] };

/** Literals that follow one another as one. */
function joined(literals: readonly LiteralNode[]): LiteralNode {
  if (literals.length === 1) return literals[0] as LiteralNode;
  const bytes = new Uint8Array(literals.reduce((sum, each) => sum + each.bytes.length, 0));
  let at = 0;
  for (const each of literals) {
    bytes.set(each.bytes, at);
    at += each.bytes.length;
  }
  return literal(literals.map((each) => each.text).join(""), bytes);
}

export function sequence(...items: readonly Node[]): Node {
  const flat: Node[] = [];
  const literals: LiteralNode[] = [];
  const flush = (): void => {
    if (literals.length > 0) flat.push(joined(literals.splice(0)));
  };
  for (const item of items) {
    if (item === nothing) return nothing;
    if (item === empty) continue;
    for (const each of item.kind === "sequence" ? item.items : [item]) {
      if (each.kind === "literal") literals.push(each);
      else {
        flush();
        flat.push(each);
      }
    }
  }
  flush();
  if (flat.length === 0) return empty;
  return flat.length === 1 ? (flat[0] as Node) : { kind: "sequence", id: nextId(), items: flat };
}

export function choice(items: readonly Node[]): Node {
  const flat = [...new Set(items.flatMap((item) => (item.kind === "choice" ? item.items : [item])))];
  if (flat.length === 0) return nothing;
  return flat.length === 1 ? (flat[0] as Node) : { kind: "choice", id: nextId(), items: flat };
}

/** One of the tokens, or with `excluded` one that is none of them. */
export function token(tokens: Iterable<number>, excluded: boolean): TokenNode {
  return { kind: "token", id: nextId(), tokens: new Set(tokens), excluded };
}

export function limit(item: TextNode, tokens: number): LimitNode {
  return { kind: "limit", id: nextId(), item, tokens };
}

export function optional(item: Node): Node {
  return choice([item, empty]);
}

export function repeat(item: Node, min: number, max: number): Node {
  if (max === 0 || item === empty) return empty;
  if (item === nothing) return min === 0 ? empty : nothing;
  if (min === 1 && max === 1) return item;
  return { kind: "repeat", id: nextId(), item, min, max };
}

export function text(
  label: string,
  automaton: ByteAutomaton,
  follow?: (state: number) => Node,
  examples: readonly string[] = [],
): TextNode {
  if (follow === undefined) return { kind: "text", id: nextId(), label, automaton, follow, examples };
  // The same state must lead to the same node, or equal threads would not be seen to be equal.
  const known = new Map<number, Node>();
  const remembered = (state: number): Node => {
    let node = known.get(state);
    if (node === undefined) known.set(state, (node = follow(state)));
    return node;
  };
  return { kind: "text", id: nextId(), label, automaton, follow: remembered, examples };
}

/** A named node, made once, when it is first needed. */
export function rule(name: string, make: () => Node): RuleNode {
  let made: Node | undefined;
  return { kind: "rule", id: nextId(), name, body: () => (made ??= make()) };
}

/** `triggerChars`: the triggers as characters, where some stand for special tokens. */
export function dispatch(
  triggers: readonly string[],
  rules: readonly Node[],
  options: { readonly loop: boolean; readonly excludes: readonly string[]; readonly triggerChars?: readonly Chars[] },
): DispatchNode {
  const watched = watchedText(options.excludes, options.triggerChars ?? triggers.map(charsOf));
  const free = utf8Text(watchedText([...options.excludes, ...triggers]));
  return {
    kind: "dispatch",
    id: nextId(),
    automaton: utf8Text(watched),
    watched,
    free,
    triggers,
    rules,
    excludes: options.excludes,
    loop: options.loop,
  };
}
