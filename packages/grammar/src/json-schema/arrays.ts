import type { ByteAutomaton } from "../automata/byte-automaton.ts";
import type { CharAutomaton } from "../automata/char-automaton.ts";
import { choice, literal, type Node, nothing, repeat, sequence } from "../ir.ts";
import { type Conjunction, counts, itemSchemas } from "./conjunction.ts";
import { containingArray } from "./contains.ts";
import type { JsonLayout } from "./layout.ts";
import type { PropertyPlan } from "./properties.ts";
import type { JsonValue, Located, SchemaSource } from "./source.ts";
import { uniqueArray } from "./unique-items.ts";

/** What the translation of arrays and objects needs of the rest. */
export interface ValueCompiler {
  readonly layout: JsonLayout;
  /** Properties come in any order. */
  readonly anyOrder: boolean;
  /** How a JSON string of these characters is written. */
  string(chars: CharAutomaton): ByteAutomaton;
  /** How a property name of these characters, or a string that a schema lists, is written. */
  name(chars: CharAutomaton): ByteAutomaton;
  /** How a number that a schema lists is written. */
  number(value: number): Node;
  /** The node of a value that satisfies all the schemas; the same for the same schemas. */
  value(schemas: readonly Located[]): Node;
  /** Whether any value satisfies all the schemas, as far as it can be seen. */
  possible(schemas: readonly Located[]): boolean;
}

/** What arrays need beside it. */
export interface ItemCompiler extends ValueCompiler {
  readonly source: SchemaSource;
  alternatives(schemas: readonly Located[]): readonly Conjunction[];
  /** The numbers of an alternative, as they are written. */
  numbers(conjunction: Conjunction): readonly CharAutomaton[];
  planOf(conjunction: Conjunction): PropertyPlan;
  /** The values that an alternative lists, if it lists any, as far as the rest of it leaves them. */
  listed(conjunction: Conjunction): readonly JsonValue[];
  /** A schema for all other values; undefined where none can be said. */
  negationOf(schema: Located): Located | undefined;
}

/** How many positions have schemas of their own. */
export const fixedItems = (conjunction: Conjunction): number =>
  Math.max(0, ...conjunction.array.layers.map((layer) => layer.prefix.length));

/** How many items the schemas allow: a position at which no value is possible ends the array. */
export function longestArray(conjunction: Conjunction, compiler: ValueCompiler): number {
  const { most } = conjunction.array;
  const fixed = fixedItems(conjunction);
  for (let i = 0; i <= fixed && i < most; i++) {
    if (!compiler.possible(itemSchemas(conjunction.array, i))) return i;
  }
  return most;
}

/** `[…]` */
export function arrayNode(conjunction: Conjunction, compiler: ItemCompiler): Node {
  const { array } = conjunction;
  const longest = longestArray(conjunction, compiler);
  if (array.least > longest) return nothing;
  const items =
    (counts(array).length > 0 ? containingArray(conjunction, longest, compiler) : undefined) ??
    (array.unique ? uniqueArray(conjunction, longest, compiler) : undefined) ??
    plainItems(conjunction, longest, compiler);
  return sequence(literal("["), compiler.layout.gap, items);
}

/** The positions with schemas of their own one by one, then a counted repetition of the rest. */
function plainItems(conjunction: Conjunction, most: number, compiler: ValueCompiler): Node {
  const { layout } = compiler;
  const { array } = conjunction;
  const { least } = array;
  const fixed = Math.min(most, fixedItems(conjunction));
  const close = literal("]");
  const end = sequence(layout.gap, close);
  // From the back: what may follow once i items stand.
  let rest: Node = end;
  if (most > fixed) {
    const item = compiler.value(itemSchemas(array, fixed));
    const missing = Math.max(0, least - fixed);
    const after = (first: number): Node =>
      sequence(repeat(sequence(layout.comma, item), Math.max(0, missing - first), most - fixed - first), end);
    rest = fixed > 0 ? after(0) : missing > 0 ? sequence(item, after(1)) : choice([close, sequence(item, after(1))]);
  } else if (fixed === 0) {
    rest = close;
  }
  for (let i = fixed - 1; i >= 0; i--) {
    const item = compiler.value(itemSchemas(array, i));
    const more = i === 0 ? sequence(item, rest) : sequence(layout.comma, item, rest);
    rest = i >= least ? choice([i === 0 ? close : end, more]) : more;
  }
  return rest;
}
