import type { TurnDiagnostic, TurnEnd, TurnEvent } from "../../turn.ts";
import type { CompletionHead } from "./chunks.ts";
import { completionUsage, finishReason, type CompletionUsage, type FinishReason } from "./finish-reason.ts";

export interface ChatCompletion extends CompletionHead {
  readonly object: "chat.completion";
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: AssistantMessage;
      readonly logprobs: null;
      readonly finish_reason: FinishReason;
    },
  ];
  readonly usage?: CompletionUsage;
  /** Not OpenAI's; there only if there is something to tell. */
  readonly glossa?: { readonly diagnostics: readonly TurnDiagnostic[] };
}

interface AssistantMessage {
  readonly role: "assistant";
  /** Null in an answer of calls alone. */
  readonly content: string | null;
  readonly refusal: null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: "function";
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
}

/** The same events as the stream's, gathered: OpenAI's message has one text, one reasoning and a list of calls. */
export interface MessageCollector {
  add(batch: readonly TurnEvent[]): void;
  completion(head: CompletionHead, end: TurnEnd): ChatCompletion;
}

export function createMessageCollector(): MessageCollector {
  const text: string[] = [];
  const reasoning: string[] = [];
  const calls: { readonly id: string; readonly name: string; readonly arguments: string[] }[] = [];

  return {
    add(batch) {
      for (const event of batch) {
        if (event.type === "text") text.push(event.text);
        else if (event.type === "reasoning") reasoning.push(event.text);
        else if (event.type === "call-start") calls[event.index] = { id: event.id, name: event.name, arguments: [] };
        else if (event.type === "call-arguments") calls[event.index]?.arguments.push(event.delta);
      }
    },
    completion(head, end) {
      const usage = completionUsage(end);
      const message: AssistantMessage = {
        role: "assistant",
        content: text.length === 0 && calls.length > 0 ? null : text.join(""),
        refusal: null,
        ...(reasoning.length > 0 && { reasoning_content: reasoning.join("") }),
        ...(calls.length > 0 && {
          tool_calls: calls.map((call) => ({
            id: call.id,
            type: "function" as const,
            function: { name: call.name, arguments: call.arguments.join("") },
          })),
        }),
      };
      const { id, ...rest } = head;
      return {
        id,
        object: "chat.completion",
        ...rest,
        choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason(end) }],
        ...(usage && { usage }),
        ...(end.diagnostics.length > 0 && { glossa: { diagnostics: end.diagnostics } }),
      };
    },
  };
}
