import { createApp, replayEngine, type ApiKey } from "@glossa/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
afterEach(() => void vi.useRealTimers());

const engine = replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] });

function gateway(
  ...keys: ApiKey[]
): (path: string, headers: Record<string, string>, body?: object) => Promise<Response> {
  const app = createApp({ engines: [engine], keys });
  return async (path, headers, body) =>
    app.request(path, body ? { method: "POST", headers, body: JSON.stringify(body) } : { headers });
}

const chat = { model: "m", messages: [{ role: "user", content: "x" }] };

test("a known key lets in, by either header; everything else is refused, and only health needs none", async () => {
  const send = gateway({ key: "first" }, { key: "second" });
  for (const headers of [
    { authorization: "Bearer first" },
    { authorization: "bearer second" },
    { "x-api-key": "second" },
  ])
    expect((await send("/v1/chat/completions", headers as Record<string, string>, chat)).status).toBe(200);
  for (const headers of [
    {},
    { authorization: "Bearer firs" },
    { authorization: "Bearer first1" },
    { authorization: "Basic first" },
    { "x-api-key": "" },
  ]) {
    const response = await send("/v1/chat/completions", headers as Record<string, string>, chat);
    expect([response.status, ((await response.json()) as any).error.code]).toEqual([401, "invalid_api_key"]);
    for (const path of ["/v1/models", "/metrics", "/nowhere"])
      expect((await send(path, headers as Record<string, string>)).status).toBe(401);
  }
  expect((await send("/health", {})).status).toBe(200);
});

test("Anthropic's clients are refused in their words", async () => {
  const response = await gateway({ key: "k" })("/v1/messages", { "x-api-key": "other" }, {});
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ type: "error", error: { type: "authentication_error" } });
});

test("a key's requests are counted by the minute, each key's for itself", async () => {
  const send = gateway({ key: "few", requestsPerMinute: 3 }, { key: "many" });
  const ask = (key: string): Promise<Response> => send("/v1/models", { "x-api-key": key });
  const statuses: number[] = [];
  for (let turn = 0; turn < 4; turn++) statuses.push((await ask("few")).status);
  expect(statuses).toEqual([200, 200, 200, 429]);
  expect((await ask("few")).headers.get("retry-after")).toBe("20");
  expect((await ask("many")).status).toBe(200);
  vi.setSystemTime(Date.now() + 20_000);
  expect([(await ask("few")).status, (await ask("few")).status]).toEqual([200, 429]);
  vi.setSystemTime(Date.now() + 3_600_000);
  const later: number[] = [];
  for (let turn = 0; turn < 4; turn++) later.push((await ask("few")).status);
  expect(later).toEqual([200, 200, 200, 429]);
});

test("every answer has an id; a client's own is kept if it may stand in a log", async () => {
  const answered: object[] = [];
  const app = createApp({ engines: [engine], onAnswered: (request) => answered.push(request) });
  const own = await app.request("/v1/models", { headers: { "x-request-id": "trace-7" } });
  expect(own.headers.get("x-request-id")).toBe("trace-7");
  expect(own.headers.get("request-id")).toBeNull();
  const anthropic = await app.request("/v1/models", { headers: { "anthropic-version": "2023-06-01" } });
  expect(anthropic.headers.get("request-id")).toBe(anthropic.headers.get("x-request-id"));
  const odd = await app.request("/nowhere", { headers: { "x-request-id": "a b" } });
  expect(odd.headers.get("x-request-id")).toMatch(/^req_[0-9a-f]{32}$/);
  await app.request("/v1/chat/completions", { method: "POST", body: JSON.stringify(chat) });
  expect(answered).toMatchObject([
    { id: "trace-7", method: "GET", path: "/v1/models", status: 200 },
    { method: "GET", path: "/v1/models", status: 200 },
    { path: "/nowhere", status: 404 },
    { method: "POST", path: "/v1/chat/completions", status: 200, model: "m", milliseconds: expect.any(Number) },
  ]);
  expect(JSON.stringify(answered)).not.toContain("content");
});
