/** Expressions of a grammar, before they are written in the words of an engine. Immutable. */
import type { JsonSchema } from "../../message.ts";

/** Pairs of the first and the last code point, in order, without overlap. */
export type Ranges = readonly (readonly [from: number, to: number])[];

export type Expression =
  /** These characters. */
  | { readonly kind: "text"; readonly text: string }
  /** One of these characters. */
  | { readonly kind: "class"; readonly ranges: Ranges }
  /** One after the other; nothing at all if there are no items. */
  | { readonly kind: "sequence"; readonly items: readonly Expression[] }
  /** One of the items; there is no text of it if there are no items. */
  | { readonly kind: "choice"; readonly items: readonly Expression[] }
  /** From `min` to `max` times; `max` is Infinity for no limit. */
  | { readonly kind: "repeat"; readonly item: Expression; readonly min: number; readonly max: number }
  | { readonly kind: "rule"; readonly name: string }
  | FreeText
  /** Free text up to and with the first of its triggers, which is this one. Only a lexer needs it. */
  | { readonly kind: "until"; readonly free: FreeText; readonly trigger: string }
  /** A value of a schema, where the engine compiles schemas itself. */
  | { readonly kind: "json"; readonly schema: JsonSchema }
  /** One token, as the engine writes it: `<|tool_call|>`, `<[128010]>`. */
  | { readonly kind: "token"; readonly written: string };

/** Free text without the excluded ones. Behind the trigger with index i follows `rules[i]`, and then, with `loop`, free text. */
export interface FreeText {
  readonly kind: "free";
  readonly excludes: readonly string[];
  /** The most characters, without triggers only. Infinity for no limit. */
  readonly most: number;
  readonly triggers: readonly string[];
  readonly rules: readonly Expression[];
  readonly loop: boolean;
  /** Texts that it does not begin with. Only a lexer needs it. */
  readonly notFirst?: readonly string[];
}

export type Rules = Map<string, Expression>;

export const lastCharacter = 0x10ffff;

export const empty: Expression = { kind: "sequence", items: [] };
export const nothing: Expression = { kind: "choice", items: [] };
export const anyCharacter: Expression = { kind: "class", ranges: [[0, lastCharacter]] };

export const isNothing = (expression: Expression): boolean =>
  expression.kind === "choice" && expression.items.length === 0;

export const isEmpty = (expression: Expression): boolean =>
  expression.kind === "sequence" && expression.items.length === 0;

export const text = (value: string): Expression => (value === "" ? empty : { kind: "text", text: value });

export const rule = (name: string): Expression => ({ kind: "rule", name });

export function sequence(...items: readonly Expression[]): Expression {
  const flat: Expression[] = [];
  for (const item of items.flatMap((each) => (each.kind === "sequence" ? each.items : [each]))) {
    const last = flat.at(-1);
    if (isNothing(item)) return nothing;
    if (item.kind === "text" && last?.kind === "text") flat[flat.length - 1] = text(last.text + item.text);
    else flat.push(item);
  }
  return flat.length === 1 ? flat[0]! : { kind: "sequence", items: flat };
}

export function choice(...items: readonly Expression[]): Expression {
  const flat = items.flatMap((item) => (item.kind === "choice" ? item.items : [item]));
  const known = new Set<unknown>();
  const different = flat.filter((item) => {
    const key = item.kind === "text" ? item.text : item;
    const isNew = !known.has(key);
    known.add(key);
    return isNew;
  });
  return different.length === 1 ? different[0]! : { kind: "choice", items: different };
}

export function repeat(item: Expression, min: number, max: number): Expression {
  if (max === 0 || isEmpty(item)) return empty;
  if (isNothing(item)) return min === 0 ? empty : nothing;
  if (min === 1 && max === 1) return item;
  // `(a*)*`, `(a?)*`: a repetition of what may be empty is not taken by every engine.
  if (item.kind === "repeat" && item.min <= 1 && max === Infinity && (item.max === Infinity || item.max === 1)) {
    return { kind: "repeat", item: item.item, min: Math.min(min, item.min), max };
  }
  return { kind: "repeat", item, min, max };
}

export const optional = (item: Expression): Expression => repeat(item, 0, 1);
export const star = (item: Expression): Expression => repeat(item, 0, Infinity);

/** One of the characters. */
export function oneOf(ranges: Ranges): Expression {
  const sorted = normalized(ranges);
  if (sorted.length === 0) return nothing;
  const [only] = sorted;
  if (sorted.length === 1 && only![0] === only![1]) return text(String.fromCodePoint(only![0]));
  return { kind: "class", ranges: sorted };
}

/** In order, neighbours joined. */
export function normalized(ranges: Ranges): Ranges {
  const joined: [number, number][] = [];
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

export function complement(ranges: Ranges): Ranges {
  const others: [number, number][] = [];
  let next = 0;
  for (const [from, to] of normalized(ranges)) {
    if (from > next) others.push([next, from - 1]);
    next = to + 1;
  }
  if (next <= lastCharacter) others.push([next, lastCharacter]);
  return others;
}

export const without = (ranges: Ranges, others: Ranges): Ranges => complement([...complement(ranges), ...others]);

export const charactersOf = (characters: string): Ranges =>
  normalized([...characters].map((each) => [each.codePointAt(0)!, each.codePointAt(0)!] as const));

/** What an expression is made of, one level down. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "sequence":
    case "choice":
      return expression.items;
    case "repeat":
      return [expression.item];
    case "free":
      return expression.rules;
    default:
      return [];
  }
}

/** The names of the rules that may be empty. */
export function emptyRules(rules: Rules): ReadonlySet<string> {
  const found = new Set<string>();
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const [name, body] of rules) if (mayBeEmpty(body, found)) found.add(name);
  }
  return found;
}

export function mayBeEmpty(expression: Expression, empties: ReadonlySet<string>): boolean {
  switch (expression.kind) {
    case "sequence":
      return expression.items.every((item) => mayBeEmpty(item, empties));
    case "choice":
      return expression.items.some((item) => mayBeEmpty(item, empties));
    case "repeat":
      return expression.min === 0 || mayBeEmpty(expression.item, empties);
    case "rule":
      return empties.has(expression.name);
    case "free":
      return true;
    default:
      return false;
  }
}

/** Names for rules, none twice. */
export class RuleSet {
  readonly rules: Rules = new Map();
  readonly #counts = new Map<string, number>();

  /** A rule of a new name like this one, of letters, digits and hyphens, as every engine takes them. */
  reserve(wanted: string): string {
    const base =
      wanted
        .replaceAll(/[^a-zA-Z0-9]+/g, "-")
        .replaceAll(/^-+|-+$/g, "")
        .toLowerCase() || "rule";
    const stem = /^[a-z]/.test(base) ? base : `r-${base}`;
    const count = (this.#counts.get(stem) ?? 0) + 1;
    this.#counts.set(stem, count);
    const name = count === 1 && stem !== "root" && stem !== "start" ? stem : `${stem}-${count}`;
    if (this.rules.has(name)) return this.reserve(wanted);
    this.rules.set(name, nothing);
    return name;
  }

  define(wanted: string, body: Expression): Expression {
    const name = this.reserve(wanted);
    this.rules.set(name, body);
    return rule(name);
  }

  /** The rule of exactly that name, made when it is first asked for. An upper-case letter in it sets it apart from the others. */
  shared(name: string, body: () => Expression): Expression {
    if (!this.rules.has(name)) {
      this.rules.set(name, nothing);
      this.rules.set(name, body());
    }
    return rule(name);
  }
}
