/** The images of a project, by tags that stay what they are. */
export const images = {
  vllm: "vllm/vllm-openai:v0.30.0",
  sglang: "lmsysorg/sglang:v0.5.19",
  llamacpp: "ghcr.io/ggml-org/llama.cpp:server-b11206",
  llamacppCuda: "ghcr.io/ggml-org/llama.cpp:server-cuda-b11382",
  prometheus: "prom/prometheus:v3.7.3",
  grafana: "grafana/grafana:12.3.2",
} as const;
