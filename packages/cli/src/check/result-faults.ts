import { writtenShape } from "./call-faults.ts";
import type { Shape, Turn } from "./conversation.ts";
import { conversations, words } from "./conversations.ts";
import { around, fault, type Fault } from "./fault.ts";
import type { Subject } from "./subject.ts";

/** Faults of how the results of calls are written. */
export function resultFaults(subject: Subject): Fault[] {
  const { call, openCall } = conversations;
  const shape = writtenShape(subject) ?? {};
  // There is no result without its call.
  if (subject.render(openCall, { shape }).error !== undefined) return [];
  const { text, error } = subject.render(call, { shape, generation: true });
  if (error !== undefined) return [fault("results-dropped", `a result is refused: ${error}`, call)];
  if (!text!.includes("departures"))
    return [fault("results-dropped", "the result of a call is not in the prompt", call)];
  const encoded = JSON.stringify(words.result).slice(1, -1);
  return [
    ...(text!.includes(encoded)
      ? [fault("results-encoded-twice", `a result is JSON in a JSON string: ${around(text!, encoded)}`, call)]
      : []),
    ...secondResult(subject, shape),
  ];
}

function secondResult(subject: Subject, shape: Partial<Shape>): Fault[] {
  const { parallel } = conversations;
  const { text } = subject.render(parallel, { shape, generation: true });
  if (text === undefined) return [];
  if (!text.includes(words.textResult))
    return [fault("results-dropped", "the result of the second of two calls is not in the prompt", parallel)];
  const bare = new RegExp(`": ?${words.textResult}`).exec(text)?.[0];
  return bare === undefined
    ? []
    : [fault("results-not-json", `a result that is text has no quotes: ${around(text, bare)}`, parallel)];
}

/** Servers pass results as text; who renders in Python may pass objects, and some templates print them as Python does. */
export function printsResultsInPython(subject: Subject): boolean {
  const { call } = conversations;
  const turns = call.turns.map((turn): Turn =>
    turn.role === "tool" ? { ...turn, content: JSON.parse(words.result) as unknown } : turn,
  );
  const { text } = subject.render({ ...call, turns }, { shape: writtenShape(subject) ?? {}, generation: true });
  return text?.includes("{'departures':") ?? false;
}
