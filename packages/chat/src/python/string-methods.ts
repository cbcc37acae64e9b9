import { fail } from "../template/error.ts";
import { Dict } from "./dict.ts";
import { escapeHtml, Markup, textOf } from "./markup.ts";
import { repr } from "./repr.ts";
import { iterate, iteratorOf, len } from "./sequence.ts";
import { checkSize } from "./size.ts";
import { bindMethod, method, type Method } from "./signature.ts";
import { plain } from "./stand-ins.ts";
import { stringFormat } from "./string-format.ts";
import { stringTests } from "./string-tests.ts";
import {
  capitalize,
  charactersBefore,
  countCharacters,
  isCased,
  isWide,
  joinTexts,
  occurrences,
  replaceText,
  sliceCharacters,
  splitAt,
  splitLines,
  splitWords,
  splitWordsFromEnd,
  strip,
  stripEnd,
  stripStart,
  titleCase,
} from "./text.ts";
import { BuiltinFunction, isInt, Tuple, typeName, Undefined, truth, type Value } from "./value.ts";

type Self = string | Markup;

/** What the method gives is HTML again where its string is. */
function like(self: Self, text: string): Value {
  return typeof self === "string" ? text : new Markup(text);
}

function likeAll(self: Self, texts: readonly string[]): Value[] {
  return texts.map((text) => like(self, text));
}

/** What is put into HTML is escaped. */
function fitting(self: Self, value: Value, text: string): string {
  return typeof self === "string" || value instanceof Markup ? text : escapeHtml(text);
}

function requireText(value: Value, message: (type: string) => string): string {
  return textOf(value) ?? fail("TypeError", message(typeName(value)));
}

function requireInt(value: Value): number {
  if (value instanceof Undefined) return fail("TypeError", "'Undefined' object cannot be interpreted as an integer");
  return isInt(value)
    ? Number(value)
    : fail("TypeError", `'${typeName(value)}' object cannot be interpreted as an integer`);
}

function stripping(name: string, act: (text: string, characters: string | null) => string): Method<Self> {
  return method([["chars", null]], (self, [chars = null]) => {
    const set = chars === null ? null : requireText(chars, () => `${name} arg must be None or str`);
    return like(self, act(textOf(self)!, set));
  });
}

function simple(act: (text: string) => string): Method<Self> {
  return method([], (self) => like(self, act(textOf(self)!)));
}

/** A stretch of the text in code points, from the optional bounds that search methods take. */
function stretch(
  text: string,
  start: Value,
  end: Value,
): { readonly part: string; readonly start: number; readonly fits: boolean } {
  if (start === null && end === null) return { part: text, start: 0, fits: true };
  const length = countCharacters(text);
  const place = (bound: Value, otherwise: number): number => {
    if (bound === null) return otherwise;
    if (!isInt(bound)) return fail("TypeError", "slice indices must be integers or None or have an __index__ method");
    const at = Number(bound);
    return at < 0 ? Math.max(0, at + length) : at;
  };
  const from = place(start, 0);
  const to = Math.min(place(end, length), length);
  return { part: sliceCharacters(text, from, Math.max(from, to)), start: from, fits: from <= to };
}

const bounds = [
  ["start", null],
  ["end", null],
] as const;

function finding(last: boolean, orFail: boolean): Method<Self> {
  return method(["sub", ...bounds], (self, [sub = null, start = null, end = null]) => {
    const wanted = requireText(sub, (type) => `must be str, not ${type}`);
    const { part, start: offset, fits } = stretch(plain(textOf(self)!), start, end);
    const sought = plain(wanted);
    const at = fits ? (last ? part.lastIndexOf(sought) : part.indexOf(sought)) : -1;
    if (at >= 0) return offset + charactersBefore(part, at);
    return orFail ? fail("ValueError", "substring not found") : -1;
  });
}

function affix(name: string, matches: (text: string, affix: string) => boolean): Method<Self> {
  return method([name, ...bounds], (self, [wanted = null, start = null, end = null]) => {
    const { part, fits } = stretch(plain(textOf(self)!), start, end);
    const one = (value: Value, message: (type: string) => string): boolean =>
      matches(part, plain(requireText(value, message))) && fits;
    if (wanted instanceof Tuple) {
      return wanted.items.some((item) => one(item, (type) => `tuple for ${name} must only contain str, not ${type}`));
    }
    return one(wanted, (type) => `${name} first arg must be str or a tuple of str, not ${type}`);
  });
}

