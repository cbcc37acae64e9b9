import * as v from "valibot";
import { invalidRequest, type ApiError } from "../error.ts";

/** How a protocol words what is wrong with a request. */
export interface FieldWords {
  path(keys: readonly (string | number)[]): string;
  /** Each message names the field. */
  missing(path: string): string;
  wrongType(path: string, expected: string, got: string): string;
  /** The value is none of those that are allowed. */
  wrongValue(path: string, expected: string, got: string): string;
  /** The value breaks a rule, which is told in words. */
  broken(path: string, why: string): string;
}

/** `messages[0].content`, and OpenAI's sentences. */
const openaiWords: FieldWords = {
  path: (keys) =>
    keys.reduce<string>(
      (path, key) => path + (typeof key === "number" ? `[${key}]` : path === "" ? key : `.${key}`),
      "",
    ),
  missing: (path) => `Missing required parameter: '${path}'.`,
  wrongType: (path, expected, got) => `Invalid type for '${path}': expected ${expected}, got ${got}.`,
  wrongValue: (path, expected, got) => `Invalid value for '${path}': expected ${expected}, got ${got}.`,
  broken: (path, why) => `Invalid value for '${path}': ${why}.`,
};

/** Checks a request body against its schema; what is wrong is thrown as a 400 that names the field. */
export function validate<const Schema extends v.GenericSchema>(
  schema: Schema,
  body: unknown,
  words: FieldWords = openaiWords,
): v.InferOutput<Schema> {
  if (Array.isArray(body))
    throw invalidRequest("Invalid request body: expected object, got array.", null, "invalid_type");
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  throw asInvalidRequest(result.issues[0], words);
}

function asInvalidRequest(issue: v.BaseIssue<unknown>, words: FieldWords): ApiError {
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key)));
  if (keys.length === 0)
    return invalidRequest(`Invalid request body: expected ${expectation(issue)}.`, null, "invalid_type");
  const path = words.path(keys);
  if (issue.input === undefined && issue.received === "undefined") {
    return invalidRequest(words.missing(path), path, "missing_required_parameter");
  }
  if (issue.kind === "validation" || issue.type === "never") {
    return invalidRequest(words.broken(path, issue.message), path);
  }
  const oneOf = /^["(]/.test(issue.expected ?? "");
  return oneOf
    ? invalidRequest(words.wrongValue(path, expectation(issue), received(issue)), path)
    : invalidRequest(words.wrongType(path, expectation(issue), received(issue)), path, "invalid_type");
}

/** Kinds of objects by the names that JSON has for them. */
function received({ received: found }: v.BaseIssue<unknown>): string {
  return found === "Array" || found === "Object" ? found.toLowerCase() : found;
}

function expectation(issue: v.BaseIssue<unknown>): string {
  // The one check of our own is that for any object.
  if (issue.type === "custom") return "object";
  return issue.expected?.replaceAll(" | ", " or ").replaceAll(/[()]/g, "").toLowerCase() ?? "something else";
}
