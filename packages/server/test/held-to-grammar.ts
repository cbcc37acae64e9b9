import type { Engine } from "@glossa/server";
import { Ajv } from "ajv";
import { expect } from "vitest";
import { startGateway, timeTool, user, weatherTool } from "./gateway.ts";

const ajv = new Ajv();
const question = user("What is the weather in Paris?");
const tools = [weatherTool, timeTool];

/** Requests whose calls a server of the demo model has to hold to: what they are, and what they say beside the tools. */
export const heldCalls: readonly (readonly [name: string, extra: object])[] = [
  ["required", { tool_choice: "required" }],
  ["named", { tool_choice: { type: "function", function: { name: "get_time" } } }],
  ["strict", { tools: tools.map((each) => ({ ...each, function: { ...each.function, strict: true } })) }],
  ["single", { parallel_tool_calls: false, tool_choice: "required" }],
];

/** Expects the calls of a server of the demo model to be what the request asks for, hot or cold, with reasoning and without. */
export async function expectHeldCalls(engine: Engine, name: string, extra: object): Promise<void> {
  const { post } = await startGateway(engine);
  const model = await onlyModel(engine);
  let judged = 0;
  for (const temperature of [0, 1.3]) {
    for (const enable_thinking of [true, false]) {
      const body = { model, messages: [question], tools, max_tokens: 400, seed: 3, temperature };
      const response = await post({ ...body, chat_template_kwargs: { enable_thinking }, ...extra });
      expect(response.status).toBe(200);
      const { choices } = await response.json();
      // A model so small may talk on, hot, and never come to an end.
      if (choices[0].finish_reason === "length") continue;
      const calls: any[] = choices[0].message.tool_calls ?? [];
      if (name !== "strict") expect(calls.length).toBeGreaterThan(0);
      if (name === "single") expect(calls.length).toBeLessThan(2);
      for (const call of calls) {
        const called = tools.find((each) => each.function.name === call.function.name)!;
        if (name === "named") expect(called).toBe(timeTool);
        expect(ajv.validate(called.function.parameters, JSON.parse(call.function.arguments))).toBe(true);
        judged++;
      }
    }
  }
  expect(judged).toBeGreaterThan(1);
}

/** Expects the answers of such a server to keep to a schema, a pattern, a list of choices, a grammar. */
export async function expectHeldAnswers(engine: Engine): Promise<void> {
  const { post } = await startGateway(engine);
  const model = await onlyModel(engine);
  const schema = {
    type: "object",
    properties: { kind: { enum: ["sun", "rain"] }, degrees: { type: "integer", minimum: -50, maximum: 50 } },
    required: ["kind", "degrees"],
    additionalProperties: false,
  };
  const answer = async (extra: object): Promise<string> => {
    const ask = { model, temperature: 0, max_tokens: 400, chat_template_kwargs: { enable_thinking: false } };
    const response = await post({ ...ask, messages: [question], ...extra });
    const { choices, error } = await response.json();
    expect(error).toBeUndefined();
    expect(choices[0].finish_reason).toBe("stop");
    return choices[0].message.content;
  };
  const response_format = { type: "json_schema", json_schema: { name: "weather", schema } };
  for (const enable_thinking of [true, false]) {
    const text = await answer({ response_format, chat_template_kwargs: { enable_thinking } });
    expect(ajv.validate(schema, JSON.parse(text))).toBe(true);
  }
  expect(ajv.validate(schema, JSON.parse(await answer({ structured_outputs: { json: schema } })))).toBe(true);
  expect(await answer({ structured_outputs: { regex: "[a-c]{3}-\\d{4}" } })).toMatch(/^[a-c]{3}-\d{4}$/);
  expect(["red", "green"]).toContain(await answer({ structured_outputs: { choice: ["red", "green"] } }));
  expect(await answer({ structured_outputs: { grammar: 'root ::= "x" [0-9]+ "y"' } })).toMatch(/^x[0-9]+y$/);
}

async function onlyModel(engine: Engine): Promise<string> {
  return (await engine.models())[0]!.id;
}
