import type { CallStatus } from "@glossa/core";
import type { ContentLogprob } from "../../content-logprobs.ts";
import type { TurnEvent } from "../../turn.ts";
import {
  encodeReasoning,
  newId,
  partLogprob,
  textPart,
  type ItemStatus,
  type OutputItem,
  type PartLogprob,
} from "./items.ts";
import { createCustomInput } from "../custom-input.ts";
import { clientTools, type ClientCallItem, type ClientToolType } from "./client-tools.ts";
import type { ToolUse } from "./tools.ts";

/** An event of the stream, without its number. */
export interface OutputEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface OutputOptions {
  /** The tools that are more than a function of a name, by the names that the model knows. */
  readonly uses: ReadonlyMap<string, ToolUse>;
  /** Reasoning is told as a summary of itself, which is what clients show that ask for one. */
  readonly summarize: boolean;
  /** Reasoning comes in `encrypted_content` as well. */
  readonly encrypt: boolean;
}

/** The items of an answer as they grow, and the events that tell of it: a stream sends them, a whole answer does without. */
export interface Output {
  readonly items: readonly OutputItem[];
  add(event: TurnEvent): readonly OutputEvent[];
  /** The answer is over; `cut` if it was cut off. */
  end(cut: boolean): readonly OutputEvent[];
}

/** A tool as the client knows it. */
interface CalledTool {
  readonly name: string;
  readonly namespace?: string;
}

/** An item under way: what to say when more of it comes, and when it is over. */
interface OpenItem {
  readonly index: number;
  more(text: string, logprobs?: readonly ContentLogprob[]): readonly OutputEvent[];
  done(status: ItemStatus): readonly OutputEvent[];
}

