import { expect, test, vi } from "vitest";
import { ApiError, openAIChatEngine, type RecordedTurn } from "@glossa/server";
import { scriptedEngine, startGateway, user, weatherTool, type Gateway } from "./gateway.ts";
import { openEvents, rawAnswer, startUpstream } from "./scripted-upstream.ts";

const raw =
  "<think>\nHm.\n</think>\n\nLet me see.\n" +
  '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';

const answer = {
  reasoning: "Hm.",
  text: "Let me see.",
  calls: [{ name: "get_weather", arguments: '{"city": "Rome"}' }],
};

test("a turn is told of with all that was said, and with no key", async () => {
  const turns: RecordedTurn[] = [];
  const upstream = await startUpstream((response) => {
    openEvents(response);
    response.end(rawAnswer(raw));
  });
  const engine = openAIChatEngine({ url: upstream.url, format: "qwen3", apiKey: "sk-engine" });
  const keys = [{ key: "sk-client", name: "team" }];
  const gateway = await startGateway(engine, { keys, onTurn: (turn) => turns.push(turn) });
  const headers = { authorization: "Bearer sk-client", "x-request-id": "trace-7" };
  const body = { model: "raw", messages: [user("Is it raining?")], tools: [weatherTool] };
  for (const stream of [false, true]) await (await gateway.post({ ...body, stream }, { headers })).text();
  await (await gateway.post({ ...body, n: 2 }, { headers })).text();
  expect(turns).toHaveLength(4);
  for (const turn of turns)
    expect(turn).toMatchObject({
      id: "trace-7",
      model: "raw",
      messages: [{ role: "user", content: "Is it raining?" }],
      tools: [{ name: "get_weather" }],
      answer,
      end: "stop",
    });
  expect(JSON.stringify(turns)).not.toMatch(/sk-/);
});

test.each<[string, (gateway: Gateway) => Promise<unknown>, object]>([
  [
    "Messages",
    ({ send }) => send("/v1/messages", { model: "m", max_tokens: 9, messages: [user("Rain?")] }),
    { messages: [user("Rain?")] },
  ],
  [
    "Responses",
    ({ send }) => send("/v1/responses", { model: "m", input: "Rain?" }),
    { messages: [{ role: "user", content: "Rain?" }] },
  ],
  ["Completions", ({ send }) => send("/v1/completions", { model: "m", prompt: "Rain?" }), { prompt: "Rain?" }],
])("%s as well", async (_, ask, said) => {
  const turns: RecordedTurn[] = [];
  const { server: _server, ...gateway } = await startGateway(
    scriptedEngine({ id: "m", format: "hermes" }, async function* () {
      yield { type: "text", text: "No." };
      return { reason: "length" };
    }),
    { onTurn: (turn) => turns.push(turn) },
  );
  await ask(gateway as Gateway);
  expect(turns).toMatchObject([{ ...said, answer: { text: "No." }, end: "length" }]);
});

test("a turn that fails, or whose client leaves, is told of with what came", async () => {
  const turns: RecordedTurn[] = [];
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* ({ messages }, signal) {
    yield { type: "text", text: "Half." };
    if (messages[0]!.content === "fail")
      throw new ApiError("It is gone.", { status: 502, type: "engine_error", code: "engine_disconnected" });
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return { reason: "stop" };
  });
  const { post } = await startGateway(engine, { onTurn: (turn) => turns.push(turn) });
  await (await post({ model: "m", messages: [user("fail")], stream: true })).text();
  expect(turns).toMatchObject([{ answer: { text: "Half." }, end: "failed", error: "engine_disconnected" }]);
  const leave = new AbortController();
  const response = await post({ model: "m", messages: [user("wait")], stream: true }, { signal: leave.signal });
  await response.body!.getReader().read();
  leave.abort();
  await vi.waitFor(() => expect(turns).toHaveLength(2), { timeout: 10_000 });
  expect(turns[1]).toMatchObject({ answer: { text: "Half." }, end: "left" });
  expect(turns[1]).not.toHaveProperty("error");
});
