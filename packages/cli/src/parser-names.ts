import { pairFormats, plain, UnknownReasoningError, type Format } from "@glossa/core";
import { Option } from "commander";
import { readFormat } from "./fields.ts";
import { InputError } from "./input-error.ts";

/** A format by the names of two parsers, as servers have them on their command line. */
export interface ParserNames {
  readonly toolCallParser?: string;
  readonly reasoningParser?: string;
}

/** `--tool-call-parser` and `--reasoning-parser`: together another way to say `--format`. */
export function parserNameOptions(): readonly [Option, Option] {
  return [
    new Option(
      "--tool-call-parser <name>",
      "instead of --format: the format of the calls, by the name that servers give its parser",
    ).conflicts("format"),
    new Option(
      "--reasoning-parser <name>",
      "instead of --format: the format of the reasoning (default: as that of the calls; identity: none is told apart)",
    ).conflicts("format"),
  ];
}

/** The one format that both names mean; with a name for the reasoning alone, calls stay text. */
export function readParserNames({ toolCallParser, reasoningParser }: ParserNames): Format | undefined {
  if (toolCallParser === undefined && reasoningParser === undefined) return undefined;
  const tool = toolCallParser === undefined ? plain : readFormat(toolCallParser, "--tool-call-parser");
  if (reasoningParser === undefined) return tool;
  try {
    return pairFormats(tool, reasoningParser);
  } catch (error) {
    if (!(error instanceof UnknownReasoningError)) throw error;
    throw new InputError("--reasoning-parser", error.message, error);
  }
}
