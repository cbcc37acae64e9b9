import {
  ApiError,
  completionsEngine,
  demoEngine,
  ggufEngine,
  llamaCppEngine,
  ollamaEngine,
  onnxEngine,
  openAIChatEngine,
  parseRecordings,
  renamedModels,
  replayEngine,
  sglangEngine,
  tgiEngine,
  vllmEngine,
  withCheckpoint,
  type Cut,
  type Engine,
  type Recording,
} from "@glossa/server";
import { CheckpointError, type Checkpoint } from "@glossa/chat";
import type { Format } from "@glossa/core";
import type { Command } from "commander";
import { statSync } from "node:fs";
import { readFormat } from "./fields.ts";
import { loadFormat } from "./format-file.ts";
import { InputError, optionFlag, withoutCredentials, wrong } from "./input-error.ts";
import { readTextFile } from "./input.ts";
import { readParserNames, type ParserNames } from "./parser-names.ts";
import { readCheckpointField } from "./prompt-record.ts";

type EngineKind = "demo" | "replay" | LocalKind | RemoteKind;
/** Engines that run a model's files in this process. */
export const localKinds = ["gguf", "onnx"] as const;
type LocalKind = (typeof localKinds)[number];
/** Engines that run elsewhere, at an address. */
export const remoteKinds = ["vllm", "sglang", "llamacpp", "ollama", "tgi", "completions", "openai-chat"] as const;
type RemoteKind = (typeof remoteKinds)[number];

/** The options of `glossa serve` that say what runs the model. */
export interface EngineFlags extends ParserNames {
  readonly engine?: EngineKind;
  readonly url?: string;
  readonly checkpoint?: string;
  readonly download?: true;
  readonly contextLength?: number;
  readonly controlTokensInText?: true;
  readonly sequences?: number;
  readonly dtype?: string;
  readonly format?: string;
  readonly model?: string;
  readonly apiKey?: string;
  readonly grammarBackend?: "xgrammar" | "guidance";
  /** Not an option of the command: what a model of the config file is, its format says, or that nobody knows it. */
  readonly embeddingModels?: true;
  /** The same: how long a connection may take, in milliseconds. */
  readonly connectTimeout?: number;
  readonly replay?: string;
  readonly pace?: number;
  readonly cut?: Cut;
}

type Options = readonly (keyof EngineFlags)[];
const counted: Options = ["checkpoint", "download", "contextLength"];
const local: Options = [
  "model",
  "format",
  "toolCallParser",
  "reasoningParser",
  "contextLength",
  "sequences",
  "download",
];
const remote: Options = ["url", "format", "toolCallParser", "reasoningParser", "model", "apiKey", ...counted];

/** Which options say something to which engine; one that says nothing is a mistake, not a default. */
const engineOptions: Readonly<Record<EngineKind, Options>> = {
  demo: [],
  replay: ["replay", "format", "toolCallParser", "reasoningParser", "model", "pace", "cut", ...counted],
  gguf: local,
  onnx: [...local, "dtype"],
  vllm: [...remote, "grammarBackend"],
  sglang: [...remote, "grammarBackend", "controlTokensInText"],
  llamacpp: [...remote, "controlTokensInText"],
  ollama: remote,
  tgi: remote,
  completions: [...remote, "controlTokensInText"],
  "openai-chat": remote,
};

export const engineKinds: readonly string[] = Object.keys(engineOptions);

/** The options that say something about an engine. */
export const engineOptionNames: readonly string[] = ["engine", ...new Set(Object.values(engineOptions).flat())];

/** The engine that the options name, its models by the name that they give. */
export async function createEngine(flags: EngineFlags, command: Command): Promise<Engine> {
  const kind = flags.engine ?? kindOf(flags);
  for (const name of Object.values(engineOptions).flat()) {
    if (command.getOptionValueSource(name) !== "cli") continue;
    const others = enginesTold(name, kind);
    if (others)
      throw new InputError(optionFlag(name), `says nothing to the engine ${kind}, expected --engine ${others}`);
  }
  if (flags.checkpoint === undefined && !isLocal(kind)) {
    for (const name of ["contextLength", "download", "controlTokensInText"] as const)
      if (flags[name] !== undefined) throw new InputError(optionFlag(name), "says nothing without --checkpoint");
  }
  return withTokenizer(() => engineOf(kind, flags), kind, flags);
}

/** The engines that an option says something to, where it says nothing to this one. */
export function enginesTold(name: keyof EngineFlags, kind: EngineKind): string | undefined {
  if (engineOptions[kind].includes(name)) return undefined;
  return engineKinds.filter((each) => engineOptions[each as EngineKind].includes(name)).join(" or ");
}

function isLocal(kind: string): kind is LocalKind {
  return (localKinds as readonly string[]).includes(kind);
}

function kindOf({ replay, model }: EngineFlags): EngineKind {
  if (replay !== undefined) return "replay";
  return (model !== undefined && localKindOf(model)) || "demo";
}

/** What runs these files; nothing where the text names none. Models of the Hub say by their names what their files are. */
function localKindOf(model: string): LocalKind | undefined {
  if (model.startsWith("hf:")) return /onnx/i.test(model) ? "onnx" : "gguf";
  if (model.toLowerCase().endsWith(".gguf")) return "gguf";
  return statSync(model, { throwIfNoEntry: false })?.isDirectory() ? "onnx" : undefined;
}

async function engineOf(kind: EngineKind, flags: EngineFlags): Promise<Engine> {
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
    case "gguf":
    case "onnx":
      return localEngine(kind, flags, format);
    default: {
      const engine = await remoteEngine(kind, flags, format);
      return flags.model === undefined ? engine : renamedModels(engine, { [flags.model]: flags.model });
    }
  }
}

