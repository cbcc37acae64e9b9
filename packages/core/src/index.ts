export * from "./message.ts";
export * from "./format.ts";
export { formats, getFormat, UnknownFormatError } from "./formats/index.ts";
export { createParser, parse } from "./parse/create-parser.ts";
export { foldEvents } from "./parse/output.ts";
export type { Delta, Limits, Parser, ParserOptions } from "./parse/parser.ts";
export type { StructuralTag, Format as StructuralFormat } from "./constrain/structural-tag.ts";
export { parseStructuralTag, StructuralTagError } from "./constrain/validate-structural-tag.ts";
