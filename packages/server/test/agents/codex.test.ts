import { expect, test } from "vitest";
import { namedEventsOf } from "../gateway.ts";
import { call, namesOf, object, startAgentGateway, thought, type AgentGateway } from "./agent-gateway.ts";

/*
 * Requests as Codex 0.169 makes them: by OpenAI's documentation of the Responses API, and by what it sent to a gateway for three
 * kinds of models: one that it does not know, and two that it does. The words are ours.
 */

const message = (role: string, ...texts: string[]): object => ({
  type: "message",
  id: `msg_${texts[0]}`,
  role,
  content: texts.map((text) => ({ type: role === "assistant" ? "output_text" : "input_text", text })),
});
const opening = [
  message("developer", "You write programs."),
  message("developer", "Skills: none.", "You may write to the disk."),
  message("user", "The directory is /repo."),
  message("user", "Change a.txt."),
];

const exec = {
  type: "function",
  name: "exec_command",
  description: "Runs a command.",
  strict: false,
  parameters: object({ cmd: { type: "string" }, workdir: { type: "string" } }, ["cmd"]),
};
const patchGrammar = `start: begin change+ end
begin: "*** Begin" LF
end: "*** End" LF?
change: "*** Update: " path LF line+
path: /(.+)/
line: ("+" | "-" | " ") /(.*)/ LF

%import common.LF
`;
const applyPatch = {
  type: "custom",
  name: "apply_patch",
  description: "Changes files. The input is no JSON.",
  format: { type: "grammar", syntax: "lark", definition: patchGrammar },
};
const patch = '*** Begin\n*** Update: a.txt\n-he said "no"\n+ère\\n\n*** End\n';

const base = {
  model: "m",
  stream: true,
  tool_choice: "auto",
  parallel_tool_calls: true,
  reasoning: { effort: "medium", summary: "auto", context: "all_turns" },
  store: false,
  include: ["reasoning.encrypted_content"],
  prompt_cache_key: "thread",
  text: { verbosity: "low" },
  client_metadata: { "x-codex-window-id": "thread:0" },
};

async function ask({ send }: AgentGateway, body: object): Promise<{ events: any[]; items: any[]; ended: any }> {
  const headers = { "content-type": "application/json", originator: "codex_exec", "session-id": "thread" };
  const events = await namedEventsOf(await send("/v1/responses", { ...base, ...body }, { headers }));
  const ended = events.at(-1).response;
  expect(ended.status).toBe("completed");
  const items = events.filter(({ type }) => type === "response.output_item.done").map(({ item }) => item);
  expect(items).toEqual(ended.output);
  return { events, items, ended };
}

/** Items as the agent sends them back. */
const sentBack = (items: readonly any[]): any[] =>
  items.map(({ content, ...item }) => (item.type === "reasoning" ? { ...item, content: null } : { ...item, content }));

