import {
  ApiError,
  banner,
  demoEngine,
  openAIChatEngine,
  parseRecordings,
  renamedModels,
  replayEngine,
  serve,
  vllmEngine,
  withCheckpoint,
  type Cut,
  type Engine,
  type Model,
  type Recording,
  type RunningServer,
} from "@glossa/server";
import { CheckpointError } from "@glossa/chat";
import { InvalidArgumentError, Option, type Command } from "commander";
import { cutOption } from "../cut-option.ts";
import { readFormat } from "../fields.ts";
import { loadFormat } from "../format-file.ts";
import { InputError, optionFlag } from "../input-error.ts";
import { readTextFile } from "../input.ts";
import { parserNameOptions, readParserNames, type ParserNames } from "../parser-names.ts";
import { readCheckpointField } from "../prompt-record.ts";
import { untilStopped } from "../stop-signals.ts";
import { write, type Terminal } from "../terminal.ts";

interface ServeFlags extends ParserNames {
  readonly engine?: "demo" | "replay" | "vllm" | "openai-chat";
  readonly url?: string;
  readonly format?: string;
  readonly model?: string;
  readonly apiKey?: string;
  readonly grammarBackend?: "xgrammar" | "guidance";
  readonly replay?: string;
  readonly pace?: number;
  readonly cut?: Cut;
  readonly checkpoint?: string;
  readonly download?: true;
  readonly contextLength?: number;
  readonly port: number;
  readonly host: string;
}

/** Which options say something to which engine; one that says nothing is a mistake, not a default. */
const engineOptions = {
  demo: [],
  replay: [
    "replay",
    "format",
    "toolCallParser",
    "reasoningParser",
    "model",
    "pace",
    "cut",
    "checkpoint",
    "download",
    "contextLength",
  ],
  vllm: [
    "url",
    "format",
    "toolCallParser",
    "reasoningParser",
    "model",
    "apiKey",
    "grammarBackend",
    "checkpoint",
    "download",
    "contextLength",
  ],
  "openai-chat": [
    "url",
    "format",
    "toolCallParser",
    "reasoningParser",
    "model",
    "apiKey",
    "checkpoint",
    "download",
    "contextLength",
  ],
} as const satisfies Record<NonNullable<ServeFlags["engine"]>, readonly (keyof ServeFlags)[]>;

export function addServe(program: Command, terminal: Terminal): void {
  const [toolCallParser, reasoningParser] = parserNameOptions();
  program
    .command("serve")
    .summary("serve models to OpenAI clients")
    .description(
      "Listens for OpenAI clients and answers with what the engine's model says, its reasoning and its calls told apart.\n" +
        "Without options it serves a tiny demo model of our own. Ctrl-C stops it, a second Ctrl-C at once.",
    )
    .addOption(
      new Option("-e, --engine <kind>", "what runs the model (default: demo, or replay with --replay)").choices(
        Object.keys(engineOptions),
      ),
    )
    .option("-u, --url <address>", "vllm, openai-chat: the address of the server")
    .option(
      "-f, --format <name>",
      "the models' format, or a file that declares one (default: by their names; replay: hermes)",
    )
    .addOption(toolCallParser)
    .addOption(reasoningParser)
    .option("-m, --model <name>", "serve only this model of the engine; replay: serve the recordings under this name")
    .addOption(new Option("--api-key <key>", "vllm, openai-chat: the server's key").env("GLOSSA_ENGINE_KEY"))
    .addOption(
      new Option(
        "--grammar-backend <name>",
        "vllm: its --structured-outputs-config.backend (default: xgrammar; guidance is sent Lark)",
      ).choices(["xgrammar", "guidance"]),
    )
    .option("--replay <file>", "replay: recorded outputs, a line {raw, format?, model?, match?, prompt?} each")
    .addOption(new Option("--pace <ms>", "replay: milliseconds before each piece").argParser(wholeNumber(86_400_000)))
    .addOption(cutOption("replay: stream the output whole, in chars, in pieces of N characters, or at random:SEED"))
    .option(
      "--checkpoint <path>",
      "count prompts with the tokenizer of this model: a directory, one of the Hugging Face cache, a GGUF file, hf:org/name",
    )
    .option("--download", "with --checkpoint hf:org/name: fetch templates and tokenizer from the Hub, into the cache")
    .addOption(
      new Option(
        "--context-length <tokens>",
        "with --checkpoint: the context, where the engine does not say",
      ).argParser(wholeNumber(100_000_000)),
    )
    .addOption(
      new Option("-p, --port <number>", "another is taken if it is in use")
        .default(8080)
        .argParser(wholeNumber(65_535)),
    )
    .option("--host <name>", "the address to listen on", "127.0.0.1")
    .action(async (flags: ServeFlags, command: Command) => {
      const engine = await counting(await createEngine(flags, command), flags);
      const server = await listen(engine, flags, terminal);
      const models = await listModels(engine, terminal).catch(async (error: unknown) => {
        await server.close();
        throw error;
      });
      await write(terminal.stdout, banner(server, models));
      await untilStopped(server, terminal);
    });
}

