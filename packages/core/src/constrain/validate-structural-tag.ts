/** Unknown JSON → a structural tag, or an error that names the place, what stands there and what may. */
import type { Format, JsonSchemaStyle, StructuralTag } from "./structural-tag.ts";

export class StructuralTagError extends Error {
  override readonly name = "StructuralTagError";
  /** Where: `format.tags[0].begin`; empty for the tag itself. */
  readonly path: string;
  readonly found: string;
  readonly allowed: string;

  constructor(path: string, found: string, allowed: string) {
    super(`${path === "" ? "structural tag" : path}: found ${found}, allowed: ${allowed}`);
    this.path = path;
    this.found = found;
    this.allowed = allowed;
  }
}

type Check = (value: unknown, path: string) => void;

interface Field {
  readonly check: Check;
  readonly optional?: true;
}

type Fields = { readonly [name: string]: Field };

const styles: { readonly [style in JsonSchemaStyle]: true } = {
  json: true,
  qwen_xml: true,
  minimax_xml: true,
  minimax_m3_xml: true,
  deepseek_xml: true,
  deepseek_v4_1_xml: true,
  glm_xml: true,
  cohere_xml: true,
  kimi_k3_xml: true,
};

/** xgrammar keeps budgets in 32 bits. */
const largestBudget = 2_147_483_647;

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value === "function") return "a function";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

function fail(path: string, value: unknown, allowed: string): never {
  throw new StructuralTagError(path, describe(value), allowed);
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const text: Check = (value, path) => {
  if (typeof value !== "string") fail(path, value, "a string");
};

const nonEmptyText: Check = (value, path) => {
  if (typeof value !== "string" || value === "") fail(path, value, "a string that is not empty");
};

const flag: Check = (value, path) => {
  if (typeof value !== "boolean") fail(path, value, "true or false");
};

function budgetFrom(least: number): Check {
  return (value, path) => {
    if (value === null) return;
    if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > largestBudget) {
      fail(path, value, `null or a whole number from ${least} to ${largestBudget}`);
    }
  };
}

const budget = budgetFrom(0);

/** xgrammar refuses a limit of no white space at all ("max_whitespace_cnt must be positive", 0.2.8). */
const whiteSpaceLimit = budgetFrom(1);

const token: Check = (value, path) => {
  const isId = typeof value === "number" && Number.isInteger(value) && value >= 0;
  if (!isId && typeof value !== "string") fail(path, value, "a token id or a token's text");
};

const schema: Check = (value, path) => {
  if (typeof value !== "boolean" && !isObject(value)) fail(path, value, "a JSON Schema: an object, true or false");
};

const style: Check = (value, path) => {
  if (typeof value !== "string" || !Object.hasOwn(styles, value)) fail(path, value, Object.keys(styles).join(", "));
};

function whole(least: number): Check {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
      fail(path, value, `a whole number, ${least} or more`);
    }
  };
}

function listOf(item: Check, least = 0): Check {
  return (value, path) => {
    if (!Array.isArray(value)) fail(path, value, "a list");
    if (value.length < least) fail(path, value, `a list of at least ${least}`);
    value.forEach((element, index) => item(element, `${path}[${index}]`));
  };
}

function pairOf(pattern: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length !== 2) fail(path, value, "a pair: pattern, format");
    pattern(value[0], `${path}[0]`);
    format(value[1], `${path}[1]`);
  };
}

const tokenNode: Check = (value, path) => node(value, path, ["token"]);
const tagNode: Check = (value, path) => node(value, path, ["tag"]);

const begin: Check = (value, path) => {
  if (typeof value === "string") return;
  if (!isObject(value)) fail(path, value, "a string or a token format");
  tokenNode(value, path);
};

const end: Check = (value, path) => {
  if (typeof value === "string") return;
  if (Array.isArray(value)) listOf(text, 1)(value, path);
  else if (isObject(value)) tokenNode(value, path);
  else fail(path, value, "a string, a list of strings or a token format");
};

const format: Check = (value, path) => node(value, path, undefined);

const required = (check: Check): Field => ({ check });
const optional = (check: Check): Field => ({ check, optional: true });

const content: Fields = { content: required(format) };
const elements: Fields = { elements: required(listOf(format, 1)) };
const tokens = optional(listOf(token));
const excludes = optional(listOf(nonEmptyText));

