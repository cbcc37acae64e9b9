import type { Detokenizer, TokenOutput } from "./detokenizer.ts";

/** Ids in, the text that is certain out. */
export interface TokenStream {
  /** The text that these ids complete: bytes of a character that is not whole yet wait. */
  push(ids: Iterable<number>): string;
  /** What is left: U+FFFD for a character that was never finished. Nothing may be pushed behind it. */
  end(): string;
}

export interface TokenStreamOptions {
  /** Leaves out the tokens that the tokenizer calls special. Default false: formats have markers among them. */
  readonly skipSpecialTokens?: boolean | undefined;
  /**
   * The ids go on after others, as a model's answer does after its prompt: the blank that some tokenizers drop at the
   * beginning of a text stays. Default false, as in transformers.
   */
  readonly continues?: boolean | undefined;
}

export interface StreamedTokens {
  readonly detokenizer: Detokenizer;
  /** The token's own text; undefined where there is no such id. */
  token(id: number): string | undefined;
  isSpecial(id: number): boolean;
}

/** Each token is looked at once, whatever came before it. */
export function openTokenStream(
  { detokenizer, token: tokenOf, isSpecial }: StreamedTokens,
  { skipSpecialTokens = false, continues = false }: TokenStreamOptions = {},
): TokenStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const { strip, separator } = detokenizer;
  let first = !continues;
  let toStrip = first ? (strip?.count ?? 0) : 0;
  let open = false;

  const text = (output: TokenOutput): string => {
    if (typeof output !== "string") {
      open = true;
      return decoder.decode(output, { stream: true });
    }
    if (!open) return output;
    open = false;
    return decoder.decode() + output;
  };

  /** Cuts what the whole text loses at its beginning, as it comes. */
  const stripped = (said: string): string => {
    let at = 0;
    while (toStrip > 0 && at < said.length) {
      if (said[at] === strip!.character) at++;
      else toStrip = 1;
      toStrip--;
    }
    return at === 0 ? said : said.slice(at);
  };

  return {
    push(ids) {
      let said = "";
      for (const id of ids) {
        const token = tokenOf(id);
        if (token === undefined || (skipSpecialTokens && isSpecial(id))) continue;
        if (separator !== "" && !first) said += text(separator);
        said += text(detokenizer.output(token, first));
        first = false;
      }
      return toStrip > 0 ? stripped(said) : said;
    },
    end() {
      const said = open ? decoder.decode() : "";
      open = false;
      return toStrip > 0 ? stripped(said) : said;
    },
  };
}
