import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";

/**
 * Lets pages of these origins read the answers. Keys come in headers and never in cookies, so that credentials stay off, with
 * `*` as well. Preflights are answered before keys are asked for: browsers send none with them.
 */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler {
  return cors({
    origin: origins.includes("*") ? "*" : [...origins],
    allowMethods: ["GET", "POST", "DELETE"],
    exposeHeaders: ["x-request-id", "request-id", "x-glossa-warning", "retry-after"],
    maxAge: 600,
  });
}
