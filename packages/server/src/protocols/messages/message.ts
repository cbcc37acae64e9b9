import type { CallStatus } from "@glossa/core";
import type { TurnDiagnostic, TurnEnd, TurnEvent } from "../../turn.ts";
import { completeJson } from "./complete-json.ts";
import { createJsonObjectText } from "./json-object.ts";

export interface Message {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly usage: MessageUsage;
  /** Not Anthropic's; there only if there is something to tell. */
  readonly glossa?: { readonly diagnostics: readonly TurnDiagnostic[] };
}

/** As they are sent: `citations` is left out of a text without any, which some clients take for a mistake otherwise. */
export type ContentBlock =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: unknown };

export type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "refusal";

export interface MessageUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens: number | null;
  readonly cache_read_input_tokens: number | null;
}

/** What comes before a message: its name and its model. */
export interface MessageHead {
  readonly id: string;
  readonly model: string;
}

/**
 * Nothing is signed here, since nothing has to be checked: thinking is taken back as it comes. Some clients drop thinking
 * without a signature from the history, which the model then lacks.
 */
export const signature = "glossa";

/** An output that was cut off is incomplete whatever it holds; a call asks for its result, wherever the text ended. */
function stopReason({ reason, called, stopSequence }: TurnEnd): StopReason {
  if (reason === "length") return "max_tokens";
  if (reason === "content_filter") return "refusal";
  if (called) return "tool_use";
  return stopSequence === undefined ? "end_turn" : "stop_sequence";
}

/** `stop_reason` and, where one ended the text, the stop sequence. */
export function stopOf(end: TurnEnd): Pick<Message, "stop_reason" | "stop_sequence"> {
  const reason = stopReason(end);
  return { stop_reason: reason, stop_sequence: reason === "stop_sequence" ? (end.stopSequence ?? null) : null };
}

/** Anthropic counts what was read from a cache beside the input; zeros where the engine does not say. */
export function messageUsage(usage: TurnEnd["usage"]): MessageUsage {
  const cached = usage?.cachedTokens;
  return {
    input_tokens: (usage?.promptTokens ?? 0) - (cached ?? 0),
    output_tokens: usage?.completionTokens ?? 0,
    cache_creation_input_tokens: null,
    cache_read_input_tokens: cached ?? null,
  };
}

/** The same events as the stream's, gathered: blocks in the order in which the model wrote them. */
export interface MessageCollector {
  add(batch: readonly TurnEvent[]): void;
  /** The `Message`, as JSON text: the arguments of a call are the model's own bytes, digits and all. */
  message(head: MessageHead, end: TurnEnd): string;
}

interface Gathered {
  readonly type: "text" | "thinking" | "tool_use";
  readonly id?: string;
  readonly name?: string;
  readonly text: string[];
  status?: CallStatus;
}

/** With `omitThinking`, thinking says that it was there and no more. */
export function createMessageCollector({ omitThinking }: { readonly omitThinking: boolean }): MessageCollector {
  const blocks: Gathered[] = [];
  const calls = new Map<number, Gathered>();

  function open(type: "text" | "thinking"): Gathered {
    const last = blocks.at(-1);
    if (last?.type === type) return last;
    const block = { type, text: [] };
    blocks.push(block);
    return block;
  }

  return {
    add(batch) {
      for (const event of batch) {
        if (event.type === "text") open("text").text.push(event.text);
        else if (event.type === "reasoning") open("thinking").text.push(event.text);
        else if (event.type === "call-start") {
          const block: Gathered = { type: "tool_use", id: event.id, name: event.name, text: [] };
          blocks.push(block);
          calls.set(event.index, block);
        } else {
          const block = calls.get(event.index);
          if (!block) continue;
          if (event.type === "call-arguments") block.text.push(event.delta);
          else block.status = event.status;
        }
      }
    },
    message({ id, model }, end) {
      const { diagnostics } = end;
      const rest: Omit<Message, "content"> = {
        id,
        type: "message",
        role: "assistant",
        model,
        ...stopOf(end),
        usage: messageUsage(end.usage),
        ...(diagnostics.length > 0 && { glossa: { diagnostics } }),
      };
      const content = blocks.map((block) => blockText(block, omitThinking)).join(",");
      return `${JSON.stringify(rest).slice(0, -1)},"content":[${content}]}`;
    },
  };
}

function blockText({ type, id, name, text, status }: Gathered, omitThinking: boolean): string {
  const whole = text.join("");
  switch (type) {
    case "text":
      return JSON.stringify({ type, text: whole } satisfies ContentBlock);
    case "thinking":
      return JSON.stringify({ type, thinking: omitThinking ? "" : whole, signature } satisfies ContentBlock);
    case "tool_use":
      return `${JSON.stringify({ type, id, name }).slice(0, -1)},"input":${inputText(whole, status)}}`;
  }
}

/** The arguments as JSON, as a client makes it of a stream: of a call that was cut off it is what is complete of them. */
function inputText(text: string, status: CallStatus | undefined): string {
  if (text === "") return "{}";
  const object = createJsonObjectText();
  const sent = object.push(text);
  return status === "truncated" && object.open ? completeJson(text) : sent + object.end();
}
