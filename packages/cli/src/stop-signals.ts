import type { RunningServer } from "@glossa/server";
import { write, type Terminal } from "./terminal.ts";

const signals = ["SIGINT", "SIGTERM"] as const;

/**
 * `npm start` hands Ctrl-C on to its child, to which the terminal has sent it already: two signals so close together are
 * one key pressed.
 */
const ONE_PRESS = 500;

/** Waits for a signal and closes the server: answers under way are finished, unless a second signal ends them at once. */
export function untilStopped(server: RunningServer, { stderr }: Terminal): Promise<void> {
  return new Promise((resolve, reject) => {
    let first: number | undefined;
    const stop = (): void => {
      if (first === undefined) {
        first = performance.now();
        void write(stderr, "glossa: stopping; answers under way are finished, once more stops at once\n");
        server.close().then(finish, fail);
      } else if (performance.now() - first > ONE_PRESS) {
        void server.close();
        // An engine that does not let go must not hold the process.
        setTimeout(() => process.exit(1), 1000).unref();
      }
    };
    const forget = (): void => {
      for (const signal of signals) process.off(signal, stop);
    };
    const finish = (): void => {
      forget();
      resolve();
    };
    const fail = (error: unknown): void => {
      forget();
      reject(error);
    };
    for (const signal of signals) process.on(signal, stop);
  });
}
