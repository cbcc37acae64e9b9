import type { ResponseFormat } from "@glossa/core";
import { readArray, readObject, readSchema, readString, readWord } from "./fields.ts";

/** A response format as OpenAI's API takes it, and three more that servers know under these names. */
export function readResponseFormat(value: unknown, field: string): ResponseFormat {
  const record = readObject(value, field);
  const type = readWord(record["type"], `${field}.type`, [
    "text",
    "json_object",
    "json_schema",
    "regex",
    "choice",
    "grammar",
  ]);
  switch (type) {
    case "text":
    case "json_object":
      return { type };
    case "json_schema": {
      // Flat, as the Responses API has it, or in an object of its own.
      const nested = record["json_schema"];
      if (nested === undefined) return { type, schema: readSchema(record["schema"], `${field}.schema`) };
      const inner = readObject(nested, `${field}.json_schema`);
      return { type, schema: readSchema(inner["schema"], `${field}.json_schema.schema`) };
    }
    case "regex":
      return { type, pattern: readString(record["pattern"], `${field}.pattern`) };
    case "choice": {
      const choices = readArray(record["choices"], `${field}.choices`);
      return { type, choices: choices.map((choice, index) => readString(choice, `${field}.choices[${index}]`)) };
    }
    case "grammar":
      return { type, grammar: readString(record["grammar"], `${field}.grammar`) };
  }
}
