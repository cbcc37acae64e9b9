import type { Checkpoint, JsonObject } from "../checkpoint/checkpoint.ts";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { AddedTokenSplitter, type Allows, type Section } from "./added-token-splitter.ts";
import { readDetokenizer, type TokenOutput } from "./detokenizer.ts";
import { describeGgufVocabulary } from "./gguf-tokenizer.ts";
import { createPieceEncoder } from "./piece-encoder.ts";
import { readSurroundings } from "./surroundings.ts";
import { openTokenStream, type StreamedTokens, type TokenStream, type TokenStreamOptions } from "./token-stream.ts";
import { FILE, readTokenizerFile, type AddedToken, type TokenizerModel } from "./tokenizer-file.ts";

export interface TokenizerSource {
  /** `tokenizer.json`: its text, or what is in it. */
  readonly tokenizerJson: string | object;
  /** `tokenizer_config.json`, for the tokens that only it knows. */
  readonly tokenizerConfig?: JsonObject | undefined;
  /** `bos_token`, `eos_token` and the like, as text: those of the vocabulary are special, whatever else says. */
  readonly specialTokens?: Readonly<Record<string, string>> | undefined;
}

export interface EncodeOptions {
  /** Puts what the tokenizer puts around a text, such as the token that begins it. Default false: chat templates write it. */
  readonly addSpecialTokens?: boolean | undefined;
  /**
   * Whether text that spells a control token becomes that token; a function says it for a stretch of the text, in UTF-16
   * units. Default true, as in transformers.
   */
  readonly control?: boolean | ((start: number, end: number) => boolean) | undefined;
}

/** A checkpoint's tokenizer: text to ids as `tokenizers` of Hugging Face makes them, and ids to text as they come. */
export interface Tokenizer {
  encode(text: string, options?: EncodeOptions): number[];
  /** The text of ids, with nothing cleaned up. Ids that the vocabulary does not have say nothing. */
  decode(ids: Iterable<number>, options?: TokenStreamOptions): string;
  /** The same piece by piece. */
  stream(options?: TokenStreamOptions): TokenStream;
  /** A token as a person reads it: bytes that make no character are `<0xE4>`. Empty where there is no such id. */
  tokenText(id: number): string;
  /** What a token adds to a text: half a character, perhaps. Empty where there is no such id. */
  tokenBytes(id: number): Uint8Array;
  /** Whether a prompt is structured by it: a special token, or another added one that is written as markup. */
  isControl(id: number): boolean;
  /** The highest id and one. */
  readonly size: number;
  /** The control tokens' text by id. */
  readonly specialTokens: ReadonlyMap<number, string>;
}

/** `<tool_call>` and `[THINK]` are markup; line ends, blanks and words that were added are text like any other. */
const markup = /^\s*[<[{(（【«‹⟨⟪｢「].+[>\]})）】»›⟩⟫｣」]\s*$/su;

