import type { ReasoningField } from "@glossa/server";
import * as v from "valibot";
import { parse as parseYaml } from "yaml";
import { localKinds, remoteKinds } from "./create-engine.ts";
import { found, InputError, withoutCredentials } from "./input-error.ts";

/** What `glossa serve --config` reads; times in seconds. */
export interface ConfigFile {
  readonly $schema?: string | undefined;
  readonly listen: ListenConfig;
  readonly models: readonly ModelConfig[];
  /** Keys that clients have to bring; without it everybody may come. */
  readonly keys?: readonly KeyConfig[] | undefined;
  /** Origins whose pages may read the answers; without it none. */
  readonly cors?: readonly string[] | undefined;
  readonly coalesceMs?: number | undefined;
  readonly reasoningField?: ReasoningField | undefined;
  /** A line on standard error for each request; the other one for each turn, with all that was said. */
  readonly logRequests?: boolean | undefined;
  readonly logPrompts?: boolean | undefined;
  /** What is kept for `previous_response_id`; without it the defaults, in memory. */
  readonly responseStore?: ResponseStoreConfig | undefined;
}

export interface ResponseStoreConfig {
  /** Without it they are in memory. */
  readonly file?: string | undefined;
  readonly maxResponses?: number | undefined;
  readonly maxAge?: number | undefined;
  readonly maxBytes?: number | undefined;
}

export interface ListenConfig {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Bytes of a request's body and of its head. */
  readonly bodyLimit?: number | undefined;
  readonly headerLimit?: number | undefined;
  /** Until a request's head has come, until its body has, and between two requests of a connection. */
  readonly headersTimeout?: number | undefined;
  readonly requestTimeout?: number | undefined;
  readonly keepAliveTimeout?: number | undefined;
  /** When it is stopped: how long requests are still taken, and then how long answers may take to end. */
  readonly drainDelay?: number | undefined;
  readonly drainTimeout?: number | undefined;
}

export interface ModelConfig {
  /** The name that clients ask for. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** The name that the engines have for it, if that is another. */
  readonly engineModel?: string | undefined;
  readonly format?: string | undefined;
  readonly checkpoint?: string | undefined;
  readonly download: boolean;
  /** Lets text of messages that spells a control token be that token; for engines whose prompts go out as ids. */
  readonly controlTokensInText: boolean;
  readonly contextLength?: number | undefined;
  readonly toolsSoftCap?: number | undefined;
  readonly engines: readonly EngineConfig[];
  /** Turns at once on one engine, turns that may wait, and how long. */
  readonly maxConcurrent?: number | undefined;
  readonly maxQueued?: number | undefined;
  readonly queueTimeout?: number | undefined;
  readonly timeouts?: TimeoutsConfig | undefined;
}

export type EngineConfig = RemoteEngineConfig | LocalEngineConfig;

/** A server elsewhere. */
export interface RemoteEngineConfig {
  readonly kind: (typeof remoteKinds)[number];
  readonly url: string;
  /** Its share of the conversations beside the other engines of the model. */
  readonly weight: number;
  readonly apiKey?: string | undefined;
  readonly grammarBackend?: "xgrammar" | "guidance" | undefined;
}

/** A model's own files, run in this process. */
export interface LocalEngineConfig {
  readonly kind: (typeof localKinds)[number];
  /** A `.gguf` file, a directory with ONNX files, or `hf:owner/name`. */
  readonly model: string;
  /** How many turns run at once. */
  readonly sequences?: number | undefined;
  /** onnx: which of several files. */
  readonly dtype?: string | undefined;
}

export interface TimeoutsConfig {
  readonly connect?: number | undefined;
  readonly firstToken?: number | undefined;
  readonly idle?: number | undefined;
  readonly total?: number | undefined;
}

export interface KeyConfig {
  readonly key: string;
  readonly name?: string | undefined;
  readonly requestsPerMinute?: number | undefined;
}

