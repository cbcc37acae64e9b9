import { compileGrammar, GrammarError, type Grammar } from "@glossa/grammar";
import { keepYoungest } from "./youngest.ts";

/** Schemas by their text: a conversation brings the same tools again and again. */
const compiled = keepYoungest<Grammar | undefined>(256);
/** Longer ones are compiled each time, so that all together stay small. */
const maxLength = 64 * 1024;

/**
 * What is wrong with a value by a schema, in a few words; nothing if it keeps to it. Judged by the grammar that a constrained
 * engine follows, on the value written plainly, so that white space, the order of keys and the spelling of strings don't count.
 * What the grammar can't judge of the schema is not judged.
 */
export function mismatch(jsonSchema: unknown, value: unknown): string | undefined {
  const grammar = grammarOf(jsonSchema);
  if (!grammar) return undefined;
  const plain = written(value);
  if (plain === undefined) return "it is nested too deeply to be judged";
  const verdict = grammar.explain(plain);
  if (verdict.ok) return undefined;
  return `behind ${plain.slice(0, verdict.at).slice(-40)} found ${verdict.found}, expected ${verdict.expected.join(" or ")}`;
}

/** The value as JSON. Nothing where it is nested too deeply to be written, though it could be read: some thousands of levels. */
export function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function grammarOf(jsonSchema: unknown): Grammar | undefined {
  const text = JSON.stringify(jsonSchema) ?? "";
  return text.length > maxLength ? compile(jsonSchema) : compiled(text, () => compile(jsonSchema));
}

function compile(jsonSchema: unknown): Grammar | undefined {
  try {
    return compileGrammar({ jsonSchema }, { lenient: true, anyOrder: true });
  } catch (error) {
    if (error instanceof GrammarError) return undefined;
    throw error;
  }
}
