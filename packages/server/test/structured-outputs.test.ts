import { beforeAll, describe, expect, test } from "vitest";
import { demoEngine, type Engine } from "@glossa/server";
import { startGateway, startReplay, user } from "./gateway.ts";

const schema = {
  type: "object",
  properties: { ok: { type: "boolean" } },
  required: ["ok"],
  additionalProperties: false,
};
const grammar = 'root ::= ("a" | "b") [0-9]';

describe("vLLM's fields hold the demo model to their formats", () => {
  let engine: Engine;
  let model: string;
  beforeAll(async () => {
    engine = await demoEngine();
    model = (await engine.models())[0]!.id;
  });

  test.each<[string, object, RegExp]>([
    ["guided_json", { guided_json: schema }, /^\{\s*"ok"\s*:\s*(true|false)\s*\}$/],
    ["guided_json as text", { guided_json: JSON.stringify(schema) }, /^\{\s*"ok"\s*:\s*(true|false)\s*\}$/],
    ["guided_regex", { guided_regex: "[0-9]{3}-[xy]" }, /^[0-9]{3}-[xy]$/],
    ["guided_choice", { guided_choice: ["left", "right"] }, /^(left|right)$/],
    ["guided_choice with nothing among it", { guided_choice: ["", "left"] }, /^(left)?$/],
    ["guided_grammar", { guided_grammar: grammar }, /^[ab][0-9]$/],
    ["structured_outputs json", { structured_outputs: { json: schema } }, /^\{\s*"ok"\s*:\s*(true|false)\s*\}$/],
    ["structured_outputs regex", { structured_outputs: { regex: "v[0-9]" } }, /^v[0-9]$/],
    ["structured_outputs choice", { structured_outputs: { choice: ["yes", "no"] } }, /^(yes|no)$/],
    ["structured_outputs grammar", { structured_outputs: { grammar } }, /^[ab][0-9]$/],
  ])("%s", async (_, fields, expected) => {
    const { post } = await startGateway(engine);
    const request = { model, messages: [user("Which?")], reasoning_effort: "none", max_tokens: 100 };
    const answer = await (await post({ ...request, ...fields })).json();
    expect(answer.choices[0].message.content).toMatch(expected);
    expect(answer).not.toHaveProperty("glossa");
  });

  test("what can't be enforced is refused by its field", async () => {
    const { post } = await startGateway(engine);
    for (const [field, fields] of [
      ["guided_regex", { guided_regex: "(?=a)b(" }],
      ["guided_grammar", { guided_grammar: "root := " }],
      ["guided_choice", { guided_choice: [""] }],
      ["structured_outputs.json", { structured_outputs: { json: { type: "string", pattern: "(?=x)" } } }],
    ] as const) {
      const response = await post({ model, messages: [user("?")], reasoning_effort: "none", ...fields });
      expect([response.status, (await response.json()).error.param]).toEqual([400, field]);
    }
  });
});

test.each<[object, string, string]>([
  [{ structured_outputs: { json_object: true } }, "{}", "[]"],
  [{ guided_choice: ["left", "right"] }, "left", "up"],
  [{ guided_choice: ["", "left"] }, "", "up"],
  [{ guided_regex: "[0-9]+" }, "12", "1a"],
  [{ guided_grammar: grammar }, "a7", "bb"],
])("an answer that breaks %j is told of", async (fields, good, bad) => {
  const { post } = await startReplay([{ raw: good }, { raw: bad }]);
  const request = { messages: [user("?")], ...fields };
  expect(await (await post(request)).json()).not.toHaveProperty("glossa");
  const { glossa } = await (await post(request)).json();
  expect(glossa.diagnostics).toMatchObject([{ kind: "response-format-mismatch" }]);
});
