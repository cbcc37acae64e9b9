/**
 * The tag for xgrammar. What an older version does not know it would ignore or refuse, so each such node is rewritten to an
 * equivalent, in the end to a grammar of ours; so is a schema that its own compiler does not hold, for any version. Read from `structural_tag.py` of 0.1.28, 0.1.33, 0.2.3 and 0.2.8, and from
 * what each does with the nodes.
 */
import type { Format, JsonSchemaFormat, QwenXmlParameterFormat, StructuralTag, TagFormat } from "../structural-tag.ts";
import { bnfOf } from "./bnf.ts";
import { LoweringError, Refusals } from "./lowering-error.ts";
import { unheldBy } from "./xgrammar-schema.ts";

/** Versions between two of these are treated as the older one. */
export const xgrammarVersions = ["0.1.28", "0.1.33", "0.2.3", "0.2.8"] as const;
export type XgrammarVersion = (typeof xgrammarVersions)[number];

const mostRepeated = 1_000_000;

type Fields = { readonly [field: string]: true | readonly string[] };
type Types = { readonly [type: string]: Fields };

const base: Types = {
  any_text: {},
  const_string: { value: true },
  grammar: { grammar: true },
  json_schema: { json_schema: true },
  or: { elements: true },
  qwen_xml_parameter: { json_schema: true },
  regex: { pattern: true },
  sequence: { elements: true },
  tag: { begin: true, content: true, end: true },
  tags_with_separator: { tags: true, separator: true, at_least_one: true, stop_after_first: true },
  triggered_tags: { triggers: true, tags: true, at_least_one: true, stop_after_first: true },
};

const tokens: Types = {
  any_tokens: { exclude_tokens: true },
  exclude_token: { exclude_tokens: true },
  token: { token: true },
  token_dispatch: { rules: true, loop: true, exclude_tokens: true },
  token_triggered_tags: {
    trigger_tokens: true,
    tags: true,
    exclude_tokens: true,
    at_least_one: true,
    stop_after_first: true,
  },
};

const earlyStyles = ["json", "qwen_xml", "minimax_xml", "deepseek_xml", "glm_xml"];

const repeating: Types = {
  ...base,
  ...tokens,
  any_text: { excludes: true },
  dispatch: { rules: true, loop: true, excludes: true },
  json_schema: { json_schema: true, style: earlyStyles },
  optional: { content: true },
  plus: { content: true },
  repeat: { min: true, max: true, content: true },
  star: { content: true },
  triggered_tags: { triggers: true, tags: true, at_least_one: true, stop_after_first: true, excludes: true },
};

/** Type → the fields that the version knows, and of some the values. */
const known: { readonly [version in Exclude<XgrammarVersion, "0.2.8">]: Types } = {
  "0.1.28": base,
  "0.1.33": repeating,
  "0.2.3": { ...repeating, json_schema: { json_schema: true, style: earlyStyles, any_order: true } },
};

/** The newest known version that is not newer than the one asked for. */
export function knownVersion(version: string): XgrammarVersion {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
  const found = parts && xgrammarVersions.findLast((each) => !isAfter(each.split(".").map(Number), parts));
  if (!found) {
    throw new LoweringError(
      "version",
      `found ${JSON.stringify(version)}, known: ${xgrammarVersions.join(", ")} and later`,
    );
  }
  return found;
}

const isAfter = (a: readonly number[], b: readonly number[]): boolean => {
  const at = a.findIndex((each, index) => each !== b[index]);
  return at >= 0 && a[at]! > b[at]!;
};

export function xgrammar(tag: StructuralTag, version: string, refusals: Refusals): StructuralTag {
  const target = knownVersion(version);
  if (target === "0.2.8" && isHeld(tag.format)) return tag;
  return { type: "structural_tag", format: new Rewriter(target, refusals).format(tag.format, "format", []) };
}

/** Whether every schema in a part of a tag may be left to xgrammar's own compiler. */
function isHeld(part: unknown): boolean {
  if (typeof part !== "object" || part === null) return true;
  if (isSchemaNode(part)) return unheldBy(part.json_schema, "0.2.8") === undefined;
  return Object.values(part).every(isHeld);
}

