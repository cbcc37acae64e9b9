import { JsonString } from "../automata/json-string.ts";
import { WordSet } from "../automata/word-set.ts";
import { choice, literal, type Node, sequence, text } from "../ir.ts";
import type { JsonLayout } from "./layout.ts";
import type { JsonValue } from "./source.ts";

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