test("a command, a patch as its own text, and the answer", async () => {
  const gateway = await startAgentGateway([
    `${thought("I look.")}Let me see.\n${call("exec_command", { cmd: "cat a.txt" })}`,
    `${thought("Now the patch.")}${call("apply_patch", { input: patch })}`,
    `${thought("Done.")}It is changed.`,
  ]);
  const tools = [exec, applyPatch];
  const first = await ask(gateway, { tools, input: opening });
  expect(first.items).toMatchObject([
    { type: "reasoning", summary: [{ type: "summary_text", text: "I look." }], encrypted_content: expect.any(String) },
    { type: "message", content: [{ text: "Let me see." }] },
    { type: "function_call", name: "exec_command", arguments: '{"cmd":"cat a.txt"}' },
  ]);
  const [asked] = gateway.seen;
  // The developer speaks first and once: few templates show more.
  expect(asked!.messages).toEqual([
    { role: "system", content: "You write programs.\n\nSkills: none.\nYou may write to the disk." },
    { role: "user", content: "The directory is /repo." },
    { role: "user", content: "Change a.txt." },
  ]);
  expect(asked).toMatchObject({ reasoningEffort: "medium", templateVariables: { enable_thinking: true } });
  expect(asked!.tools[1]).toMatchObject({ name: "apply_patch", parameters: { required: ["input"] } });
  expect(asked!.tools[1]!.description).toContain("Update: ");
  expect(first.ended.glossa.diagnostics).toMatchObject([
    { kind: "schema-not-enforced", message: expect.stringContaining("apply_patch") },
  ]);

  const made = first.items[2];
  const input: any[] = [
    ...opening,
    ...sentBack(first.items),
    { type: "function_call_output", call_id: made.call_id, output: 'he said "no"\n' },
  ];
  const second = await ask(gateway, { tools, input });
  const custom = second.items[1];
  expect(custom).toMatchObject({ type: "custom_tool_call", name: "apply_patch", input: patch, status: "completed" });
  const told = second.events.filter(({ type }) => type === "response.custom_tool_call_input.delta");
  expect(told.length).toBeGreaterThan(3);
  expect(told.map(({ delta }) => delta).join("")).toBe(patch);
  expect(new Set(told.map(({ item_id }) => item_id))).toEqual(new Set([custom.id]));

  input.push(...sentBack(second.items), {
    type: "custom_tool_call_output",
    call_id: custom.call_id,
    output: [{ type: "input_text", text: "Changed a.txt" }],
  });
  const third = await ask(gateway, { tools, input });
  expect(third.items[1]).toMatchObject({ type: "message", content: [{ text: "It is changed." }] });
  expect(gateway.seen[2]!.messages.slice(3)).toMatchObject([
    { role: "assistant", content: "Let me see.", reasoning_content: "I look.", tool_calls: [{ id: made.call_id }] },
    { role: "tool", tool_call_id: made.call_id, content: 'he said "no"\n' },
    {
      role: "assistant",
      reasoning_content: "Now the patch.",
      tool_calls: [{ function: { name: "apply_patch", arguments: JSON.stringify({ input: patch }) } }],
    },
    { role: "tool", tool_call_id: custom.call_id, content: "Changed a.txt" },
  ]);
});

test("tools of an MCP server, in its namespace", async () => {
  const gateway = await startAgentGateway([call("mcp__places__find", { name: "Bern" }), "There."]);
  const places = {
    type: "namespace",
    name: "mcp__places",
    description: "All about places.",
    tools: [
      {
        type: "function",
        name: "find",
        description: "Finds a place.",
        parameters: object({ name: { type: "string" } }),
      },
      { type: "function", name: "exec_command", parameters: object({}) },
    ],
  };
  const tools = [exec, places, { type: "web_search", external_web_access: true }];
  const { items, ended } = await ask(gateway, { tools, input: opening });
  expect(namesOf(gateway.seen[0]!)).toEqual(["exec_command", "mcp__places__find", "mcp__places__exec_command"]);
  expect(gateway.seen[0]!.tools[1]!.description).toBe("mcp__places: All about places.\n\nFinds a place.");
  expect(items).toMatchObject([
    { type: "function_call", name: "find", namespace: "mcp__places", arguments: '{"name":"Bern"}' },
  ]);
  expect(ended.glossa.diagnostics).toEqual([
    { kind: "ignored-tool", message: "tools[2] is left out: web_search is run by OpenAI's servers, not here." },
  ]);
  const output = { type: "function_call_output", call_id: items[0].call_id, output: "46.9, 7.4" };
  await ask(gateway, { tools, input: [...opening, ...items, output], tool_choice: "none" });
  expect(gateway.seen[1]!.messages.at(-2)).toMatchObject({ tool_calls: [{ function: { name: "mcp__places__find" } }] });

  for (const [choice, chosen, shown] of [
    [{ type: "function", name: "find", namespace: "mcp__places" }, { name: "mcp__places__find" }, 3],
    [{ type: "function", name: "find" }, { name: "mcp__places__find" }, 3],
    [
      { type: "allowed_tools", mode: "required", tools: [{ type: "function", name: "find" }, { type: "web_search" }] },
      "required",
      1,
    ],
    [{ type: "allowed_tools", mode: "auto", tools: [{ type: "web_search" }] }, "none", 0],
  ] as const) {
    await ask(gateway, { tools, input: opening, tool_choice: choice });
    expect(gateway.seen.at(-1)!.toolChoice).toEqual(chosen);
    expect(gateway.seen.at(-1)!.tools).toHaveLength(shown);
  }
});

