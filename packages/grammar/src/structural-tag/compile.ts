import type { JsonSchema, StructuralFormat, StructuralTag } from "@glossa/core";
import { Utf8Text } from "../automata/byte-automaton.ts";
import { counted } from "../automata/counted.ts";
import { WatchedText } from "../automata/substrings.ts";
import { compileEbnf } from "../ebnf/compile.ts";
import { GrammarError } from "../error.ts";
import { choice, dispatch, empty, literal, type Node, optional, repeat, sequence, text } from "../ir.ts";
import { SchemaCompiler } from "../json-schema/compile.ts";
import type { Relaxed, SourceOptions } from "../json-schema/source.ts";
import { regexAutomaton } from "../regex/automaton.ts";
import { nestedStyles, NestedCompiler } from "../tagged/nested.ts";
import { ParameterCompiler } from "../tagged/parameters.ts";
import { parameterStyles } from "../tagged/style.ts";

type SchemaFormat = Extract<StructuralFormat, { readonly type: "json_schema" }>;
type TagFormat = Extract<StructuralFormat, { readonly type: "tag" }>;

export interface StructuralTagOptions extends SourceOptions {
  readonly relaxed: Relaxed[];
}

/** Translates a structural tag, node by node, as xgrammar 0.2.8 does. */
export function compileStructuralTag(tag: StructuralTag, options: StructuralTagOptions): Node {
  return new FormatCompiler(options).format(tag.format, "format", []);
}

class FormatCompiler {
  readonly #options: StructuralTagOptions;
  readonly #schemas = new Map<string, { readonly schema: JsonSchema; readonly node: Node }[]>();

  constructor(options: StructuralTagOptions) {
    this.#options = options;
  }

  /** `ends`: the ends of the nearest tag around. Free text within it can't contain them. */
  format(format: StructuralFormat, path: string, ends: readonly string[]): Node {
    const at = (child: StructuralFormat, name: string): Node => this.format(child, `${path}.${name}`, ends);
    switch (format.type) {
      case "const_string":
        return literal(format.value);
      case "json_schema":
        return this.#schema(format, path);
      case "qwen_xml_parameter":
        return this.#schema({ type: "json_schema", json_schema: format.json_schema, style: "qwen_xml" }, path);
      case "regex":
        return text(
          "text of a pattern",
          new Utf8Text(regexAutomaton(format.pattern, false, `${path}.pattern`, "regex")),
        );
      case "any_text":
        return this.#anyText(format, path, ends);
      case "sequence":
        return sequence(...format.elements.map((each, index) => at(each, `elements[${index}]`)));
      case "or":
        return choice(format.elements.map((each, index) => at(each, `elements[${index}]`)));
      case "optional":
        return optional(at(format.content, "content"));
      case "plus":
        return repeat(at(format.content, "content"), 1, Infinity);
      case "star":
        return repeat(at(format.content, "content"), 0, Infinity);
      case "repeat":
        return repeat(at(format.content, "content"), format.min, format.max === -1 ? Infinity : format.max);
      case "tag":
        return this.#tag(format, path, 0);
      case "triggered_tags":
        return this.#triggered(format, path, ends);
      case "tags_with_separator":
        return this.#separated(format, path);
      case "dispatch":
        return dispatch(
          format.rules.map(([pattern]) => pattern),
          format.rules.map(([, content], index) => at(content, `rules[${index}][1]`)),
          { loop: format.loop ?? true, excludes: format.excludes ?? [] },
        );
      case "grammar":
        return compileEbnf(format.grammar, `${path}.grammar`);
      case "token":
      case "exclude_token":
      case "any_tokens":
      case "token_triggered_tags":
      case "token_dispatch":
        throw new GrammarError(path, format.type, "it speaks of tokens, and this matcher of text");
    }
  }

