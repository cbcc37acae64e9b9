import type { CharAutomaton } from "../automata/char-automaton.ts";
import type { Escapes } from "../automata/escaped-chars.ts";
import { GrammarError } from "../error.ts";
import { choice, empty, literal, type Node, nothing, repeat, rule, sequence } from "../ir.ts";
import { longestArray, type ValueCompiler } from "../json-schema/arrays.ts";
import type { SchemaCompiler } from "../json-schema/compile.ts";
import { counts, type Conjunction, itemSchemas, typeBits } from "../json-schema/conjunction.ts";
import { type EntryWriter, ObjectEntries } from "../json-schema/objects.ts";
import type { KeyMeaning } from "../json-schema/properties.ts";
import type { Located } from "../json-schema/source.ts";
import { regexAutomaton } from "../regex/automaton.ts";
import { isPlainString, jsonTexts, keyText, RawText, tagGap, unwritableKey } from "./value-texts.ts";

/** What a body is in these notations: text, a JSON scalar, entries, items. */
type BodyKind = "raw" | "json" | "dict" | "list";

/** A notation in which objects and arrays are tags within tags. */
interface NestedStyle {
  /** The tag of an entry up to its key, and what closes an entry; where that repeats the key, undeclared keys are impossible. */
  readonly openEntry: string;
  readonly closeEntry: (key: string | undefined) => string;
  readonly afterKey: (kind: BodyKind) => string;
  readonly openItem: (kind: BodyKind) => string;
  readonly closeItem: string;
  /** What a raw text can't contain. */
  readonly closer: string;
  /** Whether white space may stand around a text or number that is not its own. */
  readonly padded: boolean;
  /** Whether white space may stand between two items. */
  readonly spaced: boolean;
  /** Keys that no schema names, if any are possible. */
  readonly otherKeys: CharAutomaton | undefined;
  readonly reserved: RegExp;
  /** How characters of declared keys are written that can't stand there as they are. */
  readonly escapes?: Escapes;
}

const minimaxNamespace = "]<]minimax[>[";

