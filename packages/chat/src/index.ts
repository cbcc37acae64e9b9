export { renderPrompt, type PromptOptions, type PromptSource } from "./render-prompt.ts";
export {
  checkpointFileNames,
  readCheckpoint,
  type Checkpoint,
  type CheckpointFiles,
  type JsonObject,
} from "./checkpoint/checkpoint.ts";
export { countParts, type PartsShown, type PromptTokens } from "./prompt-parts.ts";
export { CheckpointError } from "./checkpoint/checkpoint-error.ts";
export { GgufTruncatedError, readGguf, type GgufHeader, type GgufValue } from "./checkpoint/gguf.ts";
export type { GgufVocabulary } from "./checkpoint/gguf-vocabulary.ts";
export { compileTemplate, type RenderTemplateOptions, type Template } from "./template/template.ts";
export { TemplateError, type ErrorType } from "./template/error.ts";
export type { Limits } from "./template/run.ts";
export { parseJson } from "./python/json.ts";
export { parseLocalTime, type LocalTime } from "./python/strftime.ts";
export { Dict } from "./python/dict.ts";
export { Float, type Value } from "./python/value.ts";
