/** The reader of EBNF, which the decoder of `@glossa/grammar` shares. No part of the library's interface. */
export { EbnfError, readEbnf } from "./constrain/lower/ebnf-reader.ts";
export type { Expression, Ranges, Rules } from "./constrain/lower/expression.ts";
