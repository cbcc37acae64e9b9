import { WordSet } from "../automata/word-set.ts";
import { choice, empty, literal, type Node, rule, sequence, text } from "../ir.ts";
import type { ValueCompiler } from "./arrays.ts";
import type { JsonValue } from "./source.ts";

/** A text node for one of several strings, however they are escaped. */
export function stringsNode(words: readonly string[], compiler: ValueCompiler): Node {
  return text(
    words.length === 1 ? JSON.stringify(words[0]) : "one of the listed strings",
    compiler.name(new WordSet(words)),
  );
}

/** The values as JSON; the keys of an object in the order given, where the compiler wants an order. */
export function valuesNode(values: readonly JsonValue[], compiler: ValueCompiler): Node {
  const words = values.filter((value) => typeof value === "string");
  const others = values.filter((value) => typeof value !== "string").map((value) => valueNode(value, compiler));
  return choice(words.length > 0 ? [stringsNode(words, compiler), ...others] : others);
}

function valueNode(value: JsonValue, compiler: ValueCompiler): Node {
  if (typeof value === "string") return stringsNode([value], compiler);
  if (Array.isArray(value))
    return enclosed(
      "[",
      value.map((item: JsonValue) => valueNode(item, compiler)),
      "]",
      compiler,
    );
  if (typeof value === "number") return compiler.number(value);
  if (typeof value !== "object" || value === null) return literal(JSON.stringify(value));
  const entries = Object.entries(value).map(([key, each]) =>
    sequence(stringsNode([key], compiler), compiler.layout.colon, valueNode(each, compiler)),
  );
  return compiler.anyOrder && entries.length > 1
    ? sequence(literal("{"), compiler.layout.gap, inAnyOrder(entries, compiler))
    : enclosed("{", entries, "}", compiler);
}

/** All the entries, and then the end. What was left out before is remembered; states are made when a text reaches them. */
function inAnyOrder(entries: readonly Node[], compiler: ValueCompiler): Node {
  const { layout } = compiler;
  const states = new Map<string, Node>();
  const behind = (missing: readonly Node[]): Node => {
    if (missing.length === 0) return sequence(layout.gap, literal("}"));
    const separator = missing.length < entries.length ? layout.comma : empty;
    const key = missing.map(({ id }) => id).join();
    let state = states.get(key);
    if (state === undefined) {
      const others = (each: Node): readonly Node[] => missing.filter((other) => other !== each);
      state = rule("the properties that follow", () =>
        sequence(separator, choice(missing.map((each) => sequence(each, behind(others(each)))))),
      );
      states.set(key, state);
    }
    return state;
  };
  return behind(entries);
}

function enclosed(open: string, items: readonly Node[], close: string, compiler: ValueCompiler): Node {
  const { layout } = compiler;
  if (items.length === 0) return sequence(literal(open), layout.gap, literal(close));
  const separated = items.flatMap((item, index) => (index === 0 ? [item] : [layout.comma, item]));
  return sequence(literal(open), layout.gap, ...separated, layout.gap, literal(close));
}
