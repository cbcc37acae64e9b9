import { parse, type Format, type Part } from "@glossa/core";
import { excerpt, sameAsValue } from "../laws/difference.ts";
import { readTools } from "../tool-fields.ts";
import { writtenShape } from "./call-faults.ts";
import type { Conversation, PlannedCall, Shape, Turn } from "./conversation.ts";
import { conversations, words } from "./conversations.ts";
import type { Subject } from "./subject.ts";

/** A message of an assistant, written by the template and read by the parser of the format. */
export interface RoundTrip {
  readonly conversation: string;
  /** `unwritten`: the template does not write it, or not so that it can be told where the message stands. */
  readonly outcome: "same" | "differs" | "unwritten";
  /** The first difference, or why there is none to tell. */
  readonly seen?: string;
}

type AssistantTurn = Extract<Turn, { readonly role: "assistant" }>;

const written: readonly Conversation[] = [
  conversations.answered,
  conversations.openCall,
  conversations.textAndCall,
  conversations.openParallel,
  conversations.emptyCall,
  conversations.nestedCall,
  conversations.quotingCall,
  conversations.reasonedAnswer,
  conversations.reasoningCall,
];

export function roundTrips(subject: Subject): RoundTrip[] {
  const { format } = subject;
  if (!format) return [];
  const shape = writtenShape(subject) ?? {};
  return written.map((conversation) => roundTrip(subject, format, conversation, shape));
}

function roundTrip(subject: Subject, format: Format, planned: Conversation, shape: Partial<Shape>): RoundTrip {
  const conversation = subject.accepted(planned);
  const { title } = conversation;
  const { text, error } = subject.render(conversation, { shape });
  if (error !== undefined)
    return { conversation: title, outcome: "unwritten", seen: `the template refuses it: ${error}` };
  const message = conversation.turns.at(-1) as AssistantTurn;
  const start = findOutput(subject, conversation, text!, shape);
  if (start === undefined)
    return { conversation: title, outcome: "unwritten", seen: "the template writes nothing that opens the message" };
  const output = outputAt(subject, message, text!, start);
  const calls = message.calls ?? [];
  if (calls.length > 0 && output.split(calls[0]!.name).length <= calls.length)
    return { conversation: title, outcome: "unwritten", seen: "the template leaves out a call" };
  const { parts, events } = parse(format, output, {
    tools: readTools(conversation.tools ?? [], "tools"),
    prompt: text!.slice(0, start),
  });
  const noticed = events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic] : []));
  const difference = messageDifference(message, output, parts) ?? noticed[0]?.message;
  if (difference === undefined) return { conversation: title, outcome: "same" };
  return { conversation: title, outcome: "differs", seen: `${difference} in ${excerpt(output, 0, 160)}` };
}

/** Where in a prompt the last message starts: behind what the model is given to go on from. */
function findOutput(
  subject: Subject,
  conversation: Conversation,
  text: string,
  shape: Partial<Shape>,
): number | undefined {
  const before = { ...conversation, turns: conversation.turns.slice(0, -1) };
  const closed = subject.render(before, { shape }).text;
  // A message that was reasoned about, or not, opens as the prompt does with thinking on, or off.
  const opened = [undefined, true, false].flatMap(
    (thinking) =>
      subject.render(thinking === undefined ? before : { ...before, thinking }, { shape, generation: true }).text ?? [],
  );
  const lengths = opened.flatMap((each) => (each !== closed && text.startsWith(each) ? [each.length] : []));
  if (lengths.length > 0) return Math.max(...lengths);
  const from = text.lastIndexOf(words.user) + words.user.length;
  const header = historyHeader(subject);
  for (const turn of [...(subject.format?.turn ?? []), ...(header === undefined ? [] : [header])]) {
    const at = text.indexOf(turn, from);
    if (at >= 0) return at + turn.length;
  }
  return undefined;
}

/** What the template writes between a question and its answer. */
function historyHeader(subject: Subject): string | undefined {
  const closed = subject.render(subject.accepted(conversations.plain)).text;
  const history = subject.render(subject.accepted(conversations.answered)).text;
  if (closed === undefined || !history?.startsWith(closed)) return undefined;
  const at = history.indexOf(words.answer, closed.length);
  const header = at < 0 ? "" : history.slice(closed.length, at);
  return header.trim() === "" ? undefined : header;
}

/** The message as the model would write it: up to what stops the engine, the first of it behind all that is said. */
function outputAt(subject: Subject, message: AssistantTurn, text: string, start: number): string {
  const output = text.slice(start);
  const said = [
    message.text ?? "",
    message.reasoning ?? "",
    ...(message.calls ?? []).flatMap(({ name, arguments: values }) => [name, ...Object.values(values)]),
  ];
  const from = Math.max(
    0,
    ...said.flatMap((word) =>
      typeof word === "string" && output.includes(word) ? output.indexOf(word) + word.length : [],
    ),
  );
  const ends = subject.ends.flatMap((end) => {
    const at = output.indexOf(end, from);
    return at < 0 ? [] : [at];
  });
  return ends.length > 0 ? output.slice(0, Math.min(...ends)) : output.trimEnd();
}

function messageDifference(
  { text, reasoning, calls = [] }: AssistantTurn,
  output: string,
  parts: readonly Part[],
): string | undefined {
  const joined = (type: "text" | "reasoning"): string =>
    parts
      .flatMap((part) => (part.type !== "call" && part.type === type ? [part.text] : []))
      .join("")
      .trim();
  const found = parts.filter((part) => part.type === "call");
  for (const [index, call] of calls.entries()) {
    const difference = callDifference(call, found[index]);
    if (difference !== undefined) return difference;
  }
  if (found.length > calls.length) return `${found.length} calls are read of ${calls.length}`;
  // What the template leaves out is a fault by another name, or how it treats reasoning.
  if (reasoning !== undefined && output.includes(reasoning) && joined("reasoning") !== reasoning)
    return `the reasoning is read as ${excerpt(joined("reasoning"), 0, 60)}`;
  const expected = text !== undefined && output.includes(text) ? text : "";
  if (joined("text") === expected) return undefined;
  return expected !== "" && joined("reasoning").includes(expected)
    ? "the text is read as reasoning"
    : `the text is read as ${excerpt(joined("text"), 0, 60)}`;
}

function callDifference(expected: PlannedCall, found: Extract<Part, { type: "call" }> | undefined): string | undefined {
  if (!found) return `no call of ${expected.name} is read`;
  if (found.name !== expected.name) return `the name ${expected.name} is read as ${JSON.stringify(found.name)}`;
  if (found.status !== "complete") return `the call of ${expected.name} is ${found.status}`;
  return sameAsValue(expected.arguments, found.arguments)
    ? undefined
    : `arguments ${JSON.stringify(expected.arguments)} are read as ${found.arguments}`;
}
