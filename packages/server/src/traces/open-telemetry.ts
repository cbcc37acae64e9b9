import type { Attributes, Span, TextMapGetter } from "@opentelemetry/api";
import type { TurnEnd, TurnRequest } from "../turn.ts";
import type { Traces, TurnSpan } from "./traces.ts";

type Api = typeof import("@opentelemetry/api");

/**
 * Traces by OpenTelemetry, for whatever SDK this process has registered (`node --import ./tracing.js`); without one nothing
 * happens. Nothing where its package `@opentelemetry/api`, an optional peer dependency, is not installed.
 *
 * A turn of a model is a span `chat MODEL` (`text_completion MODEL` for a prompt as it is) of kind client. Its attributes are
 * those of the semantic conventions for generative AI (docs/gen-ai/gen-ai-spans.md of open-telemetry/semantic-conventions, of
 * status "development", as of 1.41); `gen_ai.provider.name` is the kind of engine. Messages, stop sequences and outputs, which
 * the conventions leave to choice, are in none.
 */
export async function openTelemetryTraces(): Promise<Traces | undefined> {
  let api: Api;
  try {
    api = await import("@opentelemetry/api");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
  const { context, propagation, trace, SpanKind } = api;
  return {
    within(http, answer) {
      // An instrumented server has read the headers already: its span is the nearer parent.
      if (trace.getActiveSpan()) return answer();
      return context.with(propagation.extract(context.active(), http.headers, headerGetter), answer);
    },
    turn(turn) {
      const operation = turn.rawPrompt === undefined ? "chat" : "text_completion";
      const span = trace.getTracer("@glossa/server").startSpan(`${operation} ${turn.model.id}`, {
        kind: SpanKind.CLIENT,
        attributes: { "gen_ai.operation.name": operation, ...requestAttributes(turn) },
      });
      return span.isRecording() ? turnSpan(api, span) : undefined;
    },
  };
}

const headerGetter: TextMapGetter<Headers> = {
  get: (headers, name) => headers.get(name) ?? undefined,
  keys: (headers) => [...headers.keys()],
};

function turnSpan({ context, trace, SpanStatusCode }: Api, span: Span): TurnSpan {
  const inside = trace.setSpan(context.active(), span);
  return {
    run: (step) => context.with(inside, step),
    end(end) {
      span.setAttributes(endAttributes(end));
      span.end();
    },
    failed({ code, type, message }) {
      span.setAttribute("error.type", code ?? type);
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      span.end();
    },
    left() {
      span.setAttribute("error.type", "client_left");
      span.end();
    },
  };
}

function requestAttributes({ model, engine, responseFormat, sampling }: TurnRequest): Attributes {
  const { max_tokens, temperature, top_p, top_k, seed, frequency_penalty, presence_penalty } = sampling;
  return given({
    "gen_ai.provider.name": engine.kind,
    "gen_ai.request.model": model.id,
    "gen_ai.response.model": model.id,
    "gen_ai.output.type": responseFormat.type.startsWith("json") ? "json" : "text",
    "gen_ai.request.max_tokens": max_tokens,
    "gen_ai.request.temperature": temperature,
    "gen_ai.request.top_p": top_p,
    "gen_ai.request.top_k": top_k,
    "gen_ai.request.seed": seed,
    "gen_ai.request.frequency_penalty": frequency_penalty,
    "gen_ai.request.presence_penalty": presence_penalty,
  });
}

function endAttributes({ reason, called, usage }: TurnEnd): Attributes {
  return given({
    "gen_ai.response.finish_reasons": [called && reason === "stop" ? "tool_calls" : reason],
    "gen_ai.usage.input_tokens": usage?.promptTokens,
    "gen_ai.usage.output_tokens": usage?.completionTokens,
    "gen_ai.usage.cache_read.input_tokens": usage?.cachedTokens,
  });
}

function given(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
