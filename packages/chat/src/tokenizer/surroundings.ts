import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { FILE, isObject } from "./tokenizer-file.ts";

/** The ids that a tokenizer puts before and behind a text where special tokens are asked for. */
export interface Surroundings {
  readonly before: readonly number[];
  readonly behind: readonly number[];
}

const none: Surroundings = { before: [], behind: [] };

/** Reads `post_processor`. Throws `CheckpointError` for a kind that is not known. */
export function readSurroundings(processor: unknown): Surroundings {
  if (processor === null || !isObject(processor)) return none;
  switch (processor["type"]) {
    case "ByteLevel":
      return none;
    case "Sequence":
      return (processor["processors"] as unknown[]).map(readSurroundings).reduce(
        (inner, outer) => ({
          before: [...outer.before, ...inner.before],
          behind: [...inner.behind, ...outer.behind],
        }),
        none,
      );
    case "TemplateProcessing":
      return readTemplate(processor);
    case "BertProcessing":
    case "RobertaProcessing":
      return {
        before: [(processor["cls"] as [string, number])[1]],
        behind: [(processor["sep"] as [string, number])[1]],
      };
    default:
      throw new CheckpointError(FILE, `post_processor: ${JSON.stringify(processor["type"])} is not supported`);
  }
}

interface TemplateItem {
  readonly SpecialToken?: { readonly id: string };
  readonly Sequence?: unknown;
}

function readTemplate(processor: Record<string, unknown>): Surroundings {
  const single = processor["single"] as readonly TemplateItem[];
  const tokens = processor["special_tokens"] as Record<string, { readonly ids: readonly number[] }>;
  const ids = (items: readonly TemplateItem[]): number[] =>
    items.flatMap(({ SpecialToken: token }) => (token ? (tokens[token.id]?.ids ?? []) : []));
  const text = single.findIndex((item) => item.Sequence !== undefined);
  return { before: ids(single.slice(0, text)), behind: ids(single.slice(text + 1)) };
}