const text = v.pipe(v.string(), v.nonEmpty("a text that is not empty"));
const count = v.pipe(v.number(), v.integer("a whole number"), v.minValue(1, "a number from 1"));
const countFromZero = v.pipe(v.number(), v.integer("a whole number"), v.minValue(0, "a number from 0"));
const seconds = v.pipe(v.number(), v.gtValue(0, "a number of seconds above 0"));
const secondsFromZero = v.pipe(v.number(), v.minValue(0, "a number of seconds from 0"));
const address = v.pipe(text, v.regex(/^https?:\/\//, "an address such as http://127.0.0.1:8000"));

const remoteEngine = v.strictObject({
  kind: v.picklist(remoteKinds),
  url: address,
  weight: v.optional(v.pipe(v.number(), v.gtValue(0, "a number above 0")), 1),
  apiKey: v.optional(text),
  grammarBackend: v.optional(v.picklist(["xgrammar", "guidance"])),
});

const local = { model: text, sequences: v.optional(v.pipe(count, v.maxValue(256, "a number to 256"))) };
const ggufEngine = v.strictObject({ kind: v.literal("gguf"), ...local });
const onnxEngine = v.strictObject({ kind: v.literal("onnx"), ...local, dtype: v.optional(text) });
const engine = v.variant("kind", [remoteEngine, ggufEngine, onnxEngine]);

const timeouts = v.strictObject({
  connect: v.optional(seconds),
  firstToken: v.optional(seconds),
  idle: v.optional(seconds),
  total: v.optional(seconds),
});

const listen = v.strictObject({
  host: v.optional(text),
  port: v.optional(v.pipe(v.number(), v.integer("a whole number"), v.minValue(0), v.maxValue(65_535))),
  bodyLimit: v.optional(count),
  headerLimit: v.optional(count),
  headersTimeout: v.optional(seconds),
  requestTimeout: v.optional(seconds),
  keepAliveTimeout: v.optional(seconds),
  drainDelay: v.optional(secondsFromZero),
  drainTimeout: v.optional(secondsFromZero),
});

const responseStore = v.strictObject({
  file: v.optional(text),
  maxResponses: v.optional(countFromZero),
  maxAge: v.optional(seconds),
  maxBytes: v.optional(count),
});

const origin = v.pipe(
  text,
  v.regex(/^(?:\*|[a-z][a-z0-9+.-]*:\/\/[^/\s]+)$/i, "an origin such as https://app.example.com, or *"),
);

const key = v.strictObject({ key: text, name: v.optional(text), requestsPerMinute: v.optional(count) });

const model = v.strictObject({
  name: text,
  aliases: v.optional(v.array(text), []),
  engineModel: v.optional(text),
  format: v.optional(text),
  checkpoint: v.optional(text),
  download: v.optional(v.boolean(), false),
  controlTokensInText: v.optional(v.boolean(), false),
  contextLength: v.optional(count),
  toolsSoftCap: v.optional(count),
  engines: v.pipe(v.array(engine), v.nonEmpty("a list that is not empty")),
  maxConcurrent: v.optional(count),
  maxQueued: v.optional(countFromZero),
  queueTimeout: v.optional(seconds),
  timeouts: v.optional(timeouts),
});

/** `docs/config.schema.json` is made of it. */
export const configSchema: v.GenericSchema<unknown, ConfigFile> & { readonly entries: object } = v.strictObject({
  $schema: v.optional(text),
  listen: v.optional(listen, {}),
  models: v.pipe(v.array(model), v.nonEmpty("a list that is not empty")),
  keys: v.optional(v.pipe(v.array(key), v.nonEmpty("a list that is not empty"))),
  cors: v.optional(v.pipe(v.array(origin), v.nonEmpty("a list that is not empty"))),
  coalesceMs: v.optional(v.pipe(v.number(), v.integer("a whole number"), v.minValue(0), v.maxValue(60_000))),
  reasoningField: v.optional(v.picklist(["reasoning_content", "reasoning", "both"])),
  logRequests: v.optional(v.boolean()),
  logPrompts: v.optional(v.boolean()),
  responseStore: v.optional(responseStore),
});

/** The file's text, checked, `${NAME}` filled in. */
export function parseConfig(source: string, environment: NodeJS.ProcessEnv): ConfigFile {
  let content: unknown;
  try {
    content = parseYaml(source);
  } catch (error) {
    const [line] = (error as Error).message.split("\n");
    throw new InputError("--config", `is no YAML or JSON: ${line}`, error);
  }
  const result = v.safeParse(configSchema, filledIn(content, environment));
  if (result.success) {
    refuseRepeatedNames(result.output.models);
    return result.output;
  }
  const [issue] = result.issues;
  const path = pathOf(issue);
  const field = path === "" ? "--config" : `--config: ${path}`;
  if (issue.expected === "never") {
    throw new InputError(field, `is no field of this file; allowed: ${siblingsOf(issue)}`);
  }
  // Our own words, where there are any; else what valibot expects.
  const allowed = issue.kind === "validation" ? issue.message : (issue.expected ?? "something else");
  throw new InputError(field, `found ${shown(issue)}, expected ${allowed}`);
}

/** What was found, as it may stand in a log: of a key no more than its type, and nothing of an address that a key may be in. */
function shown(issue: v.BaseIssue<unknown>): string {
  const name = issue.path?.at(-1)?.key;
  if ((name === "key" || name === "apiKey") && typeof issue.input === "number") return "a number";
  return found(name === "url" && typeof issue.input === "string" ? withoutCredentials(issue.input) : issue.input);
}

/** `models[0].engines[1].url` */
function pathOf(issue: v.BaseIssue<unknown>): string {
  const keys = (issue.path ?? []).map(({ key }) => key);
  return keys
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index > 0 ? "." : ""}${String(key)}`))
    .join("");
}

function siblingsOf(issue: v.BaseIssue<unknown>): string {
  const path = issue.path ?? [];
  const names = path.map(({ key }) => key);
  const inside = names.filter((name) => typeof name === "string");
  const fields: Readonly<Record<string, object>> = {
    "": configSchema.entries,
    listen: listen.entries,
    models: model.entries,
    engines: engineOf(path.at(-1)?.input).entries,
    timeouts: timeouts.entries,
    keys: key.entries,
    responseStore: responseStore.entries,
  };
  return Object.keys(fields[inside.at(-2) ?? ""] ?? {}).join(", ");
}

function engineOf(input: unknown): typeof remoteEngine | typeof ggufEngine | typeof onnxEngine {
  const { kind } = input as { readonly kind?: unknown };
  return kind === "gguf" ? ggufEngine : kind === "onnx" ? onnxEngine : remoteEngine;
}

/** The value with `${NAME}` in its texts replaced. */
function filledIn(value: unknown, environment: NodeJS.ProcessEnv, path = "", around: readonly unknown[] = []): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const set = environment[name];
      if (set === undefined) throw new InputError(`--config: ${path}`, `the environment has no ${name}`);
      return set;
    });
  }
  if (typeof value !== "object" || value === null) return value;
  // An alias of YAML may stand inside of what it names.
  if (around.includes(value)) throw new InputError(`--config: ${path}`, "found what it stands in itself, by an alias");
  const inside = [...around, value];
  if (Array.isArray(value)) return value.map((item, index) => filledIn(item, environment, `${path}[${index}]`, inside));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      filledIn(item, environment, path === "" ? key : `${path}.${key}`, inside),
    ]),
  );
}

function refuseRepeatedNames(models: readonly ModelConfig[]): void {
  const seen = new Map<string, string>();
  for (const [index, { name, aliases }] of models.entries()) {
    for (const each of [name, ...aliases]) {
      const path = `models[${index}]`;
      const other = seen.get(each);
      if (other !== undefined) {
        throw new InputError(`--config: ${path}`, `the name ${JSON.stringify(each)} is that of ${other} already`);
      }
      seen.set(each, path);
    }
  }
}
