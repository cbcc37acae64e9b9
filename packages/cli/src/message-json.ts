import type { CallPart, Format, Message, Part } from "@glossa/core";
import { createCallId } from "./call-id.ts";
import { isGiven, readArray, readObject, readString, readWord } from "./fields.ts";
import { InputError, wrong } from "./input-error.ts";
import type { JsonObject } from "./jsonl.ts";

/**
 * The inverse of `writeMessage`. `parts` say more than the flat fields, which have no order among text and calls, and are taken where both
 * are there: so what `parse` prints can be rendered as it is.
 */
export function readMessage(record: JsonObject, format: Format): Message {
  if (isGiven(record["parts"])) {
    return { parts: readParts(readArray(record["parts"], "parts"), format) };
  }
  const { reasoning_content: reasoning, content, tool_calls: calls } = record;
  if (reasoning === undefined && content === undefined && calls === undefined) {
    throw new InputError("parts", "found nothing, expected parts, or any of reasoning_content, content and tool_calls");
  }
  const parts: Part[] = [];
  // Clients write an empty string where there is nothing.
  if (isGiven(reasoning) && reasoning !== "")
    parts.push({ type: "reasoning", text: readString(reasoning, "reasoning_content") });
  if (isGiven(content) && content !== "") parts.push({ type: "text", text: readString(content, "content") });
  if (isGiven(calls)) {
    for (const [ordinal, call] of readArray(calls, "tool_calls").entries()) {
      parts.push(readCall(readObject(call, `tool_calls[${ordinal}]`), `tool_calls[${ordinal}]`, format, ordinal));
    }
  }
  return { parts };
}

function readParts(items: readonly unknown[], format: Format): Part[] {
  let ordinal = 0;
  return items.map((item, index): Part => {
    const field = `parts[${index}]`;
    const part = readObject(item, field);
    const type = readWord(part["type"], `${field}.type`, ["reasoning", "text", "call"]);
    if (type === "call") return readCall(part, field, format, ordinal++);
    return { type, text: readString(part["text"], `${field}.text`) };
  });
}

/** A call, flat or as OpenAI's API has it, `{id, type, function: {name, arguments}}`; arguments as JSON text or as an object. */
function readCall(call: JsonObject, field: string, format: Format, ordinal: number): CallPart {
  const nested = call["function"];
  const within = nested === undefined ? field : `${field}.function`;
  const body = nested === undefined ? call : readObject(nested, within);
  const name = readString(body["name"], `${within}.name`);
  const status = isGiven(call["status"])
    ? readWord(call["status"], `${field}.status`, ["complete", "truncated", "malformed"])
    : "complete";
  return {
    type: "call",
    id: isGiven(call["id"]) ? readString(call["id"], `${field}.id`) : createCallId(format.ids, name, ordinal),
    name,
    arguments: readArguments(body["arguments"], `${within}.arguments`),
    status,
  };
}

function readArguments(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return JSON.stringify(value);
  throw wrong(field, value, "JSON text or an object");
}
