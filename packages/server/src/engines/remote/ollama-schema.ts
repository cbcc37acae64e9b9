import type { JsonSchema } from "@glossa/core";
import { compileGrammar, GrammarError } from "@glossa/grammar";
import { isRecord } from "./upstream.ts";

/** The converter writes a rule for each; above some thousands its process dies. */
const maxCount = 1000;
const maxDepth = 64;

/**
 * As much of a schema as Ollama can be given without harm; nothing where that can't be told. 0.17.4 makes a grammar of it in
 * the server's own process and reads that in the one that runs the model, and does not survive what they don't know:
 * `^(?:a)$` ends the server and the answers of everybody, `^\d+$`, a `maxLength` of a million or a reference to itself the
 * model's process, and a `minLength` above its `maxLength` keeps that busy for ever. What is left out only makes the schema
 * looser; the answer is checked against all of it.
 */
export function ollamaSchema(schema: JsonSchema): object | undefined {
  const kept = plain(schema, 0);
  try {
    compileGrammar({ jsonSchema: kept });
  } catch (error) {
    if (error instanceof GrammarError) return undefined;
    throw error;
  }
  return typeof kept === "object" ? kept : {};
}

function plain(schema: unknown, depth: number): JsonSchema {
  if (!isRecord(schema) || depth > maxDepth) return schema !== false || depth > maxDepth;
  const kept: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    const left = plainValue(keyword, value, depth + 1);
    if (left !== undefined) kept[keyword] = left;
  }
  return kept;
}

function plainValue(keyword: string, value: unknown, depth: number): unknown {
  switch (keyword) {
    case "type":
    case "enum":
    case "const":
    case "required":
      return value;
    case "$ref":
      return typeof value === "string" && value.startsWith("#/") ? value : undefined;
    case "pattern":
      return typeof value === "string" && plainPattern.test(value) ? value : undefined;
    case "minLength":
    case "maxLength":
    case "minItems":
    case "maxItems":
      return typeof value === "number" && value <= maxCount ? value : undefined;
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
      return Number.isSafeInteger(value) ? value : undefined;
    case "items":
    case "additionalProperties":
      return plain(value, depth);
    case "anyOf":
    case "oneOf":
    case "allOf":
    case "prefixItems":
      return Array.isArray(value) ? value.map((each) => plain(each, depth)) : undefined;
    case "properties":
    case "$defs":
    case "definitions":
      if (!isRecord(value)) return undefined;
      return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each, depth)]));
    default:
      return undefined;
  }
}

/** Letters, digits, sets of them, and how often each comes: what the converter reads as ECMA-262 does. */
const plainPattern = /^\^(?:(?:[\w :,@#%-]|\[[\w -]+\])(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})?)+\$$/;
