import {
  ApiError,
  banner,
  memoryResponseStore,
  openTelemetryTraces,
  prometheusMetrics,
  ResponseStoreError,
  serve,
  sqliteResponseStore,
  type AnsweredRequest,
  type ConnectionLimits,
  type Engine,
  type Model,
  type ReasoningField,
  type RecordedTurn,
  type ResponseStore,
  type RunningServer,
  type ServerSettings,
} from "@glossa/server";
import { InvalidArgumentError, Option, type Command } from "commander";
import { createEngine, engineKinds, engineOptionNames, type EngineFlags } from "../create-engine.ts";
import { cutOption } from "../cut-option.ts";
import { InputError, optionFlag } from "../input-error.ts";
import { parserNameOptions } from "../parser-names.ts";
import { readServeConfig, type ServeConfig } from "../serve-config.ts";
import { untilStopped } from "../stop-signals.ts";
import { write, type Terminal } from "../terminal.ts";

interface ServeFlags extends EngineFlags {
  readonly config?: string;
  readonly logRequests?: true;
  readonly logPrompts?: true;
  readonly responseStore?: string;
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
      new Option(
        "--config <file>",
        "models, engines and keys from a file, YAML or JSON, in place of the options for one engine; SIGHUP reads it again",
      ).env("GLOSSA_CONFIG"),
    )
    .addOption(
      new Option(
        "-e, --engine <kind>",
        "what runs the model (default: demo; replay with --replay, gguf with --model FILE.gguf, onnx with --model DIRECTORY)",
      )
        .env("GLOSSA_ENGINE")
        .choices(engineKinds),
    )
    .addOption(
      new Option("-u, --url <address>", "the address of the server; not for demo, replay, gguf and onnx").env(
        "GLOSSA_ENGINE_URL",
      ),
    )
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
    .option(
      "-m, --model <name>",
      "serve only this model of the engine; replay: serve the recordings under this name;\na .gguf file, a directory with ONNX files, or hf:owner/name with --download: run it in this process",
    )
    .addOption(
      new Option("--sequences <number>", "gguf, onnx: how many turns run at once (default: 4)").argParser(
        wholeNumber(256, 1),
      ),
    )
    .option(
      "--dtype <name>",
      "onnx: which of several files, q4 for model_q4.onnx (default: what config.json says, else fp32)",
    )
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
    .option(
      "--download",
      "with --checkpoint hf:org/name: fetch templates and tokenizer from the Hub, into the cache;\nwith --model hf:owner/name: the weights as well",
    )
    .option(
      "--control-tokens-in-text",
      "sglang, llamacpp and completions with --checkpoint: let text of messages that spells a control token be that token",
    )
    .addOption(
      new Option(
        "--context-length <tokens>",
        "with --checkpoint: the context, where the engine does not say; gguf, onnx: of each turn (default: the model's, 8192 at most)",
      ).argParser(wholeNumber(100_000_000, 1)),
    )
    .addOption(
      new Option("-p, --port <number>", "another is taken if it is in use")
        .default(8080)
        .env("GLOSSA_PORT")
        .argParser(wholeNumber(65_535)),
    )
    .addOption(new Option("--host <name>", "the address to listen on").default("127.0.0.1").env("GLOSSA_HOST"))
    .addOption(
      new Option(
        "--response-store <file>",
        "keep responses for previous_response_id in this file (SQLite; Node 22.13 or newer), not in memory",
      ).env("GLOSSA_RESPONSE_STORE"),
    )
    .option("--log-requests", "a line of JSON on standard error for each request; nothing of what was said is in it")
    .option(
      "--log-prompts",
      "a line of JSON on standard error for each turn, with all that was said: messages, tools, the answer",
    )
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
      const config = flags.config === undefined ? undefined : await readConfig(flags.config, command);
      const engines = config?.engines ?? [await createEngine(flags, command)];
      const responseStore = await openResponseStore(flags, config);
      const server = await listen(engines, config, { flags, command, terminal, responseStore });
      const models = await listModels(engines, flags, terminal).catch(async (error: unknown) => {
        await server.close();
        throw error;
      });
      await write(terminal.stdout, banner(server, models, { keys: config?.keys !== undefined }));
      const stopReading = config && rereadOnHangup(server, config, { flags, command, terminal });
      await untilStopped(server, terminal).finally(stopReading);
      responseStore.close();
    });
}

