import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openAIChatEngine } from "@glossa/server";
import { startGateway, user, weatherTool } from "./gateway.ts";
import { openEvents, rawAnswer, startUpstream } from "./scripted-upstream.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n</tool_call>';
const raw = `<think>\n${"Hm. ".repeat(200)}\n</think>\n\n${"So. ".repeat(200)}\n${call}`;
const eventsPerAnswer = raw.length + 3;

/** Bytes in use when everything that can be collected is. */
async function heap(): Promise<number> {
  let [least, tries] = [Infinity, 0];
  while (tries++ < 5) {
    await setTimeout(20);
    collect();
    least = Math.min(least, process.memoryUsage().heapUsed);
  }
  return least;
}

test("what events leave behind is less than the smallest object for each", async () => {
  const answer = rawAnswer(raw);
  const upstream = await startUpstream((response) => {
    openEvents(response);
    response.end(answer);
  });
  const { post } = await startGateway(openAIChatEngine({ url: upstream.url, format: "hermes" }));
  const run = async (events: number): Promise<void> => {
    for (let seen = 0; seen < events; seen += eventsPerAnswer) {
      const response = await post({ model: "raw", messages: [user("?")], tools: [weatherTool], stream: true });
      expect(await response.text()).toContain('"finish_reason":"tool_calls"');
      upstream.requests.length = 0;
    }
  };
  // Compiled code and caches come first.
  await run(30_000);
  const before = await heap();
  await run(60_000);
  expect((await heap()) - before).toBeLessThan(60_000 * 24);
});
