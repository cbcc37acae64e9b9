import type { Tokenizer } from "@glossa/chat/tokenizer";
import type { Conversation } from "./conversation.ts";
import { conversations } from "./conversations.ts";
import type { Rendering, Subject } from "./subject.ts";

/** Where two prompts part. */
export interface Difference {
  readonly conversation: string;
  /** The first character that differs, in UTF-16 units; absent where one template refuses the conversation. */
  readonly character?: number;
  /** The first token that differs; absent where there is no tokenizer, and the pieces are words. */
  readonly token?: number;
  /** The last pieces that both have. */
  readonly both: readonly string[];
  readonly own: Side;
  readonly other: Side;
}

export type Side =
  /** The pieces from the difference on; none at the end of the prompt. */
  | { readonly pieces: readonly string[]; readonly error?: undefined }
  /** What the template says against the conversation. */
  | { readonly error: string; readonly pieces?: undefined };

/** How many pieces are shown before a difference, and from it on. */
const shown = 6;

/** Every conversation through both templates, token by token; by words where there is no tokenizer. */
export function compareTemplates(own: Subject, other: Subject, tokenizer: Tokenizer | undefined): Difference[] {
  return compared.flatMap((conversation) => {
    // What ends with a question or a result is to be answered.
    const generation = conversation.turns.at(-1)!.role !== "assistant";
    const difference = compare(
      own.render(conversation, { generation }),
      other.render(conversation, { generation }),
      tokenizer,
    );
    return difference ? [{ conversation: conversation.title, ...difference }] : [];
  });
}

export const compared: readonly Conversation[] = Object.values(conversations);

function compare(
  own: Rendering,
  other: Rendering,
  tokenizer: Tokenizer | undefined,
): Omit<Difference, "conversation"> | undefined {
  if (own.error !== undefined || other.error !== undefined) {
    // Two that refuse it agree, whatever they say.
    if (own.error !== undefined && other.error !== undefined) return undefined;
    const side = ({ text, error }: Rendering): Side =>
      error === undefined ? { pieces: split(text, tokenizer).slice(0, shown) } : { error };
    return { both: [], own: side(own), other: side(other) };
  }
  if (own.text === other.text) return undefined;
  const pieces = split(own.text, tokenizer);
  const others = split(other.text, tokenizer);
  const at = firstDifference(pieces, others);
  return {
    character: firstDifference(own.text, other.text),
    ...(tokenizer && { token: at }),
    both: pieces.slice(Math.max(0, at - shown), at),
    own: { pieces: pieces.slice(at, at + shown) },
    other: { pieces: others.slice(at, at + shown) },
  };
}

function firstDifference(left: ArrayLike<string>, right: ArrayLike<string>): number {
  let at = 0;
  while (at < left.length && at < right.length && left[at] === right[at]) at++;
  return at;
}

/** A prompt as its tokens, or as words, signs and markup. */
function split(text: string, tokenizer: Tokenizer | undefined): string[] {
  if (tokenizer) return tokenizer.encode(text).map((id) => tokenizer.tokenText(id));
  return text.match(/<[^<>\s]*>|[\p{L}\p{N}_]+|\s|[^]/gu) ?? [];
}
