import { existsSync, readFileSync } from "node:fs";
import { getFormat, type Format, type ParserOptions, type Tool } from "@glossa/core";

interface WireCase {
  readonly id: string;
  readonly tools: readonly { readonly function: Tool }[];
}

export interface WireLine {
  readonly format: string;
  readonly case: string;
  /** The template that wrote it, or `spec`. */
  readonly source: string;
  readonly raw: string;
  /** What the template already put at the end of the prompt. */
  readonly prompt_tail?: string;
  /** What is odd about it. */
  readonly quirk?: string;
  readonly expected: {
    readonly content?: string | null;
    readonly reasoning_content?: string | null;
    readonly tool_calls?: readonly { readonly name: string; readonly arguments: unknown }[];
  };
}

/** A line under a format that reads it. */
export interface WireSample {
  readonly line: WireLine;
  readonly options: ParserOptions;
}

const folder = new URL("../../../../../shared/data/wire/", import.meta.url);

export const hasWireData: boolean = existsSync(folder);

/**
 * Lines that say how reasoning is marked, not which format they are of: each is read by the formats that mark it so as well.
 * `think` has line breaks inside the tags, `think_tight` none, `think_prefilled` has its opener in the prompt.
 */
const formatsThatReason: Readonly<Record<string, readonly string[]>> = {
  think: ["hermes", "qwen3_coder", "deepseek_r1", "minimax", "nemotron_json", "xlam", "minimax_m2", "step3", "olmo3"],
  think_prefilled: [
    "hermes",
    "qwen3_coder",
    "deepseek_r1",
    "minimax",
    "nemotron_json",
    "xlam",
    "minimax_m2",
    "step3",
    "olmo3",
  ],
  think_tight: ["deepseek_v31", "deepseek_v32", "deepseek_v4", "kimi_k2", "glm45", "lfm2", "gigachat35"],
  mistral_think: ["mistral"],
};

const lines = (file: string): string[] => readFileSync(new URL(file, folder), "utf8").trim().split("\n");

/** Lines by the name under which they are told, with the format that reads them. */
interface WireGroup {
  readonly name: string;
  readonly format: Format;
  readonly samples: readonly WireSample[];
}

/** Every line of the data; a name that no format has is an error. */
export function readWireData(): readonly WireGroup[] {
  const tools = new Map(
    lines("cases.jsonl").map((line) => {
      const each = JSON.parse(line) as WireCase;
      return [each.id, each.tools.map((tool) => tool.function)];
    }),
  );
  const groups = new Map<string, WireGroup & { readonly samples: WireSample[] }>();
  for (const text of [...lines("tool_calls.jsonl"), ...lines("reasoning.jsonl")]) {
    const line = JSON.parse(text) as WireLine;
    const of = tools.get(line.case);
    const options: ParserOptions = {
      ...(of === undefined ? {} : { tools: of }),
      ...(line.prompt_tail === undefined ? {} : { prompt: line.prompt_tail }),
    };
    for (const formatName of [line.format, ...(formatsThatReason[line.format] ?? [])]) {
      const name = formatName === line.format ? formatName : `${line.format} as ${formatName}`;
      const group = groups.get(name) ?? { name, format: getFormat(formatName), samples: [] };
      groups.set(name, group);
      group.samples.push({ line, options });
    }
  }
  return [...groups.values()];
}