async function createEngine(flags: ServeFlags, command: Command): Promise<Engine> {
  const kind = flags.engine ?? (flags.replay === undefined ? "demo" : "replay");
  const known: readonly string[] = engineOptions[kind];
  for (const name of Object.values(engineOptions).flat()) {
    if (command.getOptionValueSource(name) !== "cli" || known.includes(name)) continue;
    const kinds = Object.entries(engineOptions).filter(([, names]) => (names as readonly string[]).includes(name));
    throw new InputError(
      optionFlag(name),
      `says nothing to the engine ${kind}, expected --engine ${kinds.map(([each]) => each).join(" or ")}`,
    );
  }
  const chosen = flags.format === undefined ? readParserNames(flags) : await loadFormat(flags.format, "--format");
  const format = chosen && { format: chosen };
  switch (kind) {
    case "demo":
      return demoEngine();
    case "replay":
      return replayEngine({
        recordings: await readRecordings(flags),
        ...format,
        ...(flags.pace !== undefined && { pace: flags.pace }),
        ...(flags.cut !== undefined && { cut: flags.cut }),
      });
    case "vllm":
    case "openai-chat": {
      const url = readAddress(flags.url, kind);
      const options = { url, ...format, ...(flags.apiKey !== undefined && { apiKey: flags.apiKey }) };
      const engine =
        kind === "vllm"
          ? vllmEngine({ ...options, ...(flags.grammarBackend && { backend: flags.grammarBackend }) })
          : openAIChatEngine(options);
      return flags.model === undefined ? engine : renamedModels(engine, { [flags.model]: flags.model });
    }
  }
}

/** With a checkpoint, prompts are counted before the engine reads them. */
async function counting(engine: Engine, { checkpoint: path, download, contextLength }: ServeFlags): Promise<Engine> {
  if (path === undefined) {
    for (const [option, value] of Object.entries({ "--context-length": contextLength, "--download": download })) {
      if (value !== undefined) throw new InputError(option, "says nothing without --checkpoint");
    }
    return engine;
  }
  const checkpoint = await readCheckpointField(path, "--checkpoint", { download });
  try {
    return withCheckpoint(engine, { checkpoint, ...(contextLength !== undefined && { contextLength }) });
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new InputError("--checkpoint", error.message, error);
  }
}

function readAddress(url: string | undefined, kind: string): string {
  if (url === undefined)
    throw new InputError("--url", `found nothing, expected the address of the server for --engine ${kind}`);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") return url;
  throw new InputError("--url", `found ${JSON.stringify(url)}, expected an address such as http://127.0.0.1:8000`);
}

async function readRecordings({ replay, model }: ServeFlags): Promise<readonly Recording[]> {
  if (replay === undefined)
    throw new InputError("--replay", "found nothing, expected a file of recordings for --engine replay");
  let recordings: readonly Recording[];
  try {
    recordings = parseRecordings(await readTextFile(replay, "--replay"));
  } catch (error) {
    throw error instanceof InputError
      ? error
      : new InputError("--replay", `${replay}: ${(error as Error).message}`, error);
  }
  if (recordings.length === 0) throw new InputError("--replay", `${replay} holds no recordings`);
  for (const { format } of recordings) if (format !== undefined) readFormat(format, `--replay: ${replay}`);
  return model === undefined ? recordings : recordings.map((recording) => ({ ...recording, model }));
}

async function listen(engine: Engine, { port, host }: ServeFlags, { stderr }: Terminal): Promise<RunningServer> {
  try {
    return await serve({
      engine,
      port,
      host,
      onError: (error) =>
        stderr.write(`glossa: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
      onWarning: (message) => stderr.write(`glossa: ${message}\n`),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EACCES") throw new InputError("--port", `found ${port}, which this user may not listen on`, error);
    if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EAI_AGAIN") {
      throw new InputError("--host", `found ${JSON.stringify(host)}, expected an address of this machine`, error);
    }
    throw error;
  }
}

/** The models for the banner. An engine that is down may come up later; what the user has to put right is told at once. */
async function listModels(engine: Engine, { stderr }: Terminal): Promise<readonly Model[]> {
  try {
    return await engine.models();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "unknown_format") throw new InputError("--format", error.message, error);
    if (error.code === "model_not_found") throw new InputError("--model", error.message, error);
    stderr.write(`glossa: ${error.message}\n`);
    return [];
  }
}

function wholeNumber(largest: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= largest) return Number(text);
    throw new InvalidArgumentError(`Allowed: a whole number from 0 to ${largest}.`);
  };
}
