import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { replayEngine, type Engine } from "@glossa/server";
import { createModels, type Models } from "../src/models.ts";
import { engineError } from "../src/error.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

interface Scripted extends Engine {
  /** How often it was asked. */
  asked: number;
  answer: () => Promise<readonly string[]>;
}

const hangs = (): Promise<never> => new Promise(() => undefined);
const gone = (): Promise<never> => Promise.reject(engineError("It does not answer.", "engine_unreachable"));

function scripted(name: string, ...models: string[]): Scripted {
  const base = replayEngine({ recordings: [{ raw: "", model: "m" }] });
  const engine: Scripted = {
    ...base,
    name,
    asked: 0,
    answer: async () => models,
    async models() {
      engine.asked++;
      const [model] = await base.models();
      return (await engine.answer()).map((id) => ({ ...model!, id }));
    },
  };
  return engine;
}

/** Whether it is there without any time passing. */
async function atOnce<T>(promise: Promise<T>): Promise<T | "waits"> {
  return Promise.race([promise, vi.advanceTimersByTimeAsync(0).then(() => "waits" as const)]);
}

const names = async (models: Models): Promise<unknown> => {
  const listed = await atOnce(models.list());
  return listed === "waits" ? listed : listed.map(({ model }) => model.id);
};

const found = async (models: Models, id: string): Promise<unknown> => {
  const served = await atOnce(models.find(id));
  return served === "waits" ? served : `${served.model.id} of ${served.engine.name}`;
};

test("what was heard is served while the engine is asked again, so that one that hangs delays nobody", async () => {
  const [one, other] = [scripted("one", "a"), scripted("other", "b")];
  const models = createModels([one, other]);
  expect(await names(models)).toEqual(["a", "b"]);
  expect(await names(models)).toEqual(["a", "b"]);
  expect([one.asked, other.asked]).toEqual([1, 1]);

  one.answer = async () => ["a", "new"];
  other.answer = hangs;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await names(models)).toEqual(["a", "b"]);
  expect([one.asked, other.asked]).toEqual([2, 2]);
  expect(await names(models)).toEqual(["a", "new", "b"]);
  expect(await found(models, "b")).toBe("b of other");

  // In the end it is none of those that answer, but a turn for its model may still try its luck.
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await names(models)).toEqual(["a", "new"]);
  expect(await atOnce(models.state())).toMatchObject({ missing: ["other"] });
  expect(await found(models, "b")).toBe("b of other");
  for (let minute = 0; minute < 5; minute++) {
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await found(models, "a")).toBe("a of one");
  }
});

test("an engine that hangs from the start delays only who asks for all models, and once", async () => {
  const [one, other] = [scripted("one", "a"), scripted("other")];
  other.answer = hangs;
  const models = createModels([one, other]);
  const first = models.find("a");
  await vi.advanceTimersByTimeAsync(0);
  expect((await first).engine).toBe(one);
  const all = models.list();
  expect(await atOnce(all)).toBe("waits");
  await vi.advanceTimersByTimeAsync(10_000);
  expect((await all).map(({ model }) => model.id)).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await names(models)).toEqual(["a"]);
});

test("a model that has come since is found; a name of nobody's waits a second at most for an engine that hangs", async () => {
  const [one, other] = [scripted("one", "a"), scripted("other", "b")];
  const models = createModels([one, other]);
  await models.list();
  one.answer = async () => ["a", "new"];
  other.answer = hangs;
  await vi.advanceTimersByTimeAsync(1500);
  expect(await found(models, "new")).toBe("new of one");
  await vi.advanceTimersByTimeAsync(1500);
  const refused = models.find("nobody's").catch((error: unknown) => error);
  expect(await atOnce(refused)).toBe("waits");
  await vi.advanceTimersByTimeAsync(1000);
  expect(await refused).toMatchObject({ status: 404, code: "model_not_found" });
});

test("after an hour nobody is served what was heard an hour ago, unless the engine hangs", async () => {
  const engine = scripted("one", "a");
  const models = createModels([engine]);
  await models.list();
  await vi.advanceTimersByTimeAsync(3_600_000);
  engine.answer = async () => ["b"];
  expect(await names(models)).toEqual(["b"]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  engine.answer = hangs;
  const listed = models.list();
  expect(await atOnce(listed)).toBe("waits");
  await vi.advanceTimersByTimeAsync(1000);
  expect((await listed).map(({ model }) => model.id)).toEqual(["b"]);
});

test("a model whose engine has never answered is no unknown model where its name is known", async () => {
  const down: Engine = { ...scripted("down"), models: gone, modelNames: ["big"] };
  const models = createModels([scripted("one", "a"), down]);
  await expect(models.find("big")).rejects.toMatchObject({ status: 502, code: "engine_unreachable" });
  await expect(models.find("huge")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  expect(await names(models)).toEqual(["a"]);
});

test("with no engine up each request asks again, and says why there is none", async () => {
  const engine = scripted("one", "a");
  engine.answer = gone;
  const models = createModels([engine]);
  await expect(models.list()).rejects.toMatchObject({ code: "engine_unreachable" });
  await expect(models.find("a")).rejects.toMatchObject({ code: "engine_unreachable" });
  engine.answer = async () => ["a"];
  expect(await found(models, "a")).toBe("a of one");

  const silent = scripted("two");
  silent.answer = hangs;
  const listed = createModels([silent])
    .list()
    .catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await listed).toMatchObject({ status: 504, code: "engine_timeout" });
});

test("requests that come at once share one question; engines that stay are not asked anew for others that come", async () => {
  const [one, other] = [scripted("one", "a"), scripted("other", "b")];
  const models = createModels([one]);
  await Promise.all([models.list(), models.find("a"), models.state()]);
  expect(one.asked).toBe(1);
  models.replace([other, one]);
  expect(await names(models)).toEqual(["b", "a"]);
  expect([one.asked, other.asked]).toEqual([1, 1]);
  expect(await found(models, "b")).toBe("b of other");
});
