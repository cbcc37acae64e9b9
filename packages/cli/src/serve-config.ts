import {
  renamedModels,
  replicaEngine,
  withTimeouts,
  type ApiKey,
  type ConnectionLimits,
  type Engine,
  type ReasoningField,
  type ResponseStoreOptions,
  type ServeOptions,
} from "@glossa/server";
import type { Format } from "@glossa/core";
import {
  parseConfig,
  type ListenConfig,
  type LocalEngineConfig,
  type ModelConfig,
  type RemoteEngineConfig,
  type ResponseStoreConfig,
} from "./config-file.ts";
import { enginesTold, localEngine, remoteEngine, withTokenizer, type EngineFlags } from "./create-engine.ts";
import { loadFormat } from "./format-file.ts";
import { InputError } from "./input-error.ts";
import { readTextFile } from "./input.ts";

/** What `glossa serve --config` serves. */
export interface ServeConfig {
  readonly engines: readonly Engine[];
  readonly host?: string;
  readonly port?: number;
  /** What `listen` says of a server beside its address, times in milliseconds. */
  readonly limits: ServeLimits;
  readonly keys?: readonly ApiKey[];
  readonly cors?: readonly string[];
  readonly coalesceMs?: number;
  readonly reasoningField?: ReasoningField;
  readonly logRequests?: boolean;
  readonly logPrompts?: boolean;
  readonly responses?: ResponsesConfig;
}

/** Where responses are kept, and how long; without a file in memory. */
export interface ResponsesConfig extends ResponseStoreOptions {
  readonly file?: string;
}

export type ServeLimits = ConnectionLimits & Pick<ServeOptions, "bodyLimit" | "drainDelay" | "drainTimeout">;

/**
 * Reads `glossa.config.yaml` or `.json`, and makes its engines. `${NAME}` in a text is the variable of that name from the
 * environment. Throws `InputError` that names the field by its path.
 */
