import { metrics, type Metric } from "@glossa/server";
import { dataSource } from "./monitoring.ts";
import type { EngineKind } from "./stack.ts";

/** A panel: its title, its unit as Grafana calls it, and what it draws. */
interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly (readonly [expression: string, legend: string])[];
}

const rate = ({ name }: Metric, by: string): string => `sum by (${by}) (rate(${name}[$__rate_interval]))`;
const quantile = (q: number, name: string, by: string): string =>
  `histogram_quantile(${q}, sum by (le, ${by}) (rate(${name}_bucket[$__rate_interval])))`;
const latency = (name: string, by: string): Panel["lines"] => [
  [quantile(0.5, name, by), `p50 {{${by}}}`],
  [quantile(0.99, name, by), `p99 {{${by}}}`],
];

const gateway: readonly Panel[] = [
  { title: "Requests", unit: "reqps", lines: [[rate(metrics.requests, "model, status"), "{{model}} {{status}}"]] },
  { title: "Tokens", unit: "short", lines: [[rate(metrics.tokens, "model, kind"), "{{model}} {{kind}}"]] },
  { title: "Time to first token", unit: "s", lines: latency(metrics.timeToFirstToken.name, "model") },
  { title: "Inter-token latency", unit: "s", lines: latency(metrics.interTokenLatency.name, "model") },
  { title: "Waiting", unit: "short", lines: [[`sum by (model) (${metrics.queued.name})`, "{{model}}"]] },
  {
    title: "Errors of engines",
    unit: "short",
    lines: [[rate(metrics.upstreamErrors, "model, engine, reason"), "{{model}} {{engine}} {{reason}}"]],
  },
];

const understanding: readonly Panel[] = [
  { title: "Calls", unit: "short", lines: [[rate(metrics.calls, "format, status"), "{{format}} {{status}}"]] },
  { title: "Diagnostics", unit: "short", lines: [[rate(metrics.diagnostics, "format, kind"), "{{format}} {{kind}}"]] },
  {
    title: "Tolerances taken",
    unit: "short",
    lines: [[rate(metrics.tolerances, "format"), "{{format}}"]],
  },
  {
    title: "Unknown tools, constraints refused",
    unit: "short",
    lines: [
      [rate(metrics.unknownTools, "model"), "unknown tool {{model}}"],
      [rate(metrics.constraintRefusals, "format, reason"), "refused {{format}} {{reason}}"],
    ],
  },
];

/** What the engines tell of themselves, by the names in their documentation. */
const engines: Readonly<Record<EngineKind, readonly Panel[]>> = {
  vllm: [
    {
      title: "vLLM: requests",
      unit: "short",
      lines: [
        ["sum by (model) (vllm:num_requests_running)", "running {{model}}"],
        ["sum by (model) (vllm:num_requests_waiting)", "waiting {{model}}"],
      ],
    },
    {
      title: "vLLM: cache in use",
      unit: "percentunit",
      lines: [["max by (model) (vllm:kv_cache_usage_perc)", "{{model}}"]],
    },
    {
      title: "vLLM: prefix cache hits",
      unit: "percentunit",
      lines: [
        [
          "sum by (model) (rate(vllm:prefix_cache_hits_total[$__rate_interval])) / sum by (model) (rate(vllm:prefix_cache_queries_total[$__rate_interval]))",
          "{{model}}",
        ],
      ],
    },
    { title: "vLLM: time to first token", unit: "s", lines: latency("vllm:time_to_first_token_seconds", "model") },
  ],
  sglang: [
    {
      title: "SGLang: requests",
      unit: "short",
      lines: [
        ["sum by (model) (sglang:num_running_reqs)", "running {{model}}"],
        ["sum by (model) (sglang:num_queue_reqs)", "waiting {{model}}"],
      ],
    },
    {
      title: "SGLang: cache in use",
      unit: "percentunit",
      lines: [["max by (model) (sglang:token_usage)", "{{model}}"]],
    },
    {
      title: "SGLang: prefix cache hits",
      unit: "percentunit",
      lines: [["avg by (model) (sglang:cache_hit_rate)", "{{model}}"]],
    },
    { title: "SGLang: time to first token", unit: "s", lines: latency("sglang:time_to_first_token_seconds", "model") },
  ],
  llamacpp: [
    {
      title: "llama.cpp: requests",
      unit: "short",
      lines: [
        ["sum by (model) (llamacpp:requests_processing)", "running {{model}}"],
        ["sum by (model) (llamacpp:requests_deferred)", "waiting {{model}}"],
      ],
    },
    {
      title: "llama.cpp: tokens written a second",
      unit: "short",
      lines: [["sum by (model) (llamacpp:predicted_tokens_seconds)", "{{model}}"]],
    },
  ],
};

const WIDTH = 12;
const HEIGHT = 8;

/** The dashboard of a project with these kinds of engines, as Grafana takes it from a file. */
export function dashboard(kinds: readonly EngineKind[]): object {
  const rows: readonly (readonly [title: string, panels: readonly Panel[]])[] = [
    ["Gateway", gateway],
    ["What the models wrote", understanding],
    ["Engines", [...new Set(kinds)].flatMap((kind) => engines[kind])],
  ];
  const panels: object[] = [];
  let y = 0;
  for (const [title, row] of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    });
    y += 1;
    for (const [index, panel] of row.entries()) {
      panels.push(drawn(panel, panels.length + 1, (index % 2) * WIDTH, y + Math.floor(index / 2) * HEIGHT));
    }
    y += Math.ceil(row.length / 2) * HEIGHT;
  }
  return {
    uid: "glossa",
    title: "Glossa",
    tags: ["glossa"],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: "10s",
    time: { from: "now-1h", to: "now" },
    templating: { list: [] },
    annotations: { list: [] },
    panels,
  };
}

function drawn({ title, unit, lines }: Panel, id: number, x: number, y: number): object {
  return {
    id,
    type: "timeseries",
    title,
    datasource: dataSource,
    gridPos: { x, y, w: WIDTH, h: HEIGHT },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
    targets: lines.map(([expr, legendFormat], index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource: dataSource,
      expr,
      legendFormat,
    })),
  };
}
