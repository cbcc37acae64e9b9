import { openAIChatEngine, renamedModels } from "@glossa/server";
import { expect, test } from "vitest";
import { startGateway, user } from "./gateway.ts";
import { openEvents, rawAnswer, startUpstream } from "./scripted-upstream.ts";

test("clients see the names they know, the engine its own", async () => {
  const upstream = await startUpstream(
    (response) => {
      openEvents(response);
      response.end(rawAnswer("Hello"));
    },
    ["Qwen/Qwen3-8B", "other"],
  );
  const engine = openAIChatEngine({ url: upstream.url, format: "hermes" });
  const { client } = await startGateway(
    renamedModels(engine, { "gpt-4o": "Qwen/Qwen3-8B", small: "Qwen/Qwen3-8B", absent: "not there" }),
  );
  const listed = await client.models.list();
  expect(listed.data.map(({ id }) => id)).toEqual(["gpt-4o", "small"]);
  const answer = await client.chat.completions.create({ model: "small", messages: [user("x")] });
  expect([answer.model, answer.choices[0]!.message.content]).toEqual(["small", "Hello"]);
  expect(upstream.requests.map(({ model }) => model)).toEqual(["Qwen/Qwen3-8B"]);
  const refused = client.chat.completions.create({ model: "other", messages: [user("x")] });
  await expect(refused).rejects.toThrow("there is: gpt-4o, small");
});

test("an engine without any of the models is an error that says what it has", async () => {
  const upstream = await startUpstream(() => undefined, ["a"]);
  const engine = renamedModels(openAIChatEngine({ url: upstream.url, format: "hermes" }), { x: "b" });
  await expect(engine.models()).rejects.toThrow("has no model b; it has a");
});