async function readConfig(file: string, command: Command): Promise<ServeConfig> {
  for (const name of engineOptionNames) {
    if (command.getOptionValueSource(name) === "cli")
      throw new InputError(optionFlag(name), "says nothing beside --config");
  }
  return readServeConfig(file);
}

/** What is typed comes before what the file says of where they are kept; how many and how long stays its own. */
async function openResponseStore(flags: ServeFlags, config: ServeConfig | undefined): Promise<ResponseStore> {
  const { file: configured, ...bounds } = config?.responses ?? {};
  const file = flags.responseStore ?? configured;
  if (file === undefined) return memoryResponseStore(bounds);
  try {
    return await sqliteResponseStore(file, bounds);
  } catch (error) {
    if (!(error instanceof ResponseStoreError)) throw error;
    const field = flags.responseStore === undefined ? "--config: responseStore.file" : "--response-store";
    throw new InputError(field, error.message, error);
  }
}

/** What the file says now counts for what comes from now on; a file that is wrong changes nothing. */
function rereadOnHangup(
  server: RunningServer,
  started: ServeConfig,
  { flags, command, terminal: { stderr } }: Invocation,
): () => void {
  const file = flags.config!;
  const reread = async (): Promise<void> => {
    try {
      const config = await readServeConfig(file);
      server.reconfigure(config.engines, settingsOf(config, { flags, command }));
      stderr.write(`glossa: ${file} is read again and counts from now on\n`);
      for (const field of fixedFields(started, config))
        stderr.write(`glossa: ${field} has changed; that takes a restart\n`);
    } catch (error) {
      // Whatever it is: what runs goes on.
      const reason = error instanceof InputError ? `${error.field}: ${error.message}` : `${file}: ${String(error)}`;
      stderr.write(`glossa: ${reason}; what was read before stays\n`);
    }
  };
  const onHangup = (): void => void reread();
  process.on("SIGHUP", onHangup);
  return () => void process.off("SIGHUP", onHangup);
}

/** Fields of the file that say something else than when the server was started with them. */
function fixedFields(started: ServeConfig, config: ServeConfig): readonly string[] {
  const values = ({
    host,
    port,
    limits,
    logRequests,
    logPrompts,
    responses,
  }: ServeConfig): Readonly<Record<string, unknown>> => ({
    "listen.host": host,
    "listen.port": port,
    "listen.headerLimit": limits.headerLimit,
    logRequests,
    logPrompts,
    responseStore: responses,
  });
  const now = values(config);
  return Object.entries(values(started)).flatMap(([field, value]) =>
    JSON.stringify(value) === JSON.stringify(now[field]) ? [] : [field],
  );
}

interface Invocation {
  readonly flags: ServeFlags;
  readonly command: Command;
  readonly terminal: Terminal;
}

/** What is typed or in the environment comes before what the file says. */
function chosen<K extends "port" | "host" | "coalesceMs" | "reasoningField">(
  name: K,
  config: ServeConfig | undefined,
  { flags, command }: Pick<Invocation, "flags" | "command">,
): ServeFlags[K] {
  const isDefault = command.getOptionValueSource(name) === "default";
  return isDefault ? ((config?.[name] as ServeFlags[K]) ?? flags[name]) : flags[name];
}

