import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Engine } from "./engines/engine.ts";
import { ApiError, asApiError, errorResponse } from "./error.ts";
import type { Gateway } from "./gateway.ts";
import { createLifetimes } from "./lifetime.ts";
import { createModels } from "./models.ts";
import { chatCompletions } from "./protocols/chat-completions/route.ts";
import { getModel, listModels } from "./protocols/models.ts";

export interface AppOptions {
  readonly engines: readonly Engine[];
  /** The longest request body in bytes. Default 16 MiB. */
  readonly bodyLimit?: number;
  /** Aborting it ends every answer that is still being written. */
  readonly shutdown?: AbortSignal;
  /** Told of failures that are the gateway's own; the client sees no more of them than that they happened. */
  readonly onError?: (error: unknown) => void;
  /** Told what is questionable about a request: tools that take much of the context. The client sees it as a header. */
  readonly onWarning?: (message: string) => void;
}

/** The gateway as a fetch handler: `createApp({ engines }).fetch(request)`, in any runtime that has `fetch`. */
export function createApp({
  engines,
  bodyLimit: maxSize = 16 * 1024 * 1024,
  shutdown,
  onError,
  onWarning,
}: AppOptions): Hono {
  const app = new Hono();
  const models = createModels(engines);
  const gateway: Gateway = {
    models,
    openLifetime: createLifetimes(shutdown),
    report(error) {
      if (!(error instanceof ApiError)) onError?.(error);
    },
    warn: (message) => onWarning?.(message),
  };

  const limited = bodyLimit({
    maxSize,
    onError: () =>
      errorResponse(
        new ApiError(`The request body is longer than ${maxSize} bytes.`, {
          status: 413,
          type: "invalid_request_error",
          code: "request_too_large",
        }),
      ),
  });

  app.get("/health", () => Response.json({ status: "ok" }));
  app.get("/v1/models", () => listModels(models));
  app.get("/v1/models/:id{.+}", (c) => getModel(models, c.req.param("id")));
  app.post("/v1/chat/completions", limited, (c) => chatCompletions(c.req.raw, gateway));

  for (const [path, allowed] of [
    ["/health", "GET"],
    ["/v1/models", "GET"],
    ["/v1/models/:id{.+}", "GET"],
    ["/v1/chat/completions", "POST"],
  ] as const) {
    app.all(path, (c) =>
      errorResponse(
        new ApiError(`${c.req.path} takes ${allowed}, not ${c.req.method}.`, {
          status: 405,
          type: "invalid_request_error",
          code: "method_not_allowed",
        }),
        { allow: allowed },
      ),
    );
  }

  app.notFound((c) =>
    errorResponse(
      new ApiError(`There is no ${c.req.method} ${c.req.path} here.`, {
        status: 404,
        type: "invalid_request_error",
        code: "unknown_url",
      }),
    ),
  );
  app.onError((error) => {
    gateway.report(error);
    return errorResponse(asApiError(error));
  });
  return app;
}
