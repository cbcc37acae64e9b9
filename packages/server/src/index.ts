export type { ApiKey } from "./api-keys.ts";
export { createApp, type AnsweredRequest, type App, type AppOptions } from "./app.ts";
export { banner } from "./banner.ts";
export type { ConnectionLimits } from "./connection-limits.ts";
export { withCheckpoint, type CheckpointOptions } from "./engines/checkpoint.ts";
export { completionsEngine, type CompletionsOptions } from "./engines/remote/completions.ts";
export { cutText, parseCut, type Cut } from "./engines/cut.ts";
export { demoEngine } from "./engines/local/demo.ts";
export type {
  Capabilities,
  ChatMessage,
  ChatToolCall,
  ContentPart,
  DecodeRequest,
  EmbeddingsRequest,
  EncodeRequest,
  Engine,
  EngineTokenizer,
  Finish,
  GenerateRequest,
  Model,
  Piece,
  Pieces,
  PromptRequest,
  Relax,
  ResponseFormat,
  Sampling,
  Usage,
} from "./engines/engine.ts";
export { ggufEngine, type GgufOptions } from "./engines/local/gguf.ts";
export type { NodeLlamaCpp } from "./engines/local/node-llama-cpp.ts";
export { onnxEngine, type OnnxOptions } from "./engines/local/onnx.ts";
export type { TransformersJs } from "./engines/local/transformers-js.ts";
export { llamaCppEngine, type LlamaCppOptions } from "./engines/remote/llamacpp.ts";
export { ollamaEngine, type OllamaOptions } from "./engines/remote/ollama.ts";
export type { Metrics, TurnMeter } from "./metrics/metrics.ts";
export { metrics, type Metric } from "./metrics/names.ts";
export { prometheusMetrics, type PrometheusOptions } from "./metrics/prometheus.ts";
export { openAIChatEngine, type OpenAIChatOptions } from "./engines/remote/openai-chat.ts";
export { parseRecordings, replayEngine, type Recording, type ReplayOptions } from "./engines/replay.ts";
export { renamedModels } from "./engines/renamed.ts";
export { withTimeouts, type Timeouts } from "./engines/timeouts.ts";
export { sglangEngine, type SglangOptions } from "./engines/remote/sglang.ts";
export { tgiEngine, type TgiOptions } from "./engines/remote/tgi.ts";
export {
  tokenEngine,
  type GenerateOptions,
  type IdLogprob,
  type PromptMessage,
  type PromptOptions,
  type TokenEngine,
  type TokenEngineOptions,
  type TokenFinish,
  type TokenPiece,
  type TokenSampling,
} from "./engines/local/token-engine.ts";
export type { TokenLogprob, TokenProbability } from "./engines/token-logprobs.ts";
export { vllmEngine, type VllmOptions } from "./engines/remote/vllm.ts";
export { ApiError, type ApiErrorOptions, type ErrorType } from "./error.ts";
export { replicaEngine, type ReplicaOptions, type ReplicaSource } from "./replicas/replica-engine.ts";
export type { ReasoningField } from "./protocols/chat-completions/message.ts";
export { memoryResponseStore } from "./protocols/responses/memory-store.ts";
export { ResponseStoreError, sqliteResponseStore } from "./protocols/responses/sqlite-store.ts";
export type { ResponseStore, ResponseStoreOptions } from "./protocols/responses/store.ts";
export { writeMessage, type MessageJson } from "./message-json.ts";
export type { RecordedAnswer, RecordedTurn } from "./recorded.ts";
export { serve, type RunningServer, type ServeOptions, type ServerSettings } from "./serve.ts";
export { openTelemetryTraces } from "./traces/open-telemetry.ts";
export type { Traces, TurnSpan } from "./traces/traces.ts";
export type { TurnDiagnostic, TurnEnd, TurnEvent, TurnRequest } from "./turn.ts";
