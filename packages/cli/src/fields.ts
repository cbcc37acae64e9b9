import type { Format, JsonSchema, Tool, ToolChoice } from "@glossa/core";
import { getFormat } from "@glossa/core";
import { found, InputError, wrong } from "./input-error.ts";
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

/** Tools as OpenAI's API takes them, `{type: "function", function: {…}}`, or flat: `{name, description, parameters, strict}`. */
export function readTools(value: unknown, field: string): readonly Tool[] {
  return readArray(value, field).map((item, index) => {
    const outer = readObject(item, `${field}[${index}]`);
    if (outer["function"] === undefined) return readTool(outer, `${field}[${index}]`);
    return readTool(readObject(outer["function"], `${field}[${index}].function`), `${field}[${index}].function`);
  });
}

function readTool(tool: JsonObject, field: string): Tool {
  const name = readString(tool["name"], `${field}.name`);
  if (name === "") throw wrong(`${field}.name`, name, "a name");
  const { description, parameters, strict } = tool;
  return {
    name,
    ...(isGiven(description) && { description: readString(description, `${field}.description`) }),
    ...(isGiven(parameters) && { parameters: readSchema(parameters, `${field}.parameters`) }),
    ...(isGiven(strict) && { strict: readBoolean(strict, `${field}.strict`) }),
  };
}

export function readSchema(value: unknown, field: string): JsonSchema {
  if (typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(field, value, "a JSON Schema");
  return value as JsonSchema;
}

/** `"auto"`, `"none"`, `"required"`, or a tool by name: `{type: "function", function: {name}}`, `{type, name}`, `{name}`. */
export function readToolChoice(value: unknown, field: string, tools: readonly Tool[] | undefined): ToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(field, value, '"auto", "none", "required" or an object that names a tool');
  }
  const choice = value as JsonObject;
  const nested = choice["function"];
  const within = nested === undefined ? field : `${field}.function`;
  const { name } = nested === undefined ? choice : readObject(nested, within);
  return named(readString(name, `${within}.name`), `${within}.name`, tools);
}

/** The same on the command line: one of the three words, or a name. */
export function readToolChoiceOption(value: string, tools: readonly Tool[] | undefined): ToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  return named(value, "--tool-choice", tools);
}

function named(name: string, field: string, tools: readonly Tool[] | undefined): ToolChoice {
  if (tools && !tools.some((tool) => tool.name === name)) {
    const names = tools.map((tool) => JSON.stringify(tool.name)).join(", ");
    throw new InputError(
      field,
      `found the tool ${found(name)}, expected one of ${names || "the tools, of which there are none"}`,
    );
  }
  return { name };
}
