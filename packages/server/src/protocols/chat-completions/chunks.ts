import { errorBody } from "../../error.ts";
import type { TurnDiagnostic, TurnEvent } from "../../turn.ts";
import type { TurnWriter } from "../answer-turn.ts";
import { completionUsage, finishReason, type FinishReason } from "./finish-reason.ts";

/** What all objects of one answer share. */
export interface CompletionHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint?: string;
}

interface Delta {
  readonly role?: "assistant";
  readonly content?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly [ToolCallDelta];
}

/** `id`, `type` and `name` come once, with the call's first delta, and are left out afterwards: strict clients take no nulls. */
interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: "function";
  readonly function: { readonly name?: string; readonly arguments: string };
}

const done = "data: [DONE]\n\n";

/** The chunks of an answer; the last ones carry the finish reason, the usage if asked for, and `[DONE]`. */
export function createChunkWriter(head: CompletionHead, options: { readonly includeUsage: boolean }): TurnWriter {
  // Every chunk begins with the same words, which are written once.
  const start = `data: ${JSON.stringify({ id: head.id, object: "chat.completion.chunk", ...shared(head) }).slice(0, -1)}`;
  // OpenAI sends a null in every chunk but the last if the usage is asked for.
  const usageLater = options.includeUsage ? ',"usage":null' : "";
  let started = false;

  function chunk(delta: Delta, finish: FinishReason | null = null, extra = ""): string {
    const choice = `{"index":0,"delta":${JSON.stringify(delta)},"finish_reason":${JSON.stringify(finish)}}`;
    return `${start},"choices":[${choice}]${usageLater}${extra}}\n\n`;
  }

  function opening(first: TurnEvent | undefined): string {
    if (started) return "";
    started = true;
    // As OpenAI: an answer that begins with a call has no content, any other begins with an empty one.
    if (first?.type === "call-start") return chunk({ role: "assistant", content: null });
    return chunk(first?.type === "reasoning" ? { role: "assistant" } : { role: "assistant", content: "" });
  }

  return {
    open: () => "",
    events(batch) {
      let text = opening(batch[0]);
      for (const event of batch) {
        const delta = deltaOf(event);
        if (delta) text += chunk(delta);
      }
      return text;
    },
    end(end) {
      let text = opening(undefined);
      text += chunk({}, finishReason(end), glossa(end.diagnostics));
      const usage = options.includeUsage ? completionUsage(end) : undefined;
      if (usage) text += `${start},"choices":[],"usage":${JSON.stringify(usage)}}\n\n`;
      return text + done;
    },
    error: (error) => `data: ${JSON.stringify(errorBody(error))}\n\n${done}`,
  };
}

function deltaOf(event: TurnEvent): Delta | undefined {
  switch (event.type) {
    case "text":
      return { content: event.text };
    case "reasoning":
      return { reasoning_content: event.text };
    case "call-start":
      return {
        tool_calls: [
          { index: event.index, id: event.id, type: "function", function: { name: event.name, arguments: "" } },
        ],
      };
    case "call-arguments":
      return { tool_calls: [{ index: event.index, function: { arguments: event.delta } }] };
    case "call-end":
      return undefined;
  }
}

/**
 * `glossa: { diagnostics }`, only where there are any: a call that was malformed or cut off, a tool that does not exist, an
 * answer or arguments that miss their schema. Clients that don't know the field leave it alone.
 */
function glossa(diagnostics: readonly TurnDiagnostic[]): string {
  return diagnostics.length === 0 ? "" : `,"glossa":${JSON.stringify({ diagnostics })}`;
}

function shared({ created, model, system_fingerprint }: CompletionHead): Omit<CompletionHead, "id"> {
  return { created, model, ...(system_fingerprint !== undefined && { system_fingerprint }) };
}
