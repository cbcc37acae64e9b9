import { Dict, parseJson } from "@glossa/chat";
import { contentText } from "./content-text.ts";
import type { ChatMessage } from "./engine.ts";

/**
 * A message as chat templates expect it: content as one text, arguments as the object that they are (a template that prints
 * them would write JSON text as a string), `developer` by the older name of the role, the only one that most templates know.
 */
export function templateMessage({ role, content, tool_calls: calls, ...rest }: ChatMessage): {
  readonly role: string;
  readonly [field: string]: unknown;
} {
  return {
    ...rest,
    role: role === "developer" ? "system" : role,
    content: content === undefined || content === null ? null : contentText(content),
    ...(calls && {
      tool_calls: calls.map((call) => ({
        ...call,
        function: { ...call.function, arguments: argumentsObject(call.function.arguments) },
      })),
    }),
  };
}

function argumentsObject(text: string): unknown {
  try {
    const value = parseJson(text);
    return value instanceof Dict ? value : text;
  } catch {
    return text;
  }
}
