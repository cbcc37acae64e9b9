import { utf8Text } from "../automata/byte-automaton.ts";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import { counted } from "../automata/counted.ts";
import { EscapedChars, escapedText, type Escapes } from "../automata/escaped-chars.ts";
import { hasText } from "../automata/product.ts";
import { watchedText } from "../automata/substrings.ts";
import { WordSet } from "../automata/word-set.ts";
import { GrammarError } from "../error.ts";
import { type Node, sequence, text, whiteSpace } from "../ir.ts";
import type { SchemaCompiler } from "../json-schema/compile.ts";
import { type Conjunction, typeBits } from "../json-schema/conjunction.ts";
import type { KeyAutomaton, KeyMeaning } from "../json-schema/properties.ts";
import type { JsonValue } from "../json-schema/source.ts";
import { stringChars } from "../json-schema/strings.ts";
import { valuesNode } from "../json-schema/values.ts";
import { regexAutomaton } from "../regex/automaton.ts";
import type { ValueKind } from "./style.ts";

/** White space between tags: any, up to a length. */
export function tagGap(longest: number): Node {
  const chars = counted(regexAutomaton("[ \\n\\t\\r]*", false, "", "white space"), 0, longest);
  return text(whiteSpace, utf8Text(chars));
}

export const jsonKinds: readonly (readonly [ValueKind, number])[] = [
  ["null", typeBits.null],
  ["boolean", typeBits.boolean],
  ["number", typeBits.number],
  ["array", typeBits.array],
  ["object", typeBits.object],
];

export function kindOf(value: JsonValue): ValueKind {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : (typeof value as ValueKind);
}

export function unwritableKey(name: string, path: string): GrammarError {
  return new GrammarError(path, "properties", `${JSON.stringify(name)} can't be written in this notation`);
}

/** One of the keys, as the notation writes it; `then` gives what follows it. */
export function keyText(
  label: string,
  keys: KeyAutomaton,
  escapes: Escapes | undefined,
  then: (key: KeyMeaning) => Node,
): Node {
  if (escapes === undefined) return text(label, utf8Text(keys.chars), (state) => then(keys.meaning(state)), keys.words);
  const written = new EscapedChars(keys.chars, escapes);
  const words = keys.words.map((word) => escapedText(word, escapes));
  return text(label, utf8Text(written), (state) => then(keys.meaning(written.inner(state))), words);
}

/** Whether any text at all will do for a string. */
export function isPlainString(conjunction: Conjunction): boolean {
  const { types, values, string, excluded } = conjunction;
  if ((types & typeBits.string) === 0 || values !== undefined || excluded.length > 0) return false;
  return string.patterns.length === 0 && string.least === 0 && string.most === Infinity;
}

/** A string written as it is, between tags: it ends where the closing tag begins and can't contain that. */
export class RawText {
  readonly #without: CharAutomaton;
  readonly #plain: Node;
  readonly #closer: string;
  readonly #gap: Node;

  constructor(closer: string, excludes: readonly string[], gap: Node) {
    this.#without = watchedText([closer, ...excludes]);
    this.#plain = text("text", utf8Text(this.#without));
    this.#closer = closer;
    this.#gap = gap;
  }

  /** A constrained text may have white space around it that is not its own; to a plain text white space belongs. */
  string(conjunction: Conjunction, compiler: SchemaCompiler): Node | undefined {
    if (isPlainString(conjunction)) return this.#plain;
    const chars = stringChars(conjunction, compiler.source, [this.#without]);
    return hasText(chars) ? sequence(this.#gap, text("text", utf8Text(chars)), this.#gap) : undefined;
  }

  words(words: readonly string[]): Node | undefined {
    const writable = words.filter((word) => !word.includes(this.#closer));
    if (writable.length === 0) return undefined;
    const label = writable.length === 1 ? JSON.stringify(writable[0]) : "one of the listed texts";
    return sequence(this.#gap, text(label, utf8Text(new WordSet(writable))), this.#gap);
  }
}

/** Values by kind, each with its text as JSON; strings left aside. */
export function jsonTexts(conjunction: Conjunction, compiler: SchemaCompiler, gap: Node): [ValueKind, Node][] {
  const texts: [ValueKind, Node][] = [];
  if (conjunction.values !== undefined) {
    const fitting = compiler.values.fitting(conjunction).filter((value) => typeof value !== "string");
    for (const [kind] of jsonKinds) {
      const own = fitting.filter((value) => kindOf(value) === kind);
      if (own.length > 0) texts.push([kind, sequence(gap, valuesNode(own, compiler), gap)]);
    }
    return texts;
  }
  for (const [kind, bits] of jsonKinds) {
    if ((conjunction.types & bits) === 0) continue;
    const node = compiler.json([{ ...conjunction, types: conjunction.types & bits }]);
    texts.push([kind, sequence(gap, node, gap)]);
  }
  return texts;
}
