import { isObject } from "./tokenizer-file.ts";

/** How text is cut before a model sees it. */
export interface PreTokenizer {
  readonly steps: readonly object[];
  /** Whether the pieces are written in the characters that stand for their bytes: the last step, which is ours. */
  readonly inBytes: boolean;
}

/** GPT-2's words, as the Rust library cuts text where `ByteLevel` is to do so. */
const WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** `pre_tokenizer` of a `tokenizer.json` in steps that `@huggingface/tokenizers` does as the Rust library. */
export function preTokenizerSteps(step: unknown): PreTokenizer {
  const steps = flatten(step);
  const last = steps.at(-1);
  const inBytes = last?.["type"] === "ByteLevel" && last["use_regex"] === false && last["add_prefix_space"] === false;
  return { steps: inBytes ? steps.slice(0, -1) : steps, inBytes };
}

/**
 * Some steps the library does in its own way: its `Metaspace` leaves a text in one piece, which is to be cut before every
 * mark; the spaces of its `ByteLevel` are JavaScript's; its `Digits` are ASCII.
 */
function flatten(step: unknown): Record<string, unknown>[] {
  if (!isObject(step)) return [];
  const { type, pretokenizers } = step;
  if (type === "Sequence") return Array.isArray(pretokenizers) ? pretokenizers.flatMap(flatten) : [];
  if (type === "Metaspace" && step["split"] !== false) {
    const mark = `\\x{${String(step["replacement"] ?? "▁")
      .codePointAt(0)!
      .toString(16)}}`;
    return [step, isolated(`${mark}?[^${mark}]+|${mark}`)];
  }
  if (type === "ByteLevel" && step["use_regex"] !== false && step["add_prefix_space"] === false)
    return [isolated(WORDS), { ...step, use_regex: false }];
  if (type === "Digits") return [isolated(step["individual_digits"] === true ? "\\p{N}" : "\\p{N}+")];
  return [step];
}

/** Each match is a piece, as is what stands between. */
function isolated(Regex: string): Record<string, unknown> {
  return { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false };
}
