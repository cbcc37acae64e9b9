import type { JsonSchema, StructuralFormat, StructuralTag } from "@glossa/core";
import { utf8Text } from "../automata/byte-automaton.ts";
import { counted } from "../automata/counted.ts";
import { watchedText } from "../automata/substrings.ts";
import { compileEbnf } from "../ebnf/compile.ts";
import { GrammarError } from "../error.ts";
import {
  choice,
  dispatch,
  empty,
  limit,
  literal,
  type Node,
  optional,
  repeat,
  rule,
  sequence,
  text,
  token,
} from "../ir.ts";
import { isCertain } from "../json-schema/certain.ts";
import { SchemaCompiler } from "../json-schema/compile.ts";
import type { Relaxed, SourceOptions } from "../json-schema/source.ts";
import { regexAutomaton } from "../regex/automaton.ts";
import { nestedStyles, NestedCompiler } from "../tagged/nested.ts";
import { ParameterCompiler } from "../tagged/parameters.ts";
import { parameterStyles } from "../tagged/style.ts";
import type { Vocabulary } from "../vocabulary/vocabulary.ts";

type SchemaFormat = Extract<StructuralFormat, { readonly type: "json_schema" }>;
type TagFormat = Extract<StructuralFormat, { readonly type: "tag" }>;
type TokenReference = Extract<StructuralFormat, { readonly type: "token" }>["token"];

export interface StructuralTagOptions extends SourceOptions {
  readonly relaxed: Relaxed[];
  /** See `JsonSchemaOptions`. */
  readonly plain?: boolean;
  /** The tokens that the tag may speak of. Without them it can only speak of text. */
  readonly vocabulary: Vocabulary | undefined;
}

/** What closes the nearest tag around: free text within it can't contain it. */
interface Ends {
  readonly texts: readonly string[];
  readonly tokens: readonly number[];
}

/** Translates a structural tag, node by node, as xgrammar 0.2.8 does. */
export function compileStructuralTag(tag: StructuralTag, options: StructuralTagOptions): Node {
  return new FormatCompiler(options).format(tag.format, "format", { texts: [], tokens: [] });
}

/** White space in a notation of tags, and in the JSON within, where the structural tag sets no limit of its own. */
const longestGap = 16;

class FormatCompiler {
  readonly #options: StructuralTagOptions;
  /** The schemas by how they are written. */
  readonly #schemas = new Map<string, Map<JsonSchema, Node>>();

  constructor(options: StructuralTagOptions) {
    this.#options = options;
  }

