import type { Tokenizer } from "@glossa/chat/tokenizer";
import { isRecord } from "./remote/upstream.ts";

/** A token that the model may have written, and how likely it was: the natural logarithm of its probability. */
export interface TokenProbability {
  /** Its text; bytes that make no character are U+FFFD. */
  readonly token: string;
  readonly logprob: number;
  /** Its bytes: half a character, perhaps. Null where the engine tells only a text that has lost them. */
  readonly bytes: readonly number[] | null;
}

/** A token that the model has written. */
export interface TokenLogprob extends TokenProbability {
  /** The likeliest tokens at its place, the likeliest first: so many as were asked for, or fewer. */
  readonly top: readonly TokenProbability[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** By its text alone. Servers write U+FFFD for bytes that make no character, which are lost then. */
export function tokenOfText(token: string, logprob: number): TokenProbability {
  return { token, logprob, bytes: token.includes("\uFFFD") ? null : [...encoder.encode(token)] };
}

export function tokenOfBytes(bytes: Uint8Array, logprob: number): TokenProbability {
  return { token: decoder.decode(bytes), logprob, bytes: [...bytes] };
}

/** By its id, where the tokenizer is known and has it. */
export function tokenOfId(tokenizer: Tokenizer | undefined, id: number, logprob: number): TokenProbability | undefined {
  const bytes = tokenizer?.tokenBytes(id);
  return bytes && bytes.length > 0 ? tokenOfBytes(bytes, logprob) : undefined;
}

/**
 * The tokens of a chat completion, `{ content: [{ token, logprob, bytes, top_logprobs }] }`, or of a text completion, `{ tokens,
 * token_logprobs, top_logprobs }`, whose lists of the likeliest have the token itself beside them. Nothing of what is neither.
 */
export function openaiLogprobs(logprobs: unknown, top: number): readonly TokenLogprob[] {
  if (!isRecord(logprobs)) return [];
  const { content, tokens, token_logprobs: values, top_logprobs: likeliest } = logprobs;
  if (Array.isArray(content)) return listedLogprobs(content, top);
  if (!Array.isArray(tokens) || !Array.isArray(values)) return [];
  return tokens.flatMap((token: unknown, index) => {
    const value: unknown = values[index];
    if (typeof token !== "string" || typeof value !== "number") return [];
    const others: unknown = Array.isArray(likeliest) ? likeliest[index] : undefined;
    const listed = Object.entries(isRecord(others) ? others : {})
      .filter((entry): entry is [string, number] => typeof entry[1] === "number")
      .sort(([, one], [, other]) => other - one)
      .map(([text, logprob]) => tokenOfText(text, logprob));
    return [{ ...tokenOfText(token, value), top: listed.slice(0, top) }];
  });
}

/** Tokens as OpenAI's chat completions list them, and Ollama and llama.cpp after them: `{ token, logprob, bytes?, top_logprobs? }`. */
export function listedLogprobs(list: unknown, top: number): readonly TokenLogprob[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown) => {
    const token = listedToken(entry);
    if (!token) return [];
    const likeliest: unknown = isRecord(entry) ? entry["top_logprobs"] : undefined;
    const listed = Array.isArray(likeliest) ? likeliest.flatMap((each) => listedToken(each) ?? []) : [];
    return [{ ...token, top: listed.slice(0, top) }];
  });
}

function listedToken(entry: unknown): TokenProbability | undefined {
  if (!isRecord(entry)) return undefined;
  const { token, logprob, bytes } = entry;
  if (typeof token !== "string" || typeof logprob !== "number") return undefined;
  const known = Array.isArray(bytes) && bytes.every((byte) => Number.isInteger(byte)) ? (bytes as number[]) : undefined;
  // llama.cpp leaves the text of half a character empty.
  if (known && token === "") return tokenOfBytes(Uint8Array.from(known), logprob);
  const byText = tokenOfText(token, logprob);
  if (!known) return byText;
  // Some servers write down the bytes of the text with U+FFFD in it, which are none of the token's.
  const lost = byText.bytes === null && encoder.encode(token).length === known.length;
  return { ...byText, bytes: lost ? null : known };
}
