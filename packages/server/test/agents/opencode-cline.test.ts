import { describe, expect, test } from "vitest";
import { eventsOf } from "../gateway.ts";
import { call, object, startAgentGateway, thought, type AgentGateway } from "./agent-gateway.ts";

/*
 * Requests of agents that speak chat completions: opencode 1.18.33 and Cline 3.0.65 by the AI SDK's provider for OpenAI-compatible
 * endpoints, and Cline of before, which writes its tools into the prompt and reads calls out of the text. By their documentation
 * and by what they sent to a gateway; the words are ours.
 */

const tool = (name: string, parameters: object): object => ({
  type: "function",
  function: {
    name,
    description: `Tool ${name}.`,
    parameters: { $schema: "https://json-schema.org/draft/2020-12/schema", ...parameters },
  },
});

/** The message that the chunks make, and what came around it. */
async function ask({ post }: AgentGateway, body: object): Promise<any> {
  const chunks = await eventsOf(
    await post({ model: "m", stream: true, stream_options: { include_usage: true }, ...body }),
  );
  expect(chunks.pop()).toBe("[DONE]");
  const message: any = { role: "assistant", content: "" };
  let finish: string | undefined;
  let usage: any;
  for (const { choices, usage: told } of chunks) {
    usage = told ?? usage;
    for (const { delta, finish_reason: reason } of choices) {
      finish = reason ?? finish;
      message.content += delta.content ?? "";
      if (delta.reasoning_content)
        message.reasoning_content = (message.reasoning_content ?? "") + delta.reasoning_content;
      for (const { index, id, type, function: called } of delta.tool_calls ?? []) {
        message.tool_calls ??= [];
        message.tool_calls[index] ??= { id, type, function: { name: called.name, arguments: "" } };
        message.tool_calls[index].function.arguments += called.arguments;
      }
    }
  }
  return { message, finish, usage };
}

describe.each([
  ["opencode", { max_tokens: 8192, tool_choice: "auto" }, { "x-session-affinity": "ses_1" }],
  ["Cline", { tool_choice: "auto" }, {}],
])("%s", (_, fields, headers) => {
  test("two calls at once, their results, an answer; reasoning comes back by the name that it went by", async () => {
    const gateway = await startAgentGateway([
      `${thought("I look.")}Let me see.\n${call("read", { path: "a.txt" })}\n${call("bash", { command: "ls" })}`,
      `${thought("Done.")}It says hello.`,
    ]);
    const read = tool("read", object({ path: { type: "string" }, offset: { type: "integer" } }, ["path"]));
    const tools = [read, tool("bash", object({ command: { type: "string" } }))];
    const opening = [
      { role: "system", content: "You write programs." },
      { role: "user", content: "What does a.txt say?" },
    ];
    const post: AgentGateway["post"] = (body) =>
      gateway.post(body, { headers: { "content-type": "application/json", authorization: "Bearer none", ...headers } });
    const first = await ask({ ...gateway, post }, { ...fields, tools, messages: opening });
    expect(first).toMatchObject({
      message: {
        content: "Let me see.",
        reasoning_content: "I look.",
        tool_calls: [
          { type: "function", function: { name: "read", arguments: '{"path":"a.txt"}' } },
          { type: "function", function: { name: "bash", arguments: '{"command":"ls"}' } },
        ],
      },
      finish: "tool_calls",
      usage: { prompt_tokens: 900, completion_tokens: 20 },
    });
    const results = first.message.tool_calls.map(({ id }: any, index: number) => ({
      role: "tool",
      tool_call_id: id,
      content: index === 0 ? "hello" : '[{"query":"ls","result":"a.txt","success":true}]',
    }));
    const second = await ask(
      { ...gateway, post },
      { ...fields, tools, messages: [...opening, first.message, ...results] },
    );
    expect(second).toMatchObject({ message: { content: "It says hello." }, finish: "stop" });
    expect(gateway.seen[1]!.messages.slice(2)).toMatchObject([
      { role: "assistant", content: "Let me see.", reasoning_content: "I look.", tool_calls: [{}, {}] },
      ...results,
    ]);
  });

  test("a title for the session: no tools, and a small answer", async () => {
    const gateway = await startAgentGateway([`${thought("Short.")}Reading a file`]);
    const messages = [
      { role: "system", content: "You make titles." },
      { role: "user", content: "Make a title for this conversation:\n" },
      { role: "user", content: "What does a.txt say?" },
    ];
    const { message, finish } = await ask(gateway, { messages, max_tokens: 100 });
    expect([message.content, finish]).toEqual(["Reading a file", "stop"]);
  });
});

test("Cline's tools in the text: what a model writes of them is text, tags and all", async () => {
  const written = "<thinking>I read it.</thinking>\n<read_file>\n<path>a.txt</path>\n</read_file>";
  const gateway = await startAgentGateway([`${thought("Hm.")}${written}`]);
  const shot = { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } };
  const messages = [
    { role: "system", content: "Tools are called like this:\n<read_file>\n<path>file</path>\n</read_file>" },
    { role: "user", content: [{ type: "text", text: "<task>\nWhat do you see?\n</task>" }, shot] },
    { role: "assistant", content: "<attempt_completion>\n<result>Blue.</result>\n</attempt_completion>" },
    {
      role: "user",
      content: [
        { type: "text", text: "[attempt_completion] Result:" },
        { type: "text", text: "No, read it." },
      ],
    },
  ];
  const { message, finish } = await ask(gateway, { messages, temperature: 0 });
  expect([message.content, finish]).toEqual([written, "stop"]);
  expect(message.tool_calls).toBeUndefined();
  expect(gateway.seen[0]!.messages).toEqual(messages);
});
