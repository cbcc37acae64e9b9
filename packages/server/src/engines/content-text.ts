import type { ChatMessage } from "./engine.ts";

/** The text of a message's content: its text parts, one after the other. */
export function contentText(content: NonNullable<ChatMessage["content"]>): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" && typeof part["text"] === "string" ? part["text"] : "")).join("");
}
