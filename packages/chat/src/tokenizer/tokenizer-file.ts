import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import type { JsonObject } from "../checkpoint/checkpoint.ts";

/** A token that text is searched for before the model sees it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Left out where special tokens are skipped. */
  readonly special: boolean;
  /** Searched for in normalized text. */
  readonly normalized: boolean;
  /** Takes the white space before it, or behind it, along. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Not within a word. */
  readonly singleWord: boolean;
}

/** A `tokenizer.json`, as far as it is not handed on. */
export interface TokenizerFile {
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: unknown;
  readonly preTokenizer: unknown;
  readonly model: TokenizerModel;
  readonly postProcessor: unknown;
  readonly decoder: unknown;
}

export interface TokenizerModel {
  /** `BPE`, `Unigram`, …; old files leave it out. */
  readonly type?: string;
  /** Token to id, or tokens with their scores in the order of their ids. */
  readonly vocab: Readonly<Record<string, number>> | readonly (readonly [token: string, score: number])[];
  readonly [field: string]: unknown;
}

/** What errors call the file. */
export const FILE = "tokenizer.json";

/** Throws `CheckpointError`. */
export function readTokenizerFile(json: string | object, config: JsonObject | undefined): TokenizerFile {
  const file = typeof json === "string" ? parse(json) : json;
  if (!isObject(file)) throw new CheckpointError(FILE, "is not a JSON object");
  const { model } = file;
  if (!isObject(model)) throw new CheckpointError(FILE, `model: found ${kindOf(model)}, expected an object`);
  if (typeof model["vocab"] !== "object" || model["vocab"] === null)
    throw new CheckpointError(FILE, `model.vocab: found ${kindOf(model["vocab"])}, expected an object or an array`);
  const listed = file["added_tokens"] ?? [];
  if (!Array.isArray(listed))
    throw new CheckpointError(FILE, `added_tokens: found ${kindOf(listed)}, expected an array`);
  const added = listed.map((token, index) => readAddedToken(token, `added_tokens[${index}]`, FILE));
  const normalizer = file["normalizer"] ?? null;
  return {
    addedTokens: [...added, ...configuredTokens(config, new Set(added.map(({ id }) => id)))],
    normalizer,
    preTokenizer: file["pre_tokenizer"] ?? null,
    model: model as TokenizerModel,
    postProcessor: file["post_processor"] ?? null,
    decoder: file["decoder"] ?? null,
  };
}

/** Tokens that only `tokenizer_config.json` knows: transformers adds them when it loads the file. */
function configuredTokens(config: JsonObject | undefined, known: ReadonlySet<number>): AddedToken[] {
  const decoder = config?.["added_tokens_decoder"];
  if (!isObject(decoder)) return [];
  return Object.entries(decoder).flatMap(([id, token]) => {
    if (known.has(Number(id)) || !isObject(token)) return [];
    return [
      readAddedToken(
        { ...token, id: Number(id) },
        `added_tokens_decoder[${JSON.stringify(id)}]`,
        "tokenizer_config.json",
      ),
    ];
  });
}

function readAddedToken(token: unknown, field: string, path: string): AddedToken {
  if (!isObject(token)) throw new CheckpointError(path, `${field}: found ${kindOf(token)}, expected an object`);
  const { id, content, special = false } = token;
  if (typeof id !== "number" || !Number.isSafeInteger(id) || id < 0)
    throw new CheckpointError(path, `${field}.id: found ${JSON.stringify(id)}, expected an id`);
  if (typeof content !== "string" || content === "")
    throw new CheckpointError(path, `${field}.content: found ${JSON.stringify(content)}, expected text`);
  return {
    id,
    content,
    special: special === true,
    normalized: token["normalized"] === undefined ? special !== true : token["normalized"] === true,
    lstrip: token["lstrip"] === true,
    rstrip: token["rstrip"] === true,
    singleWord: token["single_word"] === true,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CheckpointError(FILE, `is not JSON: ${(error as Error).message}`);
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `${/^[aeiou]/.test(typeof value) ? "an" : "a"} ${typeof value}`;
}
