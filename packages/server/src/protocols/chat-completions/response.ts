import type { TurnEnd, TurnEvent } from "../../turn.ts";
import type { ChoiceEvent } from "../choices.ts";
import { writtenLogprob, type WrittenLogprob } from "../logprobs.ts";
import { createCustomInput } from "../custom-input.ts";
import type { CompletionHead } from "./chunks.ts";
import { completionUsage, finishReason, type CompletionUsage, type FinishReason } from "./finish-reason.ts";
import {
  diagnosticsOf,
  reasoningFields,
  toldTo,
  type ChoiceDiagnostic,
  type ChoiceLogprobs,
  type MessageStyle,
} from "./message.ts";

export interface ChatCompletion extends CompletionHead {
  readonly object: "chat.completion";
  readonly choices: readonly {
    readonly index: number;
    readonly message: AssistantMessage;
    readonly logprobs: ChoiceLogprobs | null;
    readonly finish_reason: FinishReason;
  }[];
  readonly usage?: CompletionUsage;
  /** Not OpenAI's; there only if there is something to tell. */
  readonly glossa?: { readonly diagnostics: readonly ChoiceDiagnostic[] };
}

interface CalledFunction {
  readonly name: string;
  readonly arguments: string;
}

type ToolCall =
  | { readonly id: string; readonly type: "function"; readonly function: CalledFunction }
  | {
      readonly id: string;
      readonly type: "custom";
      readonly custom: { readonly name: string; readonly input: string };
    };

interface AssistantMessage {
  readonly role: "assistant";
  /** Null in an answer of calls alone. */
  readonly content: string | null;
  readonly refusal: null;
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly function_call?: CalledFunction;
}

/** The same events as the stream's, gathered: OpenAI's message has one text, one reasoning and a list of calls. */
export interface CompletionCollector {
  add(event: ChoiceEvent): void;
  completion(head: CompletionHead, ends: readonly TurnEnd[]): ChatCompletion;
}

export function createCompletionCollector(style: MessageStyle): CompletionCollector {
  const gathered: GatheredMessage[] = [];

  return {
    add(event) {
      if ("batch" in event) addTo((gathered[event.index] ??= newMessage()), toldTo(event.batch, style));
    },
    completion(head, ends) {
      const usage = completionUsage(ends);
      const diagnostics = diagnosticsOf(ends);
      const { id, ...rest } = head;
      return {
        id,
        object: "chat.completion",
        ...rest,
        choices: ends.map((end, index) => ({
          index,
          message: messageOf(gathered[index] ?? newMessage(), style),
          logprobs: style.logprobs ? { content: gathered[index]?.logprobs ?? [], refusal: null } : null,
          finish_reason: finishReason(end, style.legacy),
        })),
        ...(usage && { usage }),
        ...(diagnostics.length > 0 && { glossa: { diagnostics } }),
      };
    },
  };
}

interface GatheredMessage {
  readonly text: string[];
  readonly logprobs: WrittenLogprob[];
  readonly reasoning: string[];
  readonly calls: { readonly id: string; readonly name: string; readonly arguments: string[] }[];
}

const newMessage = (): GatheredMessage => ({ text: [], logprobs: [], reasoning: [], calls: [] });

function addTo({ text, logprobs, reasoning, calls }: GatheredMessage, batch: readonly TurnEvent[]): void {
  for (const event of batch) {
    if (event.type === "text") {
      text.push(event.text);
      for (const each of event.logprobs ?? []) logprobs.push(writtenLogprob(each));
    } else if (event.type === "reasoning") reasoning.push(event.text);
    else if (event.type === "call-start") calls[event.index] = { id: event.id, name: event.name, arguments: [] };
    else if (event.type === "call-arguments") calls[event.index]?.arguments.push(event.delta);
  }
}

function messageOf({ text, reasoning, calls }: GatheredMessage, style: MessageStyle): AssistantMessage {
  const [first] = calls;
  const called = style.legacy
    ? first && { function_call: { name: first.name, arguments: first.arguments.join("") } }
    : first && { tool_calls: calls.map((call) => toolCall(call, style)) };
  return {
    role: "assistant",
    content: text.length === 0 && calls.length > 0 ? null : text.join(""),
    refusal: null,
    ...(reasoning.length > 0 && reasoningFields(reasoning.join(""), style)),
    ...called,
  };
}

function toolCall({ id, name, arguments: deltas }: GatheredMessage["calls"][number], style: MessageStyle): ToolCall {
  const json = deltas.join("");
  if (!style.customTools.has(name)) return { id, type: "function", function: { name, arguments: json } };
  const input = createCustomInput();
  return { id, type: "custom", custom: { name, input: input.push(json) + input.end() } };
}
