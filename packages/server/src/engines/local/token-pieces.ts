import type { Tokenizer } from "@glossa/chat/tokenizer";
import type { IdLogprob, TokenPiece } from "./token-engine.ts";

/** Tokens as they come, with what they say as soon as it is text: a character may take several. */
export class TokenPieces {
  readonly #text: ReturnType<Tokenizer["stream"]>;
  readonly #told: boolean;
  #ids: number[] = [];
  #logprobs: IdLogprob[] = [];

  /** `told`: each token comes with its log probability. */
  constructor(tokenizer: Tokenizer, told: boolean) {
    this.#text = tokenizer.stream({ continues: true });
    this.#told = told;
  }

  push(id: number, logprob: IdLogprob | undefined): TokenPiece | undefined {
    this.#ids.push(id);
    if (logprob) this.#logprobs.push(logprob);
    return this.#piece(this.#text.push([id]));
  }

  /** What is left is a character that was never finished. */
  end(): TokenPiece | undefined {
    return this.#piece(this.#text.end());
  }

  #piece(text: string): TokenPiece | undefined {
    if (text === "") return undefined;
    const piece = { text, ids: this.#ids, ...(this.#told && { logprobs: this.#logprobs }) };
    this.#ids = [];
    this.#logprobs = [];
    return piece;
  }
}
