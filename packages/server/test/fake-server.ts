import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface FakeServer {
  readonly url: string;
  /** Bodies by path, in order; of a `GET` its address. */
  sent(path: string): any[];
}

/** A path's answer: what is returned goes out as JSON; nothing is returned by one that has written its answer. */
export type Route = (body: any, response: ServerResponse, request: IncomingMessage) => unknown;

/** A server with these paths, `*` for any other, closed when the test ends. */
export async function startFakeServer(routes: Readonly<Record<string, Route>>): Promise<FakeServer> {
  const bodies = new Map<string, any[]>();
  const server = createServer(async (request, response) => {
    const path = request.url!.split("?")[0]!;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === "" ? undefined : JSON.parse(text);
    bodies.set(path, [...(bodies.get(path) ?? []), body ?? request.url]);
    const route = routes[path] ?? routes["*"];
    if (!route) return fail(response, 404, "Not Found");
    const answer = await route(body, response, request);
    if (answer === undefined) return;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: (path) => bodies.get(path) ?? [],
  };
}

/** An error as most of these servers write it. */
export function fail(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message, type: "BadRequestError", code: status } }));
}

/** Server-sent events, one for each value; text goes out as it is. */
export function sendEvents(response: ServerResponse, events: readonly unknown[]): void {
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  for (const event of events) response.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
  response.end();
}
