import { expect, test } from "vitest";
import { parseRecordings, replayEngine } from "@glossa/server";
import { startReplay, user } from "./gateway.ts";

test("recordings are read from JSON lines, and a wrong one is named by its line", () => {
  expect(parseRecordings('{"raw": "a"}\n\n{"raw": "b", "format": "hermes", "note": 1}\n')).toEqual([
    { raw: "a" },
    { raw: "b", format: "hermes" },
  ]);
  expect(() => parseRecordings('{"raw": "a"}\n{"text": "b"}')).toThrow(/^line 2 .*raw/);
  expect(() => parseRecordings("{")).toThrow(/^line 1 /);
  expect(() => replayEngine({ recordings: [{ raw: "", format: "no such format" }] })).toThrow("no such format");
});

test("recordings are played in turn, those with a match where it matches", async () => {
  const { client } = await startReplay([{ raw: "one" }, { raw: "two" }, { raw: "rain!", match: "weather" }]);
  const ask = async (text: string): Promise<unknown> =>
    (await client.chat.completions.create({ model: "replay", messages: [user(text)] })).choices[0]?.message.content;
  expect([await ask("a"), await ask("the weather"), await ask("b"), await ask("c")]).toEqual([
    "one",
    "rain!",
    "two",
    "one",
  ]);
});

test("content may come in text parts", async () => {
  const { client } = await startReplay([{ raw: "rain!", match: "the weather" }]);
  const content = ["the ", "weather"].map((text) => ({ type: "text" as const, text }));
  const answer = await client.chat.completions.create({ model: "replay", messages: [{ role: "user", content }] });
  expect(answer.choices[0]?.message.content).toBe("rain!");
});

test("no recording for this message is an error that says so", async () => {
  const { post } = await startReplay([{ raw: "rain!", match: "weather" }]);
  const response = await post({ model: "replay", messages: [user("the time")], stream: true });
  expect(response.status).toBe(400);
  expect((await response.json()).error).toMatchObject({ code: "no_recording", param: "messages" });
});

test("a model that is left out is the only one there is, or is asked for", async () => {
  const one = await startReplay([{ raw: "one" }]);
  expect(await (await one.post({ messages: [user("?")] })).json()).toMatchObject({ model: "replay" });
  const two = await startReplay([{ raw: "one" }, { raw: "two", model: "other" }]);
  const refusal = await two.post({ messages: [user("?")] });
  expect((await refusal.json()).error).toMatchObject({ param: "model", code: "missing_required_parameter" });
});
