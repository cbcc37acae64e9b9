import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addAccepts } from "./commands/accepts.ts";
import { addCheck } from "./commands/check.ts";
import { addCompose } from "./commands/compose.ts";
import { addConstrain } from "./commands/constrain.ts";
import { addFormats } from "./commands/formats.ts";
import { addModels } from "./commands/models.ts";
import { addParse } from "./commands/parse.ts";
import { addPrompt } from "./commands/prompt.ts";
import { addRender } from "./commands/render.ts";
import { addServe } from "./commands/serve.ts";
import { InputError } from "./input-error.ts";
import { write, type Terminal } from "./terminal.ts";

/** Exit status for what the user can put right; 1 is left for runs that failed in part, and for our own faults. */
const USAGE = 2;

/** Runs the command line and returns the exit status. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  let status = 0;
  const finish = (code: number): void => {
    status = code;
  };
  const program = new Command("glossa")
    .description("Reads, writes and constrains the wire formats of open-weight models, and serves them.")
    .version(readVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, writeError) => writeError(`glossa: ${oneLine(text)}\n`),
    });
  addParse(program, terminal, finish);
  addRender(program, terminal, finish);
  addConstrain(program, terminal, finish);
  addAccepts(program, terminal, finish);
  addPrompt(program, terminal, finish);
  addCheck(program, terminal, finish);
  addFormats(program, terminal, finish);
  addModels(program, terminal);
  addServe(program, terminal);
  addCompose(program, terminal);
  try {
    await program.parseAsync(argv, { from: "user" });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (!(error instanceof InputError)) throw error;
    await write(
      terminal.stderr,
      `glossa: ${error.field === null ? "" : `${error.field}: `}${oneLine(error.message)}\n`,
    );
    return USAGE;
  }
}

/** Commander puts a suggestion in a line of its own; scripts and logs want one line. */
function oneLine(text: string): string {
  const line = text
    .replace(/^error: /, "")
    .trim()
    .replaceAll(/\s*\n\s*/g, " ");
  return /^unknown [^(]*$/.test(line) ? `${line}; --help lists what there is` : line;
}

function readVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