test("a search for tools that the agent runs itself", async () => {
  const gateway = await startAgentGateway([
    call("tool_search", { query: "places", limit: 2 }),
    call("mcp__places__find", { name: "Bern" }),
  ]);
  const search = {
    type: "tool_search",
    execution: "client",
    description: "Searches the tools of all servers.",
    parameters: object({ query: { type: "string" }, limit: { type: "number" } }, ["query"]),
  };
  const deferred = { ...exec, name: "deferred", defer_loading: true };
  const tools = [exec, search, deferred];
  const first = await ask(gateway, { tools, input: opening });
  expect(namesOf(gateway.seen[0]!)).toEqual(["exec_command", "tool_search"]);
  expect(gateway.seen[0]!.tools[1]).toMatchObject({ description: search.description, parameters: search.parameters });
  expect(first.items).toMatchObject([
    { type: "tool_search_call", execution: "client", arguments: { query: "places", limit: 2 }, status: "completed" },
  ]);
  const added = first.events.find(({ type }) => type === "response.output_item.added");
  expect(added.item).toMatchObject({ id: first.items[0].id, status: "in_progress" });

  const find = {
    type: "function",
    name: "find",
    defer_loading: true,
    parameters: object({ name: { type: "string" } }),
  };
  const found = {
    type: "tool_search_output",
    call_id: first.items[0].call_id,
    status: "completed",
    execution: "client",
    tools: [{ type: "namespace", name: "mcp__places", description: "", tools: [find] }],
  };
  const second = await ask(gateway, { tools, input: [...opening, ...first.items, found, found] });
  expect(namesOf(gateway.seen[1]!)).toEqual(["exec_command", "tool_search", "mcp__places__find"]);
  expect(gateway.seen[1]!.messages.slice(-3, -1)).toMatchObject([
    {
      role: "assistant",
      tool_calls: [{ function: { name: "tool_search", arguments: '{"query":"places","limit":2}' } }],
    },
    { role: "tool", tool_call_id: first.items[0].call_id, content: "Tools loaded: mcp__places__find" },
  ]);
  expect(second.items).toMatchObject([{ type: "function_call", name: "find", namespace: "mcp__places" }]);
});

test("what a search has found is there for the response that goes on with it", async () => {
  const gateway = await startAgentGateway([]);
  const found = {
    type: "tool_search_output",
    call_id: "call_1",
    tools: [{ type: "function", name: "find", parameters: object({ name: { type: "string" } }) }],
  };
  const { ended } = await ask(gateway, { store: true, input: [...opening, found] });
  const tools = [{ type: "tool_search", execution: "client" }];
  const second = await ask(gateway, { store: true, tools, previous_response_id: ended.id, input: "And now?" });
  expect(namesOf(gateway.seen[1]!)).toEqual(["tool_search", "find"]);
  await ask(gateway, { tools, previous_response_id: second.ended.id, input: [found] });
  expect(namesOf(gateway.seen[2]!)).toEqual(["tool_search", "find"]);
});

