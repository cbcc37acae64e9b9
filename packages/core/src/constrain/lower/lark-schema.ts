/** A JSON Schema for llguidance's `%json`, which enforces what it knows and is asked for nothing that it does not. */
import type { JsonSchema } from "../../message.ts";
import { fromEntries, isObject, withoutAnnotations, type SchemaObject } from "../schema.ts";
import type { Refusals } from "./lowering-error.ts";

/** As `docs/json_schema.md` of llguidance has it. */
const formats: ReadonlySet<string> = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
  "uri",
]);

const beyond: ReadonlySet<string> = new Set([
  "not",
  "if",
  "then",
  "else",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "contains",
  "minContains",
  "maxContains",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
  "$dynamicRef",
]);

const maps: ReadonlySet<string> = new Set(["properties", "patternProperties", "$defs", "definitions"]);

export function larkSchema(
  schema: JsonSchema,
  longestGap: number | null | undefined,
  path: string,
  refusals: Refusals,
): SchemaObject {
  const known = isObject(schema) ? visit(withoutAnnotations(schema), path, refusals) : schema;
  const body = known === true ? {} : known === false ? { not: {} } : (known as SchemaObject);
  if (longestGap === null || longestGap === undefined) return body;
  const space = `[ \\n\\t\\r]{0,${longestGap}}`;
  return fromEntries([["x-guidance", { whitespace_pattern: space }], ...Object.entries(body)]);
}

/** The schema without formats that are annotations there; keywords that it cannot hold are refused. */
function visit(schema: unknown, path: string, refusals: Refusals): unknown {
  if (Array.isArray(schema)) return schema.map((each, index) => visit(each, `${path}[${index}]`, refusals));
  if (!isObject(schema)) return schema;
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    const place = `${path}.${keyword}`;
    if (keyword === "format") return formats.has(String(value)) ? [[keyword, value]] : [];
    if (keyword === "enum" || keyword === "const") return [[keyword, value]];
    if (keyword === "uniqueItems" && value === false) return [];
    if (keyword === "uniqueItems" || beyond.has(keyword)) {
      refusals.refuse(place, "llguidance cannot hold it");
      return [];
    }
    if (!maps.has(keyword) || !isObject(value)) return [[keyword, visit(value, place, refusals)]];
    const named = Object.entries(value).map(([name, each]): [string, unknown] => [
      name,
      visit(each, `${place}.${name}`, refusals),
    ]);
    return [[keyword, fromEntries(named)]];
  });
  return fromEntries(entries);
}
