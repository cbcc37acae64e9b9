/** Values in the notations that are no JSON: Python's literals and Gemma's. */
import type { JsonTree } from "../values/json-tree.ts";
import { byName } from "../values/key-order.ts";

export interface LiteralStyle {
  readonly string: (value: string) => string;
  /** A key with what stands between it and its value. */
  readonly key: (key: string) => string;
  readonly separator: string;
  /** Keys come in the order of their names. */
  readonly sorted: boolean;
  readonly words: { readonly true: string; readonly false: string; readonly null: string };
}

const pythonEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/** What Python's `repr` escapes: backslashes, control characters, surrogates without a partner. */
const pythonSpecial =
  /[\\\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A string as Python's `repr` has it: single quotes, unless only double ones save an escape. */
export function pythonString(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
  const escaped = value.replace(pythonSpecial, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return pythonEscapes.get(character) ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, "0")}`);
  });
  return quote + escaped.replaceAll(quote, `\\${quote}`) + quote;
}

export const pythonStyle: LiteralStyle = {
  string: pythonString,
  key: (key) => `${pythonString(key)}: `,
  separator: ", ",
  sorted: false,
  words: { true: "True", false: "False", null: "None" },
};

/** Keys that need no quotes. */
const bareKey = /^(?:[\w.+-]|(?!\s)[\u0080-\uffff])+$/;

export const gemmaStyle = (quote: string, sorted: boolean): LiteralStyle => ({
  string: (value) => quote + value + quote,
  key: (key) => `${bareKey.test(key) ? key : quote + key + quote}:`,
  separator: ",",
  sorted,
  words: { true: "true", false: "false", null: "null" },
});

/** One value. Numbers are written as they were; the work is a loop, so that depth costs no stack. */
export function literalText(tree: JsonTree, style: LiteralStyle): string {
  let out = "";
  const pending: (JsonTree | string)[] = [tree];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === "string") out += next;
    else if (next.type === "object") {
      pending.push("}");
      const entries = style.sorted ? next.entries.toSorted((a, b) => byName(a.key, b.key)) : next.entries;
      for (let i = entries.length - 1; i >= 0; i--) {
        const { key, value } = entries[i]!;
        pending.push(value, (i > 0 ? style.separator : "") + style.key(key));
      }
      pending.push("{");
    } else if (next.type === "array") {
      pending.push("]");
      for (let i = next.items.length - 1; i >= 0; i--) {
        pending.push(next.items[i]!);
        if (i > 0) pending.push(style.separator);
      }
      pending.push("[");
    } else if (next.type === "string") out += style.string(next.value);
    else if (next.type === "number") out += next.text;
    else if (next.type === "null") out += style.words.null;
    else out += next.value ? style.words.true : style.words.false;
  }
  return out;
}
