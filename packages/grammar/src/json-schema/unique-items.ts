import { utf8Text } from "../automata/byte-automaton.ts";
import { canonicalNumber } from "../automata/decimal-range.ts";
import { hasText, intersection } from "../automata/product.ts";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import { Recorded } from "../automata/recorded.ts";
import { OtherThanWords, WordSet } from "../automata/word-set.ts";
import { choice, literal, type Node, nothing, rule, sequence, text } from "../ir.ts";
import { enumerated } from "./enumerated.ts";
import { fixedItems, type ItemCompiler } from "./arrays.ts";
import { canonical, type Conjunction, counts, itemSchemas, typeBits } from "./conjunction.ts";
import type { JsonValue } from "./source.ts";
import { stringChars } from "./strings.ts";
import { valuesNode } from "./values.ts";

/** What an item can be: one of these values, or a string or number of one of these kinds. */
interface Domain {
  readonly values: readonly JsonValue[];
  readonly strings: readonly Conjunction[];
  readonly numbers: readonly Conjunction[];
}

/** What arrays and objects are equal to cannot be seen from how they start: only strings, numbers, and what can be listed. */
function domainOf(conjunction: Conjunction, compiler: ItemCompiler): Domain | undefined {
  const values: JsonValue[] = [];
  const strings: Conjunction[] = [];
  const numbers: Conjunction[] = [];
  for (const each of compiler.alternatives(itemSchemas(conjunction.array, 0))) {
    if (each.values !== undefined) {
      values.push(...compiler.listed(each));
      continue;
    }
    for (const type of [typeBits.array, typeBits.object]) {
      if ((each.types & type) === 0) continue;
      const listed = enumerated({ ...each, types: type }, compiler);
      if (listed === undefined) return undefined;
      values.push(...listed);
    }
    if (each.types & typeBits.null) values.push(null);
    if (each.types & typeBits.boolean) values.push(true, false);
    if (each.types & typeBits.string) strings.push(each);
    if (each.types & typeBits.number) numbers.push(each);
  }
  const excluded = new Set(conjunction.excluded.map(canonical));
  return { values: values.filter((value) => !excluded.has(canonical(value))), strings, numbers };
}

/** Behind `[`: items that are all different; undefined where they can't be compared and that is tolerated. */
export function uniqueArray(conjunction: Conjunction, longest: number, compiler: ItemCompiler): Node | undefined {
  const { array, at } = conjunction;
  const domain = fixedItems(conjunction) === 0 ? domainOf(conjunction, compiler) : undefined;
  if (domain === undefined || counts(array).length > 0) {
    const reason = "only items that are strings or numbers, or can be listed, are compared with one another";
    compiler.source.refuse(at, "uniqueItems", reason);
    return undefined;
  }
  const different = new Set(domain.values.map(canonical)).size;
  const isOpen = domain.strings.length > 0 || domain.numbers.length > 0;
  const most = isOpen ? longest : Math.min(longest, different);
  return array.least > most ? nothing : new UniqueItems(domain, array.least, most, compiler).start;
}

/** The items written so far are remembered; states are made when a text first reaches them. */
class UniqueItems {
  readonly #domain: Domain;
  readonly #least: number;
  readonly #most: number;
  readonly #compiler: ItemCompiler;
  readonly #states = new Map<string, Node>();

  constructor(domain: Domain, least: number, most: number, compiler: ItemCompiler) {
    this.#domain = domain;
    this.#least = least;
    this.#most = most;
    this.#compiler = compiler;
  }

  get start(): Node {
    return this.#behind([], []);
  }

  /** `long`: numbers that have more digits than can be told apart, as they are written. */
  #behind(used: readonly JsonValue[], long: readonly string[]): Node {
    const key = [...used.map(canonical), ...long].join();
    let state = this.#states.get(key);
    if (state === undefined) this.#states.set(key, (state = rule("items", () => this.#make(used, long))));
    return state;
  }

  #make(used: readonly JsonValue[], long: readonly string[]): Node {
    const { layout } = this.#compiler;
    const count = used.length + long.length;
    const isFirst = count === 0;
    const end = isFirst ? literal("]") : sequence(layout.gap, literal("]"));
    const ends = count >= this.#least ? [end] : [];
    if (count >= this.#most) return choice(ends);
    const item = choice(this.#items(used, long));
    return choice([...ends, isFirst ? item : sequence(layout.comma, item)]);
  }

  #items(used: readonly JsonValue[], long: readonly string[]): Node[] {
    const { values, strings, numbers } = this.#domain;
    const known = new Set(used.map(canonical));
    const left = values.filter((value) => !known.has(canonical(value)));
    const words = left.filter((value) => typeof value === "string");
    const nodes = left.flatMap((value) =>
      typeof value === "string"
        ? []
        : [sequence(valuesNode([value], this.#compiler), this.#behind([...used, value], long))],
    );
    if (words.length > 0) {
      const set = new WordSet(words);
      const follow = (state: number): Node => this.#behind([...used, words[set.word(state) as number] as string], long);
      nodes.push(text("one of the listed strings", this.#compiler.string(set), follow));
    }
    const others = new OtherThanWords(used.filter((value) => typeof value === "string"));
    for (const each of strings) {
      const chars = intersection([stringChars(each, this.#compiler.source), others]);
      if (!hasText(chars)) continue;
      const recorded = new Recorded(chars);
      const follow = (state: number): Node => this.#behind([...used, recorded.text(state)], long);
      nodes.push(text("a string", this.#compiler.string(recorded), follow));
    }
    const taken = used.filter((value) => typeof value === "number");
    for (const each of numbers) {
      // What is listed is written as that.
      const listed = values.filter((value) => typeof value === "number");
      for (const chars of this.#compiler.numbers({ ...each, excluded: [...each.excluded, ...taken, ...listed] })) {
        const recorded = new OtherNumbers(chars, long);
        const follow = (state: number): Node => {
          const written = recorded.text(state);
          const value = Number(written);
          const isExact = Number.isFinite(value) && canonicalNumber(String(value)) === canonicalNumber(written);
          return isExact
            ? this.#behind([...used, value === 0 ? 0 : value], long)
            : this.#behind(used, [...long, canonicalNumber(written)]);
        };
        nodes.push(text("a number", utf8Text(recorded), follow));
      }
    }
    return nodes;
  }
}

/** Numbers but for some that no number of JavaScript is. */
class OtherNumbers extends Recorded {
  readonly #excluded: ReadonlySet<string>;

  constructor(numbers: CharAutomaton, excluded: readonly string[]) {
    super(numbers);
    this.#excluded = new Set(excluded);
  }

  override accepts(state: number): boolean {
    return (
      super.accepts(state) && (this.#excluded.size === 0 || !this.#excluded.has(canonicalNumber(this.text(state))))
    );
  }
}
