import { parseStructuralTag, type StructuralTag } from "@glossa/core";
import { utf8Text } from "./automata/byte-automaton.ts";
import { compileEbnf } from "./ebnf/compile.ts";
import { GrammarError } from "./error.ts";
import { generate, type GenerateOptions } from "./generate.ts";
import { choice, literal, type Node, type RandomSource, text } from "./ir.ts";
import { type JsonSchemaOptions, SchemaCompiler } from "./json-schema/compile.ts";
import type { Relaxed } from "./json-schema/source.ts";
import { compileLark } from "./lark/compile.ts";
import { explain, type Explanation } from "./matcher/explain.ts";
import { forDecoding } from "./mask/for-decoding.ts";
import { TokenGrammar } from "./mask/token-grammar.ts";
import { Matcher } from "./matcher/matcher.ts";
import { regexAutomaton } from "./regex/automaton.ts";
import { compileStructuralTag } from "./structural-tag/compile.ts";
import type { Vocabulary } from "./vocabulary/vocabulary.ts";

/** What a grammar is made from. */
export type GrammarInput =
  | StructuralTag
  | { readonly jsonSchema: unknown }
  /** ECMA-262 syntax; the whole text must match. */
  | { readonly regex: string }
  /** xgrammar's and llama.cpp's notation, from the rule `root` on. */
  | { readonly ebnf: string }
  /** One of these texts. */
  | { readonly choice: readonly string[] }
  /** Lark in llguidance's dialect, from its rule `start` on; read without a lexer. */
  | { readonly lark: string };

/** `lenient` and `closed` hold for structural tags too; the other options of schemas are for `jsonSchema`, a tag says them itself. */
export interface GrammarOptions extends JsonSchemaOptions {
  /**
   * In how many ways a text may be read at once, a measure of ambiguity: a matcher that comes to more throws a `GrammarError`.
   * Default: 10,000; grammars that are made with care stay below a hundred.
   */
  readonly maxThreads?: number;
}

const defaultThreads = 10_000;

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

function compile(input: GrammarInput, options: JsonSchemaOptions, relaxed: Relaxed[], vocabulary?: Vocabulary): Node {
  if ("jsonSchema" in input) return new SchemaCompiler(input.jsonSchema, "", options, relaxed).compile();
  if ("regex" in input) return text("text of the pattern", utf8Text(regexAutomaton(input.regex, false, "", "regex")));
  if ("ebnf" in input) return compileEbnf(input.ebnf, "");
  if ("choice" in input) return compileChoice(input.choice);
  if ("lark" in input) return compileLark(input.lark, { ...options, relaxed, vocabulary });
  return compileStructuralTag(parseStructuralTag(input), { ...options, relaxed, vocabulary });
}

function compileChoice(texts: readonly string[]): Node {
  if (texts.length === 0) throw new GrammarError("", "choice", "there is nothing to choose from");
  return choice(texts.map((each) => literal(each)));
}

export interface TokenGrammarOptions extends GrammarOptions {
  /**
   * How many steps of automata not known yet, and ways on within a token, one mask may take: one that takes more is a
   * `GrammarError`. Default: 200,000; masks of schemas in use stay below a tenth of it.
   */
  readonly maxSteps?: number;
}

const defaultSteps = 200_000;

/**
 * A grammar over the tokens of a vocabulary, for decoding. Special tokens are themselves: where the grammar writes down the text of
 * one, that token comes and no other spelling, and no text that it leaves to the model contains any. Property names and listed
 * strings are written plainly. Errors as of `compileGrammar`, and a `GrammarError` for a token that the vocabulary does not have.
 */
export function compileTokenGrammar(
  input: GrammarInput,
  vocabulary: Vocabulary,
  options: TokenGrammarOptions = {},
): TokenGrammar {
  const { maxThreads = defaultThreads, maxSteps = defaultSteps, ...rest } = options;
  const limits = { maxThreads, maxSteps };
  const relaxed: Relaxed[] = [];
  return refusingDepth(() => {
    const root = compile(input, { plain: true, ...rest }, relaxed, vocabulary);
    return new TokenGrammar(forDecoding(root, vocabulary), vocabulary, relaxed, limits);
  });
}

/** A grammar that is nested too deeply is refused like any other that can't be built. */
function refusingDepth<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    // Engines differ in what they throw where the call stack ends.
    const isOverflow = error instanceof Error && /call stack|too much recursion/i.test(error.message);
    if (!isOverflow || error instanceof GrammarError) throw error;
    throw new GrammarError("", "depth", "it is nested too deeply, or its references lead too far");
  }
}

/** Throws a `GrammarError` that names the place where something can't be enforced, a `StructuralTagError` for a tag that is none. */
export function compileGrammar(input: GrammarInput, options: GrammarOptions = {}): Grammar {
  const relaxed: Relaxed[] = [];
  const { maxThreads = defaultThreads, ...rest } = options;
  const { root, start } = refusingDepth(() => {
    const made = compile(input, rest, relaxed);
    return { root: made, start: new Matcher(made, maxThreads) };
  });
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
