export * from "./message.ts";
export * from "./format.ts";
export { formats } from "./formats/index.ts";
export { getFormat, UnknownFormatError } from "./formats/get-format.ts";
export { createParser, parse } from "./parse/create-parser.ts";
export { foldEvents } from "./parse/output.ts";
export type { Delta, Limits, Parser, ParserOptions } from "./parse/parser.ts";
export type { StructuralTag, Format as StructuralFormat } from "./constrain/structural-tag.ts";
export { parseStructuralTag, StructuralTagError } from "./constrain/validate-structural-tag.ts";
export { render, type RenderOptions } from "./render/render.ts";
export { RenderError } from "./render/render-error.ts";
export {
  constrain,
  type Constraint,
  type ConstrainRequest,
  type ConstrainToolChoice,
  type Coverage,
  type ReasoningMode,
  type ResponseFormat,
} from "./constrain/constrain.ts";
export { behind } from "./constrain/behind.ts";
export { ConstrainError } from "./constrain/constrain-error.ts";
export {
  lower,
  lowerTargets,
  type Lowering,
  type Lowerings,
  type LowerOptions,
  type LowerTarget,
} from "./constrain/lower/lower.ts";
export { LoweringError, type Weakened } from "./constrain/lower/lowering-error.ts";
export type { Gbnf, GbnfTrigger } from "./constrain/lower/gbnf.ts";
export type { LegacyStructuralTag } from "./constrain/lower/legacy.ts";
export type { SpecialToken } from "./constrain/lower/lark.ts";
export { parseFormat } from "./declaration/validate.ts";
export { DeclarationError } from "./declaration/declaration-error.ts";
export { formatSchema } from "./declaration/schema.ts";
export { detect, type Candidate, type Detection, type DetectOptions } from "./detect/detect.ts";
export type { Confidence } from "./detect/evidence.ts";
export { modelMatcher, type ModelPattern } from "./detect/model-name.ts";
export { pairFormats, plain } from "./formats/pair.ts";
export { getReasoning, UnknownReasoningError } from "./formats/reasoning.ts";
export { sameJsonText } from "./values/json-tree.ts";
export { findResponseTemplate, importResponseTemplate, type ImportOptions } from "./response-template/import.ts";
