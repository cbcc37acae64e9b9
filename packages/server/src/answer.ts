import { compileGrammar, GrammarError, type Grammar } from "@glossa/grammar";
import type { ResponseFormat } from "./engines/engine.ts";
import { mismatch } from "./schema-check.ts";

/** What is wrong with an answer under a response format, in a sentence; nothing if it keeps to it. */
export function checkAnswer(format: ResponseFormat, text: string): string | undefined {
  switch (format.type) {
    case "text":
      return undefined;
    case "regex":
      return checkText({ regex: format.pattern }, text);
    case "choice":
      return checkText({ choice: format.choices }, text);
    case "grammar":
      return checkText({ ebnf: format.grammar }, text);
    default:
      return checkJson(format, text);
  }
}

type JsonFormat = Extract<ResponseFormat, { readonly type: "json_object" | "json_schema" }>;

function checkJson(format: JsonFormat, text: string): string | undefined {
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
  const found = mismatch(format.json_schema.schema ?? true, value);
  return found && `The answer misses its schema: ${found}.`;
}

/** What can't be read as a grammar is not judged by it. */
function checkText(input: Parameters<typeof compileGrammar>[0], text: string): string | undefined {
  let grammar: Grammar;
  try {
    grammar = compileGrammar(input);
  } catch (error) {
    if (error instanceof GrammarError) return undefined;
    throw error;
  }
  const verdict = grammar.explain(text);
  if (verdict.ok) return undefined;
  const expected = verdict.expected.join(" or ");
  return `The answer breaks its ${Object.keys(input)[0]} at ${verdict.at}: found ${verdict.found}, expected ${expected}.`;
}
