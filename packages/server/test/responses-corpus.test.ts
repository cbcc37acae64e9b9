import OpenAI from "openai";
import { expect, test } from "vitest";
import { createApp, replayEngine } from "@glossa/server";
import { playedFormats, playedOf, type Played } from "./corpus.ts";

function itemsOf({ parts }: Played): unknown[] {
  return parts.map((part) => {
    if (part.type === "reasoning") return ["reasoning", part.text];
    if (part.type === "text") return ["message", part.text];
    return ["function_call", part.name, part.arguments, part.status === "complete" ? "completed" : "incomplete"];
  });
}

const outline = (output: readonly any[]): unknown[] =>
  output.map((item) => {
    if (item.type === "function_call") return [item.type, item.name, item.arguments, item.status];
    return [item.type, item.content.map(({ text }: any) => text).join("")];
  });

test.each(playedFormats)("%s: the client gathers from the stream what the answer says", async (format) => {
  // Some cases of each; the Messages API has them all.
  const some = playedOf(format, 3, 1);
  const recordings = some.map(({ recording }) => recording);
  const app = createApp({ engines: [replayEngine({ recordings, cut: { seed: 5 } })] });
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    app.fetch(new Request(url, init));
  const client = new OpenAI({ baseURL: "http://glossa/v1", apiKey: "none", maxRetries: 0, fetch });
  for (const one of some) {
    const tools = one.tools.map(({ name, parameters = {} }) => ({
      type: "function" as const,
      name,
      parameters: parameters as Record<string, unknown>,
      strict: null,
    }));
    const request = { model: one.model, input: "?", tools };
    const answer = await client.responses.create(request);
    expect(outline(answer.output), one.model).toEqual(itemsOf(one));
    // The client's own gathering of events, before the last one replaces it.
    const gathered: any[] = [];
    const stream = client.responses.stream(request);
    for await (const event of stream) {
      if (event.type === "response.output_item.done") gathered[event.output_index] = event.item;
    }
    expect(outline(gathered), one.model).toEqual(itemsOf(one));
    expect((await stream.finalResponse()).status).toBe(answer.status);
  }
});
