import { connect } from "node:net";
import { createApp, replayEngine, serve, type ServerSettings } from "@glossa/server";
import { expect, onTestFinished, test } from "vitest";
import { eventsOf, user } from "./gateway.ts";

const raw = "<think>\nHm.\n</think>\n\nHello.";
const engines = [replayEngine({ recordings: [{ raw, model: "m" }], cut: "chars" })];
const body = JSON.stringify({ model: "m", messages: [user("?")] });

test("keys come and go, and one that stays keeps what is left of its minute", async () => {
  const app = createApp({ engines, keys: [{ key: "few", requestsPerMinute: 2 }, { key: "old" }] });
  const status = async (key?: string): Promise<number> =>
    (await app.request("/v1/models", { headers: key === undefined ? {} : { "x-api-key": key } })).status;
  expect([await status("few"), await status("old"), await status("new"), await status()]).toEqual([200, 200, 401, 401]);
  app.reconfigure(engines, { keys: [{ key: "few", requestsPerMinute: 2 }, { key: "new" }] });
  expect([await status("old"), await status("new")]).toEqual([401, 200]);
  expect([await status("few"), await status("few")]).toEqual([200, 429]);
  app.reconfigure(engines, {});
  expect(await status()).toBe(200);
  app.reconfigure(engines, { keys: [{ key: "new" }] });
  expect(await status()).toBe(401);
});

test("origins, the limit of bodies, the name of reasoning and the gathering of deltas change for what comes next", async () => {
  const app = createApp({ engines });
  const post = (): Response | Promise<Response> =>
    app.request("/v1/chat/completions", { method: "POST", body, headers: { origin: "https://a.example" } });
  const before = await post();
  expect(before.headers.get("access-control-allow-origin")).toBeNull();
  expect(((await before.json()) as any).choices[0].message).toMatchObject({ reasoning_content: "Hm." });

  app.reconfigure(engines, { cors: ["https://a.example"], reasoningField: "reasoning", coalesceMs: 60_000 });
  const after = await post();
  expect(after.headers.get("access-control-allow-origin")).toBe("https://a.example");
  expect(((await after.json()) as any).choices[0].message).toMatchObject({ reasoning: "Hm." });
  const stream = body.replace("{", '{"stream":true,');
  const events = await eventsOf(await app.request("/v1/chat/completions", { method: "POST", body: stream }));
  expect(events.length).toBeLessThan(10);

  app.reconfigure(engines, { bodyLimit: 10 });
  expect((await post()).status).toBe(413);
  expect(
    (await eventsOf(await createApp({ engines }).request("/v1/chat/completions", { method: "POST", body: stream })))
      .length,
  ).toBeGreaterThan(10);
});

test("a stream under way goes on by what it began with", async () => {
  const slow = [replayEngine({ recordings: [{ raw, model: "m" }], cut: "chars", pace: 5 })];
  const app = createApp({ engines: slow, keys: [{ key: "k" }] });
  const headers = { authorization: "Bearer k" };
  const stream = body.replace("{", '{"stream":true,');
  const answer = await app.request("/v1/chat/completions", { method: "POST", body: stream, headers });
  app.reconfigure(engines, { keys: [{ key: "other" }], bodyLimit: 1 });
  const events = await eventsOf(answer);
  expect(events.at(-1)).toBe("[DONE]");
  const text = events.map((event) => event.choices?.[0]?.delta.content ?? "").join("");
  expect(text).toBe("Hello.");
});

test("a server's timeouts change while it runs", async () => {
  const settings: ServerSettings = { drainTimeout: 0 };
  const server = await serve({ engine: engines, port: 0, headersTimeout: 50, ...settings });
  onTestFinished(() => server.close());
  server.reconfigure(engines, { ...settings, keepAliveTimeout: 50 });
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(server.port, "127.0.0.1", () => socket.write("GET /health HTTP/1.1\r\nhost: x\r\n\r\n"));
    let text = "";
    socket.on("data", (data) => (text += data.toString()));
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test("engines that were replaced are closed with the server at the latest, and one that came back only with it", async () => {
  const closed: string[] = [];
  const closing = (name: string): (typeof engines)[number] => ({
    ...engines[0]!,
    name,
    close: async () => void closed.push(name),
  });
  const [one, other] = [closing("one"), closing("other")];
  const server = await serve({ engine: [one, other], port: 0 });
  server.reconfigure([other], { drainTimeout: 60_000 });
  server.reconfigure([one], { drainTimeout: 60_000 });
  expect(closed).toEqual([]);
  await server.close();
  expect(closed.toSorted()).toEqual(["one", "other"]);
});
