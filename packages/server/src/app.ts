import { Hono } from "hono";
import type { Engine } from "./engines/engine.ts";
import { checkBudget } from "./budget.ts";
import { ApiError, asApiError, errorResponse } from "./error.ts";
import { coalesce } from "./coalesce.ts";
import type { Gateway } from "./gateway.ts";
import { createLifetimes } from "./lifetime.ts";
import { metered } from "./metrics/metered.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { createModels } from "./models.ts";
import { chatCompletions } from "./protocols/chat-completions/route.ts";
import { completions } from "./protocols/completions/route.ts";
import { embeddings } from "./protocols/embeddings/route.ts";
import { messagesErrorResponse } from "./protocols/messages/errors.ts";
import { countMessageTokens, messages } from "./protocols/messages/route.ts";
import { speaksMessages } from "./protocols/messages/speaks-messages.ts";
import { getModel, listModels } from "./protocols/models.ts";
import { parseOutput } from "./protocols/parse/route.ts";
import { countResponseTokens, createResponse, deleteResponse, getResponse } from "./protocols/responses/route.ts";
import { listInputItems } from "./protocols/responses/input-items.ts";
import { memoryResponseStore } from "./protocols/responses/memory-store.ts";
import { ownedBy, type ResponseStore } from "./protocols/responses/store.ts";
import { detokenize, tokenize } from "./protocols/tokens/route.ts";
import { readiness } from "./readiness.ts";
import { recorded, type RecordedTurn } from "./recorded.ts";
import { requestId } from "./request-id.ts";
import { liveSettings, type LiveSettings, type Settings } from "./settings.ts";
import { traced } from "./traces/traced.ts";
import type { Traces } from "./traces/traces.ts";
import { runTurn } from "./turn.ts";

export interface AppOptions extends Settings {
  readonly engines: readonly Engine[];
  /** Milliseconds after which a client that waits for the model is sent a ping, where its protocol has them. Default 10,000. */
  readonly pingInterval?: number;
  /**
   * Keeps responses of the Responses API for `previous_response_id`; whoever made it closes it. Default: in memory, the youngest
   * 1,000, fewer where they are long.
   */
  readonly responseStore?: ResponseStore;
  /** Aborting it ends every answer that is still being written. */
  readonly shutdown?: AbortSignal;
  /** Once it is aborted, `GET /ready` says that no further requests should come. */
  readonly draining?: AbortSignal;
  /** Counts what happens, and answers `GET /metrics`. Default: nothing is counted. */
  readonly metrics?: Metrics;
  /** Tells of turns as spans. Default: nobody is told. */
  readonly traces?: Traces;
  /** Told of each request when its status is known; of a stream, that is when it begins. Nothing of what was said is in it. */
  readonly onAnswered?: (request: AnsweredRequest) => void;
  /** Told of each turn of a model when it has ended, with all that was said. Default: nobody is told. */
  readonly onTurn?: (turn: RecordedTurn) => void;
  /** Told of failures that are the gateway's own; the client sees no more of them than that they happened. */
  readonly onError?: (error: unknown) => void;
  /** Told what is questionable about a request: tools that take much of the context. The client sees it as a header. */
  readonly onWarning?: (message: string) => void;
}

export interface AnsweredRequest {
  /** As `x-request-id` tells the client. */
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Until the status was known. */
  readonly milliseconds: number;
  /** Absent where the request did not get as far as a turn of a model. */
  readonly model?: string;
}

/** What metrics call the addresses that models answer at. */
const protocols: Readonly<Record<string, string>> = {
  "/v1/chat/completions": "chat_completions",
  "/v1/completions": "completions",
  "/v1/responses": "responses",
  "/v1/messages": "messages",
  "/v1/embeddings": "embeddings",
};

/** Whoever runs the gateway asks them, without a key. */
const probes: ReadonlySet<string> = new Set(["/health", "/ready"]);

type Handler = (http: Request, parameter: string) => Response | Promise<Response>;

/** The gateway: a fetch handler, and what can be changed while it runs. */
export interface App extends Hono {
  /** Serves the models of these engines from now on, by these settings; turns under way go on with theirs. */
  reconfigure(engines: readonly Engine[], settings: Settings): void;
}