const localModels: Readonly<Record<LocalKind, string>> = {
  gguf: "a .gguf file or hf:owner/name for --engine gguf",
  onnx: "a directory with ONNX files or hf:owner/name for --engine onnx",
};

export async function localEngine(
  kind: LocalKind,
  { model, name, contextLength, sequences, download, dtype }: EngineFlags & { readonly name?: string },
  format: { readonly format: Format } | undefined,
): Promise<Engine> {
  const isRemote = model?.startsWith("hf:") ?? false;
  if (model === undefined || (!isRemote && localKindOf(model) !== kind))
    throw wrong("--model", model, localModels[kind]);
  if (download && !isRemote)
    throw new InputError("--download", "says nothing to files that are here, expected a --model of hf:owner/name");
  const options = {
    model,
    ...format,
    ...(name !== undefined && { name }),
    ...(download && { download }),
    ...(contextLength !== undefined && { contextLength }),
    ...(sequences !== undefined && { sequences }),
  };
  try {
    return await (kind === "gguf"
      ? ggufEngine(options)
      : onnxEngine({ ...options, ...(dtype !== undefined && { dtype }) }));
  } catch (error) {
    if (!(error instanceof CheckpointError) && !(error instanceof ApiError)) throw error;
    const field = error instanceof ApiError && error.code === "unknown_format" ? "--format" : "--model";
    const hint = isRemote && !download ? "; --download, or download: true in a config file, fetches it" : "";
    throw new InputError(field, `${error.message}${field === "--model" ? hint : ""}`, error);
  }
}

export async function remoteEngine(
  kind: RemoteKind,
  flags: EngineFlags,
  format: { readonly format: Format } | undefined,
): Promise<Engine> {
  const { apiKey, model, grammarBackend: backend, controlTokensInText, checkpoint, download } = flags;
  const control = controlTokensInText && { controlTokensInText };
  const options = {
    url: readAddress(flags.url, kind),
    ...format,
    ...(apiKey !== undefined && { apiKey }),
    ...(flags.connectTimeout !== undefined && { connectTimeout: flags.connectTimeout }),
  };
  const embeddings = flags.embeddingModels && { embeddingModels: true };
  switch (kind) {
    case "vllm":
      return vllmEngine({
        ...options,
        ...embeddings,
        ...(backend && { backend }),
        ...(checkpoint && { checkpoint: await readCheckpointField(checkpoint, "--checkpoint", { download }) }),
      });
    case "openai-chat":
      return openAIChatEngine({ ...options, ...embeddings, ...(model !== undefined && { model }) });
    case "llamacpp":
      return llamaCppEngine({
        ...options,
        ...embeddings,
        ...control,
        ...(flags.checkpoint && { checkpoint: await readCheckpoint(flags, kind) }),
      });
    case "sglang":
      return sglangEngine({
        ...options,
        ...control,
        checkpoint: await readCheckpoint(flags, kind),
        ...(backend && { backend }),
      });
    case "ollama":
      return ollamaEngine({ ...options, checkpoint: await readCheckpoint(flags, kind) });
    case "tgi":
      return tgiEngine({ ...options, checkpoint: await readCheckpoint(flags, kind) });
    case "completions":
      return completionsEngine({
        ...options,
        ...control,
        ...(model !== undefined && { model }),
        checkpoint: await readCheckpoint(flags, kind),
      });
  }
}

/** Engines that take a prompt and not messages: a checkpoint is first of all the template that makes it. */
const prompted: ReadonlySet<EngineKind> = new Set(["llamacpp", "sglang", "ollama", "tgi", "completions"]);

/** The engine that is made; with a checkpoint that has a tokenizer, prompts are counted before the engine reads them. */
export async function withTokenizer(
  make: () => Promise<Engine>,
  kind: EngineKind,
  { checkpoint: path, download, contextLength }: EngineFlags,
): Promise<Engine> {
  try {
    const engine = await make();
    if (path === undefined) return engine;
    const checkpoint = await readCheckpointField(path, "--checkpoint", { download });
    const { tokenizer, vocabulary } = checkpoint;
    if (tokenizer === undefined && vocabulary === undefined && prompted.has(kind)) return engine;
    return withCheckpoint(engine, { checkpoint, ...(contextLength !== undefined && { contextLength }) });
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new InputError("--checkpoint", error.message, error);
  }
}

async function readCheckpoint({ checkpoint: path, download }: EngineFlags, kind: string): Promise<Checkpoint> {
  if (path === undefined)
    throw new InputError("--checkpoint", `found nothing, expected the model's own files for --engine ${kind}`);
  const checkpoint = await readCheckpointField(path, "--checkpoint", { download });
  if (Object.keys(checkpoint.templates).length > 0) return checkpoint;
  throw new InputError("--checkpoint", `${path} has no chat template, which --engine ${kind} needs for its prompts`);
}

function readAddress(url: string | undefined, kind: string): string {
  if (url === undefined)
    throw new InputError("--url", `found nothing, expected the address of the server for --engine ${kind}`);
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "http:" && parsed?.protocol !== "https:") {
    const shown = JSON.stringify(withoutCredentials(url));
    throw new InputError("--url", `found ${shown}, expected an address such as http://127.0.0.1:8000`);
  }
  if (parsed.username + parsed.password + parsed.search === "") return url;
  throw new InputError(
    "--url",
    "found an address with credentials or a query, which are not sent; the server's key is --api-key, or apiKey in a config file",
  );
}

async function readRecordings({ replay, model }: EngineFlags): Promise<readonly Recording[]> {
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
