import { getFormat, type Format, type JsonSchema } from "@glossa/core";
import { InputError, wrong } from "./input-error.ts";
import type { JsonObject } from "./jsonl.ts";

/** A field that is absent or null counts as not given. */
export function isGiven<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

export function readObject(value: unknown, field: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(field, value, "an object");
  return value as JsonObject;
}

export function readArray(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(field, value, "an array");
  return value;
}

export function readString(value: unknown, field: string): string {
  if (typeof value !== "string") throw wrong(field, value, "a string");
  return value;
}

export function readBoolean(value: unknown, field: string): boolean {
  if (typeof value !== "boolean") throw wrong(field, value, "true or false");
  return value;
}

/** One of a few words. */
export function readWord<const Word extends string>(value: unknown, field: string, words: readonly Word[]): Word {
  if (!words.includes(value as Word)) throw wrong(field, value, words.map((word) => JSON.stringify(word)).join(", "));
  return value as Word;
}

/** A format by name or alias. */
export function readFormat(value: unknown, field: string): Format {
  if (!isGiven(value)) throw wrong(field, value, "the name of a format; `glossa formats` lists them");
  const name = readString(value, field);
  try {
    return getFormat(name);
  } catch (error) {
    throw new InputError(field, (error as Error).message, error);
  }
}

export function readSchema(value: unknown, field: string): JsonSchema {
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(field, value, "a JSON Schema");
  return value as JsonSchema;
}
