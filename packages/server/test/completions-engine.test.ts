import { expect, test } from "vitest";
import { completionsEngine } from "@glossa/server";
import { beginningId, chatmlCheckpoint } from "./chatml-checkpoint.ts";
import { startFakeCompletions } from "./fake-completions.ts";
import { sendEvents } from "./fake-server.ts";
import { startGateway, user, weatherTool } from "./gateway.ts";

test("what goes out: a prompt and OpenAI's fields, special tokens kept, no stop strings, no grammar", async () => {
  const endpoint = await startFakeCompletions({ output: () => "Hi<|im_end|>" });
  const engine = completionsEngine({ url: `${endpoint.url}/v1`, checkpoint: chatmlCheckpoint(), apiKey: "key" });
  const { post } = await startGateway(engine);
  const sampling = { temperature: 0.5, top_p: 0.9, seed: 7, max_tokens: 9, logit_bias: { 5: 1 } };
  const asked = { model: "default", messages: [user("?")], tools: [weatherTool], tool_choice: "required", stop: ["x"] };
  expect((await post({ ...asked, ...sampling })).status).toBe(200);
  expect(endpoint.sent("/v1/completions")).toEqual([
    // Whether it takes ids.
    { model: "default", prompt: expect.any(Array), max_tokens: 1, stream: false },
    {
      model: "default",
      prompt: expect.arrayContaining([beginningId]),
      ...sampling,
      stream: true,
      stream_options: { include_usage: true },
      skip_special_tokens: false,
      spaces_between_special_tokens: false,
    },
  ]);
});

test("an endpoint that refuses the fields for special tokens is asked without from then on", async () => {
  const endpoint = await startFakeCompletions({
    output: () => "",
    answer(body, response) {
      if ("skip_special_tokens" in body) {
        response.writeHead(422, { "content-type": "application/json" });
        // As transformers serve 5.23 says it.
        response.end(JSON.stringify({ detail: "Unexpected fields in the request: {'skip_special_tokens'}" }));
      } else sendEvents(response, [{ choices: [{ text: "Hi", finish_reason: "stop" }] }, "[DONE]"]);
    },
  });
  const { client } = await startGateway(completionsEngine({ url: endpoint.url, checkpoint: chatmlCheckpoint() }));
  for (let turn = 0; turn < 2; turn++) {
    const answer = await client.chat.completions.create({ model: "default", messages: [user("?")] });
    expect(answer.choices[0]?.message.content).toBe("Hi");
  }
  const extra = endpoint.sent("/v1/completions").map((body) => "spaces_between_special_tokens" in body);
  expect(extra).toEqual([false, true, false, false]);
});