/** What sets the port for others to know; who types it sees which one it is. */
function fixedBy(config: ServeConfig | undefined, { command }: Pick<Invocation, "command">): string | undefined {
  const source = command.getOptionValueSource("port");
  if (source === "env") return "GLOSSA_PORT";
  return source === "default" && config?.port !== undefined ? "--config: listen.port" : undefined;
}

function settingsOf(
  config: ServeConfig | undefined,
  invocation: Pick<Invocation, "flags" | "command">,
): ServerSettings & ConnectionLimits {
  return {
    ...config?.limits,
    ...(config?.keys && { keys: config.keys }),
    ...(config?.cors && { cors: config.cors }),
    coalesceMs: chosen("coalesceMs", config, invocation),
    reasoningField: chosen("reasoningField", config, invocation),
  };
}

async function listen(
  engine: readonly Engine[],
  config: ServeConfig | undefined,
  invocation: Invocation & { readonly responseStore: ResponseStore },
): Promise<RunningServer> {
  const { flags, terminal, responseStore } = invocation;
  const { stderr } = terminal;
  const [port, host] = [chosen("port", config, invocation), chosen("host", config, invocation)];
  const fixed = fixedBy(config, invocation);
  const traces = await openTelemetryTraces();
  const log = (line: AnsweredRequest | RecordedTurn): void =>
    void stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
  try {
    return await serve({
      engine,
      port,
      host,
      fixedPort: fixed !== undefined,
      ...settingsOf(config, invocation),
      metrics: prometheusMetrics(),
      responseStore,
      ...(traces && { traces }),
      ...((flags.logRequests ?? config?.logRequests) && { onAnswered: log }),
      ...((flags.logPrompts ?? config?.logPrompts) && { onTurn: log }),
      onError: (error) =>
        stderr.write(`glossa: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`),
      onWarning: (message) => stderr.write(`glossa: ${message}\n`),
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new InputError(fixed ?? "--port", `${port} is in use`, error);
    if (code === "EACCES") throw new InputError("--port", `found ${port}, which this user may not listen on`, error);
    if (code === "ENOTFOUND" || code === "EADDRNOTAVAIL" || code === "EAI_AGAIN") {
      throw new InputError("--host", `found ${JSON.stringify(host)}, expected an address of this machine`, error);
    }
    throw error;
  }
}

/** How long the banner waits for engines, in milliseconds; requests are answered meanwhile. */
const bannerTimeout = 3000;

/** The models for the banner. An engine that is down may come up later; what the user has to put right is told at once. */
async function listModels(
  engines: readonly Engine[],
  flags: ServeFlags,
  { stderr }: Terminal,
): Promise<readonly Model[]> {
  const signal = AbortSignal.timeout(bannerTimeout);
  const answers = await Promise.allSettled(engines.map((engine) => engine.models(signal)));
  for (const [index, answer] of answers.entries()) {
    if (answer.status === "fulfilled") continue;
    const error: unknown = answer.reason;
    if (error instanceof ApiError) {
      if (flags.config === undefined) refuseOptions(error);
      stderr.write(`glossa: ${error.message}\n`);
    } else if (error === signal.reason) {
      const { name } = engines[index]!;
      stderr.write(`glossa: The engine ${name} did not say in ${bannerTimeout / 1000} seconds which models it has.\n`);
    } else throw error;
  }
  const models = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (flags.checkpoint !== undefined && models.length > 1) {
    const names = models.map(({ id }) => id).join(", ");
    throw new InputError("--model", `found nothing, expected the model that --checkpoint is of: ${names}`);
  }
  return models;
}

function refuseOptions(error: ApiError): void {
  if (error.code === "unknown_format") throw new InputError("--format", error.message, error);
  if (error.code === "unsupported_format") throw new InputError("--engine", error.message, error);
  if (error.code === "model_not_found") throw new InputError("--model", error.message, error);
}

function wholeNumber(largest: number, least = 0): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= largest) return Number(text);
    throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${largest}.`);
  };
}
