/** Strings that stand on the wire as they are, up to a closer: what a schema says of them, without the closer in them. */
import { ConstrainError } from "./constrain-error.ts";
import type { Piece } from "./pieces.ts";
import { narrowed } from "./pattern.ts";
import { escapeRegex, inClass } from "./regex.ts";
import { refuseOthers, type SchemaObject } from "./schema.ts";

/** `format` is an annotation in JSON Schema, so leaving it alone weakens nothing. */
const stringKeywords: ReadonlySet<string> = new Set([
  "type",
  "nullable",
  "format",
  "pattern",
  "minLength",
  "maxLength",
]);

export interface StringLimits {
  readonly pattern: string | undefined;
  readonly least: number;
  readonly most: number | undefined;
}

export function stringLimits(schema: SchemaObject, path: string): StringLimits {
  refuseOthers(schema, stringKeywords, path);
  const least = typeof schema["minLength"] === "number" ? schema["minLength"] : 0;
  const most = typeof schema["maxLength"] === "number" ? schema["maxLength"] : undefined;
  const pattern = typeof schema["pattern"] === "string" ? schema["pattern"] : undefined;
  if (most !== undefined && most < least) throw new ConstrainError(path, "maxLength is less than minLength");
  if (pattern !== undefined && (least > 0 || most !== undefined)) {
    throw new ConstrainError(path, "pattern together with a length cannot be held in this notation");
  }
  return { pattern, least, most };
}

/** Text that does not contain the `excluded` ones, within the schema's limits. */
export function rawText(schema: SchemaObject, excluded: readonly string[], path: string): readonly Piece[] {
  const { pattern, least, most } = stringLimits(schema, path);
  const first = firstCharacters(excluded);
  if (pattern !== undefined) return [{ type: "regex", pattern: narrowed(pattern, first, path, excluded) }];
  const free: Piece = { type: "any_text", excludes: excluded, ...(most !== undefined && { max_chars: most - least }) };
  if (least === 0) return [free];
  // The least number of characters is counted by a regular expression, which must not end inside a closer either. Under a
  // maximum each unit is one character; without one, `<` and a character that no closer goes on with is a unit as well.
  const unit = most === undefined ? textUnit(excluded) : `[^${inClass(first)}]`;
  const counted: Piece = { type: "regex", pattern: least === 1 ? unit : `(?:${unit}){${least}}` };
  return most === least ? [counted] : [counted, free];
}

/** A character, or two, behind which no excluded text can have begun; none of `others` first. */
export function textUnit(excluded: readonly string[], others: string = ""): string {
  const first = firstCharacters(excluded);
  const pairs = [...first].map((character) => {
    const second = excluded.filter((text) => text.startsWith(character)).map((text) => [...text][1] ?? "");
    return `${escapeRegex(character)}[^${inClass([...first, ...second].join(""))}]`;
  });
  return `(?:[^${inClass(first)}${others}]|${pairs.join("|")})`;
}

export const firstCharacters = (texts: readonly string[]): string =>
  [...new Set(texts.map((text) => [...text][0] ?? ""))].join("");
