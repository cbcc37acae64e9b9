import { ApiError, replicaEngine, type Engine, type Piece, type ReplicaOptions } from "@glossa/server";
import { expect, onTestFinished, test, vi } from "vitest";
import { scriptedEngine, startGateway, user } from "../gateway.ts";
import { chunk, doneEvent, openEvents, rawAnswer, startUpstream } from "../scripted-upstream.ts";
import { openAIChatEngine } from "@glossa/server";

const down = (): ApiError =>
  new ApiError("The engine does not answer.", { status: 502, type: "engine_error", code: "engine_unreachable" });

interface Scripted {
  readonly engine: Engine;
  turns: number;
  fault: ApiError | undefined;
}

/** A replica that answers with its own name, or fails. */
function replica(name: string, pieces?: () => AsyncGenerator<Piece, { reason: "stop" }>): Scripted {
  const state: Scripted = {
    turns: 0,
    fault: undefined,
    engine: scriptedEngine({ id: "m", format: "hermes" }, async function* () {
      state.turns++;
      if (state.fault) throw state.fault;
      if (pieces) return yield* pieces();
      yield { type: "prompt", text: "<|im_start|>assistant\n" };
      yield { type: "text", text: name };
      return { reason: "stop" };
    }),
  };
  const { models } = state.engine;
  Object.assign(state.engine, {
    models: (signal?: AbortSignal) => (state.fault ? Promise.reject(state.fault) : models(signal)),
  });
  return state;
}

async function gatewayOver(replicas: readonly Scripted[], options: Partial<ReplicaOptions> = {}) {
  const engine = replicaEngine({
    checkInterval: 0,
    ...options,
    replicas: replicas.map(({ engine }, index) => ({ engine, id: `replica ${index}` })),
  });
  onTestFinished(() => engine.close?.());
  const gateway = await startGateway(engine);
  const ask = async (text: string): Promise<string | null> => {
    const answer = await gateway.client.chat.completions.create({ model: "m", messages: [user(text)] });
    return answer.choices[0]!.message.content;
  };
  return { engine, gateway, ask };
}

test("a conversation stays with its replica; conversations are spread", async () => {
  const { ask } = await gatewayOver([replica("a"), replica("b"), replica("c")]);
  const answers = new Map<string, string | null>();
  for (let index = 0; index < 30; index++) answers.set(`question ${index}`, await ask(`question ${index}`));
  for (const [question, answer] of answers) expect(await ask(question)).toBe(answer);
  expect(new Set(answers.values())).toEqual(new Set(["a", "b", "c"]));
});

test("what fails before its first byte is answered by another replica", async () => {
  const [a, b] = [replica("a"), replica("b")];
  const { gateway, ask } = await gatewayOver([a, b]);
  await gateway.client.models.list();
  a.fault = down();
  for (let index = 0; index < 10; index++) expect(await ask(`question ${index}`)).toBe("b");
});

test("an engine that keeps failing is left alone, and used again when a check finds it well", async () => {
  const [a, b] = [replica("a"), replica("b")];
  const { gateway, ask } = await gatewayOver([a, b], { breaker: { failures: 2, pause: 50 }, checkInterval: 20 });
  await gateway.client.models.list();
  a.fault = down();
  for (let index = 0; index < 30; index++) await ask(`question ${index}`);
  expect(a.turns).toBeLessThan(4);
  a.fault = undefined;
  const answers = await vi.waitFor(
    async () => {
      const found = new Set<string | null>();
      for (let index = 0; index < 10; index++) found.add(await ask(`question ${index}`));
      expect(found).toEqual(new Set(["a", "b"]));
      return found;
    },
    { timeout: 5000, interval: 20 },
  );
  expect(answers.size).toBe(2);
});

test("what breaks off later is not begun again: the client gets what came, and the error", async () => {
  const breaking = (): AsyncGenerator<Piece, { reason: "stop" }> =>
    (async function* () {
      yield { type: "text", text: "The weather is" };
      throw down();
    })();
  const [a, b] = [replica("a", breaking), replica("b", breaking)];
  const { gateway } = await gatewayOver([a, b]);
  const stream = await gateway.client.chat.completions.create({ model: "m", messages: [user("x")], stream: true });
  let text = "";
  await expect(async () => {
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  }).rejects.toThrow("does not answer");
  expect(text).toBe("The weather is");
  expect(a.turns + b.turns).toBe(1);
});

