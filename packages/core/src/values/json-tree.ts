/**
 * JSON text as a tree that keeps what `JSON.parse` loses: the digits of numbers, the order of keys, keys that come twice,
 * and `__proto__`, which is a key like any other. Nothing here recurses, so depth costs memory and no stack.
 */

interface Extent {
  /** Where the value stands in the text: `[start, end)` in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface JsonEntry {
  readonly key: string;
  readonly value: JsonTree;
}

export type JsonTree =
  | (Extent & { readonly type: "object"; readonly entries: readonly JsonEntry[] })
  | (Extent & { readonly type: "array"; readonly items: readonly JsonTree[] })
  | (Extent & { readonly type: "string"; readonly value: string })
  /** A number is its text: `1.0` is not `1`. */
  | (Extent & { readonly type: "number"; readonly text: string })
  | (Extent & { readonly type: "boolean"; readonly value: boolean })
  | (Extent & { readonly type: "null" });

export type JsonObject = Extract<JsonTree, { readonly type: "object" }>;

const space = /[ \t\n\r]*/y;
const plain = /[^"\\\u0000-\u001f]*/y;
const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const word = /true|false|null/y;

/** An object or array whose end has not come. */
type Open =
  | { readonly type: "object"; readonly start: number; readonly entries: JsonEntry[]; key: string }
  | { readonly type: "array"; readonly start: number; readonly items: JsonTree[] };

/** Reads one JSON value and nothing else. Throws a `SyntaxError` that says where the text is no JSON. */
export function readJsonText(text: string): JsonTree {
  const open: Open[] = [];
  let at = 0;

  const skip = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match?.[0];
  };
  const fail = (expected: string): never => {
    const found = at < text.length ? JSON.stringify(text[at]) : "the end";
    throw new SyntaxError(`expected ${expected} at ${at}, found ${found}`);
  };
  const string = (): string => {
    const start = at++;
    for (;;) {
      skip(plain);
      if (text[at] === '"') break;
      if (skip(escape) === undefined) fail("the rest of a string");
    }
    at++;
    return JSON.parse(text.slice(start, at)) as string;
  };
  const key = (): string => {
    skip(space);
    if (text[at] !== '"') fail("a key");
    const name = string();
    skip(space);
    if (text[at] !== ":") fail("a colon");
    at++;
    return name;
  };

  for (;;) {
    // A value starts here.
    skip(space);
    const start = at;
    const first = text[at];
    let value: JsonTree | undefined;
    if (first === "{") {
      at++;
      skip(space);
      if (text[at] === "}") value = { type: "object", entries: [], start, end: ++at };
      else open.push({ type: "object", start, entries: [], key: key() });
    } else if (first === "[") {
      at++;
      skip(space);
      if (text[at] === "]") value = { type: "array", items: [], start, end: ++at };
      else open.push({ type: "array", start, items: [] });
    } else if (first === '"') {
      value = { type: "string", value: string(), start, end: at };
    } else {
      const digits = skip(number);
      const name = digits === undefined ? skip(word) : undefined;
      if (digits !== undefined) value = { type: "number", text: digits, start, end: at };
      else if (name === "null") value = { type: "null", start, end: at };
      else if (name !== undefined) value = { type: "boolean", value: name === "true", start, end: at };
      else fail("a value");
    }
    // The value is complete: it goes into what is open, which may end with it.
    while (value) {
      const into = open.at(-1);
      skip(space);
      if (!into) {
        if (at < text.length) fail("the end");
        return value;
      }
      const close = into.type === "object" ? "}" : "]";
      if (into.type === "object") into.entries.push({ key: into.key, value });
      else into.items.push(value);
      if (text[at] === ",") {
        at++;
        if (into.type === "object") into.key = key();
        value = undefined;
      } else if (text[at] === close) {
        at++;
        open.pop();
        const { start: from } = into;
        value =
          into.type === "object"
            ? { type: "object", entries: into.entries, start: from, end: at }
            : { type: "array", items: into.items, start: from, end: at };
      } else fail(`a comma or ${JSON.stringify(close)}`);
    }
  }
}

/**
 * Whether two trees say the same: strings by their characters, numbers by their text, keys in the same order, or with
 * `anyOrder` in any.
 */
export function sameJson(left: JsonTree, right: JsonTree, anyOrder = false): boolean {
  const pairs: [JsonTree, JsonTree][] = [[left, right]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [a, b] = pair;
    if (a.type === "object" && b.type === "object") {
      if (a.entries.length !== b.entries.length) return false;
      const [entries, others] = [a.entries, b.entries].map((each) => (anyOrder ? each.toSorted(byKey) : each));
      for (const [index, entry] of entries!.entries()) {
        const other = others![index]!;
        if (entry.key !== other.key) return false;
        pairs.push([entry.value, other.value]);
      }
    } else if (a.type === "array" && b.type === "array") {
      if (a.items.length !== b.items.length) return false;
      a.items.forEach((item, index) => pairs.push([item, b.items[index]!]));
    } else if (a.type === "number" && b.type === "number") {
      if (a.text !== b.text) return false;
    } else if ((a.type === "string" && b.type === "string") || (a.type === "boolean" && b.type === "boolean")) {
      if (a.value !== b.value) return false;
    } else if (a.type !== b.type) return false;
  }
  return true;
}

const byKey = (a: JsonEntry, b: JsonEntry): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);

/** `sameJson` of two texts; false if one is no JSON. */
export function sameJsonText(left: string, right: string, anyOrder = false): boolean {
  if (left === right) return true;
  try {
    return sameJson(readJsonText(left), readJsonText(right), anyOrder);
  } catch {
    return false;
  }
}
