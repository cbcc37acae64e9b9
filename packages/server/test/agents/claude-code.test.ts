import { expect, test } from "vitest";
import { namedEventsOf } from "../gateway.ts";
import { call, namesOf, object, startAgentGateway, thought } from "./agent-gateway.ts";

/*
 * Requests as Claude Code 2.1.197 makes them: by Anthropic's documentation of the Messages API and its betas, and by what it sent to
 * a gateway. The words are ours.
 */

const beta = "claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,effort-2025-11-24";
const headers = {
  "content-type": "application/json",
  authorization: "Bearer none",
  "anthropic-version": "2023-06-01",
  "anthropic-beta": beta,
  "x-app": "cli",
};

const ephemeral = { cache_control: { type: "ephemeral" } };
const read = {
  name: "Read",
  description: "Shows a file.",
  input_schema: {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...object({ file_path: { type: "string" } }),
  },
};
const bash = {
  name: "Bash",
  description: "Runs a command.",
  input_schema: object({ command: { type: "string" }, timeout: { type: "number" } }, ["command"]),
};

const base = {
  model: "m",
  system: [
    { type: "text", text: "x-anthropic-billing-header: version=2; entrypoint=cli;" },
    { type: "text", text: "You write programs.", ...ephemeral },
    { type: "text", text: "You work in /repo.", ...ephemeral },
  ],
  tools: [read, { ...bash, ...ephemeral }],
  metadata: { user_id: '{"device_id":"d","session_id":"s"}' },
  max_tokens: 32_000,
  thinking: { type: "adaptive" },
  context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
  output_config: { effort: "high" },
  stream: true,
};
const opening = [
  {
    role: "user",
    content: [
      { type: "text", text: "<system-reminder>\nToday is Saturday.\n</system-reminder>" },
      { type: "text", text: "What does a.txt say?" },
    ],
  },
  { role: "system", content: "There is a tester whom you may ask." },
];

const ask = (gateway: Awaited<ReturnType<typeof startAgentGateway>>, body: object): Promise<any[]> =>
  gateway.send("/v1/messages?beta=true", body, { headers }).then(namedEventsOf);

/** The blocks that the events tell of, as a client puts them together. */
function blocksOf(events: readonly any[]): any[] {
  const blocks: any[] = [];
  for (const { type, index, content_block: block, delta } of events) {
    if (type === "content_block_start") blocks[index] = { ...block, json: "" };
    if (type !== "content_block_delta") continue;
    if (delta.type === "text_delta") blocks[index].text += delta.text;
    if (delta.type === "thinking_delta") blocks[index].thinking += delta.thinking;
    if (delta.type === "signature_delta") blocks[index].signature += delta.signature;
    if (delta.type === "input_json_delta") blocks[index].json += delta.partial_json;
  }
  return blocks.map(({ json, ...block }) =>
    block.type === "tool_use" ? { ...block, input: JSON.parse(json) } : block,
  );
}

test("reads, runs two commands, and answers; what it thought comes back with its signature", async () => {
  const gateway = await startAgentGateway([
    `${thought("I look first.")}Let me see.\n${call("Read", { file_path: "/repo/a.txt" })}`,
    `${thought("Now both.")}${call("Bash", { command: "wc a.txt" })}\n${call("Bash", { command: "ls" })}`,
    `${thought("Done.")}It says hello.`,
  ]);
  const first = await ask(gateway, { ...base, messages: opening });
  expect(first.map(({ type }) => type)).toContain("ping");
  expect(first.at(-2)).toMatchObject({
    delta: { stop_reason: "tool_use" },
    usage: { input_tokens: 900, output_tokens: 20 },
  });
  // Nothing was left out that the client would have to know of.
  expect(first.at(-2).glossa).toBeUndefined();
  const said = blocksOf(first);
  expect(said).toMatchObject([
    { type: "thinking", thinking: "I look first.", signature: expect.stringMatching(/./) },
    { type: "text", text: "Let me see." },
    { type: "tool_use", name: "Read", input: { file_path: "/repo/a.txt" } },
  ]);
  expect(gateway.seen[0]).toMatchObject({
    messages: [
      { role: "system", content: "You write programs.\n\nYou work in /repo." },
      { role: "user", content: "<system-reminder>\nToday is Saturday.\n</system-reminder>\nWhat does a.txt say?" },
      { role: "system", content: "There is a tester whom you may ask." },
    ],
    templateVariables: { enable_thinking: true },
    reasoningEffort: "high",
  });
  expect(gateway.seen[0]!.tools[1]).toEqual({
    name: "Bash",
    description: "Runs a command.",
    parameters: bash.input_schema,
  });

  const result = (id: string, content: unknown, more: object = {}): object => ({
    type: "tool_result",
    tool_use_id: id,
    content,
    ...more,
  });
  const messages: object[] = [
    ...opening,
    { role: "assistant", content: said },
    { role: "user", content: [result(said[2].id, "1\thello\n", ephemeral)] },
  ];
  const second = blocksOf(await ask(gateway, { ...base, messages }));
  expect(second.map(({ type, input }) => input?.command ?? type)).toEqual(["thinking", "wc a.txt", "ls"]);
  messages.push(
    { role: "assistant", content: second },
    {
      role: "user",
      content: [
        result(second[1].id, "1 1 6 a.txt", { is_error: false }),
        result(second[2].id, "No such command", { is_error: true }),
      ],
    },
  );
  const third = await ask(gateway, { ...base, messages });
  expect(blocksOf(third)).toMatchObject([{ type: "thinking" }, { type: "text", text: "It says hello." }]);
  expect(third.at(-2).delta.stop_reason).toBe("end_turn");
  expect(gateway.seen[2]!.messages.slice(3)).toMatchObject([
    { role: "assistant", content: "Let me see.", reasoning_content: "I look first.", tool_calls: [{ id: said[2].id }] },
    { role: "tool", tool_call_id: said[2].id, content: "1\thello\n" },
    { role: "assistant", content: null, reasoning_content: "Now both.", tool_calls: [{}, {}] },
    { role: "tool", tool_call_id: second[1].id, content: "1 1 6 a.txt" },
    { role: "tool", tool_call_id: second[2].id, content: "Error: No such command" },
  ]);
});