test("what the request is refused for is not tried elsewhere", async () => {
  const [a, b] = [replica("a"), replica("b")];
  const { gateway } = await gatewayOver([a, b]);
  await gateway.client.models.list();
  a.fault = b.fault = new ApiError("too long", { status: 400, type: "invalid_request_error" });
  const response = await gateway.post({ model: "m", messages: [user("x")] });
  expect(response.status).toBe(400);
  expect(a.turns + b.turns).toBe(1);
});

test("with every replica failing, a 503 says when to come again", async () => {
  const [a, b] = [replica("a"), replica("b")];
  const { gateway } = await gatewayOver([a, b], { breaker: { failures: 1, pause: 60_000 } });
  await gateway.client.models.list();
  a.fault = b.fault = down();
  expect((await gateway.post({ model: "m", messages: [user("x")] })).status).toBe(502);
  const response = await gateway.post({ model: "m", messages: [user("x")] });
  expect(response.status).toBe(503);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(50);
  expect((await response.json()).error.code).toBe("engine_unavailable");
  expect(a.turns + b.turns).toBe(2);
});

test("beyond what runs and waits, requests are refused with 429; those that wait are answered", async () => {
  let open!: () => void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow = replica("a", async function* () {
    await gate;
    yield { type: "text", text: "done" };
    return { reason: "stop" };
  });
  const { gateway } = await gatewayOver([slow], { maxConcurrent: 1, maxQueued: 2 });
  const body = { model: "m", messages: [user("x")] };
  const refused: Response[] = [];
  const sent = Array.from({ length: 5 }, async () => {
    const response = await gateway.post(body);
    if (response.status === 429) refused.push(response as Response);
    return response.status;
  });
  await vi.waitFor(() => expect(refused).toHaveLength(2), { timeout: 10_000 });
  for (const { headers } of refused) expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  open();
  expect((await Promise.all(sent)).toSorted()).toEqual([200, 200, 200, 429, 429]);
});

test("a client that leaves the queue or the stream gives its place back", async () => {
  let running = 0;
  const endless = replica("a", async function* () {
    running++;
    try {
      for (;;) {
        yield { type: "text", text: "x" };
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    } finally {
      running--;
    }
  });
  const { engine, gateway } = await gatewayOver([endless], { maxConcurrent: 1, maxQueued: 1 });
  const until = (turns: number, queued: number): Promise<void> =>
    vi.waitFor(() => expect([running, engine.queued!()]).toEqual([turns, queued]), { timeout: 10_000 });
  const body = { model: "m", messages: [user("x")], stream: true };
  for (let round = 0; round < 3; round++) {
    const [stream, queue] = [new AbortController(), new AbortController()];
    const first = await gateway.post(body, { signal: stream.signal });
    expect(first.status).toBe(200);
    const second = gateway.post(body, { signal: queue.signal }).catch(() => undefined);
    await until(1, 1);
    queue.abort();
    await second;
    await until(1, 0);
    stream.abort();
    await until(0, 0);
  }
  expect(endless.turns).toBe(3);
});

test("over a network: an upstream that dies is replaced before the first byte and not after", async () => {
  let dying = 0;
  const dead = await startUpstream((response) => {
    dying++;
    response.destroy();
  });
  const partial = await startUpstream((response) => {
    openEvents(response);
    response.write(chunk({ content: "half" }));
    setTimeout(() => response.destroy(), 20);
  });
  const well = await startUpstream((response) => {
    openEvents(response);
    response.end(rawAnswer("whole") + doneEvent);
  });
  const over = (...urls: string[]): Engine =>
    replicaEngine({
      checkInterval: 0,
      breaker: { failures: 1000 },
      replicas: urls.map((url, index) => ({ engine: openAIChatEngine({ url, format: "hermes" }), id: `${index}` })),
    });
  const first = await startGateway(over(dead.url, well.url));
  for (let index = 0; index < 8; index++) {
    const answer = await first.client.chat.completions.create({ model: "raw", messages: [user(`${index}`)] });
    expect(answer.choices[0]!.message.content).toBe("whole");
  }
  expect(dying).toBeGreaterThan(0);
  const second = await startGateway(over(partial.url, partial.url));
  const response = await second.post({ model: "raw", messages: [user("x")], stream: true });
  const text = await response.text();
  expect(text).toContain("half");
  expect(text).toContain("engine_disconnected");
  expect(partial.requests).toHaveLength(1);
});

test("engines that differ in what they can do are no replicas of each other", () => {
  const { engine } = replica("a");
  const other = { ...engine, capabilities: { ...engine.capabilities, mask: true } };
  expect(() => replicaEngine({ replicas: [{ engine }, { engine: other }] })).toThrow("of one kind");
  expect(() => replicaEngine({ replicas: [] })).toThrow("a replica at least");
});
