import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";
import type { Delta } from "@glossa/core";

interface TokenizerFile {
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[];
}

const file = new URL("../../../demo-engine/model/tokenizer.json", import.meta.url);
const json = JSON.parse(readFileSync(file, "utf8")) as TokenizerFile;
const tokenizer = new Tokenizer(json, {});

/** The special tokens of the tokenizer, by id. */
export const specialTokens: ReadonlyMap<number, string> = new Map(
  json.added_tokens.map(({ id, content }) => [id, content]),
);

/**
 * The text token by token, as a server streams it: with byte-level tokens a letter may be several of them, and comes with
 * the last one.
 */
export function tokenDeltas(text: string): Exclude<Delta, string>[] {
  const { ids } = tokenizer.encode(text, { add_special_tokens: false });
  const deltas: { text: string; tokens: number[] }[] = [];
  let tokens: number[] = [];
  for (const id of ids) {
    tokens.push(id);
    const said = tokenizer.decode(tokens, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
    if (said.endsWith("\uFFFD")) continue;
    deltas.push({ text: said, tokens });
    tokens = [];
  }
  if (deltas.map((delta) => delta.text).join("") !== text)
    throw new Error(`the tokens do not say ${JSON.stringify(text)}`);
  return deltas;
}
