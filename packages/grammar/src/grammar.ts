import { parseStructuralTag, type StructuralTag } from "@glossa/core";
import { Utf8Text } from "./automata/byte-automaton.ts";
import { generate, type GenerateOptions } from "./generate.ts";
import { type Node, type RandomSource, text } from "./ir.ts";
import { type JsonSchemaOptions, SchemaCompiler } from "./json-schema/compile.ts";
import type { Relaxed } from "./json-schema/source.ts";
import { explain, type Explanation } from "./matcher/explain.ts";
import { Matcher } from "./matcher/matcher.ts";
import { regexAutomaton } from "./regex/automaton.ts";
import { compileStructuralTag } from "./structural-tag/compile.ts";

/** What a grammar is made from. */
export type GrammarInput =
  | StructuralTag
  | { readonly jsonSchema: unknown }
  /** ECMA-262 syntax; the whole text must match. */
  | { readonly regex: string };

/** `lenient` and `closed` hold for structural tags too; the other options are for `jsonSchema`, a tag says them itself. */
export type GrammarOptions = JsonSchemaOptions;

/** A compiled grammar. Immutable to the eye; what texts reach is built on the way and kept. */
export interface Grammar {
  /** What `lenient` dropped, and annotations such as `format` that look like constraints and are none. */
  readonly relaxed: readonly Relaxed[];
  matcher(): Matcher;
  /** Whether the text is a sentence of the grammar. */
  accepts(text: string | Uint8Array): boolean;
  explain(text: string): Explanation;
  /** A random sentence. The same random numbers give the same sentence. */
  generate(random: RandomSource, options?: GenerateOptions): string;
}

function compile(input: GrammarInput, options: GrammarOptions, relaxed: Relaxed[]): Node {
  if ("jsonSchema" in input) return new SchemaCompiler(input.jsonSchema, "", options, relaxed).compile();
  if ("regex" in input)
    return text("text of the pattern", new Utf8Text(regexAutomaton(input.regex, false, "", "regex")));
  return compileStructuralTag(parseStructuralTag(input), { ...options, relaxed });
}

/** Throws a `GrammarError` that names the place where something can't be enforced, a `StructuralTagError` for a tag that is none. */
export function compileGrammar(input: GrammarInput, options: GrammarOptions = {}): Grammar {
  const relaxed: Relaxed[] = [];
  const root = compile(input, options, relaxed);
  const start = new Matcher(root);
  return {
    relaxed,
    matcher: () => start.fork(),
    accepts: (whole) => {
      const matcher = start.fork();
      return matcher.push(whole) && matcher.isComplete;
    },
    explain: (whole) => explain(start, whole),
    generate: (random, generateOptions) => generate(root, random, generateOptions),
  };
}
