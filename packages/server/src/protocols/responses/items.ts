import type { ContentLogprob } from "../../content-logprobs.ts";
import { writtenLogprob, type WrittenToken } from "../logprobs.ts";
import type { ClientCallItem } from "./client-tools.ts";

/** The items of an answer, as the Responses API has them. */
export type OutputItem = ReasoningItem | MessageItem | FunctionCallItem | CustomCallItem | ClientCallItem;

export type ItemStatus = "in_progress" | "completed" | "incomplete";

export interface ReasoningItem {
  readonly type: "reasoning";
  readonly id: string;
  readonly summary: readonly { readonly type: "summary_text"; readonly text: string }[];
  readonly content?: readonly { readonly type: "reasoning_text"; readonly text: string }[];
  readonly encrypted_content?: string;
  readonly status: ItemStatus;
}

export interface MessageItem {
  readonly type: "message";
  readonly id: string;
  readonly role: "assistant";
  readonly status: ItemStatus;
  readonly content: readonly TextPart[];
}

export interface TextPart {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly [];
  readonly logprobs: readonly PartLogprob[];
}

interface PartToken {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}

/** A token of a text. */
export interface PartLogprob extends PartToken {
  readonly top_logprobs: readonly PartToken[];
}

export interface FunctionCallItem {
  readonly type: "function_call";
  readonly id: string;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly arguments: string;
  readonly status: ItemStatus;
}

export interface CustomCallItem {
  readonly type: "custom_tool_call";
  readonly id: string;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
  readonly input: string;
  readonly status: ItemStatus;
}

export const textPart = (text: string, logprobs: readonly PartLogprob[] = []): TextPart => ({
  type: "output_text",
  text,
  annotations: [],
  logprobs,
});

export function partLogprob(each: ContentLogprob): PartLogprob {
  const { top_logprobs: likeliest, ...token } = writtenLogprob(each);
  return { ...partToken(token), top_logprobs: likeliest.map(partToken) };
}

/** Bytes are not left out here: where they are not known, they are those of the text. */
function partToken({ token, logprob, bytes }: WrittenToken): PartToken {
  return { token, logprob, bytes: bytes ?? [...new TextEncoder().encode(token)] };
}

/** The name of an item: a prefix that says what it is, and chance. */
export const newId = (prefix: string): string => `${prefix}_${crypto.randomUUID().replaceAll("-", "")}`;

/**
 * Reasoning for clients that keep no more of it than `encrypted_content`: the text in base64, since there is nothing to hide
 * from the one who has it in the clear beside it.
 */
export function encodeReasoning(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text again; nothing if another server has written it. */
export function decodeReasoning(encoded: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
