import { GrammarError } from "../error.ts";
import { choice, empty, literal, type Node, nothing, sequence } from "../ir.ts";
import type { ValueCompiler } from "../json-schema/arrays.ts";
import type { SchemaCompiler } from "../json-schema/compile.ts";
import { type Conjunction, typeBits } from "../json-schema/conjunction.ts";
import { type EntryWriter, ObjectEntries } from "../json-schema/objects.ts";
import type { KeyMeaning } from "../json-schema/properties.ts";
import type { Located } from "../json-schema/source.ts";
import { type ParameterStyle, type ValueKind, variableName } from "./style.ts";
import { isPlainString, jsonTexts, keyText, RawText, tagGap, unwritableKey } from "./value-texts.ts";

export interface ParameterOptions {
  readonly style: ParameterStyle;
  readonly excludes: readonly string[];
  readonly maxWhitespace: number;
}

/**
 * An arguments object in a notation of tags: each property in a tag of its own, strings as they are, all else as JSON.
 * A value that may be any text is that text, whatever else it could be read as, unless the notation tells which it is.
 */
export class ParameterCompiler {
  readonly #compiler: SchemaCompiler;
  readonly #style: ParameterStyle;
  readonly #gap: Node;
  readonly #raw: RawText;
  readonly #values = new Map<string, Node>();

  constructor(compiler: SchemaCompiler, options: ParameterOptions) {
    this.#compiler = compiler;
    this.#style = options.style;
    this.#gap = tagGap(options.maxWhitespace);
    this.#raw = new RawText(options.style.close, options.excludes, options.style.padsText ? this.#gap : empty);
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

  #object(conjunction: Conjunction): Node {
    if (conjunction.values !== undefined) {
      this.#compiler.source.refuse(conjunction.at, "enum", "arguments in tags are not listed as whole objects");
      return nothing;
    }
    const values: ValueCompiler = {
      layout: this.#compiler.layout,
      string: (chars) => this.#compiler.string(chars),
      name: (chars) => this.#compiler.name(chars),
      number: (value) => this.#compiler.number(value),
      anyOrder: this.#compiler.anyOrder,
      value: (schemas) => this.#value(schemas),
      possible: (schemas) => this.#value(schemas) !== nothing,
    };
    const plan = this.#compiler.makePlan(conjunction, variableName, values);
    if (!plan.possible) return nothing;
    for (const { name } of plan.declared) {
      if (this.#style.reserved.test(name)) throw unwritableKey(name, conjunction.at.path);
    }
    if (plan.open) for (const schemas of plan.otherSchemas()) this.#value(schemas);
    const entries = new ObjectEntries(plan, this.#entries(), conjunction, this.#compiler.anyOrder);
    return sequence(this.#gap, entries.start);
  }

  #entries(): EntryWriter {
    return {
      separator: this.#gap,
      end: this.#gap,
      endOfEmpty: empty,
      entry: (plan, keys, then) => {
        const follow = (key: KeyMeaning): Node =>
          sequence(this.#value(plan.schemasOf(key)), literal(this.#style.close), then(key));
        return sequence(literal(this.#style.open), keyText("a parameter name", keys, this.#style.escapes, follow));
      },
    };
  }

  /** From behind the key to before the closing tag. */
  #value(schemas: readonly Located[]): Node {
    const key = [...new Set(schemas.map((schema) => schema.id))].sort((a, b) => a - b).join();
    let node = this.#values.get(key);
    if (node === undefined) this.#values.set(key, (node = this.#either(this.#compiler.alternatives(schemas))));
    return node;
  }

  #either(alternatives: readonly Conjunction[]): Node {
    const byKind = new Map<ValueKind, Node[]>();
    const add = (kind: ValueKind, node: Node | undefined): void => {
      if (node !== undefined && node !== nothing) byKind.set(kind, [...(byKind.get(kind) ?? []), node]);
    };
    const anyText = alternatives.some(isPlainString);
    const words: string[] = [];
    for (const conjunction of alternatives) {
      if (conjunction.values === undefined) {
        if (conjunction.types & typeBits.string) add("string", this.#raw.string(conjunction, this.#compiler));
      } else {
        for (const value of this.#compiler.values.fitting(conjunction))
          if (typeof value === "string") words.push(value);
      }
      if (anyText && !this.#style.tells) continue;
      for (const [kind, node] of jsonTexts(conjunction, this.#compiler, this.#gap)) add(kind, node);
    }
    if (!anyText) add("string", this.#raw.words(words));
    return choice([...byKind].map(([kind, nodes]) => sequence(this.#style.afterKey(kind, this.#gap), choice(nodes))));
  }
}
