export { ContextLengthError, DemoEngine } from "./engine.ts";
export type { EngineFiles, GenerateOptions, GenerateResult, Step } from "./engine.ts";
export { loadDemoEngine } from "./load.ts";
export type { PromptCall, PromptMessage, PromptOptions, PromptTool, Schema } from "./prompt.ts";
export { NoTokenAllowedError } from "./sampling.ts";
export type { Sampling, TokenConstraint } from "./sampling.ts";
