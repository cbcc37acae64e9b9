import { expect, test } from "vitest";
import { foldEvents, type Event } from "@glossa/core";
import { played } from "./corpus.ts";
import { startReplay, weatherTool } from "./gateway.ts";

const raw =
  '<think>\nHm.\n</think>\n\nI ask.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": 1.0}}\n</tool_call>';

test("raw output in, its message out, by the format's name or the model's", async () => {
  const { send } = await startReplay([{ raw: "", format: "qwen3" }]);
  for (const by of [{ format: "hermes" }, { model: "replay-qwen3" }, {}]) {
    const answer = await (await send("/parse", { raw, tools: [weatherTool], ...by })).json();
    expect(answer).toEqual({
      reasoning_content: "Hm.",
      content: "I ask.",
      tool_calls: [{ id: expect.any(String), name: "get_weather", arguments: '{"city": 1.0}', status: "complete" }],
      parts: [
        { type: "reasoning", text: "Hm." },
        { type: "text", text: "I ask." },
        { type: "call", ...answer.tool_calls[0] },
      ],
      diagnostics: [],
    });
  }
});

test("with events, they make the message", async () => {
  const { send } = await startReplay([{ raw: "" }]);
  for (const { recording, tools } of played.filter((_, index) => index % 20 === 0)) {
    const body = {
      raw: recording.raw,
      format: recording.format,
      prompt: recording.prompt,
      tools: tools.map((tool) => ({ type: "function", function: tool })),
      events: true,
    };
    const { events, parts } = await (await send("/parse", body)).json();
    expect(foldEvents(events as Event[]).parts).toEqual(parts);
  }
});

test("what can't be read is said", async () => {
  const { send } = await startReplay([{ raw: "" }]);
  for (const [body, param] of [
    [{}, "raw"],
    [{ raw, format: "klingon" }, "format"],
    [{ raw, tools: [{ type: "function" }] }, "tools[0].function"],
    [{ raw, tool_choice: "some" }, "tool_choice"],
    [{ raw, model: "none" }, "model"],
  ] as const) {
    const response = await send("/parse", body);
    expect([response.status < 500, (await response.json()).error.param]).toEqual([true, param]);
  }
});
