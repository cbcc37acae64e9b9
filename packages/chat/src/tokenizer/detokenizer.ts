import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { FILE, isObject } from "./tokenizer-file.ts";

/** What a token adds to the text: characters, or bytes that may be half a character. */
export type TokenOutput = string | Uint8Array;

/** How tokens become text again: `decoder` of a `tokenizer.json`, read once. */
export interface Detokenizer {
  /** What a token of the vocabulary says; `first`: it begins the text. */
  output(token: string, first: boolean): TokenOutput;
  /** Characters that are cut off at the beginning of the whole text, each once for every count. */
  readonly strip: { readonly character: string; readonly count: number } | undefined;
  /** What stands between any two tokens. */
  readonly separator: string;
}

const utf8 = new TextEncoder();
const byteToken = /^<0x([0-9A-Fa-f]{2})>$/;

/** GPT-2's printable stand-ins for bytes: those that are printable in Latin-1 stand for themselves, the rest follow from U+0100. */
export const byteCharacters: readonly string[] = ((): string[] => {
  let next = 0x100;
  return Array.from({ length: 0x100 }, (_, byte) => {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    return String.fromCharCode(printable ? byte : next++);
  });
})();

const byteOfCharacter: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);

/** Throws `CheckpointError` for a decoder that no chat model is known to have. */
export function readDetokenizer(decoder: unknown): Detokenizer {
  if (decoder === null) return { output: (token) => token, strip: undefined, separator: " " };
  const steps = isObject(decoder) && decoder["type"] === "Sequence" ? decoder["decoders"] : [decoder];
  if (!Array.isArray(steps) || !steps.every(isObject)) throw new CheckpointError(FILE, "decoder: is not an object");
  const changes: ((token: string, first: boolean) => string)[] = [];
  let bytes: "none" | "level" | "fallback" = "none";
  let fused = false;
  let strip: Detokenizer["strip"];
  for (const step of steps) {
    if (fused && step["type"] !== "Strip") throw unsupported(step, "behind Fuse");
    if (bytes === "level") throw unsupported(step, "behind ByteLevel");
    switch (step["type"]) {
      case "ByteLevel":
        if (steps.length > 1 && changes.length > 0) throw unsupported(step, "behind others");
        bytes = "level";
        break;
      case "ByteFallback":
        bytes = "fallback";
        break;
      case "Fuse":
        fused = true;
        break;
      case "Metaspace":
        changes.push(metaspace(step));
        break;
      case "Replace":
        changes.push(replacement(step));
        break;
      case "Strip": {
        const { content, start, stop } = step;
        if (!fused || strip || stop !== 0 || typeof content !== "string" || typeof start !== "number")
          throw unsupported(step, "other than at the start of the text");
        strip = { character: content, count: start };
        break;
      }
      default:
        throw unsupported(step);
    }
  }
  const change = (token: string, first: boolean): string => changes.reduce((text, each) => each(text, first), token);
  return {
    output:
      bytes === "level"
        ? levelBytes
        : bytes === "fallback"
          ? (token, first) => {
              const byte = byteToken.exec(token)?.[1];
              return byte === undefined ? change(token, first) : Uint8Array.of(Number.parseInt(byte, 16));
            }
          : change,
    strip,
    separator: "",
  };
}

/** A token that is not written in the stand-ins is what it is. */
function levelBytes(token: string): Uint8Array {
  const bytes = new Uint8Array(token.length);
  for (let at = 0; at < token.length; at++) {
    const byte = byteOfCharacter.get(token[at]!);
    if (byte === undefined) return utf8.encode(token);
    bytes[at] = byte;
  }
  return bytes;
}

/** The first token loses its mark: it stands for a blank that was not written. */
function metaspace({ replacement: mark = "▁", prepend_scheme: scheme = "always" }: Record<string, unknown>) {
  return (token: string, first: boolean): string =>
    token.replaceAll(String(mark), first && scheme !== "never" ? "" : " ");
}

function replacement(step: Record<string, unknown>): (token: string) => string {
  const { pattern, content } = step;
  const wanted = isObject(pattern) ? pattern["String"] : undefined;
  if (typeof wanted !== "string" || typeof content !== "string") throw unsupported(step, "of a regular expression");
  return (token) => token.replaceAll(wanted, content);
}

function unsupported(step: Record<string, unknown>, how?: string): CheckpointError {
  const type = JSON.stringify(step["type"] ?? null);
  return new CheckpointError(FILE, `decoder: ${type}${how === undefined ? "" : ` ${how}`} is not supported`);
}
