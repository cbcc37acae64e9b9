import { JsonString } from "../automata/json-string.ts";
import { WordSet } from "../automata/word-set.ts";
import { choice, literal, type Node, sequence, text } from "../ir.ts";
import { canonical, type Conjunction, typeOf } from "./conjunction.ts";
import { fitsNumber } from "./numbers.ts";
import type { JsonLayout } from "./layout.ts";
import type { JsonValue, SchemaSource } from "./source.ts";
import { fitsString } from "./strings.ts";

/** Those of the values of `enum` and `const` that the other constraints leave. */
export function fittingValues(conjunction: Conjunction, source: SchemaSource): readonly JsonValue[] {
  const excluded = new Set(conjunction.excluded.map(canonical));
  return (conjunction.values ?? []).filter((value) => {
    if ((typeOf(value) & conjunction.types) === 0 || excluded.has(canonical(value))) return false;
    if (typeof value === "string") return fitsString(value, conjunction, source);
    if (typeof value === "number") return fitsNumber(value, conjunction);
    if (Array.isArray(value)) {
      const { least, most, layers } = conjunction.array;
      if (layers.length > 0) source.refuse(conjunction.at, "enum", "a listed array is not checked against the item schemas beside it");
      return value.length >= least && value.length <= most;
    }
    if (typeof value === "object" && value !== null) {
      const { least, most, required, layers, names } = conjunction.object;
      const keys = Object.keys(value);
      if (layers.length + names.length > 0) source.refuse(conjunction.at, "enum", "a listed object is not checked against the property schemas beside it");
      return keys.length >= least && keys.length <= most && required.every((key) => keys.includes(key));
    }
    return true;
  });
}

/** A text node for one of several strings, however they are escaped. */
export function stringsNode(words: readonly string[]): Node {
  return text(words.length === 1 ? JSON.stringify(words[0]) : "one of the listed strings", new JsonString(new WordSet(words)));
}

/** The values as JSON; the keys of an object in the order given. */
export function valuesNode(values: readonly JsonValue[], layout: JsonLayout): Node {
  const words = values.filter((value) => typeof value === "string");
  const others = values.filter((value) => typeof value !== "string").map((value) => valueNode(value, layout));
  return choice(words.length > 0 ? [stringsNode(words), ...others] : others);
}

function valueNode(value: JsonValue, layout: JsonLayout): Node {
  if (typeof value === "string") return stringsNode([value]);
  if (Array.isArray(value)) return enclosed("[", value.map((item: JsonValue) => valueNode(item, layout)), "]", layout);
  if (typeof value !== "object" || value === null) return literal(JSON.stringify(value));
  const entries = Object.entries(value).map(([key, each]) => sequence(stringsNode([key]), layout.colon, valueNode(each, layout)));
  return enclosed("{", entries, "}", layout);
}

function enclosed(open: string, items: readonly Node[], close: string, layout: JsonLayout): Node {
  if (items.length === 0) return sequence(literal(open), layout.gap, literal(close));
  const separated = items.flatMap((item, index) => (index === 0 ? [item] : [layout.comma, item]));
  return sequence(literal(open), layout.gap, ...separated, layout.gap, literal(close));
}
