import { expect, test } from "vitest";
import { eventsOf, startReplay, user, weatherTool } from "./gateway.ts";

const person = {
  type: "json_schema",
  json_schema: {
    name: "person",
    strict: true,
    schema: {
      type: "object",
      properties: { name: { type: "string" }, age: { type: "integer" } },
      required: ["name", "age"],
      additionalProperties: false,
    },
  },
} as const;
const object = { type: "json_object" } as const;

test.each<[string, object, string, boolean]>([
  ["an object", object, '{"a": 1}', true],
  ["no JSON", object, "Sure! {", false],
  ["a list", object, "[1]", false],
  ["nothing", object, "", false],
  ["a person", person, '{"name": "Ada", "age": 36}', true],
  [
    "a person in another order, with white space and escapes",
    person,
    '{\n  "age": 36,\n  "name": "\\u0041da"\n}\n',
    true,
  ],
  ["a person with an age in words", person, '{"name": "Ada", "age": "36"}', false],
  ["a person without an age", person, '{"name": "Ada"}', false],
  ["a person with more", person, '{"name": "Ada", "age": 36, "born": 1815}', false],
  ["a person cut off", person, '{"name": "Ada", "a', false],
])("an engine that ignores response_format is found out: %s", async (_, format, raw, right) => {
  const { post } = await startReplay([{ raw }], { cut: 3 });
  const body = { model: "replay", messages: [user("?")], response_format: format };
  const plain = await (await post(body)).json();
  const streamed = (await eventsOf(await post({ ...body, stream: true }))).at(-2);
  expect(plain.choices[0].message.content).toBe(raw);
  for (const answer of [plain, streamed]) {
    const kinds = answer.glossa?.diagnostics.map(({ kind }: { kind: string }) => kind);
    expect(kinds).toEqual(right ? undefined : ["response-format-mismatch"]);
  }
});

test("a call instead of an answer by the schema is no mismatch (B43)", async () => {
  const { post } = await startReplay([
    { raw: '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>' },
  ]);
  const body = { model: "replay", messages: [user("?")], response_format: person, tools: [weatherTool] };
  expect(await (await post(body)).json()).not.toHaveProperty("glossa");
});

test("the answer is the content although the model reasons first (B46)", async () => {
  const { client } = await startReplay([
    { raw: '<think>\nA person.\n</think>\n\n{"name": "Ada", "age": 36}', format: "qwen3", model: "m" },
  ]);
  const answer = await client.chat.completions.parse({ model: "m", messages: [user("?")], response_format: person });
  expect(answer.choices[0]?.message.content).toBe('{"name": "Ada", "age": 36}');
  expect(answer.choices[0]?.message).toHaveProperty("reasoning_content", "A person.");
  expect(answer).not.toHaveProperty("glossa");
});

test.each([200, 4000, 100_000])(
  "an answer nested %i levels deep is judged, or said to be beyond that",
  async (levels) => {
    const raw = "[".repeat(levels) + "]".repeat(levels);
    const { post } = await startReplay([{ raw }]);
    const schema = { $ref: "#/$defs/list", $defs: { list: { type: "array", items: { $ref: "#/$defs/list" } } } };
    const response_format = { type: "json_schema", json_schema: { name: "lists", schema } };
    const response = await post({ model: "replay", messages: [user("?")], response_format });
    const answer = await response.json();
    expect([response.status, answer.choices[0].message.content]).toEqual([200, raw]);
    const found = answer.glossa?.diagnostics.map(({ message }: { message: string }) => message) ?? [];
    if (levels === 200) expect(found).toEqual([]);
    if (levels === 100_000)
      expect(found).toEqual(["The answer misses its schema: it is nested too deeply to be judged."]);
  },
);
