import * as v from "valibot";
import { invalidRequest, type ApiError } from "../error.ts";

/** Checks a request body against its schema; what is wrong is thrown as a 400 that names the field, in OpenAI's words. */
export function validate<const Schema extends v.GenericSchema>(schema: Schema, body: unknown): v.InferOutput<Schema> {
  if (Array.isArray(body))
    throw invalidRequest("Invalid request body: expected object, got array.", null, "invalid_type");
  const result = v.safeParse(schema, body, { abortEarly: true });
  if (result.success) return result.output;
  throw asInvalidRequest(result.issues[0]);
}

function asInvalidRequest(issue: v.BaseIssue<unknown>): ApiError {
  const param = fieldPath(issue);
  if (param === null)
    return invalidRequest(`Invalid request body: expected ${expectation(issue)}.`, null, "invalid_type");
  if (issue.input === undefined && issue.received === "undefined") {
    return invalidRequest(`Missing required parameter: '${param}'.`, param, "missing_required_parameter");
  }
  if (issue.kind === "validation") return invalidRequest(`Invalid value for '${param}': ${issue.message}.`, param);
  const wrongType = !/^["(]/.test(issue.expected ?? "");
  const got = issue.received;
  return wrongType
    ? invalidRequest(`Invalid type for '${param}': expected ${expectation(issue)}, got ${got}.`, param, "invalid_type")
    : invalidRequest(`Invalid value for '${param}': expected ${expectation(issue)}, got ${got}.`, param);
}

/** `messages[0].content`, as OpenAI writes it; null for the body itself. */
function fieldPath(issue: v.BaseIssue<unknown>): string | null {
  let path = "";
  for (const { key } of issue.path ?? []) {
    path += typeof key === "number" ? `[${key}]` : path === "" ? String(key) : `.${String(key)}`;
  }
  return path === "" ? null : path;
}

function expectation(issue: v.BaseIssue<unknown>): string {
  return issue.expected?.replaceAll(" | ", " or ").replaceAll(/[()]/g, "").toLowerCase() ?? "something else";
}
