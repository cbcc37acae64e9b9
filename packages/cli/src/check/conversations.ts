import type { Conversation, PlannedCall, ToolSchema, Turn } from "./conversation.ts";

/**
 * The conversations that templates are tried on. The words in them are such as no template has of its own: where one is
 * missing in a prompt, the template has left it out.
 */

export const words = {
  system: "You speak for the harbour office of Vardoe.",
  user: "Which ferries leave before noon?",
  answer: "Two ferries leave before noon.",
  again: "And in the evening, which ones?",
  reasoning: "The timetable lists two departures.",
  lookup: "I will look into the timetable.",
  result: '{"departures": 2, "sky": "overcast"}',
  textResult: "no departures",
} as const;

export const findFerry: ToolSchema = {
  type: "function",
  function: {
    name: "find_ferry",
    description: "Finds the ferries of a pier",
    parameters: {
      type: "object",
      properties: {
        pier: { type: "string", description: "The name of the pier" },
        berth: { type: "integer", description: "The number of the berth" },
        express: { type: "boolean", description: "Express ferries alone" },
      },
      required: ["pier"],
    },
  },
};

export const bookCabin: ToolSchema = {
  type: "function",
  function: {
    name: "book_cabin",
    description: "Books a cabin on a ferry",
    parameters: {
      type: "object",
      properties: { traveller: { type: "string", description: "Who travels" } },
      required: ["traveller"],
    },
  },
};

/** What JSON Schema has beyond plain parameters, as tools of servers (MCP) bring it. */
export const richTool: ToolSchema = {
  type: "function",
  function: {
    name: "plan_voyage",
    description: "Plans a voyage",
    parameters: {
      type: "object",
      properties: {
        stops: { type: "array", items: { type: "string" }, description: "Ports of call" },
        cargo: {
          type: "object",
          properties: { tons: { type: "number" }, note: { type: ["string", "null"] } },
          description: "What is carried",
        },
        season: { type: "string", enum: ["summer", "winter"], description: "The timetable", default: "summer" },
        captain: { anyOf: [{ type: "string" }, { type: "null" }] },
      },
    },
  },
};

/** A description with what strings of JSON escape. */
export const quotingTool: ToolSchema = {
  type: "function",
  function: {
    name: "ring_bell",
    description: 'Rings the "quay" bell',
    parameters: {
      type: "object",
      properties: { times: { type: "integer", description: "How often" } },
      required: ["times"],
    },
  },
};

export const noParameters: ToolSchema = {
  type: "function",
  function: { name: "sound_horn", description: "Sounds the horn", parameters: { type: "object", properties: {} } },
};

export const plainCall: PlannedCall = {
  name: "find_ferry",
  arguments: { pier: "Svolvaer-K7", berth: 4107, express: true },
};
export const otherCall: PlannedCall = { name: "find_ferry", arguments: { pier: "Honningsvag-K9" } };
export const emptyCall: PlannedCall = { name: "sound_horn", arguments: {} };
export const nestedCall: PlannedCall = {
  name: "plan_voyage",
  arguments: { stops: ["Alta-K3", "Bodoe-K5"], cargo: { tons: 2.5, note: null }, season: "winter" },
};
export const quotingCall: PlannedCall = {
  name: "book_cabin",
  arguments: { traveller: 'Åse "Lill" d\'Orsay\nc/o Bjørn \\ 大阪 <b>&amp;</b>' },
};

const user: Turn = { role: "user", text: words.user };
const again: Turn = { role: "user", text: words.again };
const system: Turn = { role: "system", text: words.system };
const answer: Turn = { role: "assistant", text: words.answer };
const call: Turn = { role: "assistant", calls: [plainCall] };
const result: Turn = { role: "tool", of: 0, content: words.result };
const tools = [findFerry, bookCabin];

const conversation = (title: string, turns: readonly Turn[], more: Partial<Conversation> = {}): Conversation => ({
  title,
  turns,
  ...more,
});

type Title =
  | "plain"
  | "answered"
  | "system"
  | "turns"
  | "tools"
  | "systemTools"
  | "richTools"
  | "quotingTool"
  | "call"
  | "resultAnswered"
  | "callAnswered"
  | "openCall"
  | "textAndCall"
  | "openParallel"
  | "parallel"
  | "emptyCall"
  | "nestedCall"
  | "quotingCall"
  | "reasoning"
  | "reasonedAnswer"
  | "reasoningCall"
  | "reasoningResult"
  | "thinkingOn"
  | "thinkingOff"
  | "thinkingOffTools";

export const conversations: Readonly<Record<Title, Conversation>> = {
  plain: conversation("a plain question", [user]),
  answered: conversation("a question and its answer", [user, answer]),
  system: conversation("a system prompt", [system, user]),
  turns: conversation("several turns with a system prompt", [system, user, answer, again]),
  tools: conversation("tools offered", [user], { tools }),
  systemTools: conversation("a system prompt and tools", [system, user], { tools }),
  richTools: conversation("tools with nested parameters", [user], { tools: [richTool, noParameters] }),
  quotingTool: conversation("a tool with quotes in its description", [user], { tools: [quotingTool] }),
  call: conversation("a call and its result", [system, user, call, result], { tools }),
  resultAnswered: conversation("a result and its answer", [system, user, call, result, answer], { tools }),
  callAnswered: conversation("a call, its result and the answer", [user, call, result, answer, again], { tools }),
  openCall: conversation("a call", [user, call], { tools }),
  textAndCall: conversation(
    "text beside a call",
    [user, { role: "assistant", text: words.lookup, calls: [plainCall] }],
    {
      tools,
    },
  ),
  openParallel: conversation("parallel calls", [user, { role: "assistant", calls: [plainCall, otherCall] }], { tools }),
  parallel: conversation(
    "parallel calls and their results",
    [
      user,
      { role: "assistant", calls: [plainCall, otherCall] },
      { role: "tool", of: 0, content: words.result },
      { role: "tool", of: 1, content: words.textResult },
    ],
    { tools },
  ),
  emptyCall: conversation("a call without arguments", [user, { role: "assistant", calls: [emptyCall] }], {
    tools: [noParameters],
  }),
  nestedCall: conversation("a call with nested arguments", [user, { role: "assistant", calls: [nestedCall] }], {
    tools: [richTool],
  }),
  quotingCall: conversation("a call with quotes and line breaks", [user, { role: "assistant", calls: [quotingCall] }], {
    tools,
  }),
  reasoning: conversation("reasoning in an earlier turn", [
    user,
    { role: "assistant", text: words.answer, reasoning: words.reasoning },
    again,
  ]),
  reasoningCall: conversation(
    "reasoning before a call",
    [user, { role: "assistant", reasoning: words.reasoning, calls: [plainCall] }],
    { tools },
  ),
  reasoningResult: conversation(
    "reasoning before a call and its result",
    [user, { role: "assistant", reasoning: words.reasoning, calls: [plainCall] }, result],
    { tools },
  ),
  reasonedAnswer: conversation("reasoning before an answer", [
    user,
    { role: "assistant", text: words.answer, reasoning: words.reasoning },
  ]),
  thinkingOn: conversation("thinking on", [user], { thinking: true }),
  thinkingOff: conversation("thinking off", [user], { thinking: false }),
  thinkingOffTools: conversation("thinking off, with tools", [system, user], { tools, thinking: false }),
};
