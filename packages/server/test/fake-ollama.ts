import type { ServerResponse } from "node:http";
import { tokensOf } from "./chatml-checkpoint.ts";
import { startFakeServer, type FakeServer } from "./fake-server.ts";
import type { FakeEngineOptions } from "./fake-sglang.ts";

interface FakeOllamaOptions extends FakeEngineOptions {
  /** The models that are loaded; a version that does not say gives nothing. */
  readonly running?: readonly { readonly name: string; readonly context_length: number }[];
}

/**
 * A stand-in for Ollama, as 0.17.4 behaves (and, of a model that can think, its API documentation as of 0.40): lines of JSON,
 * errors as `{error}`, a prompt beyond the context refused, an answer that says one token 31 times closed without its last
 * line. Held against the real one by `ollama-server.test.ts`.
 */
export function startFakeOllama({ output, answer, running = [] }: FakeOllamaOptions): Promise<FakeServer> {
  return startFakeServer({
    "/api/ps": () => ({ models: running }),
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
      if (body.prompt.length > 3000) return refuse(response, 400, "the input length exceeds the context length");
      const tokens = tokensOf(output(body.prompt)).slice(0, body.options?.num_predict ?? Infinity);
      const stopped = tokens.at(-1)?.text === "<|im_end|>";
      const shown = stopped ? tokens.slice(0, -1) : tokens;
      response.writeHead(200, { "content-type": "application/x-ndjson" });
      const common = { model: body.model, created_at: "2026-01-01T00:00:00Z" };
      let thinks = body.think !== false && body.prompt.endsWith("<think>\n");
      let last = "";
      let repeats = 0;
      for (const { text } of shown) {
        repeats = text.trim() === last ? repeats + 1 : 0;
        last = text.trim();
        if (repeats > 30) return void response.end();
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
