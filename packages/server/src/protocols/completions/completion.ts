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
import { finite } from "../logprobs.ts";

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
  readonly logprobs: TextLogprobs | null;
  readonly finish_reason: FinishReason | null;
}

/** One list for each thing that is told of the tokens. */
interface TextLogprobs {
  /** Where each begins in the text of the answer, in characters (code points), as vLLM counts. */
  readonly text_offset: number[];
  readonly tokens: string[];
  readonly token_logprobs: number[];
  /** The likeliest tokens, the token itself added where it is none of them. */
  readonly top_logprobs: Record<string, number>[];
}

export interface TextOptions {
  /** What each answer begins with. */
  readonly echoes: readonly string[];
  /** How many answers each prompt has, one after the other. */
  readonly answers: number;
  /** Log probabilities are told. */
  readonly logprobs: boolean;
}

export function createTextWriter(
  head: TextHead,
  { echoes, answers, logprobs, includeUsage }: TextOptions & { readonly includeUsage: boolean },
): TurnWriter<ChoiceEvent, readonly TurnEnd[]> {
  const sse = (choices: readonly TextChoice[], usage?: CompletionUsage | null): string =>
    `data: ${JSON.stringify({ ...head, choices, ...(usage !== undefined && { usage }) })}\n\n`;
  const chunk = (index: number, text: string, finish: FinishReason | null, tokens: TextLogprobs | null): string =>
    sse([{ index, text, logprobs: tokens, finish_reason: finish }], includeUsage ? null : undefined);

  return {
    open: () => echoes.map((text, index) => (text === "" ? "" : chunk(index, text, null, null))).join(""),
    events(event) {
      if ("end" in event) return chunk(event.index, "", finishReason(event.end), null);
      const text = textOf(event.batch);
      return text === "" ? "" : chunk(event.index, text, null, logprobs ? logprobsOf(event.batch) : null);
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

export function createTextCollector({ echoes, answers, logprobs }: TextOptions): TextCollector {
  const texts = echoes.map((echo) => [echo]);
  const batches = echoes.map((): TurnEvent[] => []);

  return {
    add(event) {
      if (!("batch" in event)) return;
      texts[event.index]?.push(textOf(event.batch));
      if (logprobs) batches[event.index]?.push(...event.batch);
    },
    completion(head, ends) {
      const usage = textUsage(ends, answers);
      return {
        ...head,
        choices: ends.map((end, index) => ({
          index,
          text: texts[index]?.join("") ?? "",
          logprobs: logprobs ? logprobsOf(batches[index] ?? []) : null,
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

function logprobsOf(batch: readonly TurnEvent[]): TextLogprobs {
  const told: TextLogprobs = { text_offset: [], tokens: [], token_logprobs: [], top_logprobs: [] };
  for (const event of batch) {
    if (event.type !== "text") continue;
    for (const { token, logprob, top, offset } of event.logprobs ?? []) {
      told.text_offset.push(offset);
      told.tokens.push(token);
      told.token_logprobs.push(finite(logprob));
      // Of tokens that read alike, as parts of characters do, the likeliest has the name.
      const likeliest = [...top, { token, logprob }].toSorted((one, other) => other.logprob - one.logprob);
      told.top_logprobs.push(
        Object.fromEntries(likeliest.toReversed().map((each) => [each.token, finite(each.logprob)])),
      );
    }
  }
  return told;
}

/** Each prompt counts once, however many answers it has. */
function textUsage(ends: readonly TurnEnd[], answers: number): CompletionUsage | undefined {
  const all = completionUsage(ends);
  if (!all) return undefined;
  const prompts = ends.filter((_, index) => index % answers === 0);
  const prompt_tokens = prompts.reduce((sum, { usage }) => sum + (usage?.promptTokens ?? 0), 0);
  return { ...all, prompt_tokens, total_tokens: prompt_tokens + all.completion_tokens };
}
