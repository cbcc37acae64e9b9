import type { ServerOptions } from "node:http";

/** How much a client may send before its request is read, and how long it may take; times in milliseconds. */
export interface ConnectionLimits {
  /** The longest request head in bytes; a longer one is a 431. Default 16 KiB. */
  readonly headerLimit?: number;
  /** From a connection's first byte to the end of the request's head. Slower ones are a 408. Default 20,000. */
  readonly headersTimeout?: number;
  /** The same to the end of its body; the answer may take longer. Default 120,000. */
  readonly requestTimeout?: number;
  /**
   * How long a connection is held between two requests. Default 75,000: longer than the 60 seconds of common load balancers,
   * so that none sends a request into a connection that is just being closed.
   */
  readonly keepAliveTimeout?: number;
}

/** The same as Node's server takes it. */
export function serverOptions(limits: ConnectionLimits): ServerOptions {
  const { headerLimit = 16 * 1024, requestTimeout = 120_000, keepAliveTimeout = 75_000 } = limits;
  // Node refuses a head that may take longer than its request.
  const headersTimeout = Math.min(limits.headersTimeout ?? 20_000, requestTimeout);
  return {
    maxHeaderSize: headerLimit,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout,
    // How often Node looks for connections that are over time; its 30 seconds would add to short limits.
    connectionsCheckingInterval: Math.min(5000, headersTimeout),
  };
}
