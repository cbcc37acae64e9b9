import type { Format } from "./structural-tag.ts";

/** The same format with at most `count` characters of white space in a row in its JSON. */
export function limitWhiteSpace(format: Format, count: number): Format {
  const visit = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== "object" || node === null) return node;
    // What stands in a schema is the user's own.
    const entries = Object.entries(node).map(([key, value]) => [key, key === "json_schema" ? value : visit(value)]);
    const copy: Record<string, unknown> = Object.fromEntries(entries);
    return copy["type"] === "json_schema" ? { ...copy, max_whitespace_cnt: count } : copy;
  };
  return visit(format) as Format;
}
