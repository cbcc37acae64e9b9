import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSlots, type Candidate } from "../../src/replicas/slots.ts";

const replica = (id: string, rest: Partial<Candidate> = {}): Candidate => ({
  id,
  weight: 1,
  running: 0,
  allows: true,
  ...rest,
});
const { signal } = new AbortController();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the preferred replica serves until it is above its share", async () => {
  const slots = createSlots<Candidate>({ imbalance: 1.25 });
  const replicas = [replica("a"), replica("b"), replica("c")];
  const taken: string[] = [];
  for (let turn = 0; turn < 12; turn++) taken.push((await slots.take(replicas, signal)).id);
  // Twelve turns that all prefer the first: its bound is a quarter above its third.
  const counts = replicas.map(({ running }) => running);
  expect(taken[0]).toBe("a");
  expect(counts[0]).toBe(5);
  expect(counts.reduce((sum, count) => sum + count)).toBe(12);
});

test("a heavier replica takes more", async () => {
  const slots = createSlots<Candidate>();
  const replicas = [replica("light"), replica("heavy", { weight: 3 })];
  for (let turn = 0; turn < 40; turn++) await slots.take(replicas, signal);
  const [light, heavy] = replicas.map(({ running }) => running);
  expect(light! + heavy!).toBe(40);
  expect(light).toBeLessThanOrEqual(13);
});

test("one whose breaker is open is passed over", async () => {
  const slots = createSlots<Candidate>();
  expect((await slots.take([replica("a", { allows: false }), replica("b")], signal)).id).toBe("b");
});

test("turns beyond the limit wait and go in the order in which they came", async () => {
  const slots = createSlots<Candidate>({ maxConcurrent: 1 });
  const only = replica("a");
  await slots.take([only], signal);
  const done: number[] = [];
  const waiting = [1, 2, 3].map((turn) => slots.take([only], signal).then(() => done.push(turn)));
  expect(slots.queued).toBe(3);
  for (const each of waiting) {
    slots.release(only, 10);
    await each;
  }
  expect(done).toEqual([1, 2, 3]);
  expect([slots.queued, only.running]).toEqual([0, 1]);
});

test("one who comes while others wait does not overtake them", async () => {
  const slots = createSlots<Candidate>({ maxConcurrent: 1 });
  const only = replica("a");
  await slots.take([only], signal);
  const first = slots.take([only], signal);
  only.running = 0;
  const second = slots.take([only], signal);
  only.running = 1;
  slots.release(only, 1);
  await first;
  expect(slots.queued).toBe(1);
  slots.release(only, 1);
  await second;
});

test("a full queue and a long wait are refused with 429 and the time after which to come again", async () => {
  const slots = createSlots<Candidate>({ maxConcurrent: 1, maxQueued: 1, queueTimeout: 5000 });
  const only = replica("a");
  await slots.take([only], signal);
  const waiting = slots.take([only], signal).catch((error: unknown) => error);
  await expect(slots.take([only], signal)).rejects.toMatchObject({
    status: 429,
    code: "queue_full",
    retryAfter: expect.stringMatching(/^[1-9]\d?$/),
  });
  vi.advanceTimersByTime(5000);
  expect(await waiting).toMatchObject({ status: 429, code: "queue_full" });
  expect(slots.queued).toBe(0);
});

test("who leaves while waiting takes no place", async () => {
  const slots = createSlots<Candidate>({ maxConcurrent: 1 });
  const only = replica("a");
  await slots.take([only], signal);
  const client = new AbortController();
  const waiting = slots.take([only], client.signal).catch((error: unknown) => error);
  client.abort(new Error("left"));
  expect(await waiting).toEqual(new Error("left"));
  expect(slots.queued).toBe(0);
});
