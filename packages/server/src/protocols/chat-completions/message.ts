import type { WrittenLogprob } from "../logprobs.ts";
import type { TurnDiagnostic, TurnEnd, TurnEvent } from "../../turn.ts";

/** By which name reasoning is told: the older one, the one that vLLM and others have now, or both. */
export type ReasoningField = "reasoning_content" | "reasoning" | "both";

/** How the client wants its messages. */
export interface MessageStyle {
  /** `none`: it wants no reasoning. */
  readonly reasoning: ReasoningField | "none";
  /** It knows `function_call` and no `tool_calls`. */
  readonly legacy: boolean;
  /** It has asked for log probabilities. */
  readonly logprobs: boolean;
  /** The names of tools that take one text. */
  readonly customTools: ReadonlySet<string>;
}

/** The tokens of the content, or of a piece of it. */
export interface ChoiceLogprobs {
  readonly content: readonly WrittenLogprob[];
  readonly refusal: null;
}

/** A piece of reasoning, or all of it, by its names. */
export function reasoningFields(
  text: string,
  { reasoning }: MessageStyle,
): { readonly reasoning_content?: string; readonly reasoning?: string } {
  return {
    ...((reasoning === "reasoning_content" || reasoning === "both") && { reasoning_content: text }),
    ...((reasoning === "reasoning" || reasoning === "both") && { reasoning: text }),
  };
}

/** The events that are told to this client. */
export function toldTo(batch: readonly TurnEvent[], { reasoning }: MessageStyle): readonly TurnEvent[] {
  return reasoning === "none" ? batch.filter(({ type }) => type !== "reasoning") : batch;
}

/** A diagnostic that names the choice that it is about, where there are several. */
export type ChoiceDiagnostic = TurnDiagnostic & { readonly choice?: number };

export function diagnosticsOf(ends: readonly TurnEnd[]): readonly ChoiceDiagnostic[] {
  if (ends.length === 1) return ends[0]?.diagnostics ?? [];
  return ends.flatMap(({ diagnostics }, choice) => diagnostics.map((each) => Object.assign({}, each, { choice })));
}
