import { ApiError } from "../error.ts";
import type { Weighted } from "./affinity.ts";

/** A replica as the choice between several sees it. */
export interface Candidate extends Weighted {
  /** Turns under way. */
  running: number;
  /** Whether it may be sent a request: its breaker lets them through. */
  readonly allows: boolean;
}

export interface SlotOptions {
  /** Turns at once on one replica. Default: as many as come. */
  readonly maxConcurrent?: number;
  /** Turns that wait for a free replica; one more is refused. Default 100. */
  readonly maxQueued?: number;
  /** The longest wait, in milliseconds. Default 30,000. */
  readonly queueTimeout?: number;
  /** How far above its share of the running turns a replica may be and still take one by affinity. Default 1.25. */
  readonly imbalance?: number;
}

/** Gives turns to replicas: by preference, bounded by load, and in the order of arrival where all are busy. */
export interface Slots<T extends Candidate> {
  /** The number of turns that wait. */
  readonly queued: number;
  /**
   * A replica for a turn that prefers them in this order; `release` it. Throws a 429 with `Retry-After` where too many wait
   * or it waits too long, and the signal's reason if that is aborted.
   */
  take(preferred: readonly T[], signal: AbortSignal): Promise<T>;
  release(replica: T, milliseconds: number): void;
  /** Lets those go that wait, where a replica takes requests again. */
  admit(): void;
}

interface Waiting<T> {
  readonly preferred: readonly T[];
  readonly go: (replica: T) => void;
}

export function createSlots<T extends Candidate>(options: SlotOptions = {}): Slots<T> {
  const { maxConcurrent = Infinity, maxQueued = 100, queueTimeout = 30_000, imbalance = 1.25 } = options;
  const waiting = new Set<Waiting<T>>();
  /** A moving average of how long a turn takes, in milliseconds. */
  let duration = 1000;

  /**
   * Consistent hashing with bounded loads: the first in order whose load is within its share, so that one popular prefix does
   * not heap all turns on one replica; the least loaded if there is none.
   */
  function choose(preferred: readonly T[]): T | undefined {
    const free = preferred.filter((replica) => replica.allows && replica.running < maxConcurrent);
    const turns = free.reduce((sum, { running }) => sum + running, 1);
    const weights = free.reduce((sum, { weight }) => sum + weight, 0);
    const within = free.find(({ running, weight }) => running < Math.ceil((imbalance * turns * weight) / weights));
    return within ?? free.toSorted((a, b) => a.running / a.weight - b.running / b.weight)[0];
  }

  function refusal(preferred: readonly T[], message: string): ApiError {
    const places = Math.max(1, preferred.length) * Math.min(maxConcurrent, 1000);
    const seconds = Math.ceil((duration * (waiting.size + 1)) / places / 1000);
    const retryAfter = String(Math.min(Math.max(seconds, 1), 60));
    return new ApiError(message, { status: 429, type: "rate_limit_error", code: "queue_full", retryAfter });
  }

  function wait(preferred: readonly T[], signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const entry: Waiting<T> = {
        preferred,
        go(replica) {
          leave();
          resolve(replica);
        },
      };
      const timer = setTimeout(() => {
        leave();
        reject(refusal(preferred, `The engine was busy for ${queueTimeout / 1000} seconds.`));
      }, queueTimeout);
      const aborted = (): void => {
        leave();
        reject(signal.reason);
      };
      function leave(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", aborted);
        waiting.delete(entry);
      }
      signal.addEventListener("abort", aborted);
      waiting.add(entry);
    });
  }

  function admit(): void {
    for (const { preferred, go } of waiting) {
      const chosen = choose(preferred);
      if (!chosen) continue;
      chosen.running++;
      go(chosen);
    }
  }

  return {
    get queued() {
      return waiting.size;
    },
    async take(preferred, signal) {
      signal.throwIfAborted();
      // Nobody overtakes those who wait, except where they wait for other replicas.
      const overtakes = ![...waiting].some((entry) => entry.preferred.some((replica) => preferred.includes(replica)));
      const chosen = overtakes ? choose(preferred) : undefined;
      if (chosen) {
        chosen.running++;
        return chosen;
      }
      if (waiting.size >= maxQueued) throw refusal(preferred, `The engine is busy and ${waiting.size} requests wait.`);
      return wait(preferred, signal);
    },
    release(replica, milliseconds) {
      duration += (milliseconds - duration) / 8;
      replica.running--;
      admit();
    },
    admit,
  };
}
