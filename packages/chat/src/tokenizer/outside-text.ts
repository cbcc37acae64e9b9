import { Dict } from "../python/dict.ts";
import { toValue } from "../python/json.ts";
import { Markup } from "../python/markup.ts";
import { mark, withStandIns, type StandIns } from "../python/stand-ins.ts";
import { Tuple, type List, type Value } from "../python/value.ts";
import { renderPrompt, type PromptOptions } from "../render-prompt.ts";
import { TemplateError } from "../template/error.ts";

export interface Followed {
  /** Whether the template wrote all of a stretch of the prompt, so that it may be a control token. */
  isTemplate(start: number, end: number): boolean;
  /** Whether the template wrote the same with stand-ins, so that this is known of every character. */
  readonly exact: boolean;
}

/**
 * Follows what comes from outside (messages, tools, documents, variables) through the template, by the first and the last
 * character of each control token: the prompt is rendered once more with characters that stand for them. A token with one
 * of those in it was not written by the template alone.
 *
 * Should a template write something else when it sees stand-ins (it would have to look at single characters in a way that
 * `python/stand-ins.ts` does not know of), a token counts as the template's only within what both renderings have in
 * common at their beginning and their end, and only if no text from outside spells it.
 */
export function followOutsideText(
  prompt: string,
  messages: readonly unknown[],
  options: PromptOptions,
  controlTokens: ReadonlyMap<number, string>,
): Followed {
  const texts = outsideTexts(messages, options);
  const { characters, bare } = edgesOf(controlTokens);
  const spelled = new Map<string, boolean>();
  const isSpelled = (token: string): boolean => {
    let is = spelled.get(token);
    if (is === undefined) spelled.set(token, (is = texts.some((text) => text.includes(token))));
    return is;
  };
  // Tokens without an edge to follow are text wherever somebody else could have written them.
  const isKnown = (start: number, end: number, exact: boolean): boolean => {
    if (exact && bare.size === 0) return true;
    const token = prompt.slice(start, end);
    return (exact && !bare.has(token)) || !isSpelled(token);
  };
  if (!texts.some((text) => includesAny(text, characters)))
    return { isTemplate: (start, end) => isKnown(start, end, true), exact: true };
  const standIns = chooseStandIns(characters, [prompt, ...texts]);
  const { outside, whole } = compare(prompt, standIns, standIns && renderMarked(messages, options, standIns));
  return {
    isTemplate(start, end) {
      for (let at = start; at < end; at++) if (outside[at] === 1) return false;
      return isKnown(start, end, whole);
    },
    exact: whole,
  };
}

interface Edges {
  readonly characters: ReadonlySet<string>;
  /** Tokens that have none: bare words. */
  readonly bare: ReadonlySet<string>;
}

const known = new WeakMap<ReadonlyMap<number, string>, Edges>();

/** The first and the last character of each token that is one UTF-16 unit and neither a letter, a digit nor a space. */
function edgesOf(controlTokens: ReadonlyMap<number, string>): Edges {
  let edges = known.get(controlTokens);
  if (edges) return edges;
  const characters = new Set<string>();
  const bare = new Set<string>();
  for (const token of controlTokens.values()) {
    const found = token.match(/[^\p{L}\p{M}\p{N}\p{C}\s\u{10000}-\u{10FFFF}]/gu);
    if (found) characters.add(found[0]).add(found.at(-1)!);
    else bare.add(token);
  }
  known.set(controlTokens, (edges = { characters, bare }));
  return edges;
}

function includesAny(text: string, characters: ReadonlySet<string>): boolean {
  for (const character of characters) if (text.includes(character)) return true;
  return false;
}

/** Noncharacters first, which nobody means; then private use, and what fonts have but this prompt does not. */
const pool = [/[\uFDD0-\uFDEF]/g, /[\uE000-\uF8FF]/g, /[\u3400-\u9FFF]/g] as const;
const bounds = [
  [0xfdd0, 0xfdef],
  [0xe000, 0xf8ff],
  [0x3400, 0x9fff],
] as const;

