import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { coalesce } from "../src/coalesce.ts";
import { deferred, eventsOf, namedEventsOf, scriptedEngine, startGateway, user } from "./gateway.ts";

/** A thought and a text, a character at a time with a pause between them, and a fault at the end if it is to fail. */
function slowly(fails = false): ReturnType<typeof scriptedEngine> {
  return scriptedEngine({ id: "m", format: "qwen3" }, async function* () {
    yield { type: "text", text: "<think>\n" };
    for (const text of "Hm.\n</think>\n\nIt is forty-two, and that is all.") {
      await setTimeout(2);
      yield { type: "text", text };
    }
    if (fails) throw new Error("broken");
    return { reason: "stop" };
  });
}

const request = { model: "m", messages: [user("?")], stream: true };

const contentOf = (events: readonly any[], field: string): string[] =>
  events.flatMap((event) => event.choices?.[0]?.delta[field] ?? []).filter((text) => text !== "");

test("deltas go out together, the first at once, and say the same", async () => {
  const one = await startGateway(slowly());
  const each = await eventsOf(await one.post(request));
  // Longer than the answer takes, so that all but its start goes out with its end.
  const gathered = await startGateway(slowly(), { coalesceMs: 60_000 });
  const together = await eventsOf(await gathered.post(request));
  for (const field of ["content", "reasoning_content"]) {
    expect(contentOf(together, field).join("")).toBe(contentOf(each, field).join(""));
  }
  expect(contentOf(each, "content").length).toBeGreaterThan(25);
  expect(contentOf(together, "content")).toHaveLength(1);
  expect(contentOf(together, "reasoning_content")[0]).toBe("H");

  const named = await namedEventsOf(await gathered.send("/v1/responses", { model: "m", input: "?", stream: true }));
  const deltas = named.filter(({ type }) => type === "response.output_text.delta").map(({ delta }) => delta);
  expect(deltas.join("")).toBe("It is forty-two, and that is all.");
  expect(deltas).toHaveLength(1);
});

test("what was gathered goes out when its time is up, also where nothing follows", async () => {
  const read = deferred();
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    for (const text of ["One, ", "two, ", "three"]) yield { type: "text", text };
    await read.promise;
    yield { type: "text", text: "." };
    return { reason: "stop" };
  });
  const { post } = await startGateway(engine, { coalesceMs: 40 });
  let seen = "";
  for await (const part of (await post(request)).body!.pipeThrough(new TextDecoderStream())) {
    seen += part;
    if (seen.includes("three")) read.resolve();
  }
  const events = await eventsOf({ text: async () => seen });
  expect(contentOf(events, "content")).toEqual(["One, ", "two, three", "."]);
});

test("what was said before a fault goes out before it is told", async () => {
  const { post } = await startGateway(slowly(true), { coalesceMs: 1000, onError: () => undefined });
  const events = await eventsOf(await post(request));
  expect(contentOf(events, "content").join("")).toBe("It is forty-two, and that is all.");
  expect(events.at(-2).error.code).toBe("internal_error");
});

test("a fault behind what a slow client has not read yet is told when it has", async () => {
  async function* turn(): ReturnType<typeof coalesce> {
    yield [{ type: "text", text: "a" }];
    yield [{ type: "text", text: "b" }];
    // Longer than is waited for, so that the next step is under way when this one is told.
    const end = performance.now() + 5;
    while (performance.now() < end);
    yield [{ type: "text", text: "c" }];
    throw new Error("broken");
  }
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const gathered = coalesce(turn(), 1);
  expect((await gathered.next()).value).toEqual([{ type: "text", text: "a" }]);
  expect((await gathered.next()).value).toEqual([{ type: "text", text: "bc" }]);
  await setTimeout(20);
  expect(unhandled).toEqual([]);
  await expect(gathered.next()).rejects.toThrow("broken");
});
