import OpenAI from "openai";
import { expect, test } from "vitest";
import { createApp, replayEngine } from "@glossa/server";
import { playedFormats, playedOf, type Played } from "./corpus.ts";

/** The flat shape, which has one text and one reasoning, whatever stood between their pieces. */
function flat({ parts }: Played): unknown {
  const joined = (type: "text" | "reasoning"): string =>
    parts.map((part) => (part.type !== "call" && part.type === type ? part.text : "")).join("");
  const calls = parts.flatMap((part) => (part.type === "call" ? [[part.name, part.arguments]] : []));
  return { text: joined("text"), reasoning: joined("reasoning"), calls };
}

const outline = (message: any): unknown => ({
  text: message.content ?? "",
  reasoning: message.reasoning_content ?? "",
  calls: (message.tool_calls ?? []).map(({ function: { name, arguments: json } }: any) => [name, json]),
});

test.each(playedFormats)("%s: the client gathers from the stream what the answer says", async (format) => {
  // Some cases of each; the Messages API has them all.
  const some = playedOf(format, 3, 0);
  const recordings = some.map(({ recording }) => recording);
  const app = createApp({ engines: [replayEngine({ recordings, cut: { seed: 8 } })] });
  const fetch = async (url: string | URL | Request, init?: RequestInit): Promise<Response> =>
    app.fetch(new Request(url, init));
  const client = new OpenAI({ baseURL: "http://glossa/v1", apiKey: "none", maxRetries: 0, fetch });
  for (const one of some) {
    const tools = one.tools.map(({ name, parameters = {} }) => ({
      type: "function" as const,
      function: { name, parameters: parameters as Record<string, unknown> },
    }));
    const request = { model: one.model, messages: [{ role: "user" as const, content: "?" }], tools };
    const [answer] = (await client.chat.completions.create(request)).choices;
    expect(outline(answer?.message), one.model).toEqual(flat(one));
    // The client keeps the last piece of fields that it does not know.
    let reasoning_content = "";
    const stream = client.chat.completions
      .stream(request)
      .on("chunk", ({ choices }) => (reasoning_content += (choices[0]?.delta as any)?.reasoning_content ?? ""));
    const [streamed] = (await stream.finalChatCompletion()).choices;
    expect(outline({ ...streamed?.message, reasoning_content }), one.model).toEqual(flat(one));
    expect(streamed?.finish_reason).toBe(answer?.finish_reason);
  }
});
