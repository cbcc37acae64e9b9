import {
  ApiError,
  createApp,
  metrics,
  prometheusMetrics,
  replayEngine,
  replicaEngine,
  type App,
  type Engine,
} from "@glossa/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { scriptedEngine, weatherTool } from "./gateway.ts";

const appOf = (...engines: Engine[]): App => createApp({ engines, metrics: prometheusMetrics({ process: false }) });

async function ask(app: App, body: object, path = "/v1/chat/completions"): Promise<void> {
  const messages = [{ role: "user", content: "x" }];
  const response = await app.request(path, { method: "POST", body: JSON.stringify({ model: "m", messages, ...body }) });
  await response.text();
}

/** The samples of `/metrics`, by name and labels. */
async function scrape(app: App): Promise<Record<string, number>> {
  const response = await app.request("/metrics");
  expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  const lines = (await response.text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';

test("a turn is counted as what it was", async () => {
  const usage = { prompt_tokens: 11, completion_tokens: 7 };
  const app = appOf(replayEngine({ recordings: [{ raw: call, model: "m", usage }], cut: 5 }));
  await ask(app, { tools: [weatherTool] });
  await ask(app, { tools: [weatherTool], stream: true });
  await ask(app, { max_tokens: 9, tools: [{ name: "other", input_schema: { type: "object" } }] }, "/v1/messages");
  const counted = await scrape(app);
  expect(counted).toMatchObject({
    'glossa_requests_total{protocol="chat_completions",model="m",status="200"}': 2,
    'glossa_requests_total{protocol="messages",model="m",status="200"}': 1,
    'glossa_tokens_total{model="m",kind="prompt"}': 33,
    'glossa_tokens_total{model="m",kind="completion"}': 21,
    'glossa_calls_total{format="hermes",status="complete"}': 3,
    'glossa_diagnostics_total{format="hermes",kind="unknown-tool"}': 1,
    'glossa_unknown_tools_total{model="m"}': 1,
    'glossa_time_to_first_token_seconds_count{model="m"}': 3,
    'glossa_queued_requests{model="m"}': 0,
  });
  expect(counted['glossa_inter_token_latency_seconds_count{model="m"}']).toBeGreaterThan(3);
});

test("tokens that were cached and those of reasoning are counted where they are told", async () => {
  const thinking = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    yield { type: "text", text: "Hello." };
    return {
      reason: "stop",
      usage: { promptTokens: 20, completionTokens: 9, cachedTokens: 16, reasoningTokens: 4 },
    };
  });
  const app = appOf(thinking);
  await ask(app, {});
  const counted = await scrape(app);
  const kinds = ["prompt", "cached", "completion", "reasoning"];
  expect(kinds.map((kind) => counted[`glossa_tokens_total{model="m",kind="${kind}"}`])).toEqual([20, 16, 9, 4]);
});

test("what is wrong with an output, and what was refused, is counted", async () => {
  const twice = call.replace("</tool_call>", "");
  const app = appOf(replayEngine({ recordings: [{ raw: `${twice}${call}`, model: "m" }] }));
  await ask(app, { tools: [weatherTool] });
  await ask(app, { tools: "none" });
  const counted = await scrape(app);
  expect(counted['glossa_tolerances_total{format="hermes"}']).toBeGreaterThan(0);
  expect(counted['glossa_requests_total{protocol="chat_completions",model="",status="400"}']).toBe(1);
});

test("failures of engines are counted by our own words for them", async () => {
  const codes = ["engine_unreachable", "whatever the engine said"];
  const failing = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    yield* [];
    throw new ApiError("gone", { status: 502, type: "engine_error", code: codes.shift()! });
  });
  const app = appOf(failing);
  await ask(app, {});
  await ask(app, {});
  expect(await scrape(app)).toMatchObject({
    'glossa_upstream_errors_total{model="m",engine="scripted",reason="engine_unreachable"}': 1,
    'glossa_upstream_errors_total{model="m",engine="scripted",reason="502"}': 1,
    'glossa_requests_total{protocol="chat_completions",model="m",status="502"}': 2,
  });
});

test("turns that wait are told", async () => {
  let open!: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    await gate;
    yield { type: "text", text: "done" };
    return { reason: "stop" };
  });
  const engine = replicaEngine({ replicas: [{ engine: slow }], maxConcurrent: 1, checkInterval: 0 });
  onTestFinished(() => engine.close?.());
  const app = appOf(engine);
  const answers = [ask(app, {}), ask(app, {}), ask(app, {})];
  await expect.poll(async () => (await scrape(app))['glossa_queued_requests{model="m"}']).toBe(2);
  open();
  await Promise.all(answers);
  expect((await scrape(app))['glossa_queued_requests{model="m"}']).toBe(0);
});

test("every metric that dashboards draw is there under its name", async () => {
  const app = appOf(replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] }));
  const text = await (await app.request("/metrics")).text();
  for (const { name, kind } of Object.values(metrics)) expect(text).toContain(`# TYPE ${name} ${kind}`);
});

test("who waits is told as long as the model is served, whether its engine answers or not", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  let answers = true;
  const base = replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] });
  const engine: Engine = {
    ...base,
    queued: () => 3,
    models: () =>
      answers ? base.models() : Promise.reject(new ApiError("It is busy.", { status: 502, type: "engine_error" })),
  };
  const other = replayEngine({ recordings: [{ raw: "Hello.", model: "other" }] });
  const app = appOf(engine, other);
  const waiting = async (): Promise<unknown> => (await scrape(app))['glossa_queued_requests{model="m"}'];
  await app.request("/v1/models");
  expect(await waiting()).toBe(3);
  answers = false;
  vi.setSystemTime(Date.now() + 10_000);
  await app.request("/v1/models");
  await expect.poll(async () => (await app.request("/ready")).text()).toContain('"missing":["replay"]');
  expect(await waiting()).toBe(3);
  app.reconfigure([other], {});
  await app.request("/v1/models");
  expect(await waiting()).toBeUndefined();
});

test("engines are replaced while it runs: what is under way goes on", async () => {
  let open!: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    await gate;
    yield { type: "text", text: "from the former" };
    return { reason: "stop" };
  });
  const app = appOf(slow);
  const body = { method: "POST", body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "x" }] }) };
  const first = app.request("/v1/chat/completions", body);
  await expect.poll(async () => (await app.request("/v1/models")).status).toBe(200);
  app.reconfigure([replayEngine({ recordings: [{ raw: "from the new", model: "m" }] })], {});
  const second = await app.request("/v1/chat/completions", body);
  open();
  const texts = await Promise.all([first, second].map(async (response): Promise<any> => (await response).json()));
  expect(texts.map(({ choices }) => choices[0].message.content)).toEqual(["from the former", "from the new"]);
});
