import { GrammarError } from "../error.ts";

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface SchemaObject {
  readonly [keyword: string]: unknown;
}

/** A schema and where it stands. One object is located once, so that recursion comes back to the same one. */
export interface Located {
  readonly id: number;
  readonly schema: boolean | SchemaObject;
  /** JSON pointer from the root. */
  readonly path: string;
  /** The nearest schema around it that has an `$id`: what its `#/…` references are relative to. */
  readonly base: SchemaObject | undefined;
}

export interface Relaxed {
  readonly path: string;
  readonly keyword: string;
}

export function isSchemaObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function pointerStep(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function identifier(schema: SchemaObject): string | undefined {
  const id = schema["$id"] ?? schema["id"];
  return typeof id === "string" && !id.startsWith("#") ? id : undefined;
}

/** Drafts up to 7 ignore what stands beside `$ref`. */
function isOldDraft(dialect: unknown): boolean {
  return typeof dialect === "string" && /draft-0[3-7]/.test(dialect);
}

export interface SourceOptions {
  /** Drop what can't be enforced, and say so in `relaxed`, instead of refusing the schema. */
  readonly lenient?: boolean;
  /**
   * Where a schema declares properties and says nothing of others, take others for forbidden, as xgrammar does (its strict mode).
   * Without it they are allowed, as JSON Schema says.
   */
  readonly closed?: boolean;
  /**
   * Whether strings must be of their `format`, default true: what writes by a schema is meant to keep to it, though the
   * specification takes `format` for an annotation unless told otherwise. One that can't be judged is in `relaxed`.
   */
  readonly assertFormat?: boolean;
}

/** A schema document: locates schemas in it, resolves references, and knows what is refused and what relaxed. */
export class SchemaSource {
  readonly root: Located;
  readonly ignoresSiblingsOfRef: boolean;
  readonly lenient: boolean;
  readonly closed: boolean;
  readonly assertsFormat: boolean;
  readonly relaxed: Relaxed[];
  readonly #located = new Map<SchemaObject, Located>();
  #count = 2;

  constructor(schema: unknown, path: string, options: SourceOptions, relaxed: Relaxed[]) {
    this.lenient = options.lenient ?? false;
    this.closed = options.closed ?? false;
    this.assertsFormat = options.assertFormat ?? true;
    this.relaxed = relaxed;
    this.ignoresSiblingsOfRef = isSchemaObject(schema) && isOldDraft(schema["$schema"]);
    this.root = this.locate(schema, path, undefined);
  }

  locate(schema: unknown, path: string, parent: Located | undefined): Located {
    if (typeof schema === "boolean") return { id: schema ? 1 : 0, schema, path, base: undefined };
    if (!isSchemaObject(schema)) throw new GrammarError(path, "schema", "a schema is an object, true or false");
    const known = this.#located.get(schema);
    if (known !== undefined) return known;
    const base = parent === undefined || identifier(schema) !== undefined ? schema : parent.base;
    const located: Located = { id: this.#count++, schema, path, base };
    this.#located.set(schema, located);
    return located;
  }

  /** The schema under a keyword of another, and below that a key or index. */
  below(parent: Located, keyword: string, key?: string | number): Located {
    const value = (parent.schema as SchemaObject)[keyword];
    const at = pointerStep(parent.path, keyword);
    if (key === undefined) return this.locate(value, at, parent);
    return this.locate((value as { readonly [key: string]: unknown })[key], pointerStep(at, key), parent);
  }

  resolve(reference: unknown, from: Located): Located {
    if (typeof reference !== "string") throw new GrammarError(from.path, "$ref", "it is not a string");
    const hash = reference.indexOf("#");
    const address = hash < 0 ? reference : reference.slice(0, hash);
    const fragment = decodeFragment(hash < 0 ? "" : reference.slice(hash + 1));
    const documents = address === "" ? [from.base, this.root.schema] : [this.#document(address)];
    for (const document of documents) {
      if (!isSchemaObject(document)) continue;
      const found =
        fragment === "" || fragment.startsWith("/")
          ? this.#pointed(document, fragment)
          : this.#anchored(document, fragment);
      if (found !== undefined) return found;
    }
    throw new GrammarError(from.path, "$ref", `${JSON.stringify(reference)} is not in this document`);
  }

  /** A document by its address: one of this file's `$id`s, compared as written, with the last part alone as a fallback. */
  #document(address: string): SchemaObject | undefined {
    const found: SchemaObject[] = [];
    walkSchemas(this.root.schema, (schema) => {
      const plain = identifier(schema)?.replace(/#$/, "");
      if (plain !== undefined && (plain === address || (!address.includes(":") && plain.endsWith(`/${address}`))))
        found.push(schema);
      return true;
    });
    return found[0];
  }

  /** Stands for "anywhere in this document" when something in it is located. */
  #rootOf(document: SchemaObject): Located {
    return { ...this.root, base: document };
  }

  #anchored(document: SchemaObject, name: string): Located | undefined {
    let found: SchemaObject | undefined;
    walkSchemas(document, (schema) => {
      // What has an `$id` of its own is a document of its own.
      if (schema !== document && identifier(schema) !== undefined) return false;
      const anchors = [schema["$anchor"], schema["$dynamicAnchor"], hashed(schema["id"]), hashed(schema["$id"])];
      if (anchors.includes(name)) found ??= schema;
      return true;
    });
    return found === undefined ? undefined : this.locate(found, `#${name}`, this.#rootOf(document));
  }

  /** `$dynamicRef` is `$ref` unless more than one schema has the anchor: then the way to the reference decides between them. */
  resolveDynamic(reference: unknown, from: Located): Located {
    const target = this.resolve(reference, from);
    const name = isSchemaObject(target.schema) ? target.schema["$dynamicAnchor"] : undefined;
    if (name === undefined || !String(reference).endsWith(`#${String(name)}`)) return target;
    let anchors = 0;
    walkSchemas(this.root.schema, (schema) => {
      if (schema["$dynamicAnchor"] === name) anchors++;
      return true;
    });
    if (anchors > 1) this.refuse(from, "$dynamicRef", "there are several schemas with its anchor");
    return target;
  }

  #pointed(document: SchemaObject, pointer: string): Located | undefined {
    let at: unknown = document;
    let path = document === this.root.schema ? this.root.path : `${this.root.path}#`;
    let parent = this.#rootOf(document);
    for (const step of pointer.split("/").slice(1)) {
      const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
      if (isSchemaObject(at) && identifier(at) !== undefined) parent = this.#rootOf(at);
      at = (at as { readonly [key: string]: unknown })[key];
      path = pointerStep(path, key);
    }
    return typeof at === "boolean" || isSchemaObject(at) ? this.locate(at, path, parent) : undefined;
  }

  /** A keyword that can't be enforced: an error, or with `lenient` an entry in the list of what is not. */
  refuse(at: Located, keyword: string, reason: string): void {
    if (!this.lenient) throw new GrammarError(at.path, keyword, reason);
    this.relax(at, keyword);
  }

  relax(at: Located, keyword: string): void {
    if (!this.relaxed.some((each) => each.path === at.path && each.keyword === keyword))
      this.relaxed.push({ path: at.path, keyword });
  }
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** `name` of `#name`. */
function hashed(id: unknown): string | undefined {
  return typeof id === "string" && id.startsWith("#") ? id.slice(1) : undefined;
}

const holdSchemas = [
  "additionalItems",
  "additionalProperties",
  "allOf",
  "anyOf",
  "contains",
  "else",
  "extends",
  "if",
  "items",
  "not",
  "oneOf",
  "prefixItems",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
];
const holdNamedSchemas = [
  "$defs",
  "definitions",
  "dependencies",
  "dependentSchemas",
  "patternProperties",
  "properties",
];

/** Visits every schema of a document, and, where `visit` says so, those in it. */
function walkSchemas(root: unknown, visit: (schema: SchemaObject) => boolean): void {
  const stack = [root];
  const push = (value: unknown): void => {
    if (typeof value === "object" && value !== null) stack.push(...Object.values(value).reverse());
  };
  while (stack.length > 0) {
    const value = stack.pop();
    if (!isSchemaObject(value) || !visit(value)) continue;
    for (const keyword of holdNamedSchemas) push(value[keyword]);
    for (const keyword of holdSchemas) push(Array.isArray(value[keyword]) ? value[keyword] : [value[keyword]]);
  }
}
