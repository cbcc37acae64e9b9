import {
  ApiError,
  banner,
  serve,
  type Engine,
  type Model,
  type ReasoningField,
  type RunningServer,
} from "@glossa/server";
import { InvalidArgumentError, Option, type Command } from "commander";
import { createEngine, engineKinds, type EngineFlags } from "../create-engine.ts";
import { cutOption } from "../cut-option.ts";
import { InputError } from "../input-error.ts";
import { parserNameOptions } from "../parser-names.ts";
import { untilStopped } from "../stop-signals.ts";
import { write, type Terminal } from "../terminal.ts";

interface ServeFlags extends EngineFlags {
  readonly port: number;
  readonly host: string;
  readonly coalesceMs: number;
  readonly reasoningField: ReasoningField;
}

export function addServe(program: Command, terminal: Terminal): void {
  const [toolCallParser, reasoningParser] = parserNameOptions();
  program
    .command("serve")
    .summary("serve models to OpenAI and Anthropic clients")
    .description(
      "Listens for clients of OpenAI's and Anthropic's and answers with what the engine's model says, its reasoning and its calls told apart.\n" +
        "Without options it serves a tiny demo model of our own. Ctrl-C stops it, a second Ctrl-C at once.",
    )
    .addOption(
      new Option("-e, --engine <kind>", "what runs the model (default: demo, or replay with --replay)").choices(
        engineKinds,
      ),
    )
    .option("-u, --url <address>", "the address of the server; not for demo and replay")
    .option(
      "-c, --checkpoint <path>",
      "the model's own files, to count prompts by its tokenizer: a directory, one of the Hugging Face cache, a GGUF file,\nor hf:org/name; sglang, ollama, tgi and completions need it for their prompts, llamacpp takes its template from it",
    )
    .option(
      "-f, --format <name>",
      "the models' format, or a file that declares one (default: by their names; replay: hermes)",
    )
    .addOption(toolCallParser)
    .addOption(reasoningParser)
    .option("-m, --model <name>", "serve only this model of the engine; replay: serve the recordings under this name")
    .addOption(new Option("--api-key <key>", "the server's key").env("GLOSSA_ENGINE_KEY"))
    .addOption(
      new Option(
        "--grammar-backend <name>",
        "vllm, sglang: which of both the server runs (default: xgrammar; guidance is sent Lark)",
      ).choices(["xgrammar", "guidance"]),
    )
    .option("--replay <file>", "replay: recorded outputs, a line {raw, format?, model?, match?, prompt?} each")
    .addOption(new Option("--pace <ms>", "replay: milliseconds before each piece").argParser(wholeNumber(86_400_000)))
    .addOption(cutOption("replay: stream the output whole, in chars, in pieces of N characters, or at random:SEED"))
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
    .addOption(
      new Option("--coalesce-ms <ms>", "gather an answer's deltas for so long; the first goes out at once")
        .default(0)
        .argParser(wholeNumber(60_000)),
    )
    .addOption(
      new Option("--reasoning-field <name>", "by which name chat completions tell of reasoning")
        .default("reasoning_content")
        .choices(["reasoning_content", "reasoning", "both"]),
    )
    .action(async (flags: ServeFlags, command: Command) => {
      const engine = await createEngine(flags, command);
      const server = await listen(engine, flags, terminal);
      const models = await listModels(engine, flags, terminal).catch(async (error: unknown) => {
        await server.close();
        throw error;
      });
      await write(terminal.stdout, banner(server, models));
      await untilStopped(server, terminal);
    });
}

async function listen(engine: Engine, flags: ServeFlags, { stderr }: Terminal): Promise<RunningServer> {
  const { port, host, coalesceMs, reasoningField } = flags;
  try {
    return await serve({
      engine,
      port,
      host,
      coalesceMs,
      reasoningField,
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
async function listModels(engine: Engine, flags: ServeFlags, { stderr }: Terminal): Promise<readonly Model[]> {
  let models: readonly Model[];
  try {
    models = await engine.models();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "unknown_format") throw new InputError("--format", error.message, error);
    if (error.code === "unsupported_format") throw new InputError("--engine", error.message, error);
    if (error.code === "model_not_found") throw new InputError("--model", error.message, error);
    stderr.write(`glossa: ${error.message}\n`);
    return [];
  }
  if (flags.checkpoint !== undefined && models.length > 1) {
    const names = models.map(({ id }) => id).join(", ");
    throw new InputError("--model", `found nothing, expected the model that --checkpoint is of: ${names}`);
  }
  return models;
}

function wholeNumber(largest: number): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= largest) return Number(text);
    throw new InvalidArgumentError(`Allowed: a whole number from 0 to ${largest}.`);
  };
}
