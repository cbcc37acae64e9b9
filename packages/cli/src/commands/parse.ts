import {
  createParser,
  type ConstrainToolChoice,
  type Diagnostic,
  type Event,
  type Format,
  type Parser,
  type ParserOptions,
  type Tool,
  type ToolChoice,
} from "@glossa/core";
import { cutText, writeMessage, type Cut, type MessageJson } from "@glossa/server";
import { Option, type Command } from "commander";
import { cutOption } from "../cut-option.ts";
import { isGiven, readFormat, readString } from "../fields.ts";
import { loadFormat } from "../format-file.ts";
import { openInput, readJsonFile, readText, readWhole } from "../input.ts";
import { answerLines, type JsonObject } from "../jsonl.ts";
import { parserNameOptions, readParserNames, type ParserNames } from "../parser-names.ts";
import { write, type Terminal } from "../terminal.ts";
import { readToolChoice, readToolChoiceOption, readTools } from "../tool-fields.ts";

interface ParseFlags extends ParserNames {
  readonly format?: string;
  readonly tools?: string;
  readonly toolChoice?: string;
  readonly prompt?: string;
  readonly cut?: Cut;
  readonly events?: true;
  readonly jsonl?: true;
}

/** What a line may leave out and the command line then says. */
interface Defaults {
  readonly format: Format | undefined;
  readonly tools: readonly Tool[] | undefined;
  readonly toolChoice: ToolChoice | undefined;
  readonly prompt: string | undefined;
}

export function addParse(program: Command, terminal: Terminal, finish: (status: number) => void): void {
  const [toolCallParser, reasoningParser] = parserNameOptions();
  program
    .command("parse")
    .summary("read raw model output")
    .description(
      "Reads raw model output and prints the message: reasoning, content and tool calls, the parts in order, and diagnostics.\n" +
        "The text is taken to the letter, with a line break at its end if there is one.",
    )
    .argument("[file]", "raw output; standard input if left out or -")
    .option(
      "-f, --format <name>",
      "the format it is written in; `glossa formats` lists them; or a file that declares one",
    )
    .addOption(toolCallParser)
    .addOption(reasoningParser)
    .option("-t, --tools <file>", "the request's tools, a JSON array; without it any name is a call")
    .option("--tool-choice <choice>", "auto, none, required, or the name of a tool")
    .option("--prompt <text>", "the rendered prompt or its tail: tells whether the output starts inside reasoning")
    .addOption(cutOption("feed the text whole, in chars, in pieces of N characters, or at random:SEED"))
    .addOption(new Option("--events", "print the events, one JSON object a line, as they come").conflicts("jsonl"))
    .option("--jsonl", "read {format, raw, tools?, tool_choice?, prompt?} a line and write a message a line, in order")
    .action(async (file: string | undefined, flags: ParseFlags) => {
      const defaults = await readDefaults(flags);
      const input = await openInput(file, terminal);
      if (flags.jsonl) {
        const good = await answerLines(input, terminal, (record) =>
          parseRecord(record, defaults, flags.cut ?? "whole"),
        );
        return finish(good ? 0 : 1);
      }
      const format = defaults.format ?? readFormat(undefined, "--format");
      // Without `--cut` the pieces are those in which the input arrives: a live stream shows its events at once.
      const pieces = flags.cut === undefined ? readText(input) : cutText(await readWhole(input), flags.cut);
      await parsePieces(createParser(format, parserOptions(defaults)), pieces, flags, terminal);
    });
}

async function readDefaults(flags: ParseFlags): Promise<Defaults> {
  const tools =
    flags.tools === undefined ? undefined : readTools(await readJsonFile(flags.tools, "--tools"), "--tools");
  return {
    format: flags.format === undefined ? readParserNames(flags) : await loadFormat(flags.format, "--format"),
    tools,
    toolChoice: flags.toolChoice === undefined ? undefined : forParser(readToolChoiceOption(flags.toolChoice, tools)),
    prompt: flags.prompt,
  };
}

/** Which tools are allowed is a matter of the grammar; what the model wrote is read either way. */
function forParser(choice: ConstrainToolChoice): ToolChoice {
  return typeof choice === "object" && "allowed" in choice ? choice.mode : choice;
}

function parserOptions({ tools, toolChoice, prompt }: Omit<Defaults, "format">): ParserOptions {
  return {
    ...(tools && { tools }),
    ...(toolChoice && { toolChoice }),
    ...(prompt !== undefined && { prompt }),
  };
}

async function parsePieces(
  parser: Parser,
  pieces: AsyncIterable<string> | Iterable<string>,
  { events: asEvents }: ParseFlags,
  { stdout }: Terminal,
): Promise<void> {
  const diagnostics: Diagnostic[] = [];
  const take = async (events: readonly Event[]): Promise<void> => {
    diagnostics.push(...diagnosticsIn(events));
    if (asEvents) await write(stdout, events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  };
  for await (const piece of pieces) await take(parser.push(piece));
  await take(parser.end());
  if (!asEvents) await write(stdout, `${JSON.stringify(writeMessage(parser.message, diagnostics), null, 2)}\n`);
}

function parseRecord(record: JsonObject, defaults: Defaults, cut: Cut): MessageJson {
  const { format: name, tool_choice: choice } = record;
  const format = isGiven(name) || !defaults.format ? readFormat(name, "format") : defaults.format;
  const raw = readString(record["raw"], "raw");
  const tools = isGiven(record["tools"]) ? readTools(record["tools"], "tools") : defaults.tools;
  const toolChoice = isGiven(choice) ? forParser(readToolChoice(choice, "tool_choice", tools)) : defaults.toolChoice;
  const prompt = isGiven(record["prompt"]) ? readString(record["prompt"], "prompt") : defaults.prompt;

  const parser = createParser(format, parserOptions({ tools, toolChoice, prompt }));
  const diagnostics: Diagnostic[] = [];
  for (const piece of cutText(raw, cut)) diagnostics.push(...diagnosticsIn(parser.push(piece)));
  diagnostics.push(...diagnosticsIn(parser.end()));
  return writeMessage(parser.message, diagnostics);
}

function diagnosticsIn(events: readonly Event[]): Diagnostic[] {
  return events.flatMap((event) => (event.type === "diagnostic" ? [event.diagnostic] : []));
}
