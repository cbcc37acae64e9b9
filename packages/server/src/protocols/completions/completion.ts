import { errorBody } from "../../error.ts";
import type { TurnEnd, TurnEvent } from "../../turn.ts";
import type { TurnWriter } from "../answer-turn.ts";
import {
  completionUsage,
  finishReason,
  type CompletionUsage,
  type FinishReason,
} from "../chat-completions/finish-reason.ts";
import type { ChoiceEvent } from "../choices.ts";

/** What all objects of one answer share. */
export interface TextHead {
  readonly id: string;
  readonly object: "text_completion";
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint?: string;
}

export interface TextCompletion extends TextHead {
  readonly choices: readonly TextChoice[];
  readonly usage?: CompletionUsage;
}

interface TextChoice {
  readonly index: number;
  readonly text: string;
  readonly logprobs: null;
  readonly finish_reason: FinishReason | null;
}

export interface TextOptions {
  /** What each answer begins with. */
  readonly echoes: readonly string[];
  /** How many answers each prompt has, one after the other. */
  readonly answers: number;
}

export function createTextWriter(
  head: TextHead,
  { echoes, answers, includeUsage }: TextOptions & { readonly includeUsage: boolean },
): TurnWriter<ChoiceEvent, readonly TurnEnd[]> {
  const sse = (choices: readonly TextChoice[], usage?: CompletionUsage | null): string =>
    `data: ${JSON.stringify({ ...head, choices, ...(usage !== undefined && { usage }) })}\n\n`;
  const chunk = (index: number, text: string, finish: FinishReason | null = null): string =>
    sse([{ index, text, logprobs: null, finish_reason: finish }], includeUsage ? null : undefined);

  return {
    open: () => echoes.map((text, index) => (text === "" ? "" : chunk(index, text))).join(""),
    events(event) {
      if ("end" in event) return chunk(event.index, "", finishReason(event.end));
      const text = textOf(event.batch);
      return text === "" ? "" : chunk(event.index, text);
    },
    end(ends) {
      const usage = includeUsage ? textUsage(ends, answers) : undefined;
      return `${usage ? sse([], usage) : ""}data: [DONE]\n\n`;
    },
    error: (error) => `data: ${JSON.stringify(errorBody(error))}\n\ndata: [DONE]\n\n`,
  };
}

export interface TextCollector {
  add(event: ChoiceEvent): void;
  completion(head: TextHead, ends: readonly TurnEnd[]): TextCompletion;
}

export function createTextCollector({ echoes, answers }: TextOptions): TextCollector {
  const texts = echoes.map((echo) => [echo]);

  return {
    add(event) {
      if ("batch" in event) texts[event.index]?.push(textOf(event.batch));
    },
    completion(head, ends) {
      const usage = textUsage(ends, answers);
      return {
        ...head,
        choices: ends.map((end, index) => ({
          index,
          text: texts[index]?.join("") ?? "",
          logprobs: null,
          finish_reason: finishReason(end),
        })),
        ...(usage && { usage }),
      };
    },
  };
}

function textOf(batch: readonly TurnEvent[]): string {
  return batch.map((event) => (event.type === "text" ? event.text : "")).join("");
}

/** Each prompt counts once, however many answers it has. */
function textUsage(ends: readonly TurnEnd[], answers: number): CompletionUsage | undefined {
  const all = completionUsage(ends);
  if (!all) return undefined;
  const prompts = ends.filter((_, index) => index % answers === 0);
  const prompt_tokens = prompts.reduce((sum, { usage }) => sum + (usage?.promptTokens ?? 0), 0);
  return { ...all, prompt_tokens, total_tokens: prompt_tokens + all.completion_tokens };
}
