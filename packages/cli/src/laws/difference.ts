import { sameJsonText, type Part } from "@glossa/core";
import type { ExpectedCall, ExpectedPart } from "./samples.ts";

/** The first place at which a message is not what was expected, in words; undefined where it is. */
export function partsDifference(expected: readonly ExpectedPart[], found: readonly Part[]): string | undefined {
  for (const [index, part] of expected.entries()) {
    const difference = partDifference(part, found[index]);
    if (difference !== undefined) return `parts[${index}]${difference}`;
  }
  const extra = found[expected.length];
  return extra && `parts[${expected.length}]: expected nothing more, found ${describePart(extra)}`;
}

function partDifference(expected: ExpectedPart, found: Part | undefined): string | undefined {
  if (found?.type !== expected.type) return `: expected ${describePart(expected)}, found ${describePart(found)}`;
  if (expected.type !== "call" || found.type !== "call") {
    return textDifference(".text", (expected as { text: string }).text, (found as { text: string }).text);
  }
  return (
    textDifference(".name", expected.name, found.name) ??
    textDifference(".status", expected.status, found.status) ??
    (expected.id === undefined ? undefined : textDifference(".id", expected.id, found.id)) ??
    argumentsDifference(expected, found.arguments)
  );
}

function argumentsDifference({ arguments: expected, status }: ExpectedCall, found: string): string | undefined {
  const text = typeof expected === "string" ? expected : JSON.stringify(expected);
  // A prefix of JSON is compared as text; whole JSON says the same in any layout.
  const isSame =
    status === "complete" &&
    (sameJsonText(text, found) || (typeof expected !== "string" && sameAsValue(expected, found)));
  if (isSame) return undefined;
  const what = ".arguments";
  // In one layout the first difference is one that counts; numbers that differ in their digits alone need their text.
  return textDifference(what, compact(text), compact(found)) ?? textDifference(what, text, found);
}

function compact(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

/** Whether JSON text has this value, in any order of keys; as a value it has lost how its numbers were written. */
export function sameAsValue(expected: unknown, found: string): boolean {
  try {
    return sorted(expected) === sorted(JSON.parse(found));
  } catch {
    return false;
  }
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))
      : inner,
  );

/** Where two texts part, each with what stands around that place. */
export function textDifference(what: string, expected: string, found: string): string | undefined {
  if (expected === found) return undefined;
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at++;
  return `${what}: at ${at} expected ${excerpt(expected, at)}, found ${excerpt(found, at)}`;
}

/** The text around a place, so much of it on each side, as a JSON string so that white space shows. */
export function excerpt(text: string, at: number, context = 24): string {
  const start = Math.max(0, at - context);
  const end = Math.min(text.length, at + context);
  return `${start > 0 ? "…" : ""}${JSON.stringify(text.slice(start, end))}${end < text.length ? "…" : ""}`;
}

function describePart(part: ExpectedPart | Part | undefined): string {
  if (part === undefined) return "nothing";
  if (part.type === "call") return `a ${part.status} call of ${JSON.stringify(part.name)}`;
  return `${part.type} ${excerpt(part.text, 0)}`;
}
