import { compileTemplate, TemplateError } from "@glossa/chat";
import type { Command } from "commander";
import { checkModel } from "../check/check-model.ts";
import { remedies } from "../check/fault.ts";
import { reportJson, reportText } from "../check/report.ts";
import { loadFormat } from "../format-file.ts";
import { InputError } from "../input-error.ts";
import { readTextFile } from "../input.ts";
import { readCheckpointField } from "../prompt-record.ts";
import { write, type Terminal } from "../terminal.ts";

interface CheckFlags {
  readonly template?: string;
  readonly format?: string;
  readonly allow?: readonly string[];
  readonly json?: true;
}

export function addCheck(program: Command, terminal: Terminal, finish: (status: number) => void): void {
  program
    .command("check")
    .summary("look for the faults of a chat template")
    .description(
      "Renders conversations of its own with a model's chat template, reads the messages of the assistant back, and names what\n" +
        "is wrong. With --template that one is examined, and compared with the model's own, token by token.\n" +
        "The exit status is 1 where there are faults, unless they are allowed, and 2 where there is nothing to check.",
    )
    .argument("<model>", "a model's directory, one of the Hugging Face cache, or a GGUF file")
    .option("--template <file>", "a chat template to use instead of the model's")
    .option("-f, --format <name>", "the format that the model writes, or a file that declares one (default: detected)")
    .option("--allow <codes>", "faults that are known and no failure: single-call,differs", readCodes)
    .option("--json", "print the report as JSON")
    .action(async (model: string, flags: CheckFlags) => {
      const checkpoint = await readCheckpointField(model, "model");
      const template = flags.template === undefined ? undefined : await readTemplate(flags.template);
      if (template === undefined && Object.keys(checkpoint.templates).length === 0)
        throw new InputError("model", `${model} has no chat template, and --template names none`);
      for (const [name, text] of Object.entries(checkpoint.templates)) compile(text, `model: the template ${name}`);
      const report = checkModel({
        checkpoint,
        path: model,
        template,
        format: flags.format === undefined ? undefined : await loadFormat(flags.format, "--format"),
      });
      const allowed = new Set(flags.allow);
      const text = flags.json
        ? `${JSON.stringify(reportJson(report, allowed), null, 2)}\n`
        : reportText(report, allowed);
      await write(terminal.stdout, text);
      finish(report.faults.every(({ code }) => allowed.has(code)) ? 0 : 1);
    });
}

async function readTemplate(path: string): Promise<{ readonly path: string; readonly text: string }> {
  const text = await readTextFile(path, "--template");
  compile(text, "--template");
  return { path, text };
}

function readCodes(text: string, before: readonly string[] = []): readonly string[] {
  const codes = text.split(",").map((code) => code.trim());
  const unknown = codes.find((code) => !Object.hasOwn(remedies, code));
  if (unknown === undefined) return [...before, ...codes];
  throw new InputError("--allow", `found ${JSON.stringify(unknown)}, expected ${Object.keys(remedies).join(", ")}`);
}

/** A template that is no template has no faults to name but that one. */
function compile(source: string, field: string): void {
  try {
    compileTemplate(source);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new InputError(
      field,
      error.line === undefined ? error.message : `line ${error.line}: ${error.message}`,
      error,
    );
  }
}
