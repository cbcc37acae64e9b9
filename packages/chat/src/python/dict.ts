import { fail } from "../template/error.ts";
import { Markup } from "./markup.ts";
import { plain } from "./stand-ins.ts";
import { Float, PythonObject, Tuple, typeName, Undefined, type Value } from "./value.ts";

interface Entry {
  readonly key: Value;
  value: Value;
}

/** An ordered mapping with Python's keys: `1`, `1.0` and `True` are one key, `"1"` is another, a list is none. */
export class Dict extends PythonObject {
  readonly typeName = "dict";
  readonly #entries = new Map<unknown, Entry>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  override get length(): number {
    return this.#entries.size;
  }

  has(key: Value): boolean {
    return this.#entries.has(hashKey(key));
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(hashKey(key))?.value;
  }

  /** The first spelling of a key stays, as its place does. Only for whoever builds the dict: templates can't change one. */
  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    const entry = this.#entries.get(hash);
    if (entry) entry.value = value;
    else this.#entries.set(hash, { key, value });
  }

  *keys(): IterableIterator<Value> {
    for (const { key } of this.#entries.values()) yield key;
  }

  *values(): IterableIterator<Value> {
    for (const { value } of this.#entries.values()) yield value;
  }

  *entries(): IterableIterator<[Value, Value]> {
    for (const { key, value } of this.#entries.values()) yield [key, value];
  }

  override iterate(): Iterator<Value> {
    return this.keys();
  }

  override item(key: Value): Value | undefined {
    return isHashable(key) ? this.get(key) : undefined;
  }
}

/** What `keys()`, `values()` and `items()` give: a look at the dict, with no elements to index. */
export class DictView extends PythonObject {
  readonly dict: Dict;
  readonly kind: "keys" | "values" | "items";

  constructor(dict: Dict, kind: "keys" | "values" | "items") {
    super();
    this.dict = dict;
    this.kind = kind;
  }

  get typeName(): string {
    return `dict_${this.kind}`;
  }

  override get length(): number {
    return this.dict.length;
  }

  override iterate(): Iterator<Value> {
    return this.#walk();
  }

  *#walk(): IterableIterator<Value> {
    if (this.kind === "keys") yield* this.dict.keys();
    else if (this.kind === "values") yield* this.dict.values();
    else for (const entry of this.dict.entries()) yield new Tuple(entry);
  }
}

function isHashable(key: Value): boolean {
  if (Array.isArray(key)) return false;
  if (key instanceof Tuple) return key.items.every(isHashable);
  return !(key instanceof Dict || key instanceof DictView);
}

/** Equal for keys that are equal in Python. Throws TypeError for what can't be one. */
export function hashKey(key: Value): unknown {
  switch (typeof key) {
    case "string":
      return plain(key);
    case "number":
    case "bigint":
      return key;
    case "boolean":
      return Number(key);
  }
  if (key === null) return null;
  if (key instanceof Float)
    return Number.isInteger(key.value) && !Number.isSafeInteger(key.value) ? BigInt(key.value) : key.value;
  if (key instanceof Markup) return plain(key.text);
  if (key instanceof Undefined) return Undefined;
  if (key instanceof Tuple) return `\u0000tuple${key.items.map((item) => tag(hashKey(item))).join("\u0000")}`;
  if (!isHashable(key)) return fail("TypeError", `unhashable type: '${typeName(key)}'`);
  return key;
}

function tag(hash: unknown): string {
  return `${hash === null ? "null" : typeof hash}:${String(hash)}`;
}