/** The gateway as a fetch handler: `createApp({ engines }).fetch(request)`, in any runtime that has `fetch` and Node's `http`. */
export function createApp(options: AppOptions): App {
  const { engines, pingInterval = 10_000 } = options;
  const { metrics, traces, shutdown, draining, onError, onWarning, onAnswered, onTurn } = options;
  const app = new Hono();
  const models = createModels(engines);
  let live = settled(options);
  const ids = new WeakMap<Request, string>();
  const owners = new WeakMap<Request, string>();
  const asked = new WeakMap<Request, string>();
  const warnings = new WeakMap<Request, readonly string[]>();
  const gateway: Gateway = {
    models,
    openLifetime: createLifetimes(shutdown),
    askedFor: (http, { id }) => void asked.set(http, id),
    async admit(http, turn) {
      asked.set(http, turn.model.id);
      const found = await checkBudget(turn);
      warnings.set(http, found);
      for (const warning of found) onWarning?.(`${turn.model.id}: ${warning}`);
    },
    start: (http, turn) => (signal) => {
      const run = runTurn(turn, signal);
      const told = onTurn ? recorded(run, signal, { request: turn, id: ids.get(http)!, tell: onTurn }) : run;
      const gathered = coalesce(told, live.coalesceMs);
      const counted = metrics ? metered(gathered, metrics.turn(turn), signal) : gathered;
      const span = traces?.turn(turn);
      return span ? traced(counted, span, signal) : counted;
    },
    get reasoningField() {
      return live.reasoningField;
    },
    pingInterval,
    report(error) {
      if (!(error instanceof ApiError)) onError?.(error);
    },
  };

  const store = options.responseStore ?? memoryResponseStore();
  const responsesFor = (http: Request): ResponseStore => ownedBy(owners.get(http), store);

  const routes: readonly (readonly [method: "GET" | "POST" | "DELETE", path: string, handler: Handler])[] = [
    ["GET", "/health", () => Response.json({ status: "ok" })],
    ["GET", "/ready", () => readiness(models, draining)],
    ...(metrics ? [["GET", "/metrics", () => metrics.scrape(models.known())] as const] : []),
    ["GET", "/v1/models", (http) => listModels(http, models)],
    ["GET", "/v1/models/:id{.+}", (http, id) => getModel(http, models, id)],
    ["POST", "/v1/chat/completions", (http) => chatCompletions(http, gateway)],
    ["POST", "/v1/completions", (http) => completions(http, gateway)],
    ["POST", "/v1/responses", (http) => createResponse(http, gateway, responsesFor(http))],
    ["POST", "/v1/responses/input_tokens", (http) => countResponseTokens(http, gateway, responsesFor(http))],
    ["GET", "/v1/responses/:id", (http, id) => getResponse(responsesFor(http), id)],
    ["GET", "/v1/responses/:id/input_items", (http, id) => listInputItems(http, responsesFor(http), id)],
    ["DELETE", "/v1/responses/:id", (http, id) => deleteResponse(responsesFor(http), id)],
    ["POST", "/v1/messages", (http) => messages(http, gateway)],
    ["POST", "/v1/messages/count_tokens", (http) => countMessageTokens(http, gateway)],
    ["POST", "/v1/embeddings", (http) => embeddings(http, gateway)],
    ["POST", "/tokenize", (http) => tokenize(http, gateway)],
    ["POST", "/detokenize", (http) => detokenize(http, gateway)],
    ["POST", "/parse", (http) => parseOutput(http, gateway)],
  ];
  app.use(async (c, next) => {
    const start = performance.now();
    const id = requestId(c.req.raw);
    ids.set(c.req.raw, id);
    await (traces ? traces.within(c.req.raw, next) : next());
    c.res.headers.set("x-request-id", id);
    // Anthropic's clients look for it there.
    if (speaksMessages(c.req.raw)) c.res.headers.set("request-id", id);
    const { method, path, raw } = c.req;
    const model = asked.get(raw);
    const { status } = c.res;
    const protocol = protocols[path];
    if (protocol !== undefined) metrics?.answered({ protocol, status, ...(model !== undefined && { model }) });
    onAnswered?.({ id, method, path, status, milliseconds: performance.now() - start, ...(model && { model }) });
  });
  app.use((c, next) => (live.crossOrigin ? live.crossOrigin(c, next) : next()));
  app.use(async (c, next) => {
    if (live.guard && !probes.has(c.req.path)) owners.set(c.req.raw, await live.guard.admit(c.req.raw));
    await next();
  });
  for (const [method, path, handler] of routes) {
    if (method === "POST") app.post(path, (c, next) => live.bodyLimit(c, next));
    app.on(method, path, async (c) => {
      const response = await handler(c.req.raw, c.req.param("id") ?? "");
      for (const warning of warnings.get(c.req.raw) ?? []) response.headers.append("x-glossa-warning", warning);
      return response;
    });
  }
  for (const path of new Set(routes.map(([, each]) => each))) {
    const allow = routes.flatMap(([method, each]) => (each === path ? [method] : [])).join(", ");
    app.all(path, (c) => errorAnswer(c.req.raw, wrongMethod(c.req, allow), { allow }));
  }

  app.notFound((c) => errorAnswer(c.req.raw, notFound(c.req)));
  app.onError((error, c) => {
    gateway.report(error);
    return errorAnswer(c.req.raw, asApiError(error));
  });
  return Object.assign(app, {
    reconfigure(others: readonly Engine[], settings: Settings) {
      models.replace(others);
      live = settled(settings, live);
    },
  });
}

function settled(settings: Settings, former?: LiveSettings): LiveSettings {
  return liveSettings(settings, (maxSize) => (c) => errorAnswer(c.req.raw, tooLong(maxSize)), former);
}

/** An error in the words of the client's protocol. */
function errorAnswer(http: Request, error: ApiError, headers: Readonly<Record<string, string>> = {}): Response {
  return speaksMessages(http) ? messagesErrorResponse(error, headers) : errorResponse(error, headers);
}

function tooLong(maxSize: number): ApiError {
  return new ApiError(`The request body is longer than ${maxSize} bytes.`, {
    status: 413,
    type: "invalid_request_error",
    code: "request_too_large",
  });
}

function wrongMethod({ path, method }: { path: string; method: string }, allow: string): ApiError {
  return new ApiError(`${path} takes ${allow}, not ${method}.`, {
    status: 405,
    type: "invalid_request_error",
    code: "method_not_allowed",
  });
}

function notFound({ path, method }: { path: string; method: string }): ApiError {
  return new ApiError(`There is no ${method} ${path} here.`, {
    status: 404,
    type: "invalid_request_error",
    code: "unknown_url",
  });
}
