import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createStopFilter } from "../src/stop.ts";
import { scriptedEngine, startGateway, startReplay, user, weatherTool } from "./gateway.ts";

function run(
  pieces: readonly string[],
  sequences: readonly string[],
): { text: string; stopped: boolean; late: number } {
  const filter = createStopFilter(sequences);
  let text = "";
  let given = 0;
  let late = 0;
  for (const piece of pieces) {
    given += piece.length;
    text += filter.push(piece);
    if (filter.stopped !== undefined) return { text, stopped: true, late };
    late = Math.max(late, given - text.length);
  }
  return { text: text + filter.flush(), stopped: false, late };
}

test("however the text is cut, it ends before the first stop sequence, and little is held back", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 20 }),
      fc.array(
        word.filter((one) => one !== ""),
        { maxLength: 3 },
      ),
      (pieces, stops) => {
        const whole = pieces.join("");
        const met = stops.filter((stop) => whole.includes(stop));
        const { text, stopped, late } = run(pieces, stops);
        expect(stopped).toBe(met.length > 0);
        // Of several, the one that is complete first; of two that end together, the longer.
        const end = Math.min(...met.map((stop) => whole.indexOf(stop) + stop.length));
        const start = Math.min(
          ...met.filter((stop) => whole.indexOf(stop) + stop.length === end).map((stop) => end - stop.length),
        );
        expect(text).toBe(met.length === 0 ? whole : whole.slice(0, start));
        expect(late).toBeLessThan(Math.max(1, ...stops.map((stop) => stop.length)));
      },
    ),
  );
});

test("an empty filter lets everything through at once", () => {
  const filter = createStopFilter([]);
  expect(filter.push("abc")).toBe("abc");
  expect(filter.flush()).toBe("");
});

const thinking = "<think>\nSTOP is what I must not say.\n</think>\n\n";
const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "STOP"}}\n</tool_call>';

test.each(["whole", "chars"] as const)(
  "stop ends the text, never reasoning or arguments, cut %s (B36)",
  async (cut) => {
    const { client } = await startReplay([{ raw: `${thinking}Go on.\n${call}\nNow STOP it.`, format: "qwen3" }], {
      cut,
    });
    const answer = await client.chat.completions.create({
      model: "replay-qwen3",
      messages: [user("?")],
      tools: [weatherTool],
      stop: ["STOP"],
    });
    const message = answer.choices[0]?.message as any;
    expect(message.reasoning_content).toBe("STOP is what I must not say.");
    expect(message.tool_calls[0].function.arguments).toBe('{"city": "STOP"}');
    expect(message.content).toMatch(/^Go on\.\s+Now $/);
  },
);

test.each([
  ["in reasoning", "<think>\nOne STOP two", { reasoning_content: "One ", content: "" }, "stop"],
  [
    "in arguments",
    '<tool_call>\n{"name": "get_weather", "arguments": {"city": "a STOP',
    { content: null },
    "tool_calls",
  ],
  ["in the text", "One STOP two", { content: "One " }, "stop"],
  ["nowhere", "One STO", { content: "One STO" }, "stop"],
])("stop_scope output ends the output %s", async (_, raw, expected, reason) => {
  for (const cut of ["whole", "chars"] as const) {
    const { client } = await startReplay([{ raw, format: "qwen3" }], { cut });
    const request = { model: "replay-qwen3", messages: [user("?")], tools: [weatherTool], stop: "STOP" };
    const answer = await client.chat.completions.create({ ...request, stop_scope: "output" } as typeof request);
    const [choice] = answer.choices;
    expect(choice).toMatchObject({ finish_reason: reason, message: expected });
    const [call] = (choice?.message.tool_calls ?? []) as any[];
    if (call) expect(call.function.arguments).toBe('{"city": "a ');
  }
});

test("a stop sequence does not reach across a call", async () => {
  const { client } = await startReplay([{ raw: `A ST${call}OP B` }], { cut: "chars" });
  const answer = await client.chat.completions.create({
    model: "replay",
    messages: [user("?")],
    tools: [weatherTool],
    stop: "STOP",
  });
  expect(answer.choices[0]?.message.content).toBe("A STOP B");
});

test("what might become a stop sequence and does not is delivered at the end", async () => {
  const { client } = await startReplay([{ raw: "It is STO" }], { cut: "chars" });
  const answer = await client.chat.completions.create({ model: "replay", messages: [user("?")], stop: ["STOP", ""] });
  expect(answer.choices[0]?.message.content).toBe("It is STO");
});

test("the engine is not left to write on behind a stop sequence", async () => {
  let written = 0;
  const engine = scriptedEngine({ id: "endless", format: "hermes" }, async function* (_, signal) {
    while (!signal.aborted) {
      written++;
      yield { type: "text", text: `${written} `, usage: { promptTokens: 5, completionTokens: written } };
    }
    return { reason: "stop" };
  });
  const { client } = await startGateway(engine);
  const answer = await client.chat.completions.create({ model: "endless", messages: [user("Count.")], stop: "7" });
  expect(answer.choices[0]?.message.content).toBe("1 2 3 4 5 6 ");
  expect(written).toBe(7);
  expect(answer.usage).toEqual({ prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 });
});
