import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { ApiError, createApp, openTelemetryTraces, replayEngine, type App, type Engine } from "@glossa/server";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scriptedEngine, weatherTool } from "./gateway.ts";

const exporter = new InMemorySpanExporter();

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
});

afterEach(() => {
  exporter.reset();
  trace.disable();
  propagation.disable();
  context.disable();
});

async function appOf(engine: Engine): Promise<App> {
  const traces = await openTelemetryTraces();
  return createApp({ engines: [engine], ...(traces && { traces }) });
}

function send(app: App, body: object, { path = "/v1/chat/completions", headers = {}, signal = null as any } = {}) {
  const messages = [{ role: "user", content: "the secret question" }];
  const request = { method: "POST", headers, signal, body: JSON.stringify({ model: "m", messages, ...body }) };
  return Promise.resolve(app.request(path, request));
}

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';
const usage = { prompt_tokens: 11, completion_tokens: 7 };

test.each([false, true])("a turn is a span by the conventions, without a word of it; stream: %s", async (stream) => {
  const app = await appOf(replayEngine({ recordings: [{ raw: call, model: "m", usage }], cut: 5 }));
  const request = { tools: [weatherTool], stream, temperature: 0.5, max_tokens: 64, seed: 3, stop: ["secret stop"] };
  await (await send(app, request)).text();
  const [span, ...others] = exporter.getFinishedSpans();
  expect(others).toEqual([]);
  expect([span!.name, span!.kind, span!.status.code]).toEqual(["chat m", SpanKind.CLIENT, SpanStatusCode.UNSET]);
  expect(span!.attributes).toEqual({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "replay",
    "gen_ai.request.model": "m",
    "gen_ai.response.model": "m",
    "gen_ai.output.type": "text",
    "gen_ai.request.max_tokens": 64,
    "gen_ai.request.temperature": 0.5,
    "gen_ai.request.seed": 3,
    "gen_ai.response.finish_reasons": ["tool_calls"],
    "gen_ai.usage.input_tokens": 11,
    "gen_ai.usage.output_tokens": 7,
  });
});

test("several answers are several spans; another protocol is no other span", async () => {
  const app = await appOf(replayEngine({ recordings: [{ raw: "Hello.", model: "m", usage }] }));
  await (await send(app, { n: 2 })).text();
  await (await send(app, { max_tokens: 9 }, { path: "/v1/messages" })).text();
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(["chat m", "chat m", "chat m"]);
});

test("a span continues the client's trace, and is the parent of what its engine does", async () => {
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    yield { type: "text", text: "a" };
    trace.getTracer("engine").startSpan("fetch").end();
    return { reason: "length" };
  });
  const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
  const headers = { traceparent: `00-${parent.traceId}-${parent.spanId}-01` };
  await (await send(await appOf(engine), { stream: true }, { headers })).text();
  const [inner, span] = exporter.getFinishedSpans();
  expect([inner!.name, span!.name]).toEqual(["fetch", "chat m"]);
  expect(span!.spanContext().traceId).toBe(parent.traceId);
  expect(span!.parentSpanContext?.spanId).toBe(parent.spanId);
  expect(inner!.parentSpanContext?.spanId).toBe(span!.spanContext().spanId);
  expect(span!.attributes["gen_ai.response.finish_reasons"]).toEqual(["length"]);
});

test("an engine that fails makes a span that failed", async () => {
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    yield { type: "text", text: "a" };
    throw new ApiError("It is gone.", { status: 502, type: "engine_error", code: "engine_disconnected" });
  });
  await (await send(await appOf(engine), { stream: true })).text();
  const [span] = exporter.getFinishedSpans();
  expect(span!.status).toEqual({ code: SpanStatusCode.ERROR, message: "It is gone." });
  expect(span!.attributes["error.type"]).toBe("engine_disconnected");
});

test("a client that leaves ends the span, and no failure is told", async () => {
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* (_, signal) {
    for (;;) {
      signal.throwIfAborted();
      yield { type: "text", text: "more " };
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  const response = await send(await appOf(engine), { stream: true });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  await expect.poll(() => exporter.getFinishedSpans().length).toBe(1);
  const [span] = exporter.getFinishedSpans();
  expect([span!.status.code, span!.attributes["error.type"]]).toEqual([SpanStatusCode.UNSET, "client_left"]);
});

test("without an SDK nothing is made", async () => {
  trace.disable();
  const traces = await openTelemetryTraces();
  const engine = replayEngine({ recordings: [{ raw: "Hello.", model: "m" }] });
  const [model] = await engine.models();
  const turn = { engine, model: model!, responseFormat: { type: "text" }, sampling: {} };
  expect(traces!.turn(turn as never)).toBeUndefined();
  expect((await send(await appOf(engine), {})).status).toBe(200);
  expect(exporter.getFinishedSpans()).toEqual([]);
});
