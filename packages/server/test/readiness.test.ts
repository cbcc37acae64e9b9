import { createApp, openAIChatEngine, replayEngine, serve, type Engine } from "@glossa/server";
import { expect, onTestFinished, test } from "vitest";
import { eventsOf, user } from "./gateway.ts";

const sound = replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] });
const absent = openAIChatEngine({ url: "http://127.0.0.1:1", format: "hermes", name: "big" });

async function ready(engines: readonly Engine[]): Promise<unknown[]> {
  const response = await createApp({ engines, keys: [{ key: "k" }] }).request("/ready");
  return [response.status, await response.json()];
}

test("ready is who has a model whose engine answers; what is missing is named", async () => {
  expect(await ready([sound])).toEqual([200, { status: "ready", models: ["m"], missing: [] }]);
  expect(await ready([absent, sound])).toEqual([200, { status: "ready", models: ["m"], missing: ["big"] }]);
  expect(await ready([absent])).toEqual([503, { status: "not ready", models: [], missing: ["big"] }]);
});

test("an engine that comes up makes it ready at once; alive it was before", async () => {
  let up = false;
  const late: Engine = { ...sound, models: (signal) => (up ? sound.models(signal) : absent.models(signal)) };
  const app = createApp({ engines: [late] });
  expect((await app.request("/ready")).status).toBe(503);
  expect((await app.request("/health")).status).toBe(200);
  up = true;
  expect((await app.request("/ready")).status).toBe(200);
});

test("while it drains it is not ready, and requests that come even so are answered", async () => {
  const slow = replayEngine({ recordings: [{ raw: "x".repeat(20), model: "m" }], cut: "chars", pace: 10 });
  const server = await serve({ engine: slow, port: 0, drainDelay: 300 });
  onTestFinished(() => server.close());
  expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  const closed = server.close();
  const probe = await fetch(`${server.url}/ready`);
  expect([probe.status, await probe.json()]).toEqual([503, { status: "draining" }]);
  expect((await fetch(`${server.url}/health`)).status).toBe(200);
  const late = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages: [user("?")], stream: true }),
  });
  expect((await eventsOf(late)).at(-1)).toBe("[DONE]");
  await closed;
  await expect(fetch(`${server.url}/ready`)).rejects.toThrow("fetch failed");
});

test("a second call does not wait for load balancers", async () => {
  const server = await serve({ engine: sound, port: 0, drainDelay: 3_600_000 });
  const closed = server.close();
  await server.close();
  await closed;
  await expect(fetch(`${server.url}/health`)).rejects.toThrow("fetch failed");
});
