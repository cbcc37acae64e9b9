import { constrain, type ConstrainRequest, type Constraint, type Format, type ResponseFormat } from "@glossa/core";
import { Option, type Command } from "commander";
import {
  isGiven,
  readBoolean,
  readFormat,
  readObject,
  readSchema,
  readToolChoice,
  readToolChoiceOption,
  readTools,
  readWord,
} from "../fields.ts";
import { openInput, readJsonFile } from "../input.ts";
import { answerLines, type JsonObject } from "../jsonl.ts";
import { write, type Terminal } from "../terminal.ts";

const reasoningWords = ["off", "optional", "forced", "pre-opened"] as const;

interface ConstrainFlags {
  readonly format?: string;
  readonly tools?: string;
  readonly toolChoice?: string;
  readonly parallelToolCalls: boolean;
  readonly responseFormat?: string;
  readonly reasoning?: (typeof reasoningWords)[number];
  readonly jsonl?: true;
}

export function addConstrain(program: Command, terminal: Terminal, finish: (status: number) => void): void {
  program
    .command("constrain")
    .summary("write the grammar of an answer")
    .description(
      "Writes the structural tag, xgrammar's JSON, that makes a model write nothing but what the request allows, and whether it\n" +
        "holds from the first token or after reasoning. Without --jsonl the options are the request.",
    )
    .argument("[file]", "with --jsonl: the requests; standard input if left out or -")
    .option("-f, --format <name>", "the format to constrain; `glossa formats` lists them")
    .option("-t, --tools <file>", "the request's tools, a JSON array")
    .option("--tool-choice <choice>", "auto, none, required, or the name of a tool")
    .option("--no-parallel-tool-calls", "allow one call a turn")
    .option(
      "--response-format <file>",
      "the request's response_format as JSON: of type text, json_object or json_schema",
    )
    .addOption(new Option("--reasoning <how>", "how the answer may reason").choices(reasoningWords))
    .option(
      "--jsonl",
      "read {format, tools, tool_choice, parallel_tool_calls, response_format, reasoning} a line, in order",
    )
    .action(async (file: string | undefined, flags: ConstrainFlags) => {
      const defaultFormat = flags.format === undefined ? undefined : readFormat(flags.format, "--format");
      const defaults = await readDefaults(flags);
      if (flags.jsonl) {
        const input = await openInput(file, terminal);
        const good = await answerLines(input, terminal, (record) => {
          const format =
            isGiven(record["format"]) || !defaultFormat ? readFormat(record["format"], "format") : defaultFormat;
          return constrainRequest(format, { ...defaults, ...readRequest(record, defaults) });
        });
        return finish(good ? 0 : 1);
      }
      const format = defaultFormat ?? readFormat(undefined, "--format");
      await write(terminal.stdout, `${JSON.stringify(constrainRequest(format, defaults), null, 2)}\n`);
    });
}

function constrainRequest(format: Format, request: ConstrainRequest): { structural_tag: unknown; coverage: unknown } {
  const { structuralTag, coverage }: Constraint = constrain(format, request);
  return { structural_tag: structuralTag, coverage };
}

async function readDefaults(flags: ConstrainFlags): Promise<ConstrainRequest> {
  const tools =
    flags.tools === undefined ? undefined : readTools(await readJsonFile(flags.tools, "--tools"), "--tools");
  const { toolChoice, parallelToolCalls, responseFormat, reasoning } = flags;
  return {
    ...(tools && { tools }),
    ...(toolChoice !== undefined && { toolChoice: readToolChoiceOption(toolChoice, tools) }),
    ...(!parallelToolCalls && { parallelToolCalls }),
    ...(responseFormat !== undefined && {
      responseFormat: readResponseFormat(await readJsonFile(responseFormat, "--response-format"), "--response-format"),
    }),
    ...(reasoning && { reasoning }),
  };
}

function readRequest(record: JsonObject, defaults: ConstrainRequest): ConstrainRequest {
  const { tool_choice: toolChoice, parallel_tool_calls: parallel, response_format: responseFormat, reasoning } = record;
  const tools = isGiven(record["tools"]) ? readTools(record["tools"], "tools") : undefined;
  return {
    ...(tools && { tools }),
    ...(isGiven(toolChoice) && {
      toolChoice: readToolChoice(toolChoice, "tool_choice", tools ?? defaults.tools ?? []),
    }),
    ...(isGiven(parallel) && { parallelToolCalls: readBoolean(parallel, "parallel_tool_calls") }),
    ...(isGiven(responseFormat) && { responseFormat: readResponseFormat(responseFormat, "response_format") }),
    ...(isGiven(reasoning) && { reasoning: readWord(reasoning, "reasoning", reasoningWords) }),
  };
}

/** A response format as OpenAI's API takes it. */
function readResponseFormat(value: unknown, field: string): ResponseFormat {
  const record = readObject(value, field);
  const type = readWord(record["type"], `${field}.type`, ["text", "json_object", "json_schema"]);
  if (type !== "json_schema") return { type };
  const inner = readObject(record["json_schema"], `${field}.json_schema`);
  return { type, schema: readSchema(inner["schema"], `${field}.json_schema.schema`) };
}
