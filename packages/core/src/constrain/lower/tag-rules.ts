/** The tag tree → expressions. What speaks of tokens is left to the engines that know any. */
import { ConstrainError } from "../constrain-error.ts";
import { sequence as formatSequence } from "../pieces.ts";
import { anyObject } from "../schema.ts";
import type { Format, JsonSchemaFormat, TagFormat } from "../structural-tag.ts";
import { taggedArguments } from "../tagged-arguments.ts";
import { limitWhiteSpace } from "../white-space.ts";
import { EbnfError, readEbnf } from "./ebnf-reader.ts";
import { choice, empty, optional, repeat, sequence, star, text, type Expression, type RuleSet } from "./expression.ts";
import { LoweringError, type Refusals } from "./lowering-error.ts";
import { wholePattern } from "./regular-expression.ts";
import { styleNotations } from "./styles.ts";

export interface TagRulesOptions {
  readonly rules: RuleSet;
  readonly refusals: Refusals;
  /** A value of a schema, as JSON. */
  readonly json: (format: JsonSchemaFormat, path: string) => Expression;
  /** A place for what is written more than once; default: where it is. */
  readonly share?: (expression: Expression) => Expression;
}

export class TagRules {
  readonly #options: TagRulesOptions;

  constructor(options: TagRulesOptions) {
    this.#options = options;
  }

  /** `ends`: the ends of the nearest tag around, which free text in it does not contain. */
  format(format: Format, path: string, ends: readonly string[] = []): Expression {
    const at = (child: Format, name: string): Expression => this.format(child, `${path}.${name}`, ends);
    switch (format.type) {
      case "const_string":
        return text(format.value);
      case "json_schema":
        return this.#schema(format, path, ends);
      case "qwen_xml_parameter":
        return this.#schema({ type: "json_schema", json_schema: format.json_schema, style: "qwen_xml" }, path, ends);
      case "regex":
        return wholePattern(format.pattern, `${path}.pattern`);
      case "any_text": {
        if (typeof format.max_tokens === "number") this.#options.refusals.refuse(`${path}.max_tokens`, "counts tokens");
        const most = format.max_chars ?? Infinity;
        if (most === 0) return empty;
        return this.#free([...(format.excludes ?? []), ...ends], most);
      }
      case "sequence":
        return sequence(...format.elements.map((each, index) => at(each, `elements[${index}]`)));
      case "or":
        return choice(...format.elements.map((each, index) => at(each, `elements[${index}]`)));
      case "optional":
        return optional(at(format.content, "content"));
      case "plus":
        return repeat(at(format.content, "content"), 1, Infinity);
      case "star":
        return star(at(format.content, "content"));
      case "repeat":
        return repeat(at(format.content, "content"), format.min, format.max === -1 ? Infinity : format.max);
      case "tag":
        return this.#tag(format, path, 0);
      case "triggered_tags":
        return this.#triggered(format, path, ends);
      case "tags_with_separator":
        return this.#separated(format, path);
      case "dispatch": {
        const rules = format.rules.map(([, content], index) => at(content, `rules[${index}][1]`));
        const triggers = format.rules.map(([pattern]) => pattern);
        const excludes = [...(format.excludes ?? []), ...ends];
        return { kind: "free", excludes, most: Infinity, triggers, rules, loop: format.loop ?? true };
      }
      case "grammar":
        return this.#grammar(format.grammar, `${path}.grammar`);
      case "token":
      case "exclude_token":
      case "any_tokens":
      case "token_triggered_tags":
      case "token_dispatch":
        throw new LoweringError(path, `${format.type} speaks of tokens`);
    }
  }

