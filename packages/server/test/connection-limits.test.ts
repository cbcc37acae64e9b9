import { connect } from "node:net";
import { replayEngine, serve, type ServeOptions } from "@glossa/server";
import { expect, onTestFinished, test } from "vitest";

const engine = replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] });

async function start(options: Partial<ServeOptions>): Promise<{ url: string; port: number }> {
  const server = await serve({ engine, port: 0, drainTimeout: 0, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** What the server says to these bytes, until it closes the connection. */
function answerTo(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    socket.on("data", (data) => (answer += data.toString()));
    socket.on("error", reject);
    socket.on("close", () => resolve(answer));
  });
}

const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

test("a head that is too long is refused, one within the limit is not", async () => {
  const { url } = await start({ headerLimit: 2048 });
  expect((await fetch(`${url}/health`, { headers: { "x-filler": "x".repeat(1000) } })).status).toBe(200);
  expect((await fetch(`${url}/health`, { headers: { "x-filler": "x".repeat(3000) } })).status).toBe(431);
});

test("a head that does not end is not waited for", async () => {
  const { port } = await start({ headersTimeout: 100 });
  expect(await answerTo(port, head)).toMatch(/^HTTP\/1\.1 408 /);
});

test("nor is a body", async () => {
  const { port } = await start({ requestTimeout: 100 });
  expect(await answerTo(port, `${head}content-length: 100\r\n\r\n{`)).toMatch(/^HTTP\/1\.1 408 /);
});

test("an answer may take longer than its request", async () => {
  const slow = replayEngine({ recordings: [{ raw: "x".repeat(30), model: "m" }], cut: "chars", pace: 10 });
  const { url } = await start({ engine: slow, requestTimeout: 100 });
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "?" }] });
  const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body });
  expect(await response.text()).toContain("x".repeat(30));
});

test("a connection without a further request is closed", async () => {
  const { port } = await start({ keepAliveTimeout: 50 });
  expect(await answerTo(port, "GET /health HTTP/1.1\r\nhost: x\r\n\r\n")).toMatch(/^HTTP\/1\.1 200 /);
});