test("a tool that is searched for is one from then on", async () => {
  const gateway = await startAgentGateway(["Yes.", call("mcp__places__find", { name: "Bern" })]);
  const search = {
    name: "ToolSearch",
    description: "Finds tools.",
    input_schema: object({ query: { type: "string" } }),
  };
  const find = {
    name: "mcp__places__find",
    description: "Finds a place.",
    input_schema: object({ name: { type: "string" } }),
    defer_loading: true,
  };
  const tools = [read, search, find];
  const question = { role: "user", content: "Where is Bern?" };
  await ask(gateway, { ...base, tools, messages: [question] });
  expect(namesOf(gateway.seen[0]!)).toEqual(["Read", "ToolSearch"]);

  const found = {
    type: "tool_result",
    tool_use_id: "toolu_1",
    content: [{ type: "tool_reference", tool_name: "mcp__places__find" }],
  };
  const messages = [
    question,
    {
      role: "assistant",
      content: [{ type: "tool_use", id: "toolu_1", name: "ToolSearch", input: { query: "select:mcp__places__find" } }],
    },
    { role: "user", content: [found, { type: "text", text: "Tool loaded." }] },
  ];
  const events = await ask(gateway, { ...base, tools, messages });
  expect(namesOf(gateway.seen[1]!)).toEqual(["Read", "ToolSearch", "mcp__places__find"]);
  expect(gateway.seen[1]!.messages.at(-2)).toMatchObject({ role: "tool", content: "Tool loaded: mcp__places__find" });
  expect(blocksOf(events)).toMatchObject([{ type: "tool_use", name: "mcp__places__find", input: { name: "Bern" } }]);
  expect(events.at(-2).glossa).toBeUndefined();

  // A choice loads it, and so does a search that Anthropic's servers would run, since nobody runs it here.
  await ask(gateway, { ...base, tools, messages: [question], tool_choice: { type: "tool", name: find.name } });
  expect(gateway.seen[2]).toMatchObject({ toolChoice: { name: find.name } });
  const hosted = { type: "tool_search_tool_regex_20251119", name: "tool_search_tool_regex" };
  const told = await ask(gateway, { ...base, tools: [read, hosted, find], messages: [question] });
  expect(namesOf(gateway.seen[3]!)).toEqual(["Read", "mcp__places__find"]);
  expect(told.at(-2).glossa.diagnostics).toMatchObject([{ kind: "ignored-tool" }]);
});

test("a search of the web by Anthropic's servers is left out, and the agent gets an answer all the same", async () => {
  const gateway = await startAgentGateway(["I can't search."]);
  const events = await ask(gateway, {
    ...base,
    thinking: undefined,
    context_management: undefined,
    tools: [{ type: "web_search_20250305", name: "web_search", max_uses: 8 }],
    tool_choice: { type: "auto" },
    messages: [{ role: "user", content: [{ type: "text", text: "Search the web for glossaries." }] }],
  });
  expect(blocksOf(events)).toEqual([{ type: "text", text: "I can't search." }]);
  expect(events.at(-2).glossa.diagnostics).toMatchObject([
    { kind: "ignored-tool", message: expect.stringContaining("web_search_20250305") },
  ]);
  expect(gateway.seen[0]!.tools).toEqual([]);
});

test("a probe of the address is answered, and an error comes in Anthropic's words", async () => {
  const gateway = await startAgentGateway([]);
  expect((await fetch(gateway.url, { method: "HEAD" })).status).toBe(404);
  const { max_tokens: _, ...without } = base;
  const wrong = await gateway.send("/v1/messages?beta=true", { ...without, messages: opening }, { headers });
  expect([wrong.status, await wrong.json()]).toEqual([
    400,
    { type: "error", error: { type: "invalid_request_error", message: "max_tokens: Field required" } },
  ]);
});
