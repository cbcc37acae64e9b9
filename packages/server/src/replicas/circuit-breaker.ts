export interface BreakerOptions {
  /** Failures in a row that open it. Default 3. */
  readonly failures?: number;
  /** How long it stays open the first time, in milliseconds; doubled each time a trial fails. Default 1,000. */
  readonly pause?: number;
  /** The longest pause, in milliseconds. Default 30,000. */
  readonly longestPause?: number;
}

/** What became of one request. The first word counts; saying nothing about the engine is `ended`. */
export interface Outcome {
  succeeded(): void;
  failed(): void;
  /** It tells nothing of the engine's health: the client left, or asked for nonsense. */
  ended(): void;
}

/**
 * Keeps requests from an engine that fails: closed (all may go), open (none), and after a pause half open, where one request
 * or health check tries for all.
 */
export interface CircuitBreaker {
  readonly state: "closed" | "open" | "half-open";
  /** Whether a request may go now. */
  readonly allows: boolean;
  /** Milliseconds until a trial may go; 0 where one may. */
  readonly wait: number;
  /** A request goes; half open, it is the trial and others wait for its outcome. */
  begin(): Outcome;
}

export function createCircuitBreaker(options: BreakerOptions = {}): CircuitBreaker {
  const { failures: limit = 3, pause: firstPause = 1000, longestPause = 30_000 } = options;
  let failures = 0;
  let pause = firstPause;
  let openUntil: number | undefined;
  let trial: Outcome | undefined;

  function close(): void {
    failures = 0;
    pause = firstPause;
    openUntil = undefined;
  }

  function fail(asTrial: boolean): void {
    failures++;
    if (openUntil === undefined) {
      if (failures >= limit) openUntil = Date.now() + pause;
    } else if (asTrial) {
      // Requests that went before it opened fail late; only the trial says that it is too early still.
      pause = Math.min(pause * 2, longestPause);
      openUntil = Date.now() + pause;
    }
  }

  return {
    get state() {
      if (openUntil === undefined) return "closed";
      return trial !== undefined || Date.now() >= openUntil ? "half-open" : "open";
    },
    get allows() {
      return openUntil === undefined || (trial === undefined && Date.now() >= openUntil);
    },
    get wait() {
      return openUntil === undefined ? 0 : Math.max(0, openUntil - Date.now());
    },
    begin() {
      let settled = false;
      function settle(then: (asTrial: boolean) => void): void {
        if (settled) return;
        settled = true;
        const asTrial = trial === outcome;
        if (asTrial) trial = undefined;
        then(asTrial);
      }
      const outcome: Outcome = {
        succeeded: () => settle(close),
        failed: () => settle(fail),
        ended: () => settle(() => undefined),
      };
      if (openUntil !== undefined) trial ??= outcome;
      return outcome;
    },
  };
}
