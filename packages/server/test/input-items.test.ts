import { expect, test } from "vitest";
import { startReplay, weatherTool } from "./gateway.ts";

const recordings = [{ raw: "Hello.", model: "m" }];
const { function: tool } = weatherTool;

test("a client reads back what a response was asked with", async () => {
  const { client } = await startReplay(recordings);
  const input = [
    { role: "user", content: "Weather?" },
    { type: "function_call", call_id: "call_1", name: "get_weather", arguments: '{"city":"Rome"}' },
    { type: "function_call_output", call_id: "call_1", output: "sunny" },
    { role: "assistant", content: "Sunny." },
    { id: "msg_own", role: "user", content: [{ type: "input_text", text: "Thanks." }] },
  ];
  const response = await client.responses.create({
    model: "m",
    input: input as never,
    tools: [{ type: "function", strict: false, ...tool }],
  });
  const listed = await client.responses.inputItems.list(response.id, { order: "asc" });
  expect(listed.data).toMatchObject([
    { type: "message", role: "user", status: "completed", content: [{ type: "input_text", text: "Weather?" }] },
    input[1],
    input[2],
    { type: "message", role: "assistant", content: [{ type: "output_text", text: "Sunny." }] },
    { type: "message", id: "msg_own", role: "user", content: [{ type: "input_text", text: "Thanks." }] },
  ]);
  const ids = listed.data.map(({ id }) => id);
  expect(new Set(ids).size).toBe(5);
  // Page after page, the youngest first, as the client's own iterator asks for them.
  const paged: unknown[] = [];
  for await (const { id } of client.responses.inputItems.list(response.id, { limit: 2 })) paged.push(id);
  expect(paged).toEqual(ids.toReversed());
});

test("a text is a message; what went before is with the response before; a stream is kept as well", async () => {
  const { client } = await startReplay(recordings);
  const first = await client.responses.create({ model: "m", input: "One?" });
  const stream = await client.responses.create({
    model: "m",
    input: "Two?",
    previous_response_id: first.id,
    stream: true,
  });
  let second = "";
  for await (const event of stream) if (event.type === "response.completed") second = event.response.id;
  const texts = async (id: string): Promise<unknown> => {
    const { data } = await client.responses.inputItems.list(id);
    return data.map((item) => "content" in item && item.content);
  };
  expect(await texts(first.id)).toEqual([[{ type: "input_text", text: "One?" }]]);
  expect(await texts(second)).toEqual([[{ type: "input_text", text: "Two?" }]]);
});

test("what is not there, and a query that is wrong", async () => {
  const { client, url } = await startReplay(recordings);
  const { id } = await client.responses.create({ model: "m", input: "One?" });
  const ask = async (path: string): Promise<any[]> => {
    const response = await fetch(`${url}/v1/responses/${path}`);
    const body = (await response.json()) as any;
    return [response.status, body.error?.param ?? body];
  };
  expect(await ask("resp_none/input_items")).toEqual([404, "id"]);
  expect(await ask(`${id}/input_items?limit=0`)).toEqual([400, "limit"]);
  expect(await ask(`${id}/input_items?limit=101`)).toEqual([400, "limit"]);
  expect(await ask(`${id}/input_items?order=up`)).toEqual([400, "order"]);
  const over = { object: "list", data: [], first_id: null, last_id: null, has_more: false };
  expect(await ask(`${id}/input_items?after=msg_gone`)).toEqual([200, over]);
});
