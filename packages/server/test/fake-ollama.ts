import type { ServerResponse } from "node:http";
import { tokensOf } from "./chatml-checkpoint.ts";
import { startFakeServer, type FakeServer } from "./fake-server.ts";
import type { FakeEngineOptions } from "./fake-sglang.ts";

/**
 * A stand-in for Ollama, written from its public API documentation (`docs/api.md`, as of 0.40): lines of JSON, errors as
 * `{error}`, a model that can think and is taken to unless it is told not to. Never held against the real one.
 */
export function startFakeOllama({ output, answer }: FakeEngineOptions): Promise<FakeServer> {
  return startFakeServer({
    "/api/tags": () => ({ models: [{ name: "qwen3:8b", model: "qwen3:8b", details: { format: "gguf" } }] }),
    "/api/show": () => ({
      template: "{{ .Prompt }}",
      parameters: 'num_ctx                        4096\nstop                           "<|im_end|>"',
      capabilities: ["completion", "tools", "thinking"],
    }),
    "/api/generate": (body, response, request) => {
      if (answer) return answer(body, response, request);
      if (body.raw && (body.template || body.system || body.context)) {
        return refuse(response, 400, "raw mode does not support template, system, or context");
      }
      if (body.options?.temperature < 0) return refuse(response, 400, "temperature must be non-negative");
      const tokens = tokensOf(output(body.prompt)).slice(0, body.options?.num_predict ?? Infinity);
      const stopped = tokens.at(-1)?.text === "<|im_end|>";
      const shown = stopped ? tokens.slice(0, -1) : tokens;
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      const common = { model: body.model, created_at: "2026-01-01T00:00:00Z" };
      let thinks = body.think !== false && body.prompt.endsWith("<think>\n");
      for (const { text } of shown) {
        if (thinks && text === "</think>") thinks = false;
        else
          response.write(`${JSON.stringify({ ...common, [thinks ? "thinking" : "response"]: text, done: false })}\n`);
      }
      const done_reason = stopped ? "stop" : "length";
      const counts = { prompt_eval_count: 11, eval_count: tokens.length };
      response.end(`${JSON.stringify({ ...common, response: "", done: true, done_reason, ...counts })}\n`);
      return undefined;
    },
  });
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error }));
}
