import type { Tool } from "@glossa/core";
import type { ChatMessage, Finish } from "./engines/engine.ts";
import { asApiError } from "./error.ts";
import type { TurnEnd, TurnEvent, TurnRequest } from "./turn.ts";

/** A turn with all that was said in it. */
export interface RecordedTurn {
  /** The request's, as `x-request-id` tells the client. */
  readonly id: string;
  readonly model: string;
  /** What the model was asked: a conversation, or a prompt that stands for one. */
  readonly messages?: readonly ChatMessage[];
  readonly prompt?: string;
  readonly tools: readonly Tool[];
  /** What it answered, as far as it came. */
  readonly answer: RecordedAnswer;
  /** Why it ended; `left` where the client did not wait, `failed` where an error ended it. */
  readonly end: Finish["reason"] | "left" | "failed";
  /** The code of that error, or its kind. */
  readonly error?: string;
}

export interface RecordedAnswer {
  readonly reasoning: string;
  readonly text: string;
  /** Arguments as they were written: JSON, unless the model was cut off. */
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
}

type Turn = AsyncGenerator<readonly TurnEvent[], TurnEnd>;

/** The turn, told of when it is over. */
export async function* recorded(
  turn: Turn,
  signal: AbortSignal,
  { request, id, tell }: { readonly request: TurnRequest; readonly id: string; tell(turn: RecordedTurn): void },
): Turn {
  let [reasoning, text] = ["", ""];
  const calls = new Map<number, { readonly name: string; arguments: string }>();
  let end: RecordedTurn["end"] = "left";
  let error: string | undefined;
  try {
    for (;;) {
      const step = await turn.next();
      if (step.done) {
        end = step.value.reason;
        return step.value;
      }
      for (const event of step.value) {
        if (event.type === "text") text += event.text;
        else if (event.type === "reasoning") reasoning += event.text;
        else if (event.type === "call-start") calls.set(event.index, { name: event.name, arguments: "" });
        else if (event.type === "call-arguments") calls.get(event.index)!.arguments += event.delta;
      }
      yield step.value;
    }
  } catch (thrown) {
    const { code, type } = asApiError(signal.aborted ? signal.reason : thrown);
    if (code !== "client_left") [end, error] = ["failed", code ?? type];
    throw thrown;
  } finally {
    const { model, messages, rawPrompt, tools } = request;
    tell({
      id,
      model: model.id,
      ...(rawPrompt === undefined ? { messages } : { prompt: rawPrompt }),
      tools,
      answer: { reasoning, text, calls: [...calls.values()] },
      end,
      ...(error !== undefined && { error }),
    });
    await turn.return(undefined as never);
  }
}