export function createOutput({ uses, summarize, encrypt }: OutputOptions): Output {
  const items: OutputItem[] = [];
  const calls = new Map<number, OpenItem>();
  let open: { readonly kind: "reasoning" | "text" | "call"; readonly item: OpenItem } | undefined;

  function begin(item: OutputItem): { index: number; added: OutputEvent } {
    items.push(item);
    const index = items.length - 1;
    return { index, added: { type: "response.output_item.added", output_index: index, item } };
  }

  function finish(index: number, item: OutputItem): OutputEvent {
    items[index] = item;
    return { type: "response.output_item.done", output_index: index, item };
  }

  function close(status: ItemStatus): readonly OutputEvent[] {
    const events = open?.item.done(status) ?? [];
    open = undefined;
    return events;
  }

  function openReasoning(events: OutputEvent[]): OpenItem {
    const id = newId("rs");
    const { index, added } = begin({ type: "reasoning", id, summary: [], status: "in_progress" });
    const place = summarize
      ? { item_id: id, output_index: index, summary_index: 0 }
      : { item_id: id, output_index: index, content_index: 0 };
    const part = (text: string): object => ({ type: summarize ? "summary_text" : "reasoning_text", text });
    const partName = summarize ? "response.reasoning_summary_part" : "response.content_part";
    const textName = summarize ? "response.reasoning_summary_text" : "response.reasoning_text";
    const texts: string[] = [];
    events.push(added, { type: `${partName}.added`, ...place, part: part("") });
    return {
      index,
      more(delta) {
        texts.push(delta);
        return [{ type: `${textName}.delta`, ...place, delta }];
      },
      done(status) {
        const text = texts.join("");
        return [
          { type: `${textName}.done`, ...place, text },
          { type: `${partName}.done`, ...place, part: part(text) },
          finish(index, {
            type: "reasoning",
            id,
            summary: summarize ? [{ type: "summary_text", text }] : [],
            ...(!summarize && { content: [{ type: "reasoning_text", text }] }),
            ...(encrypt && { encrypted_content: encodeReasoning(text) }),
            status,
          }),
        ];
      },
    };
  }

  function openMessage(events: OutputEvent[]): OpenItem {
    const id = newId("msg");
    const { index, added } = begin({ type: "message", id, role: "assistant", status: "in_progress", content: [] });
    const place = { item_id: id, output_index: index, content_index: 0 };
    const texts: string[] = [];
    const tokens: PartLogprob[] = [];
    events.push(added, { type: "response.content_part.added", ...place, part: textPart("") });
    return {
      index,
      more(delta, logprobs = []) {
        texts.push(delta);
        const fresh = logprobs.map(partLogprob);
        tokens.push(...fresh);
        return [{ type: "response.output_text.delta", ...place, delta, logprobs: fresh.map(eventLogprob) }];
      },
      done(status) {
        const text = texts.join("");
        const part = textPart(text, tokens);
        return [
          { type: "response.output_text.done", ...place, text, logprobs: tokens.map(eventLogprob) },
          { type: "response.content_part.done", ...place, part },
          finish(index, { type: "message", id, role: "assistant", status, content: [part] }),
        ];
      },
    };
  }

  function openFunctionCall(events: OutputEvent[], call_id: string, called: CalledTool): OpenItem {
    const id = newId("fc");
    const head = { type: "function_call", id, call_id, ...called } as const;
    const { index, added } = begin({ ...head, arguments: "", status: "in_progress" });
    const place = { item_id: id, output_index: index };
    const deltas: string[] = [];
    events.push(added);
    return {
      index,
      more(delta) {
        deltas.push(delta);
        return [{ type: "response.function_call_arguments.delta", ...place, delta }];
      },
      done(status) {
        const json = deltas.join("");
        return [
          { type: "response.function_call_arguments.done", ...place, name: called.name, arguments: json },
          finish(index, { ...head, arguments: json, status }),
        ];
      },
    };
  }

  /** The text out of the arguments around it. */
  function openCustomCall(events: OutputEvent[], call_id: string, called: CalledTool): OpenItem {
    const id = newId("ctc");
    const head = { type: "custom_tool_call", id, call_id, ...called } as const;
    const { index, added } = begin({ ...head, input: "", status: "in_progress" });
    const place = { item_id: id, output_index: index };
    const input = createCustomInput();
    const texts: string[] = [];
    events.push(added);
    function told(delta: string): readonly OutputEvent[] {
      if (delta === "") return [];
      texts.push(delta);
      return [{ type: "response.custom_tool_call_input.delta", ...place, delta }];
    }
    return {
      index,
      more: (delta) => told(input.push(delta)),
      done(status) {
        const rest = told(input.end());
        const whole = texts.join("");
        return [
          ...rest,
          { type: "response.custom_tool_call_input.done", ...place, input: whole },
          finish(index, { ...head, input: whole, status }),
        ];
      },
    };
  }

  /** A call whose item is made of all of its arguments; one of a function where they are none for that tool. */
  function openClientCall(call_id: string, type: ClientToolType): OpenItem {
    const { prefix, call } = clientTools[type];
    const head = { type: `${type}_call`, id: newId(prefix), call_id } as const;
    const started: ClientCallItem = { ...head, status: "in_progress" };
    const index = items.push(started) - 1;
    const deltas: string[] = [];
    return {
      index,
      more(delta) {
        deltas.push(delta);
        return [];
      },
      done(status) {
        const json = deltas.join("");
        const fields = call(objectOf(json));
        const item: OutputItem = fields
          ? { ...head, ...fields, status }
          : { type: "function_call", id: newId("fc"), call_id, name: type, arguments: json, status };
        const added = {
          type: "response.output_item.added",
          output_index: index,
          item: { ...item, status: "in_progress" },
        };
        return [added, finish(index, item)];
      },
    };
  }

  function openCall(events: OutputEvent[], call_id: string, name: string): OpenItem {
    const use = uses.get(name) ?? { kind: "function", name };
    if (use.kind !== "function" && use.kind !== "custom") return openClientCall(call_id, use.kind);
    const { kind, ...called } = use;
    return (kind === "custom" ? openCustomCall : openFunctionCall)(events, call_id, called);
  }

  return {
    items,
    add(event) {
      switch (event.type) {
        case "text":
        case "reasoning": {
          const events: OutputEvent[] = [];
          if (open?.kind !== event.type) {
            events.push(...close("completed"));
            open = { kind: event.type, item: event.type === "text" ? openMessage(events) : openReasoning(events) };
          }
          const logprobs = event.type === "text" ? event.logprobs : undefined;
          events.push(...open.item.more(event.text, logprobs));
          return events;
        }
        case "call-start": {
          const events: OutputEvent[] = [...close("completed")];
          const item = openCall(events, event.id, event.name);
          calls.set(event.index, item);
          open = { kind: "call", item };
          return events;
        }
        case "call-arguments":
          return calls.get(event.index)?.more(event.delta) ?? [];
        case "call-end":
          return calls.get(event.index) === open?.item ? close(itemStatus(event.status)) : [];
      }
    },
    end: (cut) => close(cut ? "incomplete" : "completed"),
  };
}

/** Events leave out the bytes, which the part has. */
function eventLogprob({ token, logprob, top_logprobs }: PartLogprob): object {
  return { token, logprob, top_logprobs: top_logprobs.map((each) => ({ token: each.token, logprob: each.logprob })) };
}

const itemStatus = (status: CallStatus): ItemStatus => (status === "complete" ? "completed" : "incomplete");

function objectOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
