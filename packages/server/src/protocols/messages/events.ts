import type { KeepAlive } from "../../event-stream.ts";
import type { TurnEnd, TurnEvent } from "../../turn.ts";
import type { TurnWriter } from "../answer-turn.ts";
import { messagesErrorBody } from "./errors.ts";
import { createJsonObjectText, type JsonObjectText } from "./json-object.ts";
import { messageUsage, signature, stopOf, type ContentBlock, type MessageHead } from "./message.ts";

export interface MessageEventOptions {
  /** Thinking says that it was there and no more. */
  readonly omitThinking: boolean;
  /** Milliseconds of silence after which a ping is sent. */
  readonly pingInterval: number;
}

type Delta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "signature_delta"; readonly signature: string }
  | { readonly type: "input_json_delta"; readonly partial_json: string };

const ping = sse({ type: "ping" });

/** The events of a message: one block is open at a time, and each ends before the next begins. */
export function createMessageWriter(
  head: MessageHead,
  { omitThinking, pingInterval }: MessageEventOptions,
): TurnWriter {
  const keepAlive: KeepAlive = { interval: pingInterval, text: ping };
  /** The block that is open, of the `blocks` that there are. */
  let open: { readonly type: ContentBlock["type"]; readonly index: number } | undefined;
  let blocks = 0;
  const calls = new Map<number, { readonly block: number; readonly input: JsonObjectText }>();

  function start(block: ContentBlock): string {
    const closing = close();
    open = { type: block.type, index: blocks++ };
    return closing + sse({ type: "content_block_start", index: open.index, content_block: block });
  }

  function close(): string {
    if (!open) return "";
    const { type, index } = open;
    open = undefined;
    const signed = type === "thinking" ? delta(index, { type: "signature_delta", signature }) : "";
    return signed + sse({ type: "content_block_stop", index });
  }

  function write(event: TurnEvent): string {
    switch (event.type) {
      case "text": {
        const opening = open?.type === "text" ? "" : start({ type: "text", text: "" });
        return opening + delta(blocks - 1, { type: "text_delta", text: event.text });
      }
      case "reasoning": {
        const opening = open?.type === "thinking" ? "" : start({ type: "thinking", thinking: "", signature: "" });
        return omitThinking ? opening : opening + delta(blocks - 1, { type: "thinking_delta", thinking: event.text });
      }
      case "call-start": {
        calls.set(event.index, { block: blocks, input: createJsonObjectText() });
        return start({ type: "tool_use", id: event.id, name: event.name, input: {} });
      }
      case "call-arguments": {
        const { block, input } = calls.get(event.index)!;
        return inputDelta(block, input.push(event.delta));
      }
      case "call-end": {
        const { block, input } = calls.get(event.index)!;
        // Clients know what to make of a call that was cut off, and what it ends in is not for us to say.
        const ending = event.status === "truncated" && input.open ? "" : inputDelta(block, input.end());
        return ending + (open?.index === block ? close() : "");
      }
    }
  }

  return {
    keepAlive,
    open: () => {
      const { id, model } = head;
      const message = {
        id,
        type: "message",
        role: "assistant",
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: messageUsage(undefined),
      };
      return sse({ type: "message_start", message }) + ping;
    },
    events: (batch) => batch.map(write).join(""),
    end(end: TurnEnd) {
      const { diagnostics, usage } = end;
      const glossa = diagnostics.length > 0 && { glossa: { diagnostics } };
      const last = { type: "message_delta", delta: stopOf(end), usage: messageUsage(usage), ...glossa };
      return close() + sse(last) + sse({ type: "message_stop" });
    },
    error: (error) => sse({ ...messagesErrorBody(error) }),
  };
}

function inputDelta(index: number, text: string): string {
  return text === "" ? "" : delta(index, { type: "input_json_delta", partial_json: text });
}

function delta(index: number, delta: Delta): string {
  return sse({ type: "content_block_delta", index, delta });
}

/** An event by its type, which stands in its data as well. */
function sse(data: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
}
