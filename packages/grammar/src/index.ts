export { GrammarError } from "./error.ts";
export type { GenerateOptions } from "./generate.ts";
export {
  compileGrammar,
  compileTokenGrammar,
  type Grammar,
  type GrammarInput,
  type GrammarOptions,
  type TokenGrammarOptions,
} from "./grammar.ts";
export type { RandomSource } from "./ir.ts";
export type { Relaxed } from "./json-schema/source.ts";
export type { Explanation } from "./matcher/explain.ts";
export { Matcher } from "./matcher/matcher.ts";
export { larkPattern, rustPattern } from "./lark/pattern.ts";
export type { Forced } from "./mask/forced.ts";
export type { TokenGrammar } from "./mask/token-grammar.ts";
export type { TokenMatcher } from "./mask/token-matcher.ts";
export { warmUp } from "./mask/warm-up.ts";
export { type TokenizerJson, type TokenizerJsonOptions, tokenizerVocabulary } from "./vocabulary/tokenizer-json.ts";
export { Vocabulary, type VocabularySource } from "./vocabulary/vocabulary.ts";
