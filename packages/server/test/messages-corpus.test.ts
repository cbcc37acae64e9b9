import Anthropic from "@anthropic-ai/sdk";
import { expect, test } from "vitest";
import { createApp, replayEngine } from "@glossa/server";
import { playedFormats, playedOf, type Played } from "./corpus.ts";

/** The parts of a case as blocks; what is made of arguments that are no JSON is not said here. */
function blocksOf({ parts }: Played): unknown[] {
  return parts.map((part) => {
    if (part.type === "reasoning") return { type: "thinking", thinking: part.text, signature: "glossa" };
    if (part.type === "text") return { type: "text", text: part.text };
    const input = part.status === "complete" ? JSON.parse(part.arguments) : expect.anything();
    return { type: "tool_use", id: expect.any(String), name: part.name, input };
  });
}

const withoutIds = (content: readonly Anthropic.ContentBlock[]): unknown[] =>
  content.map((block) => (block.type === "tool_use" ? { ...block, id: "call" } : block));

test.each(playedFormats)(
  "%s: the blocks are the parts in order, and the client gathers them from the stream",
  async (format) => {
    const played = playedOf(format);
    const recordings = played.map(({ recording }) => recording);
    const app = createApp({ engines: [replayEngine({ recordings, cut: { seed: 3 } })] });
    const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
      app.fetch(new Request(url, init));
    const client = new Anthropic({ baseURL: "http://glossa", apiKey: "none", maxRetries: 0, fetch });
    for (const one of played) {
      const tools = one.tools.map(({ name, parameters = {} }) => ({ name, input_schema: parameters as never }));
      const request = { model: one.model, max_tokens: 100, messages: [{ role: "user" as const, content: "?" }], tools };
      const answer = await client.messages.create(request);
      expect(answer.content, one.model).toEqual(blocksOf(one));
      const streamed = await client.messages.stream(request).finalMessage();
      expect(withoutIds(streamed.content), one.model).toEqual(withoutIds(answer.content));
      expect(streamed.stop_reason).toBe(answer.stop_reason);
    }
  },
);