  /** The rules of a grammar, under names of their own. */
  #grammar(source: string, path: string): Expression {
    const { rules } = this.#options;
    try {
      const read = readEbnf(source);
      const names = new Map([...read.keys()].map((name) => [name, rules.reserve(name === "root" ? "grammar" : name)]));
      const renamed = (each: Expression): Expression => {
        if (each.kind === "rule") return { ...each, name: names.get(each.name)! };
        if (each.kind === "repeat") return { ...each, item: renamed(each.item) };
        return each.kind === "sequence" || each.kind === "choice" ? { ...each, items: each.items.map(renamed) } : each;
      };
      for (const [name, body] of read) rules.rules.set(names.get(name)!, renamed(body));
      return { kind: "rule", name: names.get("root")! };
    } catch (error) {
      if (error instanceof EbnfError) throw new LoweringError(path, error.message);
      throw error;
    }
  }

  #free(excludes: readonly string[], most: number): Expression {
    return { kind: "free", excludes: [...new Set(excludes)].sort(), most, triggers: [], rules: [], loop: false };
  }

  #schema(format: JsonSchemaFormat, path: string, ends: readonly string[]): Expression {
    const { style = "json", excludes = [], any_order: anyOrder = false } = format;
    if (excludes.length > 0) this.#options.refusals.refuse(`${path}.excludes`, "texts that strings must not contain");
    if (anyOrder) throw new LoweringError(`${path}.any_order`, "properties in any order");
    if (style === "json") return this.#options.json(format, path);
    const notation = styleNotations[style];
    const place = `${path}.json_schema`;
    const schema = format.json_schema === true ? anyObject : format.json_schema;
    try {
      const pieces = taggedArguments(notation, ends, schema, place, { asStyle: true });
      if (pieces.length === 0) return empty;
      const written = formatSequence(...pieces);
      const longest = format.max_whitespace_cnt;
      return this.format(typeof longest === "number" ? limitWhiteSpace(written, longest) : written, place, []);
    } catch (error) {
      if (error instanceof ConstrainError) throw new LoweringError(error.path, error.reason);
      throw error;
    }
  }

  /** A tag, without the first `skipped` characters of its beginning: a trigger has been read already. */
  #tag(tag: TagFormat, path: string, skipped: number): Expression {
    const { begin, end } = tag;
    if (typeof begin !== "string") throw new LoweringError(`${path}.begin`, "token speaks of tokens");
    if (typeof end !== "string" && "type" in end) throw new LoweringError(`${path}.end`, "token speaks of tokens");
    const ends = typeof end === "string" ? [end] : end;
    const content = this.format(
      tag.content,
      `${path}.content`,
      ends.filter((each) => each !== ""),
    );
    return sequence(text(begin.slice(skipped)), content, choice(...ends.map(text)));
  }

  #triggered(format: Format & { readonly type: "triggered_tags" }, path: string, ends: readonly string[]): Expression {
    const tagAt = (index: number, skipped: number): Expression =>
      this.#tag(format.tags[index]!, `${path}.tags[${index}]`, skipped);
    const first = format.at_least_one ? choice(...format.tags.map((_, index) => tagAt(index, 0))) : empty;
    if (format.at_least_one && format.stop_after_first) return first;
    const rules = format.triggers.map((trigger) =>
      choice(
        ...format.tags.flatMap(({ begin }, index) =>
          typeof begin === "string" && begin.startsWith(trigger) ? [tagAt(index, trigger.length)] : [],
        ),
      ),
    );
    const excludes = [...(format.excludes ?? []), ...ends];
    const loop = format.stop_after_first !== true;
    return sequence(first, { kind: "free", excludes, most: Infinity, triggers: format.triggers, rules, loop });
  }

  #separated(format: Format & { readonly type: "tags_with_separator" }, path: string): Expression {
    const any = choice(...format.tags.map((tag, index) => this.#tag(tag, `${path}.tags[${index}]`, 0)));
    const shared = this.#options.share?.(any) ?? any;
    const more = format.stop_after_first ? empty : star(sequence(text(format.separator), shared));
    const all = sequence(shared, more);
    return format.at_least_one ? all : optional(all);
  }
}
