import { setMaxListeners } from "node:events";
import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as TlsAgent, request as httpsRequest } from "node:https";
import { urlToHttpOptions } from "node:url";

/*
 * Requests to engines by Node's own client: `fetch` takes 190 µs of CPU for a short answer where this takes 30, most of it for
 * its streams and signals, and gives up on an engine that is silent for five minutes.
 */

/** The status and headers of an answer; its body as it arrives. */
export interface HttpAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** All that has arrived since, as UTF-8; nothing at the end. Throws what broke the connection. */
  read(): Promise<string | undefined>;
  /**
   * Nothing further is wanted of the body: it is read to its end if that is near, so that its connection serves the next
   * request; otherwise closed, so that an engine whose reader has gone stops decoding.
   */
  release(): void;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborting it closes the connection. */
  readonly signal?: AbortSignal;
  /** How long a new connection may take, in milliseconds. Default 10,000. */
  readonly connectTimeout?: number;
}

/** Milliseconds after which a connection that nobody uses is closed: before servers do, most of which wait for five seconds. */
const idleTimeout = 4000;
const defaultConnectTimeout = 10_000;
/** How long the rest of an answer may take that is read for its connection's sake. */
const releaseTimeout = 250;
/** So much is read ahead of a reader that is slow, in UTF-16 units. */
const readAhead = 16 * 1024;

const agentOptions = { keepAlive: true, timeout: idleTimeout };
const agents = { "http:": new Agent(agentOptions), "https:": new TlsAgent(agentOptions) };

/** Sends a request; fulfilled when the answer's headers are there. Throws what kept it from them, with the system's `code`. */
export function send(url: URL, request: HttpRequest): Promise<HttpAnswer> {
  const { protocol } = url;
  const agent = agents[protocol as keyof typeof agents];
  return attempt(url, request, agent).catch((error: unknown) => {
    // The server closed the connection while it was idle, and has read nothing of this.
    if (error instanceof ConnectionReused && !request.signal?.aborted) return attempt(url, request, false);
    throw error instanceof ConnectionReused ? error.cause : error;
  });
}

class ConnectionReused extends Error {}

function attempt(url: URL, request: HttpRequest, agent: Agent | false): Promise<HttpAnswer> {
  const { method, headers, body, signal, connectTimeout = defaultConnectTimeout } = request;
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      ...urlToHttpOptions(url),
      agent,
      method,
      headers: body === undefined ? headers : { ...headers, "content-length": Buffer.byteLength(body) },
    };
    const sent = url.protocol === "https:" ? httpsRequest(options) : httpRequest(options);
    const abort = (): void => void sent.destroy();
    if (signal) {
      // A listing asks of all its models at once, under one signal.
      setMaxListeners(0, signal);
      signal.addEventListener("abort", abort);
    }
    sent.once("close", () => signal?.removeEventListener("abort", abort));
    sent.once("socket", (socket) => {
      if (socket.connecting) limitConnecting(sent, connectTimeout);
    });
    sent.on("error", (error: NodeJS.ErrnoException) =>
      reject(sent.reusedSocket && error.code === "ECONNRESET" ? new ConnectionReused("", { cause: error }) : error),
    );
    sent.once("response", (message) => resolve(answerOf(message, signal)));
    if (signal?.aborted) abort();
    else sent.end(body);
  });
}

function limitConnecting(sent: ClientRequest, milliseconds: number): void {
  const timer = setTimeout(() => {
    sent.destroy(Object.assign(new Error("the connection takes too long"), { code: "ETIMEDOUT" }));
  }, milliseconds);
  const clear = (): void => clearTimeout(timer);
  sent.once("close", clear);
  sent.socket?.once("connect", clear);
}

function answerOf(message: IncomingMessage, signal: AbortSignal | undefined): HttpAnswer {
  let arrived = "";
  let over = false;
  let failed: Error | undefined;
  let released = false;
  let wake: (() => void) | undefined;

  const settle = (error?: Error): void => {
    if (over) return;
    over = true;
    failed = error;
    wake?.();
  };
  message.setEncoding("utf8");
  message.on("data", (text: string) => {
    if (released) return;
    arrived += text;
    if (wake) wake();
    else if (arrived.length > readAhead) message.pause();
  });
  message.once("end", () => settle());
  message.on("error", settle);
  message.once("close", () => settle(new Error("the connection was closed")));

  return {
    status: message.statusCode ?? 0,
    header: (name) => message.headers[name] as string | undefined,
    async read() {
      if (arrived === "" && !over) {
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
      if (arrived === "" && failed) throw failed;
      const text = arrived;
      arrived = "";
      if (message.isPaused()) message.resume();
      return text === "" ? undefined : text;
    },
    release() {
      if (over || released) return;
      released = true;
      if (signal?.aborted) return void message.destroy();
      const timer = setTimeout(() => message.destroy(), releaseTimeout);
      message.once("close", () => clearTimeout(timer));
      message.resume();
    },
  };
}