/** A tokenizer from a checkpoint, or from its files' contents. Throws `CheckpointError`. */
export function createTokenizer(source: TokenizerSource | Checkpoint): Tokenizer {
  const {
    tokenizerJson,
    tokenizerConfig,
    specialTokens = {},
  } = "templates" in source ? fromCheckpoint(source) : source;
  const roles = new Set(Object.values(specialTokens));
  const file = readTokenizerFile(tokenizerJson, tokenizerConfig);
  const added = file.addedTokens.map((token) => ({ ...token, special: token.special || roles.has(token.content) }));
  const control = added.filter(({ special, content }) => special || markup.test(content));
  const controlIds = new Map(control.map(({ id, content }) => [id, content]));
  const specialIds = new Set(added.filter(({ special }) => special).map(({ id }) => id));
  const encoder = createPieceEncoder(file, control);
  const surroundings = readSurroundings(file.postProcessor);
  const tokens = listTokens(file.model.vocab, added);

  const normalized = file.normalizer === null ? [] : added.filter((token) => token.normalized);
  const splitter = new AddedTokenSplitter(added.filter((token) => !normalized.includes(token)));
  const normalizedSplitter = new AddedTokenSplitter(normalized, ({ content }) => encoder.normalize(content));
  /** The same as they are spelled before it, those that control. */
  const spelledSplitter = new AddedTokenSplitter(normalized.filter(({ id }) => controlIds.has(id)));
  const isOrdinary: Allows = ({ id }) => !controlIds.has(id);
  const isControlSection = ({ token }: Section): boolean => token !== undefined && controlIds.has(token.id);

  const streamed: StreamedTokens = {
    detokenizer: readDetokenizer(file.decoder),
    token: (id) => tokens[id],
    isSpecial: (id) => specialIds.has(id),
  };
  const stream = (options?: TokenStreamOptions): TokenStream => openTokenStream(streamed, options);

  function encode(text: string, { addSpecialTokens = false, control: mayBe = true }: EncodeOptions = {}): number[] {
    const ids: number[] = addSpecialTokens ? [...surroundings.before] : [];
    const may = typeof mayBe === "boolean" ? () => mayBe : mayBe;
    const allows: Allows = ({ id }, start, end) => !controlIds.has(id) || may(start, end);
    for (const section of splitter.split(text, mayBe === true ? undefined : allows)) {
      if (section.token) ids.push(section.token.id);
      else encodeBetween(section, mayBe === true ? undefined : allows, ids);
    }
    if (addSpecialTokens) for (const id of surroundings.behind) ids.push(id);
    return ids;
  }

  /** Text in which the only tokens left are those that are searched for behind the normalizer. */
  function encodeBetween(section: Section, allows: Allows | undefined, ids: number[]): void {
    const text = encoder.normalize(section.text);
    const emit = (parts: readonly Section[], start: number): void => {
      for (const part of parts) {
        if (part.token) ids.push(part.token.id);
        else encoder.encode(part.text, start === 0 && part.start === 0, ids);
      }
    };
    const found = normalizedSplitter.split(text);
    const here: Allows = (token, start, end) => allows!(token, section.start + start, section.start + end);
    if (!allows || !found.some(isControlSection)) return emit(found, section.start);
    if (text === section.text) return emit(normalizedSplitter.split(text, here), section.start);
    // A normalizer does not say which characters became which, and makes control tokens of text that did not spell them.
    const spelled = spelledSplitter.split(section.text);
    const allowed = spelledSplitter.split(section.text, here);
    const unchanged = sameTokens(spelled, allowed) && sameTokens(spelled, found.filter(isControlSection));
    if (unchanged && !spelled.some(isCombined)) return emit(found, section.start);
    for (const part of allowed) {
      if (part.token) ids.push(part.token.id);
      else emit(normalizedSplitter.split(encoder.normalize(part.text), isOrdinary), section.start + part.start);
    }
  }

  return {
    encode,
    decode(ids, options) {
      const text = stream(options);
      return text.push(ids) + text.end();
    },
    stream,
    tokenText: (id) => (tokens[id] === undefined ? "" : shown(streamed.detokenizer.output(tokens[id], false))),
    tokenBytes: (id) => bytesOf(tokens[id] === undefined ? "" : streamed.detokenizer.output(tokens[id], false)),
    isControl: (id) => controlIds.has(id),
    size: tokens.length,
    specialTokens: controlIds,
  };
}

const utf8 = new TextEncoder();

function bytesOf(output: TokenOutput): Uint8Array {
  return typeof output === "string" ? utf8.encode(output) : output;
}

/** A GGUF file's vocabulary counts where there is no `tokenizer.json`. */
function fromCheckpoint({ tokenizer, tokenizerConfig, specialTokens, vocabulary }: Checkpoint): TokenizerSource {
  if (tokenizer !== undefined) return { tokenizerJson: tokenizer, tokenizerConfig, specialTokens };
  if (vocabulary) return { tokenizerJson: describeGgufVocabulary(vocabulary), specialTokens };
  throw new CheckpointError(FILE, "the checkpoint has none, and no vocabulary of a GGUF file");
}

/** A mark joins the character before it, which may be a token's last. */
function isCombined({ token }: Section, index: number, sections: readonly Section[]): boolean {
  return token !== undefined && /^\p{M}/u.test(sections[index + 1]?.text ?? "");
}

function sameTokens(sections: readonly Section[], others: readonly Section[]): boolean {
  const tokens = (from: readonly Section[]): string => from.flatMap(({ token }) => token?.id ?? []).join(" ");
  return tokens(sections) === tokens(others);
}

/** The tokens by id; ids may have gaps. */
function listTokens(vocab: TokenizerModel["vocab"], added: readonly AddedToken[]): (string | undefined)[] {
  const tokens: (string | undefined)[] = [];
  if (Array.isArray(vocab)) {
    for (const [id, [token]] of (vocab as readonly (readonly [string, number])[]).entries()) tokens[id] = token;
  } else {
    // A list of so many pairs would cost more than all else.
    const ids = vocab as Readonly<Record<string, number>>;
    for (const token in ids) tokens[ids[token]!] = token;
  }
  for (const { id, content } of added) tokens[id] = content;
  return tokens;
}

/** Bytes that are no text on their own are shown one by one. */
function shown(output: TokenOutput): string {
  if (typeof output === "string") return output;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(output);
  } catch {
    return Array.from(output, (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`).join("");
  }
}
