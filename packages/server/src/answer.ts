import type { ResponseFormat } from "./engines/engine.ts";

/** What is wrong with an answer under a response format, in a sentence; nothing if it keeps to it. */
export function checkAnswer(format: ResponseFormat, text: string): string | undefined {
  if (format.type === "text") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return `The answer is not JSON: ${error instanceof Error ? error.message : String(error)}.`;
  }
  if (format.type === "json_object" && (typeof value !== "object" || value === null || Array.isArray(value))) {
    return "The answer is JSON, but no object.";
  }
  return undefined;
}
