export { ContextLengthError, DemoEngine } from "./engine.ts";
export type { EngineFiles, GenerateOptions, GenerateResult, Step } from "./engine.ts";
export { loadDemoEngine } from "./load.ts";
export { readLogprobs } from "./logprobs.ts";
export type { StepLogprob } from "./logprobs.ts";
export type { PromptCall, PromptMessage, PromptOptions, PromptTool, Schema } from "./prompt.ts";
export { NoTokenAllowedError, Sampler } from "./sampling.ts";
export type { SamplerOptions, Sampling, TokenConstraint } from "./sampling.ts";
