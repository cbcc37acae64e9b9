import { compileGrammar, GrammarError, type Grammar } from "@glossa/grammar";
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
  if (format.type === "json_object") {
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? undefined
      : "The answer is JSON, but no object.";
  }
  return checkSchema(format.json_schema.schema ?? true, value);
}

/**
 * Judged by the grammar that a constrained engine follows, on the value written plainly, so that white space, the order of keys
 * and the spelling of strings don't count. What the grammar can't judge of the schema is not judged.
 */
function checkSchema(jsonSchema: unknown, value: unknown): string | undefined {
  const plain = JSON.stringify(value);
  let grammar: Grammar;
  try {
    grammar = compileGrammar({ jsonSchema }, { lenient: true, anyOrder: true });
  } catch (error) {
    if (error instanceof GrammarError) return undefined;
    throw error;
  }
  const verdict = grammar.explain(plain);
  if (verdict.ok) return undefined;
  const found = verdict.found === "" ? "it ends" : `there is ${verdict.found}`;
  return `The answer misses its schema: at ${plain.slice(0, verdict.at).slice(-40)} ${found}, expected ${verdict.expected.join(" or ")}.`;
}