  #schema(format: SchemaFormat, path: string): Node {
    const key = JSON.stringify([format.style, format.any_order, format.max_whitespace_cnt, format.excludes]);
    const known = this.#schemas.get(key)?.find((each) => each.schema === format.json_schema);
    if (known !== undefined) return known.node;
    const node = this.#styled(format, path);
    const others = this.#schemas.get(key) ?? [];
    this.#schemas.set(key, [...others, { schema: format.json_schema, node }]);
    return node;
  }

  #styled(format: SchemaFormat, path: string): Node {
    const style = format.style ?? "json";
    const excludes = format.excludes ?? [];
    const maxWhitespace = format.max_whitespace_cnt;
    const { lenient = false, closed = false, relaxed } = this.#options;
    const anyOrder = format.any_order ?? false;
    const schemaOptions = { lenient, closed, anyOrder, maxWhitespace: maxWhitespace ?? null, excludes };
    const compiler = new SchemaCompiler(format.json_schema, `${path}.json_schema`, schemaOptions, relaxed);
    const parameters = parameterStyles[style];
    if (parameters !== undefined)
      return new ParameterCompiler(compiler, { style: parameters, excludes, maxWhitespace }).compile();
    const nested = nestedStyles[style];
    if (nested === undefined) return compiler.compile();
    if (excludes.length > 0) throw new GrammarError(path, "excludes", `${style} takes none, in xgrammar either`);
    return new NestedCompiler(compiler, nested, maxWhitespace).compile();
  }

  #anyText(format: StructuralFormat & { readonly type: "any_text" }, path: string, ends: readonly string[]): Node {
    if (format.max_tokens === 0 || format.max_chars === 0) return empty;
    if (typeof format.max_tokens === "number") this.#options.relaxed.push({ path, keyword: "max_tokens" });
    const chars = new WatchedText([...(format.excludes ?? []), ...ends]);
    return text("text", new Utf8Text(counted(chars, 0, format.max_chars ?? Infinity)));
  }

  /** A tag, without the first `skipped` characters of its beginning: a trigger has been read already. */
  #tag(tag: TagFormat, path: string, skipped: number): Node {
    if (typeof tag.begin !== "string")
      throw new GrammarError(`${path}.begin`, "token", "it speaks of tokens, and this matcher of text");
    const end = tag.end;
    if (typeof end !== "string" && !Array.isArray(end)) {
      throw new GrammarError(`${path}.end`, "token", "it speaks of tokens, and this matcher of text");
    }
    const ends = (typeof end === "string" ? [end] : end) as readonly string[];
    const closers = ends.filter((each) => each !== "");
    return sequence(
      literal(tag.begin.slice(skipped)),
      this.format(tag.content, `${path}.content`, closers),
      choice(ends.map(literalOrEmpty)),
    );
  }

  #triggered(
    format: StructuralFormat & { readonly type: "triggered_tags" },
    path: string,
    ends: readonly string[],
  ): Node {
    const tagAt = (index: number, skipped: number): Node =>
      this.#tag(format.tags[index] as TagFormat, `${path}.tags[${index}]`, skipped);
    const first = format.at_least_one === true ? choice(format.tags.map((_tag, index) => tagAt(index, 0))) : empty;
    if (format.at_least_one === true && format.stop_after_first === true) return first;
    const rules = format.triggers.map((trigger) =>
      choice(
        format.tags.flatMap((tag, index) =>
          typeof tag.begin === "string" && tag.begin.startsWith(trigger) ? [tagAt(index, trigger.length)] : [],
        ),
      ),
    );
    const text = dispatch(format.triggers, rules, {
      loop: format.stop_after_first !== true,
      excludes: [...(format.excludes ?? []), ...ends],
    });
    return sequence(first, text);
  }

  #separated(format: StructuralFormat & { readonly type: "tags_with_separator" }, path: string): Node {
    const any = choice(format.tags.map((tag, index) => this.#tag(tag, `${path}.tags[${index}]`, 0)));
    const more =
      format.stop_after_first === true ? empty : repeat(sequence(literalOrEmpty(format.separator), any), 0, Infinity);
    const all = sequence(any, more);
    return format.at_least_one === true ? all : optional(all);
  }
}

function literalOrEmpty(value: string): Node {
  return value === "" ? empty : literal(value);
}
