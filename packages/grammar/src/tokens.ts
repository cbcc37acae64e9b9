import type { Grammar } from "./grammar.ts";
import type { Matcher } from "./matcher/matcher.ts";

/** Says, token by token, what a model may write. */
export interface TokenConstraint {
  /** Whether the token may come next; an end token may where the text is complete. */
  allows(id: number): boolean;
  /** Takes a token. One that is not allowed is an error of the caller's. */
  accept(id: number): void;
  readonly isComplete: boolean;
}

/**
 * A grammar over the tokens of a vocabulary. `tokenBytes` gives the bytes that a token stands for (none for a special token,
 * which is then never allowed), `isEnd` names the tokens that end the text. Answers are remembered until the next token.
 */
export function constrainTokens(
  grammar: Grammar,
  tokenBytes: (id: number) => Uint8Array,
  isEnd: (id: number) => boolean,
): TokenConstraint {
  const matcher: Matcher = grammar.matcher();
  const answers = new Map<number, boolean>();
  let ended = false;

  function allows(id: number): boolean {
    if (ended) return false;
    if (isEnd(id)) return matcher.isComplete;
    let answer = answers.get(id);
    if (answer === undefined) {
      const bytes = tokenBytes(id);
      answer = bytes.length > 0 && matcher.accepts(bytes);
      answers.set(id, answer);
    }
    return answer;
  }

  return {
    allows,
    accept(id) {
      if (!allows(id)) throw new RangeError(`token ${id} is not allowed here`);
      if (isEnd(id)) ended = true;
      else matcher.push(tokenBytes(id));
      answers.clear();
    },
    get isComplete() {
      return matcher.isComplete;
    },
  };
}
