import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCircuitBreaker } from "../../src/replicas/circuit-breaker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const fail = (breaker: ReturnType<typeof createCircuitBreaker>): void => breaker.begin().failed();

test("opens after failures in a row, not after as many with an answer between", () => {
  const breaker = createCircuitBreaker({ failures: 3 });
  fail(breaker);
  fail(breaker);
  breaker.begin().succeeded();
  fail(breaker);
  fail(breaker);
  expect(breaker.state).toBe("closed");
  fail(breaker);
  expect([breaker.state, breaker.allows, breaker.wait]).toEqual(["open", false, 1000]);
});

test("lets one trial go after the pause, and others when that has answered", () => {
  const breaker = createCircuitBreaker({ failures: 1 });
  fail(breaker);
  vi.advanceTimersByTime(1000);
  expect([breaker.state, breaker.allows]).toEqual(["half-open", true]);
  const trial = breaker.begin();
  expect([breaker.state, breaker.allows]).toEqual(["half-open", false]);
  trial.succeeded();
  expect([breaker.state, breaker.allows]).toEqual(["closed", true]);
});

test("waits twice as long after each trial that fails, up to the longest pause", () => {
  const breaker = createCircuitBreaker({ failures: 1, pause: 1000, longestPause: 3000 });
  fail(breaker);
  const waits: number[] = [];
  for (let trial = 0; trial < 3; trial++) {
    vi.advanceTimersByTime(breaker.wait);
    fail(breaker);
    waits.push(breaker.wait);
  }
  expect(waits).toEqual([2000, 3000, 3000]);
});

test("takes no second lesson from requests that went before it opened", () => {
  const breaker = createCircuitBreaker({ failures: 1 });
  const [first, second] = [breaker.begin(), breaker.begin()];
  first.failed();
  vi.advanceTimersByTime(400);
  second.failed();
  expect(breaker.wait).toBe(600);
});

test("a trial that says nothing makes way for the next", () => {
  const breaker = createCircuitBreaker({ failures: 1 });
  fail(breaker);
  vi.advanceTimersByTime(1000);
  breaker.begin().ended();
  expect(breaker.allows).toBe(true);
});
