import { Dict, DictView } from "./dict.ts";
import { floatRepr } from "./digits.ts";
import { Markup } from "./markup.ts";
import { fail } from "../template/error.ts";
import { PartCounter } from "./size.ts";
import { plain } from "./stand-ins.ts";
import { isPrintable } from "./text.ts";
import { Float, PythonObject, Tuple, type List, type Value } from "./value.ts";

/** `str(x)`: how a value prints. */
export function str(value: Value): string {
  if (typeof value === "string") return value;
  return value instanceof PythonObject && !isContainer(value) ? value.str() : repr(value);
}

function isContainer(value: PythonObject): boolean {
  return value instanceof Dict || value instanceof Tuple || value instanceof Float || value instanceof DictView;
}

/** `repr(x)`: how a value prints within a list or a dict. */
export function repr(value: Value): string {
  return show(value, new PartCounter());
}

function show(value: Value, parts: PartCounter): string {
  parts.add();
  if (value === null) return "None";
  switch (typeof value) {
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return value.toString();
    case "bigint":
      return showBigInt(value);
    case "string":
      return quote(value);
  }
  if (!(value instanceof PythonObject)) return `[${showAll(value, parts)}]`;
  if (value instanceof Float) return floatRepr(value.value);
  if (value instanceof Tuple)
    return value.items.length === 1 ? `(${show(value.items[0]!, parts)},)` : `(${showAll(value.items, parts)})`;
  if (value instanceof Dict) return showDict(value, parts);
  if (value instanceof DictView) return `dict_${value.kind}([${showAll(collect(value.iterate()), parts)}])`;
  if (value instanceof Markup) return `Markup(${quote(value.text)})`;
  return value.repr();
}

const MAX_DIGITS = 4300;
const tooLong = 10n ** BigInt(MAX_DIGITS);

function showBigInt(value: bigint): string {
  if (value < tooLong && value > -tooLong) return value.toString();
  return fail(
    "ValueError",
    `Exceeds the limit (${MAX_DIGITS} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`,
  );
}

function collect(values: Iterator<Value>): Value[] {
  const list: Value[] = [];
  for (let step = values.next(); step.done !== true; step = values.next()) list.push(step.value);
  return list;
}

function showAll(items: List, parts: PartCounter): string {
  return items.map((item) => show(item, parts)).join(", ");
}

export function reprDict(dict: Dict): string {
  return showDict(dict, new PartCounter());
}

function showDict(dict: Dict, parts: PartCounter): string {
  return `{${[...dict.entries()].map(([key, value]) => `${show(key, parts)}: ${show(value, parts)}`).join(", ")}}`;
}

const escapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** Single quotes, or double ones where that saves escaping; what can't be printed is escaped. */
export function quote(text: string): string {
  const shown = plain(text);
  const mark = shown.includes("'") && !shown.includes('"') ? '"' : "'";
  let result = mark;
  for (const character of text) {
    const seen = plain(character);
    if (seen === mark) result += `\\${character}`;
    else if (escapes[seen] !== undefined) result += escapes[seen];
    else if (isPrintable(seen)) result += character;
    else result += escapeCodePoint(seen);
  }
  return result + mark;
}

/** `\x07`, `\u200b`, `\U000e0001`. */
export function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0)!;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** `ascii(x)`. */
export function ascii(value: Value): string {
  return Array.from(repr(value), (character) =>
    character.codePointAt(0)! < 0x80 ? character : escapeCodePoint(character),
  ).join("");
}
