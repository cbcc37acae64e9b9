import type { Checkpoint } from "@glossa/chat";
import type { Format } from "@glossa/core";

/** What an engine has to know of a checkpoint's tokenizer that it does not run itself. */
export interface CheckpointTokens {
  /** The token that the tokenizer puts before any text, as text; nothing if it puts none. */
  readonly beginning: string | undefined;
  /** The tokens that are found in a text before it is cut into pieces, the special ones among them, with their ids. */
  readonly ids: ReadonlyMap<string, number>;
}

/** The parts of `tokenizer.json` that say so. */
interface TokenizerFile {
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
  readonly post_processor?: PostProcessor | null;
}

interface PostProcessor {
  readonly type: string;
  readonly processors?: readonly PostProcessor[];
  readonly single?: readonly object[];
}

/** Reads them once: a `tokenizer.json` has megabytes. */
export function readTokens({ tokenizer, tokenizerConfig, vocabulary, specialTokens }: Checkpoint): CheckpointTokens {
  const file = tokenizer === undefined ? undefined : (JSON.parse(tokenizer) as TokenizerFile);
  const configured = tokenizerConfig?.["add_bos_token"];
  const adds =
    typeof configured === "boolean"
      ? configured
      : file
        ? beginsWithToken(file.post_processor)
        : // Where the header says nothing, llama.cpp adds it for SentencePiece alone.
          (vocabulary?.addBos ?? vocabulary?.model === "llama");
  return {
    beginning: adds ? specialTokens["bos_token"] : undefined,
    ids: file
      ? new Map(file.added_tokens?.map(({ id, content }) => [content, id]))
      : new Map(vocabulary?.tokens.map((token, id) => [token, id])),
  };
}

function beginsWithToken(processor: PostProcessor | null | undefined): boolean {
  if (processor?.type === "Sequence") return processor.processors?.some(beginsWithToken) ?? false;
  const first = processor?.single?.[0];
  return first !== undefined && "SpecialToken" in first;
}

/** The format's markers that are one token, by id. */
export function markerTokens({ ids }: CheckpointTokens, { specialTokens = [] }: Format): ReadonlyMap<number, string> {
  return new Map(
    specialTokens.flatMap((text) => {
      const id = ids.get(text);
      return id === undefined ? [] : [[id, text]];
    }),
  );
}
