import { createApp, replayEngine } from "@glossa/server";
import { expect, test } from "vitest";

const engines = [replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] })];
const page = "https://app.example.com";

function preflight(origin: string): RequestInit {
  const headers = {
    origin,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization,content-type",
  };
  return { method: "OPTIONS", headers };
}

test("pages of other origins read nothing unless they are let in", async () => {
  const app = createApp({ engines });
  const answer = await app.request("/v1/models", { headers: { origin: page } });
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  const asked = await app.request("/v1/chat/completions", preflight(page));
  expect(asked.status).toBe(405);
  expect(asked.headers.get("access-control-allow-origin")).toBeNull();
});

test("pages of a named origin are let in: preflights without a key, answers and errors with one", async () => {
  const app = createApp({ engines, cors: [page, "http://localhost:5173"], keys: [{ key: "k" }] });
  const asked = await app.request("/v1/chat/completions", preflight(page));
  expect(asked.status).toBe(204);
  expect(asked.headers.get("access-control-allow-origin")).toBe(page);
  expect(asked.headers.get("access-control-allow-headers")).toBe("authorization,content-type");
  expect(asked.headers.get("access-control-allow-credentials")).toBeNull();
  const answer = await app.request("/v1/models", { headers: { origin: page, authorization: "Bearer k" } });
  expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([200, page]);
  expect(answer.headers.get("access-control-expose-headers")).toContain("x-request-id");
  expect(answer.headers.get("vary")).toBe("Origin");
  const refused = await app.request("/v1/models", { headers: { origin: page } });
  expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, page]);
  const other = await app.request("/v1/chat/completions", preflight("https://app.example.com.evil.test"));
  expect(other.headers.get("access-control-allow-origin")).toBeNull();
});

test("a star lets any page in", async () => {
  const app = createApp({ engines, cors: ["*"] });
  const answer = await app.request("/v1/models", { headers: { origin: "https://anywhere.test" } });
  expect(answer.headers.get("access-control-allow-origin")).toBe("*");
});