const isSchemaNode = (part: object): part is JsonSchemaFormat | QwenXmlParameterFormat =>
  "type" in part && (part.type === "json_schema" || part.type === "qwen_xml_parameter");

class Rewriter {
  readonly #version: XgrammarVersion;
  /** All there are, of the current version. */
  readonly #types: Types | undefined;
  readonly #refusals: Refusals;
  /** Before 0.2 free text without a limit stands last or in a tag, and beside its like. */
  readonly #isStrict: boolean;

  constructor(version: XgrammarVersion, refusals: Refusals) {
    this.#version = version;
    this.#types = version === "0.2.8" ? undefined : known[version];
    this.#refusals = refusals;
    this.#isStrict = version.startsWith("0.1.");
  }

  format(format: Format, path: string, ends: readonly string[]): Format {
    const at = (child: Format, name: string, place: string): Format =>
      this.format(child, `${path}.${name}${place}`, ends);
    const unknown = this.#unknown(format, ends);
    if (unknown !== undefined) return this.#rewritten(format, unknown, path, ends);
    switch (format.type) {
      case "const_string":
        return format.value === "" && this.#types && !("optional" in this.#types) ? emptyGrammar : format;
      case "json_schema":
      case "qwen_xml_parameter":
        return this.#schema(format, path, ends);
      case "sequence": {
        const elements = format.elements
          .map((each, index) => at(each, "elements", `[${index}]`))
          .map((each, index, all) =>
            index < all.length - 1 && this.#isEndless(each)
              ? this.#grammar(format.elements[index]!, `${path}.elements[${index}]`, ends)
              : each,
          );
        return { ...format, elements };
      }
      case "or": {
        const elements = format.elements.map((each, index) => at(each, "elements", `[${index}]`));
        const isMixed =
          elements.some((each) => this.#isEndless(each)) && !elements.every((each) => this.#isEndless(each));
        return isMixed ? this.#grammar(format, path, ends) : { ...format, elements };
      }
      case "optional":
      case "plus":
      case "star":
      case "repeat": {
        const content = at(format.content, "content", "");
        // Behind an endless item there is no next one.
        return this.#isEndless(content) ? this.#grammar(format, path, ends) : { ...format, content };
      }
      case "tag":
        return this.#tag(format, path);
      case "tags_with_separator":
      case "triggered_tags":
      case "token_triggered_tags":
        return { ...format, tags: format.tags.map((each, index) => this.#tag(each, `${path}.tags[${index}]`)) };
      case "dispatch":
        return {
          ...format,
          rules: format.rules.map(
            ([pattern, content], index) => [pattern, at(content, `rules[${index}]`, "[1]")] as const,
          ),
        };
      case "token_dispatch":
        return {
          ...format,
          rules: format.rules.map(
            ([pattern, content], index) => [pattern, at(content, `rules[${index}]`, "[1]")] as const,
          ),
        };
      default:
        return format;
    }
  }

  #tag(tag: TagFormat, path: string): TagFormat {
    const { begin, end } = tag;
    if (this.#version === "0.1.28" && typeof begin !== "string") this.#refuseTokens(`${path}.begin`);
    if (this.#version === "0.1.28" && typeof end !== "string") {
      if ("type" in end) this.#refuseTokens(`${path}.end`);
      // Several ends: what is in the tag may hold none of them, which only a grammar of the whole says.
      return { type: "tag", begin: "", content: this.#grammar(tag, path, []), end: "" };
    }
    const ends = typeof end === "string" ? [end] : "type" in end ? [] : end;
    const content = this.format(
      tag.content,
      `${path}.content`,
      ends.filter((each) => each !== ""),
    );
    // An endless content ends at the tag's end; where there is none, a grammar says where.
    const isOpen = ends.includes("") && this.#isEndless(content);
    return { ...tag, content: isOpen ? this.#grammar(tag.content, `${path}.content`, []) : content };
  }

  /** The first field, or `type`, that the version does not know. */
  #unknown(format: Format, ends: readonly string[]): string | undefined {
    if (!this.#types) return undefined;
    const fields = this.#types[format.type];
    if (!fields) return "type";
    if (format.type === "tags_with_separator" && format.separator === "" && this.#version === "0.1.28")
      return "separator";
    // Of several excluded texts these versions may miss one behind the beginning of another.
    if (format.type === "any_text" && new Set([...(format.excludes ?? []), ...ends]).size > 1) return "excludes";
    return Object.entries(format).find(([field, value]) => {
      if (field === "type" || isDefault(field, value)) return false;
      const allowed = fields[field];
      return allowed === undefined || (allowed !== true && !allowed.includes(value as string));
    })?.[0];
  }

  #rewritten(format: Format, unknown: string, path: string, ends: readonly string[]): Format {
    if (format.type in tokens) return this.#refuseTokens(path);
    if (format.type === "optional") {
      const content = this.format(format.content, `${path}.content`, ends);
      if (!this.#isEndless(content)) return { type: "or", elements: [content, emptyGrammar] };
    }
    // Leaving an unknown limit out is a way for those who would rather have the engine's own compiler.
    const dropped = limits.find((limit) => limit === unknown);
    if (dropped !== undefined && this.#refusals.isLenient) {
      this.#refusals.refuse(`${path}.${dropped}`, `xgrammar ${this.#version} does not know it`);
      const { [dropped]: _, ...rest } = format as Format & { readonly [field: string]: unknown };
      return this.format(rest as Format, path, ends);
    }
    return this.#grammar(format, path, ends);
  }

  /** A schema as the engine's own compiler reads it, or, where that would pass over some of it, as a grammar. */
  #schema(format: JsonSchemaFormat | QwenXmlParameterFormat, path: string, ends: readonly string[]): Format {
    const unheld = unheldBy(format.json_schema, this.#version);
    if (unheld === undefined) return format;
    try {
      return this.#written(format, path, ends, new Refusals(false));
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      const other = `${path}.json_schema${unheld}`;
      const where = error.path === other ? "it" : other;
      this.#refusals.refuse(error.path, `${error.reason}, and xgrammar's own schemas do not hold ${where} either`);
      return format;
    }
  }

  #grammar(format: Format, path: string, ends: readonly string[]): Format {
    try {
      return this.#written(format, path, ends, this.#refusals);
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      throw new LoweringError(
        error.path,
        `${error.reason}, and xgrammar ${this.#version} does not know the node either`,
      );
    }
  }

  #written(format: Format, path: string, ends: readonly string[], refusals: Refusals): Format {
    const hasAsciiClasses = this.#version === "0.1.28";
    return { type: "grammar", grammar: bnfOf(format, { refusals, mostRepeated, path, ends, hasAsciiClasses }) };
  }

  #refuseTokens(path: string): never {
    throw new LoweringError(path, `xgrammar ${this.#version} does not know tokens`);
  }

  /** What that version takes for text that nothing but the end of the tag around it ends. */
  #isEndless(format: Format): boolean {
    if (!this.#isStrict) return false;
    switch (format.type) {
      case "any_text":
      case "any_tokens":
        return !("excludes" in format) || (format.excludes ?? []).length === 0;
      case "triggered_tags":
      case "token_triggered_tags":
      case "tags_with_separator":
      case "dispatch":
      case "token_dispatch":
        return true;
      case "sequence":
        return this.#isEndless(format.elements.at(-1)!);
      case "or":
        return format.elements.some((each) => this.#isEndless(each));
      case "plus":
      case "star":
        return true;
      case "optional":
      case "repeat":
        return (format.type === "repeat" && format.max === -1) || this.#isEndless(format.content);
      default:
        return false;
    }
  }
}

const emptyGrammar: Format = { type: "grammar", grammar: 'root ::= ""' };

const limits = ["max_whitespace_cnt", "excludes", "max_chars", "max_tokens"] as const;

/** Whether the field says what its absence says. */
function isDefault(field: string, value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0 && (field === "excludes" || field === "exclude_tokens");
  if (field === "style") return value === "json";
  return value === false && ["any_order", "at_least_one", "stop_after_first"].includes(field);
}