test("tools that come with the input, in namespaces, one of them the usual one", async () => {
  const gateway = await startAgentGateway([
    call("exec", { input: "text(await tools.read({ path: `a.txt` }))" }),
    call("agents__wait", { seconds: 3 }),
  ]);
  const script = { type: "grammar", syntax: "lark", definition: "start: /[\\s\\S]+/" };
  const additional = {
    type: "additional_tools",
    id: "at_1",
    role: "developer",
    tools: [
      {
        type: "namespace",
        name: "functions",
        description: "",
        tools: [{ type: "custom", name: "exec", format: script }],
      },
      {
        type: "namespace",
        name: "agents",
        description: "Others who work.",
        tools: [
          { type: "function", name: "wait", parameters: object({ seconds: { type: "number", encrypted: true } }) },
        ],
      },
    ],
  };
  const input = [additional, ...opening];
  const first = await ask(gateway, { input });
  expect(namesOf(gateway.seen[0]!)).toEqual(["exec", "agents__wait"]);
  expect(first.items).toMatchObject([
    {
      type: "custom_tool_call",
      name: "exec",
      namespace: "functions",
      input: "text(await tools.read({ path: `a.txt` }))",
    },
  ]);
  const output = { type: "custom_tool_call_output", call_id: first.items[0].call_id, output: "hello" };
  const second = await ask(gateway, { input: [...input, ...first.items, output] });
  expect(gateway.seen[1]!.messages.at(-2)).toMatchObject({ tool_calls: [{ function: { name: "exec" } }] });
  expect(second.items).toMatchObject([{ type: "function_call", name: "wait", namespace: "agents" }]);
});

test.each([
  [
    "local_shell",
    { type: "local_shell" },
    { command: ["ls", "-l"], working_directory: "/repo" },
    { action: { type: "exec", command: ["ls", "-l"], env: {}, working_directory: "/repo" } },
    { output: "a.txt" },
    "a.txt",
  ],
  [
    "shell",
    { type: "shell", environment: { type: "local" } },
    { commands: ["ls", "false"] },
    { action: { commands: ["ls", "false"], timeout_ms: null, max_output_length: null } },
    {
      output: [
        { stdout: "a.txt\n", stderr: "", outcome: { type: "exit", exit_code: 0 } },
        { stdout: "", stderr: "no\n", outcome: { type: "exit", exit_code: 1 } },
      ],
    },
    "a.txt\n\nno\n\n(exit code 1)",
  ],
  [
    "apply_patch",
    { type: "apply_patch" },
    { type: "update_file", path: "a.txt", diff: "@@\n-a\n+b\n" },
    { operation: { type: "update_file", path: "a.txt", diff: "@@\n-a\n+b\n" } },
    { status: "failed", output: "no such file" },
    "failed: no such file",
  ],
])("%s, which a model knows by its type and others are told of", async (name, tool, input, item, output, result) => {
  const gateway = await startAgentGateway([call(name, input), "Done.", call(name, { what: "?" })]);
  const tools = [tool, { type: "shell", environment: { type: "container_auto" } }];
  const first = await ask(gateway, { tools, input: opening, tool_choice: { type: name } });
  expect(namesOf(gateway.seen[0]!)).toEqual([name]);
  expect(gateway.seen[0]!.toolChoice).toEqual({ name });
  expect(first.items).toMatchObject([
    { type: `${name}_call`, call_id: expect.any(String), status: "completed", ...item },
  ]);
  const [made] = first.items;
  // A local shell's result names the item, the others the call.
  const named = name === "local_shell" ? { id: made.id } : { call_id: made.call_id };
  await ask(gateway, { tools, input: [...opening, made, { type: `${name}_call_output`, ...named, ...output }] });
  const [called, came] = gateway.seen[1]!.messages.slice(-2);
  expect(JSON.parse(called!.tool_calls![0]!.function.arguments)).toEqual(input);
  expect(came).toEqual({ role: "tool", tool_call_id: made.call_id, content: result });

  // Arguments that are none for the tool come as what they are.
  const third = await ask(gateway, { tools, input: opening });
  expect(third.items).toMatchObject([{ type: "function_call", name, arguments: '{"what":"?"}' }]);
});