const nodes: { readonly [type in Format["type"]]: Fields } = {
  any_text: { excludes, max_tokens: optional(budget), max_chars: optional(budget) },
  any_tokens: { exclude_tokens: tokens, max_tokens: optional(budget) },
  const_string: { value: required(text) },
  dispatch: { rules: required(listOf(pairOf(nonEmptyText))), loop: optional(flag), excludes },
  exclude_token: { exclude_tokens: tokens },
  grammar: { grammar: required(text) },
  json_schema: {
    json_schema: required(schema),
    style: optional(style),
    any_order: optional(flag),
    max_whitespace_cnt: optional(whiteSpaceLimit),
    excludes,
  },
  optional: content,
  or: elements,
  plus: content,
  qwen_xml_parameter: { json_schema: required(schema) },
  regex: { pattern: required(text) },
  repeat: { min: required(whole(0)), max: required(whole(-1)), content: required(format) },
  sequence: elements,
  star: content,
  tag: { begin: required(begin), content: required(format), end: required(end) },
  tags_with_separator: {
    tags: required(listOf(tagNode, 1)),
    separator: required(text),
    at_least_one: optional(flag),
    stop_after_first: optional(flag),
  },
  token: { token: required(token) },
  token_dispatch: { rules: required(listOf(pairOf(token))), loop: optional(flag), exclude_tokens: tokens },
  token_triggered_tags: {
    trigger_tokens: required(listOf(token, 1)),
    tags: required(listOf(tagNode, 1)),
    exclude_tokens: tokens,
    at_least_one: optional(flag),
    stop_after_first: optional(flag),
  },
  triggered_tags: {
    triggers: required(listOf(nonEmptyText, 1)),
    tags: required(listOf(tagNode, 1)),
    at_least_one: optional(flag),
    stop_after_first: optional(flag),
    excludes,
  },
};

/** Every `type` a format node can have, sorted. */
export const formatTypes: readonly Format["type"][] = Object.keys(nodes).sort() as Format["type"][];

function isFormatType(type: unknown): type is Format["type"] {
  return typeof type === "string" && Object.hasOwn(nodes, type);
}

function fieldsOf(value: { readonly [key: string]: unknown }, path: string, fields: Fields): void {
  const names = Object.keys(fields);
  for (const key of Object.keys(value)) {
    if (key !== "type" && !Object.hasOwn(fields, key)) {
      throw new StructuralTagError(path, `the unknown field ${JSON.stringify(key)}`, ["type", ...names].join(", "));
    }
  }
  for (const name of names) {
    const field = fields[name] as Field;
    if (value[name] !== undefined) field.check(value[name], `${path}.${name}`);
    else if (field.optional !== true)
      throw new StructuralTagError(path, `no field ${JSON.stringify(name)}`, `${name} is required`);
  }
}

function node(value: unknown, path: string, only: readonly Format["type"][] | undefined): void {
  if (!isObject(value)) fail(path, value, "an object with a type");
  const allowed = only ?? formatTypes;
  if (!isFormatType(value["type"]) || !allowed.includes(value["type"])) {
    fail(`${path}.type`, value["type"], allowed.join(", "));
  }
  fieldsOf(value, path, nodes[value["type"]]);
  if (value["type"] === "repeat") {
    const { min, max } = value as { readonly min: number; readonly max: number };
    if (max !== -1 && max < min) fail(`${path}.max`, max, `-1, or ${min} (min) or more`);
  }
  if (value["type"] === "triggered_tags") triggersFit(value, path);
}

/** A tag belongs to the one trigger that it starts with: none or two would leave the dispatch undefined. */
function triggersFit(value: { readonly [key: string]: unknown }, path: string): void {
  const triggers = value["triggers"] as readonly string[];
  (value["tags"] as readonly { readonly begin: unknown }[]).forEach((tag, index) => {
    const place = `${path}.tags[${index}].begin`;
    if (typeof tag.begin !== "string") fail(place, tag.begin, "a string (token_triggered_tags takes tokens)");
    const opener: string = tag.begin;
    const fitting = triggers.filter((trigger) => opener.startsWith(trigger));
    if (fitting.length !== 1) {
      fail(
        place,
        opener,
        `a text that starts with exactly one of the triggers ${triggers.map((each) => JSON.stringify(each)).join(", ")}`,
      );
    }
  });
}

/**
 * Checks unknown JSON strictly and returns it typed: an unknown type or field, a missing or a wrong one is an error.
 * The value itself is returned, not a copy.
 */
export function parseStructuralTag(value: unknown): StructuralTag {
  if (!isObject(value)) fail("", value, 'an object with type "structural_tag" and a format');
  if (value["type"] !== "structural_tag") fail("type", value["type"], '"structural_tag"');
  for (const key of Object.keys(value)) {
    if (key !== "type" && key !== "format")
      throw new StructuralTagError("", `the unknown field ${JSON.stringify(key)}`, "type, format");
  }
  if (value["format"] === undefined) throw new StructuralTagError("", 'no field "format"', "format is required");
  format(value["format"], "format");
  return value as unknown as StructuralTag;
}
