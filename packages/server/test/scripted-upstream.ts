import { EventEmitter, once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface Upstream {
  readonly url: string;
  /** Bodies of the chat completions asked for, in order. */
  readonly requests: any[];
  /** How many connections of chat completions were closed by the gateway before their answer was complete. */
  readonly cancelled: {
    readonly count: number;
    /** Fulfilled by the next one. */
    readonly next: Promise<unknown>;
  };
}

export type Answer = (response: ServerResponse, request: IncomingMessage, body: any) => void | Promise<void>;

/** A chat completions endpoint that does to its client whatever the test says. */
export async function startUpstream(answer: Answer, models: readonly string[] = ["raw"]): Promise<Upstream> {
  const requests: any[] = [];
  const cancellations = new EventEmitter();
  let count = 0;
  const server = createServer(async (request, response) => {
    if (request.url === "/v1/models") {
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ object: "list", data: models.map((id) => ({ id, object: "model", owned_by: "test" })) }),
      );
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString() || "null");
    if (request.url === "/v1/chat/completions") requests.push(body);
    response.on("close", () => {
      if (response.writableFinished) return;
      count++;
      cancellations.emit("cancelled");
    });
    await answer(response, request, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    cancelled: {
      get count() {
        return count;
      },
      get next() {
        return once(cancellations, "cancelled");
      },
    },
  };
}

/** One event of a chat completion's stream. */
export function chunk(delta: unknown, finish: string | null = null, extra: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish, logprobs: null }];
  return `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "raw", choices, ...extra })}\n\n`;
}

export const usageChunk = `data: ${JSON.stringify({
  id: "x",
  object: "chat.completion.chunk",
  created: 1,
  model: "raw",
  choices: [],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, prompt_tokens_details: { cached_tokens: 3 } },
})}\n\n`;

export const doneEvent = "data: [DONE]\n\n";

export function openEvents(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
}

/** A whole answer whose content is `raw`, cut by character. */
export function rawAnswer(raw: string, finish = "stop"): string {
  return (
    chunk({ role: "assistant", content: "" }) +
    [...raw].map((content) => chunk({ content })).join("") +
    chunk({}, finish) +
    usageChunk +
    doneEvent
  );
}
