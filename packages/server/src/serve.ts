import { createAdaptorServer, type Http2Bindings, type HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Server, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createApp, type App, type AppOptions } from "./app.ts";
import { serverOptions, type ConnectionLimits } from "./connection-limits.ts";
import type { Engine } from "./engines/engine.ts";
import { ApiError } from "./error.ts";
import type { Settings } from "./settings.ts";
import { eventTexts } from "./event-stream.ts";
import { writeEvents } from "./write-events.ts";

/** What can be changed while the server runs. */
export interface ServerSettings extends Settings, Omit<ConnectionLimits, "headerLimit"> {
  /**
   * For how long `close` still takes requests while `/ready` says that none should come, in milliseconds: as long as load
   * balancers need to see it. Default 0.
   */
  readonly drainDelay?: number;
  /** How long `close` waits for answers that are being written before it ends them, in milliseconds. Default 5,000. */
  readonly drainTimeout?: number;
}

export interface ServeOptions
  extends Omit<AppOptions, "engines" | "shutdown" | "draining">, ServerSettings, ConnectionLimits {
  readonly engine: Engine | readonly Engine[];
  /** Default 8080; another is taken if it is in use, 0 means any. */
  readonly port?: number;
  /** A port that is in use is an error (`EADDRINUSE`): whoever sends requests here knows no other. Default false. */
  readonly fixedPort?: boolean;
  /** Default `127.0.0.1`: nobody else reaches the gateway unless asked to. */
  readonly host?: string;
}

export interface RunningServer {
  readonly url: string;
  readonly port: number;
  /** The port that was asked for, if it was in use and `port` is another. */
  readonly takenPort?: number;
  /**
   * Serves these engines by these settings from now on, and closes the others when the turns under way have had as long as
   * `drainTimeout`. What is absent takes its default.
   */
  reconfigure(engines: readonly Engine[], settings: ServerSettings): void;
  /**
   * Takes no further requests (after `drainDelay`), waits for the answers under way, then ends them. Calling it again ends them
   * at once.
   */
  close(): Promise<void>;
}

/** Runs the gateway on Node. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { engine, port: wanted = 8080, fixedPort = false, host = "127.0.0.1", ...rest } = options;
  let { drainTimeout = 5000, drainDelay = 0 } = options;
  let engines = [engine].flat();
  /** Engines that were replaced, and have turns under way. */
  const retired = new Set<Engine>();
  const shutdown = new AbortController();
  const draining = new AbortController();
  const app = createApp({ ...rest, engines, shutdown: shutdown.signal, draining: draining.signal });
  const server = createAdaptorServer({ fetch: answering(app), serverOptions: serverOptions(options) }) as Server;
  const connections = trackConnections(server);
  const port = await listen(server, host, portsFrom(wanted, fixedPort));

  let closing: Promise<void> | undefined;
  let endNow: (() => void) | undefined;

  async function drain(): Promise<void> {
    const ended = new Promise<void>((resolve) => (endNow = resolve));
    draining.abort();
    if (drainDelay > 0) {
      const delay = new Promise<void>((resolve) => setTimeout(resolve, drainDelay).unref());
      await Promise.race([delay, ended]);
    }
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    connections.closeWhenIdle();
    const timer = setTimeout(() => endNow?.(), drainTimeout);
    await Promise.race([closed, ended]);
    clearTimeout(timer);
    shutdown.abort(
      new ApiError("The gateway is shutting down.", { status: 503, type: "server_error", code: "shutting_down" }),
    );
    const cut = setTimeout(() => server.closeAllConnections(), 500);
    await closed;
    clearTimeout(cut);
    const open = [...engines, ...retired];
    retired.clear();
    await Promise.all(open.map((one) => one.close?.()));
  }

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    port,
    ...(wanted !== 0 && port !== wanted && { takenPort: wanted }),
    reconfigure(others, settings) {
      const former = engines.filter((each) => !others.includes(each));
      for (const each of former) retired.add(each);
      for (const each of others) retired.delete(each);
      engines = [...others];
      app.reconfigure(engines, settings);
      ({ drainTimeout = 5000, drainDelay = 0 } = settings);
      const { headersTimeout, requestTimeout, keepAliveTimeout } = serverOptions(settings);
      Object.assign(server, { headersTimeout, requestTimeout, keepAliveTimeout });
      const timer = setTimeout(() => {
        for (const each of former) if (retired.delete(each)) void each.close?.();
      }, drainTimeout);
      timer.unref();
    },
    close() {
      if (closing) endNow?.();
      return (closing ??= drain());
    },
  };
}

// Where another adaptor of this process has replaced `Response`, one whose body was asked for is the plain response that adaptors know.
void RESPONSE_ALREADY_SENT.body;

/** The app's answers, events written past the adaptor. */
function answering(app: App): (http: Request, bindings: HttpBindings | Http2Bindings) => Promise<Response> {
  return async (http, { outgoing }) => {
    const response = await app.fetch(http);
    const events = eventTexts(response);
    if (!events) return response;
    void writeEvents(outgoing as ServerResponse, response, events);
    return RESPONSE_ALREADY_SENT;
  };
}

/**
 * Closes connections as soon as no answer is being written to them. Node's own `closeIdleConnections` leaves those alone that
 * never carried a request, and clients open such ones in advance.
 */
function trackConnections(server: Server): { closeWhenIdle(): void } {
  const answers = new Map<Socket, number>();
  let closing = false;

  function count(socket: Socket, step: number): void {
    const open = (answers.get(socket) ?? 0) + step;
    answers.set(socket, open);
    if (closing && open === 0) socket.destroySoon();
  }

  server.on("connection", (socket: Socket) => {
    count(socket, 0);
    socket.once("close", () => answers.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    count(socket, 1);
    response.once("close", () => count(socket, -1));
  });
  return {
    closeWhenIdle() {
      closing = true;
      for (const socket of answers.keys()) count(socket, 0);
    },
  };
}

/** Connections that may wait to be taken: more than Node's 511, which a burst of a thousand clients fills. */
const backlog = 4096;

/** The port; if it is in use, one of the next nine, or any. */
function portsFrom(wanted: number, fixed: boolean): readonly number[] {
  if (wanted === 0 || fixed) return [wanted];
  return [...Array.from({ length: 10 }, (_, step) => wanted + step), 0].filter((port) => port < 65_536);
}

/** Listens on the first of the ports that is free. */
async function listen(server: Server, host: string, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ port, host, backlog }, () => {
          server.off("error", reject);
          resolve();
        });
      });
      return (server.address() as AddressInfo).port;
    } catch (error) {
      const inUse = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
      if (!inUse || ports.length === 1) throw error;
    }
  }
  throw new Error(`no port is free on ${host}`);
}