function splitting(fromEnd: boolean): Method<Self> {
  const parameters = [
    ["sep", null],
    ["maxsplit", -1],
  ] as const;
  return method(
    parameters,
    (self, [sep = null, maxsplit = null]) => {
      const text = textOf(self)!;
      const limit = requireInt(maxsplit);
      if (sep === null) return likeAll(self, fromEnd ? splitWordsFromEnd(text, limit) : splitWords(text, limit));
      const separator = requireText(sep, (type) => `must be str or None, not ${type}`);
      if (separator === "") return fail("ValueError", "empty separator");
      const all = occurrences(text, separator, fromEnd);
      const places = limit < 0 ? all : fromEnd ? all.slice(Math.max(0, all.length - limit)) : all.slice(0, limit);
      return likeAll(self, splitAt(text, places, separator.length));
    },
    false,
  );
}

function partition(fromEnd: boolean): Method<Self> {
  return method(["sep"], (self, [sep = null]) => {
    const text = textOf(self)!;
    const separator = requireText(sep, (type) => `must be str, not ${type}`);
    if (separator === "") return fail("ValueError", "empty separator");
    const [seen, sought] = [plain(text), plain(separator)];
    const at = fromEnd ? seen.lastIndexOf(sought) : seen.indexOf(sought);
    const end = at + separator.length;
    const parts =
      at >= 0 ? [text.slice(0, at), text.slice(at, end), text.slice(end)] : fromEnd ? ["", "", text] : [text, "", ""];
    return new Tuple(likeAll(self, parts));
  });
}

function justified(align: (text: string, missing: number, width: number, fill: string) => string): Method<Self> {
  return method(["width", ["fillchar", " "]], (self, [width = null, fillchar = null]) => {
    const fill = requireText(fillchar, (type) => `The fill character must be a unicode character, not ${type}`);
    if (countCharacters(fill) !== 1) return fail("TypeError", "The fill character must be exactly one character long");
    const columns = requireInt(width);
    checkSize(columns);
    const text = textOf(self)!;
    const missing = Math.max(0, columns - countCharacters(text));
    return like(self, align(text, missing, columns, fitting(self, fillchar, fill)));
  });
}

