import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { banner, replayEngine, serve } from "@glossa/server";
import { eventsOf, scriptedEngine, startGateway, startReplay, user } from "./gateway.ts";

const engine = replayEngine({ recordings: [{ raw: "Hello." }] });

test("another port is taken if the one asked for is in use, and said so", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const server = await serve({ engine, port });
  onTestFinished(() => server.close());
  expect(server.takenPort).toBe(port);
  expect(server.port).not.toBe(port);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  expect(banner(server, await engine.models())).toContain(`port ${port} is in use`);
});

test("an address that can't be had is an error", async () => {
  await expect(serve({ engine, port: 0, host: "192.0.2.1" })).rejects.toThrow("EADDRNOTAVAIL");
});

test("closing lets an answer under way come to its end", async () => {
  const { server, post } = await startReplay([{ raw: "One two three four five." }], { cut: "chars", pace: 10 });
  const slow = await serve({
    engine: replayEngine({ recordings: [{ raw: "x".repeat(20) }], cut: "chars", pace: 10 }),
    port: 0,
  });
  const response = await fetch(`${slow.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "replay", messages: [user("?")], stream: true }),
  });
  const closed = slow.close();
  const events = await eventsOf(response);
  expect(events.at(-1)).toBe("[DONE]");
  expect(events.flatMap((event) => event.choices?.[0]?.delta.content ?? []).join("")).toBe("x".repeat(20));
  await closed;
  await expect(fetch(`${slow.url}/health`)).rejects.toThrow("fetch failed");
  expect((await post({ model: "replay", messages: [user("?")] })).status).toBe(200);
  await server.close();
});

test("closing ends answers that don't end by themselves, with an event that says so", async () => {
  let ended = false;
  const endless = scriptedEngine({ id: "endless", format: "hermes" }, async function* (_, signal) {
    try {
      for (;;) {
        signal.throwIfAborted();
        yield { type: "text", text: "more " };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      ended = true;
    }
  });
  const { post, server } = await startGateway(endless);
  const response = await post({ model: "endless", messages: [user("?")], stream: true });
  const events = eventsOf(response);
  await server.close();
  expect((await events).slice(-2)).toEqual([
    { error: expect.objectContaining({ code: "shutting_down", type: "server_error" }) },
    "[DONE]",
  ]);
  expect(ended).toBe(true);
});

test("a port that is fixed is taken or refused", async () => {
  const { server } = await startReplay([{ raw: "" }]);
  await expect(serve({ engine, port: server.port, fixedPort: true })).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("the banner names the models and has a request to paste", async () => {
  const { server } = await startReplay([{ raw: "" }]);
  const [model] = await engine.models();
  const text = banner(server, [{ ...model!, id: "it's", description: "a demo model" }]);
  expect(text).toContain(`${server.url}/v1`);
  expect(text).toContain("a demo model");
  const quoted = /-d '(.*)'\n$/s.exec(text)?.[1]?.replaceAll("'\\''", "'");
  expect(JSON.parse(quoted ?? "")).toMatchObject({ model: "it's", stream: true, tools: [{ type: "function" }] });
  const embedder = { ...model!, id: "bge", embeddingsOnly: true };
  const both = banner(server, [embedder, model!]);
  expect(both).toContain("bge     embeddings only");
  expect(both).toContain('"model": "replay"');
  expect(banner(server, [embedder])).not.toContain("curl");
});