  format(format: StructuralFormat, path: string, ends: Ends): Node {
    if (this.#options.vocabulary === undefined && tokenNodes.has(format.type)) throw speaksOfTokens(path, format.type);
    const at = (child: StructuralFormat, name: string): Node => this.format(child, `${path}.${name}`, ends);
    switch (format.type) {
      case "const_string":
        return literal(format.value);
      case "json_schema":
        return this.#schema(format, path);
      case "qwen_xml_parameter":
        return this.#schema({ type: "json_schema", json_schema: format.json_schema, style: "qwen_xml" }, path);
      case "regex":
        return text("text of a pattern", utf8Text(regexAutomaton(format.pattern, false, `${path}.pattern`, "regex")));
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
        return this.#tag(format, path);
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
        return token([this.#token(format.token, `${path}.token`)], false);
      case "exclude_token":
        return this.#otherThan(format.exclude_tokens, path, ends);
      case "any_tokens":
        return repeat(this.#otherThan(format.exclude_tokens, path, ends), 0, format.max_tokens ?? Infinity);
      case "token_triggered_tags":
        return this.#tokenTriggered(format, path, ends);
      case "token_dispatch":
        return this.#tokenDispatch(format, path, ends);
    }
  }

  /** The id of a token. */
  #token(reference: TokenReference, path: string): number {
    const { vocabulary } = this.#options;
    if (vocabulary === undefined) throw speaksOfTokens(path, "token");
    const id = typeof reference === "string" ? vocabulary.idOf(reference) : reference;
    if (id === undefined || id >= vocabulary.size)
      throw new GrammarError(path, "token", `the vocabulary has no token ${JSON.stringify(reference)}`);
    return id;
  }

  /** Any one token but these and the end of the tag around. */
  #otherThan(
    excluded: readonly TokenReference[] | undefined,
    path: string,
    ends: Ends,
    more: readonly number[] = [],
  ): Node {
    const ids = (excluded ?? []).map((each, index) => this.#token(each, `${path}.exclude_tokens[${index}]`));
    return token([...ids, ...ends.tokens, ...more], true);
  }

  #tokenDispatch(format: StructuralFormat & { readonly type: "token_dispatch" }, path: string, ends: Ends): Node {
    const patterns = format.rules.map(([pattern], index) => this.#token(pattern, `${path}.rules[${index}][0]`));
    const rules = format.rules.map(([, content], index) =>
      sequence(token([patterns[index] as number], false), this.format(content, `${path}.rules[${index}][1]`, ends)),
    );
    return freeTokens(this.#otherThan(format.exclude_tokens, path, ends, patterns), rules, format.loop ?? true);
  }

  #tokenTriggered(
    format: StructuralFormat & { readonly type: "token_triggered_tags" },
    path: string,
    ends: Ends,
  ): Node {
    const triggers = format.trigger_tokens.map((each, index) => this.#token(each, `${path}.trigger_tokens[${index}]`));
    const tags = format.tags.map((tag, index) => this.#tag(tag, `${path}.tags[${index}]`));
    const once = format.stop_after_first === true;
    const first = format.at_least_one === true ? choice(tags) : empty;
    if (once && format.at_least_one === true) return first;
    return sequence(first, freeTokens(this.#otherThan(format.exclude_tokens, path, ends, triggers), tags, !once));
  }

  #schema(format: SchemaFormat, path: string): Node {
    const key = JSON.stringify([format.style, format.any_order, format.max_whitespace_cnt, format.excludes]);
    let alike = this.#schemas.get(key);
    if (alike === undefined) this.#schemas.set(key, (alike = new Map<JsonSchema, Node>()));
    const known = alike.get(format.json_schema);
    if (known !== undefined) return known;
    // Of many tools a model calls one or two: the rest need not be read.
    const certain = (format.style ?? "json") === "json" && isCertain(format.json_schema);
    const node = certain ? rule(path, () => this.#styled(format, path, true)) : this.#styled(format, path, false);
    alike.set(format.json_schema, node);
    return node;
  }

  #styled(format: SchemaFormat, path: string, certain: boolean): Node {
    const style = format.style ?? "json";
    const excludes = format.excludes ?? [];
    const { lenient = false, closed = false, plain = false, relaxed } = this.#options;
    const anyOrder = format.any_order ?? false;
    const ownLimit = format.max_whitespace_cnt ?? null;
    const maxWhitespace = ownLimit ?? longestGap;
    const inJson = style === "json" ? ownLimit : maxWhitespace;
    const schemaOptions = { lenient, closed, plain, anyOrder, maxWhitespace: inJson, excludes };
    const compiler = new SchemaCompiler(format.json_schema, `${path}.json_schema`, schemaOptions, relaxed);
    const parameters = parameterStyles[style];
    if (parameters !== undefined)
      return new ParameterCompiler(compiler, { style: parameters, excludes, maxWhitespace }).compile();
    const nested = nestedStyles[style];
    if (nested === undefined) return compiler.compile(certain);
    if (excludes.length > 0) throw new GrammarError(path, "excludes", `${style} takes none, in xgrammar either`);
    return new NestedCompiler(compiler, nested, maxWhitespace).compile();
  }

  #anyText(format: StructuralFormat & { readonly type: "any_text" }, path: string, ends: Ends): Node {
    const { excludes = [], max_tokens: maxTokens, max_chars: maxChars } = format;
    if (maxTokens === 0 || maxChars === 0) return empty;
    const chars = counted(watchedText([...excludes, ...ends.texts]), 0, maxChars ?? Infinity);
    const free = text("text", utf8Text(chars));
    if (typeof maxTokens !== "number") return free;
    if (this.#options.vocabulary !== undefined) return limit(free, maxTokens);
    this.#options.relaxed.push({ path, keyword: "max_tokens" });
    return free;
  }

  /** A tag, without the first `skipped` characters of its beginning: a trigger has been read already. */
  #tag(tag: TagFormat, path: string, skipped = 0): Node {
    const { begin, end } = tag;
    const opening =
      typeof begin === "string"
        ? literal(begin.slice(skipped))
        : token([this.#token(begin.token, `${path}.begin`)], false);
    if (typeof end === "object" && "token" in end) {
      const id = this.#token(end.token, `${path}.end`);
      const content = this.format(tag.content, `${path}.content`, { texts: [], tokens: [id] });
      return sequence(opening, content, token([id], false));
    }
    const ends = typeof end === "string" ? [end] : end;
    const texts = ends.filter((each) => each !== "");
    return sequence(
      opening,
      this.format(tag.content, `${path}.content`, { texts, tokens: this.#named(texts) }),
      choice(ends.map(literalOrEmpty)),
    );
  }

  /** The special tokens that texts are: where tokens are free, they end it too. */
  #named(texts: readonly string[]): readonly number[] {
    const special = this.#options.vocabulary?.specialTexts;
    return texts.map((each) => special?.get(each)).filter((id) => id !== undefined);
  }

  #triggered(format: StructuralFormat & { readonly type: "triggered_tags" }, path: string, ends: Ends): Node {
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
      excludes: [...(format.excludes ?? []), ...ends.texts],
    });
    return sequence(first, text);
  }

  #separated(format: StructuralFormat & { readonly type: "tags_with_separator" }, path: string): Node {
    const any = choice(format.tags.map((tag, index) => this.#tag(tag, `${path}.tags[${index}]`)));
    const more =
      format.stop_after_first === true ? empty : repeat(sequence(literalOrEmpty(format.separator), any), 0, Infinity);
    const all = sequence(any, more);
    return format.at_least_one === true ? all : optional(all);
  }
}

const tokenNodes: ReadonlySet<StructuralFormat["type"]> = new Set([
  "token",
  "exclude_token",
  "any_tokens",
  "token_triggered_tags",
  "token_dispatch",
]);

function speaksOfTokens(path: string, keyword: string): GrammarError {
  return new GrammarError(path, keyword, "it speaks of tokens, and without a vocabulary there is only text");
}

/** Free tokens with tags among them; with `loop` any number of them, else at most one, the last. */
function freeTokens(free: Node, tags: readonly Node[], loop: boolean): Node {
  if (loop) return repeat(choice([free, ...tags]), 0, Infinity);
  return sequence(repeat(free, 0, Infinity), optional(choice(tags)));
}

function literalOrEmpty(value: string): Node {
  return value === "" ? empty : literal(value);
}
