export { GrammarError } from "./error.ts";
export type { GenerateOptions } from "./generate.ts";
export { compileGrammar, type Grammar, type GrammarInput, type GrammarOptions } from "./grammar.ts";
export type { RandomSource } from "./ir.ts";
export type { Relaxed } from "./json-schema/source.ts";
export type { Explanation } from "./matcher/explain.ts";
export { Matcher } from "./matcher/matcher.ts";
export { constrainTokens, type TokenConstraint } from "./tokens.ts";
