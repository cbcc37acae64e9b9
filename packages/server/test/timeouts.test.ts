import { openAIChatEngine, withTimeouts, type Engine, type Timeouts } from "@glossa/server";
import { expect, test, vi } from "vitest";
import { scriptedEngine, startGateway, user } from "./gateway.ts";
import { chunk, openEvents, rawAnswer, startUpstream } from "./scripted-upstream.ts";
import { startSilentListener } from "./silent-listener.ts";

const body = { model: "raw", messages: [user("x")] };
const timed = (url: string, timeouts: Timeouts): Engine =>
  withTimeouts(openAIChatEngine({ url, format: "hermes" }), timeouts);

test("an engine that begins no answer is given up with a 504, and its request cancelled", async () => {
  const upstream = await startUpstream(() => new Promise(() => undefined));
  const { post } = await startGateway(timed(upstream.url, { firstToken: 50 }));
  const response = await post(body);
  expect(response.status).toBe(504);
  expect((await response.json()).error).toMatchObject({ code: "engine_timeout", type: "engine_error" });
  await vi.waitFor(() => expect(upstream.cancelled.count).toBe(1));
});

test("one that stops writing: what came is delivered, then the error", async () => {
  const upstream = await startUpstream(async (response) => {
    openEvents(response);
    response.write(chunk({ content: "The weather" }));
    await new Promise(() => undefined);
  });
  const { post } = await startGateway(timed(upstream.url, { firstToken: 5000, idle: 50 }));
  const text = await (await post({ ...body, stream: true })).text();
  expect(text).toContain("The weather");
  expect(text).toContain("wrote nothing further in 0.05 seconds");
  await vi.waitFor(() => expect(upstream.cancelled.count).toBe(1));
});

test("one that writes for ever ends when its whole time is up", async () => {
  const endless = scriptedEngine({ id: "raw", format: "hermes" }, async function* () {
    for (;;) {
      yield { type: "text", text: "on " };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  const { post } = await startGateway(withTimeouts(endless, { idle: 1000, total: 100 }));
  const text = await (await post({ ...body, stream: true })).text();
  expect(text).toContain("did not end its answer in 0.1 seconds");
});

test("an answer in time is left alone, however slowly the client reads it", async () => {
  const upstream = await startUpstream((response) => {
    openEvents(response);
    response.end(rawAnswer("all of it"));
  });
  const { post } = await startGateway(timed(upstream.url, { firstToken: 5000, idle: 100 }));
  const response = await post({ ...body, stream: true });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const text = await response.text();
  expect(text).not.toContain("error");
  expect(text).toContain("[DONE]");
});

test("a connection that is not made is given up, and the engine does not answer", async () => {
  const url = await startSilentListener();
  const engine = openAIChatEngine({ url, format: "hermes", model: "raw", connectTimeout: 50 });
  await expect(engine.models()).rejects.toMatchObject({
    status: 502,
    code: "engine_unreachable",
    message: "The engine openai-chat does not answer (ETIMEDOUT).",
  });
  const { post } = await startGateway(engine);
  expect((await (await post(body)).json()).error).toMatchObject({ code: "engine_unreachable", type: "engine_error" });
});