export async function readServeConfig(
  file: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ServeConfig> {
  const config = parseConfig(await readTextFile(file, "--config"), environment);
  const { listen, models, keys, responseStore, $schema: _, ...rest } = config;
  const made = await Promise.allSettled(models.map((each, index) => modelEngine(each, `models[${index}]`)));
  const engines = made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = made.find((each) => each.status === "rejected");
  if (failed) {
    // Engines look after their replicas until they are closed.
    await Promise.all(engines.map((engine) => engine.close?.()));
    throw failed.reason;
  }
  const { host, port, ...limits } = listen;
  const responses = responseStore && responsesOf(responseStore);
  return {
    engines,
    host,
    port,
    limits: limitsOf(limits),
    ...(keys && { keys }),
    ...(responses && { responses }),
    ...rest,
  } as ServeConfig;
}

function responsesOf({ maxAge, ...rest }: ResponseStoreConfig): ResponsesConfig {
  return { ...rest, ...inMilliseconds({ maxAge }) } as ResponsesConfig;
}

function limitsOf({ bodyLimit, headerLimit, ...times }: Omit<ListenConfig, "host" | "port">): ServeLimits {
  return {
    ...(bodyLimit !== undefined && { bodyLimit }),
    ...(headerLimit !== undefined && { headerLimit }),
    ...inMilliseconds(times),
  };
}

/** Node's timers take whole milliseconds. */
function inMilliseconds<Name extends string>(times: { readonly [name in Name]?: number | undefined }): {
  [name in Name]?: number;
} {
  const given = Object.entries<number | undefined>(times).filter(([, seconds]) => seconds !== undefined);
  return Object.fromEntries(given.map(([name, seconds]) => [name, Math.ceil(seconds! * 1000)])) as {
    [name in Name]?: number;
  };
}

async function modelEngine(config: ModelConfig, path: string): Promise<Engine> {
  const { name, aliases, engineModel = name, engines, maxConcurrent, maxQueued, queueTimeout } = config;
  const { connect: _, ...timeouts } = config.timeouts ?? {};
  const format =
    config.format === undefined ? undefined : await named(`${path}.format`, () => loadFormat(config.format!, "format"));
  const replicas = await Promise.all(
    engines.map(async (each, index) => {
      const engine = await named(`${path}.engines[${index}]`, () =>
        "url" in each ? makeRemote(each, config, format && { format }) : makeLocal(each, config, format && { format }),
      );
      return {
        engine: config.timeouts ? withTimeouts(engine, inMilliseconds(timeouts)) : engine,
        id: "url" in each ? each.url : each.model,
        weight: "url" in each ? each.weight : 1,
      };
    }),
  );
  let engine: Engine;
  try {
    engine = replicaEngine({
      name,
      replicas,
      ...(maxConcurrent !== undefined && { maxConcurrent }),
      ...(maxQueued !== undefined && { maxQueued }),
      ...(queueTimeout !== undefined && { queueTimeout: queueTimeout * 1000 }),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError(`--config: ${path}.engines`, error.message, error);
  }
  const renamed = renamedModels(engine, Object.fromEntries([name, ...aliases].map((each) => [each, engineModel])));
  return described(renamed, config);
}

type KnownFormat = { readonly format: Format } | undefined;

async function makeRemote(
  { kind, url, apiKey, grammarBackend }: RemoteEngineConfig,
  { name, engineModel = name, ...config }: ModelConfig,
  format: KnownFormat,
): Promise<Engine> {
  for (const [field, given] of Object.entries({ grammarBackend, controlTokensInText: config.controlTokensInText })) {
    const others = given ? enginesTold(field as keyof EngineFlags, kind) : undefined;
    if (others) throw new InputError(field, `says nothing to the engine ${kind}, expected ${others}`);
  }
  for (const field of ["download", "controlTokensInText"] as const)
    if (config[field] && config.checkpoint === undefined)
      throw new InputError(field, "says nothing without checkpoint");
  const { connect } = config.timeouts ?? {};
  const flags: EngineFlags = {
    url,
    model: engineModel,
    embeddingModels: true,
    ...(connect !== undefined && { connectTimeout: Math.ceil(connect * 1000) }),
    ...(apiKey !== undefined && { apiKey }),
    ...(grammarBackend !== undefined && { grammarBackend }),
    ...(config.checkpoint !== undefined && { checkpoint: config.checkpoint }),
    ...(config.download && { download: true }),
    ...(config.controlTokensInText && { controlTokensInText: true }),
    ...(config.contextLength !== undefined && { contextLength: config.contextLength }),
  };
  return withTokenizer(() => remoteEngine(kind, flags, format), kind, flags);
}

async function makeLocal(
  { kind, model, sequences, dtype }: LocalEngineConfig,
  { name, engineModel = name, download, contextLength, checkpoint, controlTokensInText, timeouts }: ModelConfig,
  format: KnownFormat,
): Promise<Engine> {
  for (const [field, given] of Object.entries({ checkpoint, controlTokensInText: controlTokensInText || undefined })) {
    if (given !== undefined)
      throw new InputError(field, `says nothing to the engine ${kind}, whose files are those of its model`);
  }
  if (timeouts?.connect !== undefined)
    throw new InputError("timeouts.connect", `says nothing to the engine ${kind}, which runs in this process`);
  const flags: EngineFlags = {
    model,
    ...(download && { download: true }),
    ...(contextLength !== undefined && { contextLength }),
    ...(sequences !== undefined && { sequences }),
    ...(dtype !== undefined && { dtype }),
  };
  return localEngine(kind, { ...flags, name: engineModel }, format);
}

/** What the file says of a model, where its engine does not say it. */
function described(engine: Engine, { contextLength, toolsSoftCap }: ModelConfig): Engine {
  return {
    ...engine,
    models: async (signal) =>
      (await engine.models(signal)).map((model) => ({
        ...(contextLength !== undefined && { contextLength }),
        ...model,
        ...(toolsSoftCap !== undefined && { toolsSoftCap }),
      })),
  };
}

/** What goes wrong with an option of the command is wrong with the file here. */
async function named<T>(path: string, make: () => Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const field = error.field === null || error.field === "format" ? "" : `${error.field.replace(/^--/, "")}: `;
    throw new InputError(`--config: ${path}`, `${field}${error.message}`, error);
  }
}
