import { render, RenderError, type Format, type Tool } from "@glossa/core";
import type { Command } from "commander";
import { isGiven, readFormat, readObject } from "../fields.ts";
import { loadFormat } from "../format-file.ts";
import { InputError } from "../input-error.ts";
import { openInput, parseJson, readJsonFile, readWhole } from "../input.ts";
import { answerLines, type JsonObject } from "../jsonl.ts";
import { readMessage } from "../message-json.ts";
import { write, type Terminal } from "../terminal.ts";
import { readTools } from "../tool-fields.ts";

interface RenderFlags {
  readonly format?: string;
  readonly tools?: string;
  readonly jsonl?: true;
}

export function addRender(program: Command, terminal: Terminal, finish: (status: number) => void): void {
  program
    .command("render")
    .summary("write a message as the model would")
    .description(
      "Reads a message, {parts} or {reasoning_content, content, tool_calls}, and writes it as the model would have.\n" +
        "What `glossa parse` prints is such a message.",
    )
    .argument("[file]", "the message as JSON; standard input if left out or -")
    .option("-f, --format <name>", "the format to write; `glossa formats` lists them; or a file that declares one")
    .option("-t, --tools <file>", "the request's tools, a JSON array: their schemas say how a value is written")
    .option("--jsonl", "read {format, tools?, …message} a line and write {raw} a line, in order")
    .action(async (file: string | undefined, flags: RenderFlags) => {
      const format = flags.format === undefined ? undefined : await loadFormat(flags.format, "--format");
      const tools =
        flags.tools === undefined ? undefined : readTools(await readJsonFile(flags.tools, "--tools"), "--tools");
      const input = await openInput(file, terminal);
      if (flags.jsonl) {
        const good = await answerLines(input, terminal, (record) => ({ raw: renderRecord(record, format, tools) }));
        return finish(good ? 0 : 1);
      }
      const message = readObject(parseJson(await readWhole(input), "file", file ?? "standard input"), "file");
      const raw = renderRecord(message, format ?? readFormat(message["format"], "--format"), tools);
      // To the letter into a pipe or a file; a person gets the prompt on a line of its own.
      await write(terminal.stdout, terminal.stdout.isTTY ? `${raw}\n` : raw);
    });
}

function renderRecord(
  record: JsonObject,
  defaultFormat: Format | undefined,
  defaultTools: readonly Tool[] | undefined,
): string {
  const format = isGiven(record["format"]) || !defaultFormat ? readFormat(record["format"], "format") : defaultFormat;
  const tools = isGiven(record["tools"]) ? readTools(record["tools"], "tools") : defaultTools;
  const message = readMessage(record, format);
  try {
    return render(format, message, tools ? { tools } : {});
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    throw new InputError(isGiven(record["parts"]) ? `parts[${error.part}]` : null, error.reason, error);
  }
}
