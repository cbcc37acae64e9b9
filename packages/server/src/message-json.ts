import type { CallPart, Diagnostic, Message, Part } from "@glossa/core";

/** A message as `glossa parse` and `/parse` tell it: the flat shape that clients of servers know, and the parts in their order. */
export interface MessageJson {
  readonly reasoning_content: string | null;
  readonly content: string | null;
  readonly tool_calls: readonly Omit<CallPart, "type">[];
  readonly parts: readonly Part[];
  readonly diagnostics: readonly Diagnostic[];
}

export function writeMessage({ parts }: Message, diagnostics: readonly Diagnostic[]): MessageJson {
  return {
    reasoning_content: joinText(parts, "reasoning"),
    content: joinText(parts, "text"),
    tool_calls: parts
      .filter((part) => part.type === "call")
      .map(({ id, name, arguments: text, status }) => ({ id, name, arguments: text, status })),
    parts,
    diagnostics,
  };
}

function joinText(parts: readonly Part[], type: "reasoning" | "text"): string | null {
  const texts = parts.flatMap((part) => (part.type !== "call" && part.type === type ? [part.text] : []));
  return texts.length > 0 ? texts.join("") : null;
}
