import OpenAI from "openai";
import { onTestFinished } from "vitest";
import {
  replayEngine,
  serve,
  type Engine,
  type Recording,
  type ReplayOptions,
  type RunningServer,
  type ServeOptions,
} from "@glossa/server";

/** What comes back is judged by the test and not by the compiler. */
export type JsonResponse = Omit<Response, "json"> & { json(): Promise<any> };

export interface Gateway {
  readonly url: string;
  readonly client: OpenAI;
  readonly server: RunningServer;
  /** A request as it is, past the client. */
  post(body: unknown, init?: RequestInit): Promise<JsonResponse>;
  /** The same to another address. */
  send(path: string, body: unknown, init?: RequestInit): Promise<JsonResponse>;
}

/** A gateway on a free port, closed when the test ends. */
export async function startGateway(
  engine: Engine | readonly Engine[],
  options: Partial<ServeOptions> = {},
): Promise<Gateway> {
  const server = await serve({ engine, port: 0, drainTimeout: 0, onError: console.error, ...options });
  onTestFinished(() => server.close());
  const { url } = server;
  const send: Gateway["send"] = (path, body, init) =>
    fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
      ...init,
    });
  return {
    url,
    server,
    client: new OpenAI({ baseURL: `${url}/v1`, apiKey: "none", maxRetries: 0 }),
    send,
    post: (body, init) => send("/v1/chat/completions", body, init),
  };
}

export function startReplay(recordings: readonly Recording[], options: Partial<ReplayOptions> = {}): Promise<Gateway> {
  return startGateway(replayEngine({ recordings, ...options }));
}

/** The data of a response's events, parsed; `[DONE]` as that text. */
export async function eventsOf(response: Pick<Response, "text">): Promise<any[]> {
  const text = await response.text();
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      if (!event.startsWith("data: ")) throw new Error(`no event: ${JSON.stringify(event)}`);
      const data = event.slice("data: ".length);
      return data === "[DONE]" ? data : JSON.parse(data);
    });
}

/** A response's events by name and data, as protocols send them that name their events. */
export async function namedEventsOf(response: Pick<Response, "text">): Promise<any[]> {
  const text = await response.text();
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => {
      const [, name, data] = /^event: (\S+)\ndata: (.*)$/.exec(event) ?? [];
      if (data === undefined) throw new Error(`no event: ${JSON.stringify(event)}`);
      const parsed = JSON.parse(data);
      if (parsed.type !== name) throw new Error(`${name} is not the type in ${data}`);
      return parsed;
    });
}

/** An engine of the test's own making. */
export function scriptedEngine(model: { id: string; format: string }, generate: Engine["generate"]): Engine {
  const base = replayEngine({ recordings: [{ raw: "", model: model.id, format: model.format }] });
  return { ...base, name: "scripted", kind: "scripted", generate };
}

/** A promise that the test fulfils: what waits for it waits as long as it takes. */
export function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((fulfil) => (resolve = fulfil));
  return { promise, resolve };
}

export const weatherTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Get the current weather for a place.",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
} as const;

export const timeTool = {
  type: "function",
  function: {
    name: "get_time",
    parameters: { type: "object", properties: { zone: { type: "string" } }, required: ["zone"] },
  },
} as const;

export const user = (content: string): { role: "user"; content: string } => ({ role: "user", content });