/** The odd blank goes where CPython puts it. */
export function center(text: string, missing: number, width: number, fill: string): string {
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function expandTabs(text: string, size: number): string {
  let column = 0;
  let result = "";
  for (const character of text) {
    if (character === "\t") {
      const blanks = size > 0 ? size - (column % size) : 0;
      checkSize(result.length + blanks);
      result += " ".repeat(blanks);
      column += blanks;
    } else {
      result += character;
      column = character === "\n" || character === "\r" ? 0 : column + 1;
    }
  }
  return result;
}

function zeroFill(text: string, width: number): string {
  checkSize(width);
  const missing = Math.max(0, width - countCharacters(text));
  const sign = /^[+-]/.exec(text)?.[0] ?? "";
  return sign + "0".repeat(missing) + text.slice(sign.length);
}

/** `separator.join(values)`. */
export function join(separator: Self, values: Value): Value {
  const html = separator instanceof Markup;
  const parts: string[] = [];
  for (const value of iterate(values)) {
    const text = textOf(value);
    if (text === undefined && !html) {
      return fail("TypeError", `sequence item ${parts.length}: expected str instance, ${typeName(value)} found`);
    }
    parts.push(html && !(value instanceof Markup) ? escapeHtml(text ?? repr(value)) : (text ?? ""));
  }
  return like(separator, joinTexts(parts, textOf(separator)!));
}

const methods: Readonly<Record<string, Method<Self>>> = {
  strip: stripping("strip", strip),
  lstrip: stripping("lstrip", stripStart),
  rstrip: stripping("rstrip", stripEnd),
  split: splitting(false),
  rsplit: splitting(true),
  partition: partition(false),
  rpartition: partition(true),
  upper: simple((text) => text.toUpperCase()),
  lower: simple((text) => text.toLowerCase()),
  casefold: simple((text) => text.toUpperCase().toLowerCase().replaceAll("ς", "σ")),
  title: simple(titleCase),
  capitalize: simple(capitalize),
  swapcase: simple((text) =>
    Array.from(text, (character) => {
      if (!isCased(character)) return character;
      return character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase();
    }).join(""),
  ),
  find: finding(false, false),
  rfind: finding(true, false),
  index: finding(false, true),
  rindex: finding(true, true),
  startswith: affix("startswith", (text, prefix) => text.startsWith(prefix)),
  endswith: affix("endswith", (text, suffix) => text.endsWith(suffix)),
  removeprefix: method(["prefix"], (self, [prefix = null]) => {
    const text = textOf(self)!;
    const wanted = requireText(prefix, (type) => `removeprefix() argument must be str, not ${type}`);
    return like(self, plain(text).startsWith(plain(wanted)) ? text.slice(wanted.length) : text);
  }),
  removesuffix: method(["suffix"], (self, [suffix = null]) => {
    const text = textOf(self)!;
    const wanted = requireText(suffix, (type) => `removesuffix() argument must be str, not ${type}`);
    return like(self, wanted !== "" && plain(text).endsWith(plain(wanted)) ? text.slice(0, -wanted.length) : text);
  }),
  count: method(["sub", ...bounds], (self, [sub = null, start = null, end = null]) => {
    const wanted = requireText(sub, (type) => `must be str, not ${type}`);
    const { part, fits } = stretch(textOf(self)!, start, end);
    if (!fits) return 0;
    return wanted === "" ? countCharacters(part) + 1 : occurrences(part, wanted).length;
  }),
  replace: method(["old", "new", ["count", -1]], (self, [old = null, replacement = null, count = null]) => {
    const wanted = requireText(old, (type) => `replace() argument 1 must be str, not ${type}`);
    const put = requireText(replacement, (type) => `replace() argument 2 must be str, not ${type}`);
    return like(self, replaceText(textOf(self)!, wanted, fitting(self, replacement, put), requireInt(count)));
  }),
  join: method(["iterable"], (self, [values = null]) =>
    iteratorOf(values) ? join(self, values) : fail("TypeError", "can only join an iterable"),
  ),
  splitlines: method(
    [["keepends", false]],
    (self, [keepEnds = null]) => likeAll(self, splitLines(textOf(self)!, truth(keepEnds))),
    false,
  ),
  expandtabs: method(
    [["tabsize", 8]],
    (self, [size = null]) => like(self, expandTabs(textOf(self)!, requireInt(size))),
    false,
  ),
  zfill: method(["width"], (self, [width = null]) => like(self, zeroFill(textOf(self)!, requireInt(width)))),
  center: justified(center),
  ljust: justified((text, missing, _width, fill) => text + fill.repeat(missing)),
  rjust: justified((text, missing, _width, fill) => fill.repeat(missing) + text),
  unescape: method([], () => fail("UnsupportedError", "Markup.unescape is not supported")),
};

/** Methods that Python has and that make no sense in a prompt: refused by name. */
const unsupported = new Set(["encode", "translate", "maketrans"]);

/** A method of a string; undefined where Python has none of this name. */
export function textMethod(self: Self, name: string): Value | undefined {
  if (Object.hasOwn(methods, name)) {
    if (name === "unescape" && typeof self === "string") return undefined;
    return bindMethod("str", name, self, methods[name]!);
  }
  if (name === "format") return formatMethod(self);
  if (name === "format_map") return formatMapMethod(self);
  if (Object.hasOwn(stringTests, name)) {
    return bindMethod<Self>(
      "str",
      name,
      self,
      method([], () => stringTests[name]!(plain(textOf(self)!))),
    );
  }
  return unsupported.has(name) ? fail("UnsupportedError", `str.${name} is not supported`) : undefined;
}

function formatMethod(self: Self): BuiltinFunction {
  const html = self instanceof Markup;
  return new BuiltinFunction("str.format", (args, keywords) =>
    like(self, stringFormat(textOf(self)!, { args, named: (name) => keywords.get(name), html })),
  );
}

function formatMapMethod(self: Self): BuiltinFunction {
  const html = self instanceof Markup;
  return new BuiltinFunction("str.format_map", (args, keywords) => {
    if (keywords.size > 0) return fail("TypeError", "format_map() takes no keyword arguments");
    const [mapping, ...rest] = args;
    if (mapping === undefined || rest.length > 0) {
      return fail("TypeError", `format_map() takes exactly one argument (${args.length} given)`);
    }
    if (!(mapping instanceof Dict)) return fail("TypeError", `'${typeName(mapping)}' object is not subscriptable`);
    return like(self, stringFormat(textOf(self)!, { args: [], named: (name) => mapping.get(name), html }));
  });
}

/** The first characters, as a filter cuts them: counted in code points. */
export function head(value: Value, count: number): string {
  const text = textOf(value) ?? fail("TypeError", `'${typeName(value)}' object is not subscriptable`);
  const end = count < 0 ? Math.max(0, len(value) + count) : count;
  return isWide(text) ? sliceCharacters(text, 0, end) : text.slice(0, end);
}
