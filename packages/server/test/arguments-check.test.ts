import { expect, test } from "vitest";
import { eventsOf, scriptedEngine, startGateway, startReplay, user } from "./gateway.ts";

const booking = {
  type: "function",
  function: {
    name: "book",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string" },
        guests: { type: "integer", minimum: 1 },
        day: { type: "string", format: "date" },
      },
      required: ["city"],
      additionalProperties: false,
    },
  },
};
const call = (args: string): string => `<tool_call>\n{"name": "book", "arguments": ${args}}\n</tool_call>`;
const kindsOf = (answer: { glossa?: { diagnostics: { kind: string; call?: number }[] } }): unknown =>
  answer.glossa?.diagnostics.map(({ kind, call: index }) => [kind, index]);

test.each([
  ["what the schema wants", '{"city": "Bergen", "guests": 2}', undefined],
  ["in another order, spelled otherwise", '{"guests":2,"city":"B\\u0065rgen","day":"2026-02-28"}', undefined],
  ["a number too small", '{"city": "Bergen", "guests": 0}', [["arguments-mismatch", 0]]],
  ["a day that there is not", '{"city": "Bergen", "day": "2026-02-30"}', [["arguments-mismatch", 0]]],
  ["one that is missing", '{"guests": 2}', [["arguments-mismatch", 0]]],
  ["one too many", '{"city": "Bergen", "nights": 2}', [["arguments-mismatch", 0]]],
])("arguments are judged by the schema, and go out all the same: %s", async (_, args, kinds) => {
  const { post } = await startReplay([{ raw: call(args) }], { cut: 5 });
  const body = { model: "replay", messages: [user("?")], tools: [booking] };
  const plain = await (await post(body)).json();
  expect(plain.choices[0].message.tool_calls[0].function).toEqual({ name: "book", arguments: args });
  expect(plain.choices[0].finish_reason).toBe("tool_calls");
  expect(kindsOf(plain)).toEqual(kinds);
  expect(kindsOf((await eventsOf(await post({ ...body, stream: true }))).at(-2))).toEqual(kinds);
});

test("each call by itself; one that is broken off or unknown has its own diagnostic", async () => {
  const bad = '{"city": 1}';
  const unknown = '<tool_call>\n{"name": "fly", "arguments": {"city": 1}}\n</tool_call>';
  const raw = [call(bad), unknown, call('{"city": "Bergen"}'), call(bad), call(bad).slice(0, -17)].join("\n");
  const { post } = await startReplay([{ raw }]);
  const answer = await (await post({ model: "replay", messages: [user("?")], tools: [booking] })).json();
  expect(kindsOf(answer)).toEqual([
    ["arguments-mismatch", 0],
    ["unknown-tool", 1],
    ["arguments-mismatch", 3],
    ["truncated-call", 4],
  ]);
});

test("arguments that an engine has parsed, nested too deeply to be written again, are malformed", async () => {
  const json = `{"city": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const engine = scriptedEngine({ id: "m", format: "hermes" }, async function* () {
    yield { type: "call", index: 0, id: "call_1", name: "book", arguments: json };
    return { reason: "stop" };
  });
  const { post, send } = await startGateway(engine);
  const answer = await (await post({ model: "m", messages: [user("?")], tools: [booking] })).json();
  expect(answer.choices[0].message.tool_calls[0].function.arguments).toBe(json);
  expect(kindsOf(answer)).toEqual([["malformed-call", 0]]);
  const response = await send("/v1/messages", { model: "m", max_tokens: 9, messages: [user("?")], stream: true });
  expect(await response.text()).toContain("event: message_stop");
});