export const nestedStyles: { readonly [style: string]: NestedStyle } = {
  cohere_xml: {
    openEntry: '<cofl:value name="',
    closeEntry: () => "</cofl:value>",
    afterKey: (kind) => `" type="${kind}">`,
    openItem: (kind) => `<cofl:value type="${kind}">`,
    closeItem: "</cofl:value>",
    closer: "</cofl:value>",
    padded: true,
    spaced: false,
    otherKeys: regexAutomaton('[^\\x00"&<>]+', false, "", "key"),
    reserved: /\0/,
    escapes: { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" },
  },
  minimax_m3_xml: {
    openEntry: `${minimaxNamespace}<`,
    closeEntry: (key) => `${minimaxNamespace}</${key ?? ""}>`,
    afterKey: () => ">",
    openItem: () => `${minimaxNamespace}<item>`,
    closeItem: `${minimaxNamespace}</item>`,
    closer: minimaxNamespace,
    padded: false,
    spaced: true,
    otherKeys: undefined,
    reserved: /^$|^\/|>/,
  },
};

/** An arguments object in a notation that nests. */
export class NestedCompiler {
  readonly #compiler: SchemaCompiler;
  readonly #style: NestedStyle;
  readonly #gap: Node;
  /** White space around a text or number. */
  readonly #padding: Node;
  readonly #raw: RawText;
  readonly #values = new Map<string, ReadonlyMap<BodyKind, Node>>();
  readonly #entryNodes = new Map<string, Node>();

  constructor(compiler: SchemaCompiler, style: NestedStyle, maxWhitespace: number) {
    this.#compiler = compiler;
    this.#style = style;
    this.#gap = tagGap(maxWhitespace);
    this.#padding = style.padded ? this.#gap : empty;
    this.#raw = new RawText(style.closer, [], this.#padding);
  }

  compile(): Node {
    const { root } = this.#compiler.source;
    const objects = this.#compiler.alternatives([root]).filter((each) => each.types & typeBits.object);
    const nodes = objects.map((each) => this.#object(each));
    this.#compiler.readAll();
    const node = choice(nodes.filter((each) => each !== nothing));
    if (node === nothing)
      throw new GrammarError(root.path, "type", "the arguments are an object, and no object satisfies the schema");
    return node;
  }

  get #valueCompiler(): ValueCompiler {
    return {
      layout: this.#compiler.layout,
      string: (chars) => this.#compiler.string(chars),
      name: (chars) => this.#compiler.name(chars),
      number: (value) => this.#compiler.number(value),
      anyOrder: this.#compiler.anyOrder,
      value: (schemas) => this.#body(schemas, () => "", ""),
      possible: (schemas) => this.#compiler.possible(schemas),
    };
  }

  #object(conjunction: Conjunction): Node {
    if (conjunction.values !== undefined) {
      this.#compiler.source.refuse(conjunction.at, "enum", "objects in tags are not listed as a whole");
      return nothing;
    }
    const { otherKeys } = this.#style;
    const none = otherKeys ?? regexAutomaton("[]", false, "", "key");
    const plan = this.#compiler.makePlan(conjunction, none, this.#valueCompiler);
    if (!plan.possible) return nothing;
    for (const { name, schemas } of plan.declared) {
      if (this.#style.reserved.test(name)) throw unwritableKey(name, conjunction.at.path);
      this.#entry(name, schemas);
    }
    const entries = new ObjectEntries(plan, this.#entries(), conjunction, this.#compiler.anyOrder);
    return sequence(this.#gap, entries.start);
  }

  #entries(): EntryWriter {
    const style = this.#style;
    return {
      separator: this.#gap,
      end: this.#gap,
      endOfEmpty: empty,
      entry: (plan, keys, then) => {
        const follow = (key: KeyMeaning): Node => {
          const name = "declared" in key ? plan.declared[key.declared]?.name : undefined;
          return sequence(this.#entry(name, plan.schemasOf(key)), then(key));
        };
        return sequence(literal(style.openEntry), keyText("a name", keys, style.escapes, follow));
      },
    };
  }

  /** From behind the key to behind the closing tag. */
  #entry(name: string | undefined, schemas: readonly Located[]): Node {
    const key = `${keyOf(schemas)} ${name ?? ""}`;
    let node = this.#entryNodes.get(key);
    if (node === undefined) {
      node = rule(name ?? "any entry", () => this.#body(schemas, this.#style.afterKey, this.#style.closeEntry(name)));
      this.#entryNodes.set(key, node);
    }
    return node;
  }

  #body(schemas: readonly Located[], open: (kind: BodyKind) => string, close: string): Node {
    return choice(
      [...this.#bodies(schemas)].map(([kind, node]) => sequence(literalOf(open(kind)), node, literalOf(close))),
    );
  }

  #bodies(schemas: readonly Located[]): ReadonlyMap<BodyKind, Node> {
    const key = keyOf(schemas);
    let bodies = this.#values.get(key);
    if (bodies === undefined) {
      bodies = this.#byKind(this.#compiler.alternatives(schemas));
      this.#values.set(key, bodies);
    }
    return bodies;
  }

  #byKind(alternatives: readonly Conjunction[]): ReadonlyMap<BodyKind, Node> {
    const byKind = new Map<BodyKind, Node>();
    const add = (kind: BodyKind, node: Node | undefined): void => {
      if (node !== undefined && node !== nothing)
        byKind.set(kind, choice([...(byKind.has(kind) ? [byKind.get(kind) as Node] : []), node]));
    };
    const anyText = alternatives.some(isPlainString);
    for (const conjunction of alternatives) {
      const { types, values } = conjunction;
      if (values === undefined && types & typeBits.string) add("raw", this.#raw.string(conjunction, this.#compiler));
      if (values !== undefined && !anyText) {
        add(
          "raw",
          this.#raw.words(this.#compiler.values.fitting(conjunction).filter((value) => typeof value === "string")),
        );
      }
      const scalars =
        values === undefined ? { ...conjunction, types: types & ~(typeBits.array | typeBits.object) } : conjunction;
      for (const [, node] of jsonTexts(scalars, this.#compiler, this.#padding)) add("json", node);
      if (values !== undefined) continue;
      if (types & typeBits.object)
        add(
          "dict",
          rule("entries", () => this.#object(conjunction)),
        );
      if (types & typeBits.array)
        add(
          "list",
          rule("items", () => this.#array(conjunction)),
        );
    }
    return byKind;
  }

  #array(conjunction: Conjunction): Node {
    const { array } = conjunction;
    if (array.unique || counts(array).length > 0) {
      const keyword = array.unique ? "uniqueItems" : "contains";
      this.#compiler.source.refuse(conjunction.at, keyword, "items in tags are neither compared nor counted");
    }
    const most = longestArray(conjunction, this.#valueCompiler);
    if (array.least > most) return nothing;
    const between = this.#style.spaced ? this.#gap : empty;
    const item = (index: number): Node =>
      sequence(between, this.#body(itemSchemas(array, index), this.#style.openItem, this.#style.closeItem));
    const fixed = Math.min(most, Math.max(0, ...array.layers.map((layer) => layer.prefix.length)));
    let rest = sequence(
      most > fixed ? repeat(item(fixed), Math.max(0, array.least - fixed), most - fixed) : empty,
      this.#gap,
    );
    for (let i = fixed - 1; i >= 0; i--) {
      const more = sequence(item(i), rest);
      rest = i >= array.least ? choice([this.#gap, more]) : more;
    }
    return sequence(this.#style.spaced ? empty : this.#gap, rest);
  }
}

function literalOf(value: string): Node {
  return value === "" ? empty : literal(value);
}

function keyOf(schemas: readonly Located[]): string {
  return [...new Set(schemas.map((schema) => schema.id))].sort((a, b) => a - b).join();
}
