import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ServedModel } from "../models.ts";
import type { Metrics, TurnMeter } from "./metrics.ts";
import { metrics as names, type Metric } from "./names.ts";

/** Seconds, from what a small model needs to what a long queue in front of a large one takes. */
const waits = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
/** Seconds between two deltas: 1 ms is a thousand tokens a second. */
const gaps = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 5];

/** Codes of errors that say that an engine can't be held to what a request asks for. */
const refusals: ReadonlySet<string> = new Set(["unsupported_schema", "unsupported_grammar"]);

export interface PrometheusOptions {
  /** Memory, event loop and garbage collection of this process as well. Default true. */
  readonly process?: boolean;
}

/**
 * Counts for Prometheus, in the names of `names.ts`. Labels take few values: models that are served, formats, kinds of
 * diagnostics, our own codes; nothing that a client or a model writes becomes one.
 */
export function prometheusMetrics({ process = true }: PrometheusOptions = {}): Metrics {
  const registry = new Registry();
  if (process) collectDefaultMetrics({ register: registry });

  const options = ({ name, help, labels }: Metric) => ({ name, help, labelNames: [...labels], registers: [registry] });
  const requests = new Counter(options(names.requests));
  const tokens = new Counter(options(names.tokens));
  const timeToFirstToken = new Histogram({ ...options(names.timeToFirstToken), buckets: waits });
  const interTokenLatency = new Histogram({ ...options(names.interTokenLatency), buckets: gaps });
  const queued = new Gauge(options(names.queued));
  const upstreamErrors = new Counter(options(names.upstreamErrors));
  const calls = new Counter(options(names.calls));
  const diagnostics = new Counter(options(names.diagnostics));
  const tolerances = new Counter(options(names.tolerances));
  const unknownTools = new Counter(options(names.unknownTools));
  const constraintRefusals = new Counter(options(names.constraintRefusals));

  function turn({ model, engine, whole }: Parameters<Metrics["turn"]>[0]): TurnMeter {
    const labels = { model: model.id };
    const format = model.format.name;
    // Looked up once a turn: deltas come by the thousand.
    const latency = interTokenLatency.labels(labels);
    let last = performance.now();
    let begun = false;
    let first: number | undefined;
    const observeFirst = (): void => {
      if (first !== undefined) timeToFirstToken.observe(labels, first);
      first = undefined;
    };
    return {
      events(batch) {
        const now = performance.now();
        const seconds = (now - last) / 1000;
        if (begun) latency.observe(seconds);
        else first = seconds;
        // An answer in one piece does not tell when it began.
        if (begun || !whole) observeFirst();
        begun = true;
        last = now;
        for (const event of batch) if (event.type === "call-end") calls.inc({ format, status: event.status });
      },
      end({ usage, diagnostics: found }) {
        if (usage) {
          tokens.inc({ ...labels, kind: "prompt" }, usage.promptTokens);
          tokens.inc({ ...labels, kind: "completion" }, usage.completionTokens);
          if (usage.reasoningTokens) tokens.inc({ ...labels, kind: "reasoning" }, usage.reasoningTokens);
          if (usage.cachedTokens) tokens.inc({ ...labels, kind: "cached" }, usage.cachedTokens);
        }
        for (const { kind } of found) {
          diagnostics.inc({ format, kind });
          if (kind === "tolerance") tolerances.inc({ format });
          if (kind === "unknown-tool") unknownTools.inc(labels);
        }
      },
      failed({ type, status, code }) {
        if (code !== null && refusals.has(code)) constraintRefusals.inc({ format, reason: code });
        if (type !== "engine_error" && type !== "rate_limit_error") return;
        // An engine may send any text as its code; ours are few.
        const reason = code?.startsWith("engine_") || code === "queue_full" ? code : String(status);
        upstreamErrors.inc({ ...labels, engine: engine.name, reason });
      },
    };
  }

  return {
    answered: ({ protocol, model = "", status }) => requests.inc({ protocol, model, status }),
    turn,
    async scrape(models: readonly ServedModel[]) {
      // A model that is no longer served has no requests that wait.
      queued.reset();
      for (const { model, engine } of models) queued.set({ model: model.id }, engine.queued?.() ?? 0);
      return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
    },
  };
}
