import { expect, test } from "vitest";
import { eventsOf, scriptedEngine, startGateway, user, weatherTool } from "./gateway.ts";

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Paris"}}\n</tool_call>';

function listening(raw: string, seen: any[]): ReturnType<typeof scriptedEngine> {
  return scriptedEngine({ id: "m", format: "hermes" }, async function* (request) {
    seen.push(request);
    yield { type: "text", text: raw };
    return { reason: "stop" };
  });
}

const request = { model: "m", messages: [user("?")], functions: [weatherTool.function] };

test("functions are tools, and the answer has a function_call, streamed or not", async () => {
  const seen: any[] = [];
  const { client, post } = await startGateway(listening(`Hm. ${call}${call}`, seen));
  const { choices } = await client.chat.completions.create(request as never);
  expect(choices).toMatchObject([
    {
      finish_reason: "function_call",
      message: { function_call: { name: "get_weather", arguments: '{"city": "Paris"}' } },
    },
  ]);
  expect(choices[0]!.message).not.toHaveProperty("tool_calls");
  expect(seen[0]).toMatchObject({ tools: [{ name: "get_weather" }], toolChoice: "auto", parallelToolCalls: false });

  const events = (await eventsOf(await post({ ...request, stream: true }))).slice(0, -1);
  const deltas = events.flatMap(({ choices: [{ delta }] }) => delta.function_call ?? []);
  expect(deltas[0]).toEqual({ name: "get_weather", arguments: "" });
  expect(
    deltas
      .slice(1)
      .map((delta) => delta.arguments)
      .join(""),
  ).toBe('{"city": "Paris"}');
  expect(events.at(-1).choices[0].finish_reason).toBe("function_call");
});

test("function_call chooses, and the conversation has its calls and results", async () => {
  const seen: any[] = [];
  const { post } = await startGateway(listening("Fine.", seen));
  const called = { name: "get_weather", arguments: "{}" };
  const messages = [
    user("?"),
    { role: "assistant", content: null, function_call: called },
    { role: "function", name: "get_weather", content: "rain" },
  ];
  await post({ ...request, messages, function_call: { name: "get_weather" } });
  await post({ ...request, function_call: "none" });
  expect(seen.map(({ toolChoice }) => toolChoice)).toEqual([{ name: "get_weather" }, "none"]);
  const [, made, result] = seen[0].messages;
  const [{ id }] = made.tool_calls;
  expect(made).toEqual({ role: "assistant", content: null, tool_calls: [{ id, type: "function", function: called }] });
  expect(result).toEqual({ role: "tool", name: "get_weather", content: "rain", tool_call_id: id });
});

test("functions and tools are not for one request, nor a function_call without functions", async () => {
  const { post } = await startGateway(listening(call, []));
  const { functions: _, ...plain } = request;
  for (const [field, body] of [
    ["functions", { ...request, tools: [weatherTool] }],
    ["function_call", { ...plain, tools: [weatherTool], function_call: "auto" }],
    ["function_call", { ...plain, function_call: { name: "get_weather" } }],
  ] as const) {
    const response = await post(body);
    const { error } = await response.json();
    expect([response.status, error.type, error.param]).toEqual([400, "invalid_request_error", field]);
    expect(error.message).toContain("functions");
  }
  // Clients that know both send the list that they don't use empty.
  const old = await (await post({ ...request, tools: [] })).json();
  expect(old.choices[0].message.function_call).toMatchObject({ name: "get_weather" });
  const fresh = await (await post({ ...request, functions: [], tools: [weatherTool] })).json();
  expect(fresh.choices[0].message.tool_calls).toHaveLength(1);
});
