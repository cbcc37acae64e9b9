/**
 * The gateway's own metrics, as Prometheus sees them. The dashboards of `glossa compose` draw them by these names, and
 * `/metrics` counts under them.
 */
export interface Metric {
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly labels: readonly string[];
  /** For the person who reads `/metrics`. */
  readonly help: string;
}

const metric = (kind: Metric["kind"], name: string, labels: readonly string[], help: string): Metric => ({
  name: `glossa_${name}`,
  kind,
  labels,
  help,
});

export const metrics: Readonly<
  Record<
    | "requests"
    | "tokens"
    | "timeToFirstToken"
    | "interTokenLatency"
    | "queued"
    | "upstreamErrors"
    | "calls"
    | "diagnostics"
    | "tolerances"
    | "unknownTools"
    | "constraintRefusals",
    Metric
  >
> = {
  requests: metric("counter", "requests_total", ["protocol", "model", "status"], "Requests answered, by HTTP status."),
  tokens: metric(
    "counter",
    "tokens_total",
    ["model", "kind"],
    "Tokens, by kind: prompt (of them cached), completion (of them reasoning).",
  ),
  timeToFirstToken: metric(
    "histogram",
    "time_to_first_token_seconds",
    ["model"],
    "From a turn's start to the first of its events.",
  ),
  interTokenLatency: metric(
    "histogram",
    "inter_token_latency_seconds",
    ["model"],
    "From one batch of events to the next.",
  ),
  queued: metric("gauge", "queued_requests", ["model"], "Requests that wait for an engine."),
  upstreamErrors: metric(
    "counter",
    "upstream_errors_total",
    ["model", "engine", "reason"],
    "Turns that failed at their engine.",
  ),
  calls: metric(
    "counter",
    "calls_total",
    ["format", "status"],
    "Tool calls, by how they ended: complete, truncated, malformed.",
  ),
  diagnostics: metric("counter", "diagnostics_total", ["format", "kind"], "What the parser had to remark."),
  tolerances: metric("counter", "tolerances_total", ["format"], "Markup taken that was not quite right."),
  unknownTools: metric("counter", "unknown_tools_total", ["model"], "Calls of tools that the request did not offer."),
  constraintRefusals: metric(
    "counter",
    "constraint_refusals_total",
    ["format", "reason"],
    "Requests whose constraint no grammar of the engine can hold.",
  ),
};
