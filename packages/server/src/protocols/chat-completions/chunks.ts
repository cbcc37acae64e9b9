import { errorBody } from "../../error.ts";
import type { TurnEnd, TurnEvent } from "../../turn.ts";
import type { TurnWriter } from "../answer-turn.ts";
import type { ChoiceEvent } from "../choices.ts";
import { writtenLogprob } from "../logprobs.ts";
import { createCustomInput, type CustomInput } from "../custom-input.ts";
import { completionUsage, finishReason, type FinishReason } from "./finish-reason.ts";
import { diagnosticsOf, reasoningFields, toldTo, type ChoiceLogprobs, type MessageStyle } from "./message.ts";

/** What all objects of one answer share. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint?: string;
}

export interface ChunkOptions extends MessageStyle {
  readonly includeUsage: boolean;
  /** How many answers there are. */
  readonly choices: number;
}

interface Delta {
  readonly role?: "assistant";
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly [ToolCallDelta];
  readonly function_call?: { readonly name?: string; readonly arguments: string };
}

/** `id`, `type` and `name` come once, with the call's first delta, and are left out afterwards: strict clients take no nulls. */
type ToolCallDelta =
  | {
      readonly index: number;
      readonly id?: string;
      readonly type?: "function";
      readonly function: { readonly name?: string; readonly arguments: string };
    }
  | {
      readonly index: number;
      readonly id?: string;
      readonly type?: "custom";
      readonly custom: { readonly name?: string; readonly input: string };
    };

const done = "data: [DONE]\n\n";

/** The chunks of an answer; the last ones carry the finish reason, the usage if asked for, and `[DONE]`. */
export function createChunkWriter(
  head: CompletionHead,
  options: ChunkOptions,
): TurnWriter<ChoiceEvent, readonly TurnEnd[]> {
  // Every chunk begins with the same words, which are written once.
  const start = `data: ${JSON.stringify({ id: head.id, object: "chat.completion.chunk", ...shared(head) }).slice(0, -1)}`;
  // OpenAI sends a null in every chunk but the last if the usage is asked for.
  const usageLater = options.includeUsage ? ',"usage":null' : "";
  const started = new Set<number>();
  /** What custom tools are called with, by choice and call. */
  const inputs = new Map<string, CustomInput>();
  const ends: TurnEnd[] = [];

  function chunk(index: number, delta: Delta, finish: FinishReason | null = null, extra = "", tokens = ""): string {
    const logprobs = options.logprobs ? `"logprobs":${tokens || "null"},` : "";
    const choice = `{"index":${index},"delta":${JSON.stringify(delta)},${logprobs}"finish_reason":${JSON.stringify(finish)}}`;
    return `${start},"choices":[${choice}]${usageLater}${extra}}\n\n`;
  }

  function opening(index: number, first: TurnEvent | undefined): string {
    if (started.has(index)) return "";
    started.add(index);
    // As OpenAI: an answer that begins with a call has no content, any other begins with an empty one.
    if (first?.type === "call-start") return chunk(index, { role: "assistant", content: null });
    return chunk(index, first?.type === "reasoning" ? { role: "assistant" } : { role: "assistant", content: "" });
  }

  function deltaOf(event: TurnEvent, choice: number): Delta | undefined {
    switch (event.type) {
      case "text":
        return { content: event.text };
      case "reasoning":
        return reasoningFields(event.text, options);
      case "call-start": {
        const { index, id, name } = event;
        const called = { name, arguments: "" };
        if (options.legacy) return { function_call: called };
        if (!options.customTools.has(name)) return { tool_calls: [{ index, id, type: "function", function: called }] };
        inputs.set(`${choice}.${index}`, createCustomInput());
        return { tool_calls: [{ index, id, type: "custom", custom: { name, input: "" } }] };
      }
      case "call-arguments": {
        const { index, delta } = event;
        if (options.legacy) return { function_call: { arguments: delta } };
        const input = inputs.get(`${choice}.${index}`);
        return input
          ? inputDelta(index, input.push(delta))
          : { tool_calls: [{ index, function: { arguments: delta } }] };
      }
      case "call-end": {
        const input = inputs.get(`${choice}.${event.index}`);
        return input && inputDelta(event.index, input.end());
      }
    }
  }

  return {
    open: () => "",
    events(event) {
      const { index } = event;
      if ("end" in event) {
        ends[index] = event.end;
        // What there is to tell of the answer comes with its last finish reason.
        const all = ends.filter(Boolean);
        const last = all.length === options.choices ? glossa(all) : "";
        return opening(index, undefined) + chunk(index, {}, finishReason(event.end, options.legacy), last);
      }
      const batch = toldTo(event.batch, options);
      if (batch.length === 0) return "";
      let text = opening(index, batch[0]);
      for (const each of batch) {
        const delta = deltaOf(each, index);
        if (delta) text += chunk(index, delta, null, "", tokensOf(each));
      }
      return text;
    },
    end(ended) {
      const usage = options.includeUsage ? completionUsage(ended) : undefined;
      return (usage ? `${start},"choices":[],"usage":${JSON.stringify(usage)}}\n\n` : "") + done;
    },
    error: (error) => `data: ${JSON.stringify(errorBody(error))}\n\n${done}`,
  };
}

/** The log probabilities that a delta comes with, as JSON; nothing where there are none. */
function tokensOf(event: TurnEvent): string {
  if (event.type !== "text" || !event.logprobs) return "";
  const logprobs: ChoiceLogprobs = { content: event.logprobs.map(writtenLogprob), refusal: null };
  return JSON.stringify(logprobs);
}

function inputDelta(index: number, input: string): Delta | undefined {
  return input === "" ? undefined : { tool_calls: [{ index, custom: { input } }] };
}

/**
 * `glossa: { diagnostics }`, only where there are any: a call that was malformed or cut off, a tool that does not exist, an
 * answer or arguments that miss their schema. Clients that don't know the field leave it alone.
 */
function glossa(ends: readonly TurnEnd[]): string {
  const diagnostics = diagnosticsOf(ends);
  return diagnostics.length === 0 ? "" : `,"glossa":${JSON.stringify({ diagnostics })}`;
}

function shared({ created, model, system_fingerprint }: CompletionHead): Omit<CompletionHead, "id"> {
  return { created, model, ...(system_fingerprint !== undefined && { system_fingerprint }) };
}