/** A character for each that none of the texts has; undefined if they have all. */
function chooseStandIns(characters: ReadonlySet<string>, texts: readonly string[]): StandIns | undefined {
  const standIns = new Map<string, string>();
  const missing = [...characters];
  for (const [index, [first, last]] of bounds.entries()) {
    const used = new Set(texts.flatMap((text) => text.match(pool[index]!) ?? []));
    for (let code = first; code <= last; code++) {
      if (missing.length === 0) return standIns;
      const candidate = String.fromCharCode(code);
      if (!used.has(candidate)) standIns.set(missing.pop()!, candidate);
    }
  }
  return missing.length === 0 ? standIns : undefined;
}

/** Which characters of the prompt come from outside, or may; and whether it is known of all. */
function compare(
  prompt: string,
  standIns: StandIns | undefined,
  marked: string | undefined,
): { readonly outside: Uint8Array; readonly whole: boolean } {
  const outside = new Uint8Array(prompt.length);
  if (standIns === undefined || marked === undefined) return { outside: outside.fill(1), whole: false };
  const same = (at: number, markedAt: number): boolean => {
    const character = prompt[at]!;
    if (marked[markedAt] === character) return true;
    if (marked[markedAt] !== standIns.get(character)) return false;
    outside[at] = 1;
    return true;
  };
  const shorter = Math.min(prompt.length, marked.length);
  let start = 0;
  while (start < shorter && same(start, start)) start++;
  if (start === prompt.length && start === marked.length) return { outside, whole: true };
  let common = 0;
  while (common < shorter - start && same(prompt.length - 1 - common, marked.length - 1 - common)) common++;
  return { outside: outside.fill(1, start, prompt.length - common), whole: false };
}

function renderMarked(messages: readonly unknown[], options: PromptOptions, standIns: StandIns): string | undefined {
  return withStandIns(standIns, () => {
    try {
      return renderPrompt(messages.map(markedValue), {
        ...options,
        tools: options.tools?.map(markedValue),
        documents: options.documents?.map(markedValue),
        reasoningEffort: options.reasoningEffort === undefined ? undefined : mark(options.reasoningEffort),
        chatTemplateKwargs: Object.fromEntries(
          Object.entries(options.chatTemplateKwargs ?? {}).map(([name, value]) => [
            name,
            namesToken(name) ? value : markedValue(value),
          ]),
        ),
      });
    } catch (error) {
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
  });
}

/** A variable such as `bos_token` is a control token by intent. */
function namesToken(variable: string): boolean {
  return variable.endsWith("_token");
}

function markedValue(given: unknown): Value {
  const value = toValue(given);
  if (typeof value === "string") return mark(value);
  if (value instanceof Markup) return new Markup(mark(value.text));
  if (Array.isArray(value)) return (value as List).map(markedValue);
  if (value instanceof Tuple) return new Tuple(value.items.map(markedValue));
  if (!(value instanceof Dict)) return value;
  return new Dict([...value.entries()].map(([key, item]) => [markedValue(key), markedValue(item)]));
}

function outsideTexts(messages: readonly unknown[], options: PromptOptions): string[] {
  const texts = new Set<string>();
  const collect = (value: Value): void => {
    if (typeof value === "string") texts.add(value);
    else if (value instanceof Markup) texts.add(value.text);
    else if (Array.isArray(value)) (value as List).forEach(collect);
    else if (value instanceof Tuple) value.items.forEach(collect);
    else if (value instanceof Dict) for (const entry of value.entries()) entry.forEach(collect);
  };
  const variables = Object.entries(options.chatTemplateKwargs ?? {}).flatMap(([name, value]) =>
    namesToken(name) || value === undefined ? [] : [value],
  );
  const given = [...messages, ...(options.tools ?? []), ...(options.documents ?? []), ...variables];
  for (const value of given) collect(toValue(value));
  if (options.reasoningEffort !== undefined) texts.add(options.reasoningEffort);
  return [...texts];
}
