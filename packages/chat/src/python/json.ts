import { fail } from "../template/error.ts";
import { sorted } from "./compare.ts";
import { Dict } from "./dict.ts";
import { floatRepr } from "./digits.ts";
import { textOf } from "./markup.ts";
import { int } from "./number.ts";
import { str } from "./repr.ts";
import { plain } from "./stand-ins.ts";
import { PartCounter } from "./size.ts";
import { Float, isInt, PythonObject, Tuple, typeName, type List, type Value } from "./value.ts";

export interface JsonStyle {
  readonly ensureAscii: boolean;
  /** What a level is indented by; null for all on one line. */
  readonly indent: string | null;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly sortKeys: boolean;
}

/** `json.dumps(value)`. */
export function writeJson(value: Value, style: JsonStyle): string {
  return write(value, { ...style, parts: new PartCounter() }, "\n");
}

function write(value: Value, style: JsonStyle & { readonly parts: PartCounter }, newline: string): string {
  style.parts.add();
  if (value === null) return "null";
  const text = textOf(value);
  if (text !== undefined) return quoteJson(text, style.ensureAscii);
  if (typeof value === "boolean") return value ? "true" : "false";
  if (isInt(value)) return str(value);
  if (value instanceof Float) return writeFloat(value.value);
  const inner = style.indent === null ? "" : newline + style.indent;
  const wrap = (open: string, items: readonly string[], close: string): string => {
    if (items.length === 0) return open + close;
    const separator = style.itemSeparator + inner;
    return `${open}${inner}${items.join(separator)}${style.indent === null ? "" : newline}${close}`;
  };
  const items = value instanceof Tuple ? value.items : Array.isArray(value) ? (value as List) : undefined;
  if (items)
    return wrap(
      "[",
      items.map((item) => write(item, style, inner)),
      "]",
    );
  if (!(value instanceof Dict)) return fail("TypeError", `Object of type ${typeName(value)} is not JSON serializable`);
  const entries = style.sortKeys
    ? sorted(
        [...value.entries()].map((entry) => new Tuple(entry)),
        firstOf,
        false,
      )
    : undefined;
  const pairs = entries ? entries.map((entry) => (entry as Tuple).items) : [...value.entries()];
  return wrap(
    "{",
    pairs.map(
      ([key, item]) => quoteJson(keyText(key!), style.ensureAscii) + style.keySeparator + write(item!, style, inner),
    ),
    "}",
  );
}

function firstOf(pair: Value): Value {
  return (pair as Tuple).items[0]!;
}

function keyText(key: Value): string {
  const text = textOf(key);
  if (text !== undefined) return text;
  if (key === null) return "null";
  if (typeof key === "boolean") return key ? "true" : "false";
  if (isInt(key)) return str(key);
  if (key instanceof Float) return writeFloat(key.value);
  return fail("TypeError", `keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

function writeFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Infinity" : "Infinity";
  return floatRepr(value);
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

function quoteJson(text: string, ensureAscii: boolean): string {
  const escaped = text.replaceAll(ensureAscii ? /["\\]|[^ -~]/g : /["\\\u0000-\u001F]/g, (unit) => {
    const seen = plain(unit);
    // A character that is written as it is keeps its stand-in.
    if (/[ !#-[\]-~]/.test(seen)) return unit;
    return shortEscapes[seen] ?? `\\u${seen.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}

/**
 * What a caller has, as a template sees it: an object or a `Map` becomes a dict, a whole number an int, another number
 * a float. JavaScript forgets that `1.0` was written so; whoever needs it passes a `Float`, or reads with `parseJson`.
 * Fields that are undefined are left out. Throws TypeError for what JSON has no word for.
 */
export function toValue(value: unknown): Value {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "bigint":
      return int(value);
    case "number":
      if (Number.isSafeInteger(value)) return value === 0 ? 0 : value;
      return Number.isInteger(value) && Math.abs(value) < 1e21 ? BigInt(value) : new Float(value);
    case "object":
      break;
    default:
      throw new TypeError(`a ${typeof value} can't be passed to a template`);
  }
  if (value === null || value instanceof PythonObject) return value;
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toValue(item)));
  const entries = value instanceof Map ? value.entries() : Object.entries(value);
  const dict = new Dict();
  for (const [key, item] of entries) if (item !== undefined) dict.set(toValue(key), toValue(item));
  return dict;
}

/**
 * JSON text as Python's `json.loads` reads it: `1.0` is a float and `1` an int of any size, keys keep their order, also
 * those that look like numbers. Throws SyntaxError where the text is not JSON.
 */
export function parseJson(text: string): Value {
  // The platform judges the text; what follows may rely on it.
  JSON.parse(text);
  const token = /[\s,:]*(?:([[\]{}])|("(?:[^"\\]|\\[\s\S])*")|([^\s,:[\]{}"]+))/y;
  const next = (): RegExpExecArray => token.exec(text)!;
  const readValue = ([, bracket, string, word]: RegExpExecArray): Value => {
    if (string !== undefined) return JSON.parse(string) as string;
    if (word !== undefined) return readWord(word);
    if (bracket === "[") {
      const list: Value[] = [];
      for (let item = next(); item[1] !== "]"; item = next()) list.push(readValue(item));
      return list;
    }
    const dict = new Dict();
    for (let key = next(); key[1] !== "}"; key = next()) dict.set(JSON.parse(key[2]!) as string, readValue(next()));
    return dict;
  };
  return readValue(next());
}

function readWord(word: string): Value {
  if (word === "null") return null;
  if (word === "true" || word === "false") return word === "true";
  return /^-?\d+$/.test(word) ? int(BigInt(word)) : new Float(Number(word));
}
