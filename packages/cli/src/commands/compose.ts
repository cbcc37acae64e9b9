import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { parseDocument } from "yaml";
import { assign, DoesNotFit, USABLE, type Placement } from "../compose/assign.ts";
import { inGib } from "../compose/memory.ts";
import { project } from "../compose/project.ts";
import { engineKinds, parseStack, quantizations } from "../compose/stack.ts";
import { InputError, optionFlag } from "../input-error.ts";
import { readTextFile } from "../input.ts";
import { write, type Terminal } from "../terminal.ts";
import { textTable } from "../text-table.ts";

interface ComposeFlags {
  readonly model?: readonly string[];
  readonly gpu?: readonly number[];
  readonly engine?: string;
  readonly quantization?: string;
  readonly context?: number;
  readonly sequences?: number;
  readonly ram?: number;
  readonly out?: string;
  readonly image: string;
  readonly litellm?: true;
  readonly force?: true;
}

export function addCompose(program: Command, terminal: Terminal): void {
  program
    .command("compose")
    .summary("write a docker compose project: engines, gateway, metrics")
    .description(
      "Writes a docker compose project: an engine a model with its flags, Glossa in front of all, Prometheus and Grafana.\n" +
        "It finds cards for the models, says what memory each takes, and refuses what does not fit. Without --out it only says.",
    )
    .argument("[file]", "the models and the cards, as YAML or JSON; see deploy/README.md")
    .option("-m, --model <name...>", "a model to serve, instead of a file")
    .addOption(new Option("-g, --gpu <GiB...>", "a card's memory, 2x80 for two of them").argParser(cards))
    .addOption(new Option("-e, --engine <kind>", "of the models of --model (default: vllm)").choices(engineKinds))
    .addOption(new Option("-q, --quantization <type>", "of the models of --model").choices(quantizations))
    .addOption(new Option("--context <tokens>", "of one conversation (default: 16384)").argParser(whole))
    .addOption(new Option("--sequences <number>", "full-length conversations at once (default: 4)").argParser(whole))
    .addOption(new Option("--ram <GiB>", "of the machine, for engines without a card").argParser(amount))
    .option("-o, --out <directory>", "write the project there")
    .option("--image <name>", "of the gateway", `glossa:${readVersion()}`)
    .option("--litellm", "with a litellm.config.yaml for the same models")
    .option("--force", "replace files that say something else")
    .action(async (path: string | undefined, flags: ComposeFlags) => {
      const { stack, findProfile } = parseStack(await readStack(path, flags));
      const placements = await place(() => assign(stack, findProfile), terminal);
      await write(terminal.stdout, placementTable(placements));
      if (flags.out === undefined) return;
      const files = project(stack, placements, { image: flags.image, litellm: flags.litellm ?? false });
      await writeFiles(files, flags.out, flags.force ?? false);
      await write(terminal.stdout, `\n${[...files.keys()].map((name) => join(flags.out!, name)).join("\n")}\n`);
    });
}

/** What the file says, or the flags: one or the other, so that nobody has to know which comes first. */
async function readStack(path: string | undefined, flags: ComposeFlags): Promise<unknown> {
  const { model, gpu, engine, quantization, context, sequences, ram } = flags;
  if (path === undefined) {
    if (!model) throw new InputError("--model", "found nothing, expected the models to serve, or a file that says so");
    return {
      gpus: (gpu ?? []).map((memory) => ({ memory })),
      ...(ram !== undefined && { ram }),
      models: model.map((name) => defined({ model: name, engine, quantization, context, sequences })),
    };
  }
  for (const [name, given] of Object.entries({ model, gpu, engine, quantization, context, sequences, ram })) {
    if (given !== undefined)
      throw new InputError(optionFlag(name), `the file ${path} says that; expected one or the other`);
  }
  const document = parseDocument(await readTextFile(path, "file"), { prettyErrors: true });
  const [fault] = document.errors;
  if (fault) throw new InputError("file", `${path}: ${fault.message.split("\n")[0]}`, fault);
  return document.toJS() as unknown;
}

const defined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));

/** What does not fit is told with the sums, which are more than an error's one line. */
async function place(assignment: () => readonly Placement[], { stderr }: Terminal): Promise<readonly Placement[]> {
  try {
    return assignment();
  } catch (error) {
    if (error instanceof DoesNotFit) await write(stderr, error.arithmetic.map((line) => `  ${line}\n`).join(""));
    throw error;
  }
}

function placementTable(placements: readonly Placement[]): string {
  return textTable(
    [
      { title: "MODEL", width: 48 },
      { title: "ENGINE", width: 8 },
      { title: "CARDS", width: 12 },
      { title: "WEIGHTS", width: 18 },
      { title: "CACHE", width: 30 },
      { title: "OVERHEAD", width: 9 },
      { title: "NEEDS", width: 9 },
      { title: "MAY TAKE", width: 24 },
    ],
    placements.map(({ model, gpus, need, quantization, context, share }) => [
      [model.model],
      [model.engine],
      gpus.length === 0 ? ["none"] : gpus.map(({ id }) => id),
      [`${inGib(need.weights)} ${quantization}`],
      [`${inGib(need.cache)} = ${model.sequences} x ${context} tokens`],
      [inGib(need.overhead)],
      [inGib(need.total)],
      [gpus.length === 0 ? `${USABLE} of the memory` : `${share} of ${gpus[0]!.memory} GiB`],
    ]),
  );
}

/** All or nothing: a file that somebody has changed is not lost by accident. */
async function writeFiles(files: ReadonlyMap<string, string>, directory: string, force: boolean): Promise<void> {
  for (const [name, text] of files) {
    const there = await readFile(join(directory, name), "utf8").catch(() => undefined);
    if (force || there === undefined || there === text) continue;
    throw new InputError("--out", `${join(directory, name)} is there and says something else; --force replaces it`);
  }
  for (const [name, text] of files) {
    const path = join(directory, name);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, text);
    } catch (error) {
      throw new InputError("--out", `${path} can't be written: ${(error as NodeJS.ErrnoException).code}`, error);
    }
  }
}

/** `80`, or `2x80` for two of them. */
function cards(text: string, before: readonly number[] = []): readonly number[] {
  const [, number, memory] = /^(?:(\d{1,2})x)?(\d{1,4}(?:\.\d+)?)$/.exec(text) ?? [];
  if (memory === undefined || Number(memory) === 0 || number === "0") {
    throw new InvalidArgumentError("Allowed: GiB of a card, or NUMBERxGIB.");
  }
  return [...before, ...Array.from({ length: Number(number ?? 1) }, () => Number(memory))];
}

function whole(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Allowed: a whole number from 1.");
}

function amount(text: string): number {
  if (/^\d{1,6}(?:\.\d+)?$/.test(text) && Number(text) > 0) return Number(text);
  throw new InvalidArgumentError("Allowed: a number above 0.");
}

function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
