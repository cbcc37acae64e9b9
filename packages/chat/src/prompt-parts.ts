/** What takes the tokens of a prompt; the parts add up to the whole. */
export interface PromptTokens {
  readonly total: number;
  /** What the prompt has more of for its tools. */
  readonly tools: number;
  /** The system messages at the beginning. */
  readonly system: number;
  /** All other messages, and what the template writes whatever there is to write. */
  readonly history: number;
  /** What opens the answer. */
  readonly generation: number;
}

/** Which of the two parts that are no messages a prompt has. */
export interface PartsShown {
  readonly tools: boolean;
  readonly generation: boolean;
}

/**
 * Counts the parts of a prompt by leaving them out. `count` gives a prompt's number of tokens. What it throws of the whole
 * prompt is thrown; a prompt with a part left out may be one that the template refuses, and then the part can't be told
 * from the history.
 */
export function countParts<Message extends { readonly role?: unknown }>(
  messages: readonly Message[],
  shown: PartsShown,
  count: (messages: readonly Message[], shown: PartsShown) => number,
): PromptTokens {
  const countWithout = (left: readonly Message[], parts: PartsShown): number | undefined => {
    if (left.length === 0) return undefined;
    try {
      return count(left, parts);
    } catch {
      return undefined;
    }
  };
  const none: PartsShown = { tools: false, generation: false };
  const total = count(messages, shown);
  const closed = shown.generation ? (countWithout(messages, { ...shown, generation: false }) ?? total) : total;
  const bare = shown.tools ? (countWithout(messages, none) ?? closed) : closed;
  // A template may write a prompt of its own where there are no tools.
  const tools = Math.max(0, closed - bare);
  const system = Math.min(closed - tools, countSystem());
  return { total, tools, system, history: closed - tools - system, generation: total - closed };

  function countSystem(): number {
    const end = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
    const leading = end < 0 ? messages.length : end;
    if (leading === 0) return 0;
    const alone = countWithout(messages.slice(0, leading), none);
    if (alone !== undefined && alone > 0) return alone;
    const others = countWithout(messages.slice(leading), none);
    return others === undefined ? 0 : Math.max(0, bare - others);
  }
}
