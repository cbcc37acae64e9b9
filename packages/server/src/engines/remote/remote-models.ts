import { detect, getFormat, type DetectOptions, type Format } from "@glossa/core";
import { ApiError, engineError } from "../../error.ts";
import type { Model } from "../engine.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/** What an engine says of a model beyond its listing. */
export interface Described extends Pick<DetectOptions, "template"> {
  /** Other names by which the model's format may be known: its path, its repository. */
  readonly names?: readonly string[];
  readonly contextLength?: number;
}

export interface RemoteModelsOptions {
  /** The models' format, or its name; default: what speaks for one. */
  readonly format?: string | Format | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Lists models whose format nobody knows as well, for embeddings alone. Default: they are left out. */
  readonly embeddingModels?: boolean | undefined;
  /**
   * The model that the endpoint is known to have though it lists none, or can't: `transformers serve` of a folder names what
   * is in its cache, and fails without one.
   */
  readonly unlisted?: string | undefined;
  /** Asked of each model of the listing, all at once. */
  readonly describe?: (id: string, listed: Readonly<Record<string, unknown>>) => Described | Promise<Described>;
}

/** How a model speaks that is asked for no words. */
const wordless: Format = { name: "none", turn: [], end: [], ids: { kind: "random", prefix: "call_", length: 8 } };

/**
 * The models of an endpoint that has `GET /v1/models`; their format by option, or else by what is known of them. A model
 * whose format nobody knows is left out: it could only be misread. Throws `ApiError` if none is left.
 */
export async function remoteModels(
  upstream: Upstream,
  { signal, unlisted, ...options }: RemoteModelsOptions,
): Promise<readonly Model[]> {
  const data = await readListing(upstream, signal, unlisted !== undefined);
  return knownModels(upstream, data.length === 0 && unlisted !== undefined ? [{ id: unlisted }] : data, options);
}

/** The entries of the listing; with `lenient`, none where the endpoint is there and has no listing. */
async function readListing(
  upstream: Upstream,
  signal: AbortSignal | undefined,
  lenient: boolean,
): Promise<readonly unknown[]> {
  let body: unknown;
  try {
    body = await requestJson(upstream, "/v1/models", signal ? { signal } : {});
  } catch (error) {
    const answered = error instanceof ApiError && (error.status === 404 || error.code === "engine_failed");
    if (lenient && answered) return [];
    throw error;
  }
  const data = isRecord(body) ? body["data"] : undefined;
  if (!Array.isArray(data)) throw engineError(`The engine ${upstream.name} lists no models.`, "engine_protocol");
  return data;
}

/** The same of a listing, entries `{id, root?, owned_by?, max_model_len?}`. */
export async function knownModels(
  upstream: Upstream,
  data: readonly unknown[],
  { format, embeddingModels = false, describe = () => ({}) }: Omit<RemoteModelsOptions, "signal" | "unlisted">,
): Promise<readonly Model[]> {
  const listed = data.filter(isRecord).filter((entry) => typeof entry["id"] === "string");
  const models = await Promise.all(
    listed.map(async (entry) => {
      const id = String(entry["id"]);
      return modelOf(upstream, id, entry, { format, embeddingModels }, await describe(id, entry));
    }),
  );
  const known = models.filter((model) => model !== undefined);
  if (known.length === 0 && listed.length > 0) {
    const names = listed.map(({ id }) => String(id)).join(", ");
    throw engineError(
      `No format is known for ${names}: name one with --format, or as \`format\` in a config file; \`glossa formats\` lists them.`,
      "unknown_format",
      { status: 500 },
    );
  }
  return known;
}

function modelOf(
  upstream: Upstream,
  id: string,
  entry: Readonly<Record<string, unknown>>,
  { format, embeddingModels }: Pick<RemoteModelsOptions, "format" | "embeddingModels">,
  { template, names = [], contextLength = entry["max_model_len"] as number | undefined }: Described,
): Model | undefined {
  // vLLM names the checkpoint as `root` where the model is served under another name.
  const root = typeof entry["root"] === "string" ? [entry["root"]] : [];
  const checkpoints = [...root, ...names];
  const found =
    format === undefined
      ? detectFormat(template, [id, ...checkpoints])
      : typeof format === "string"
        ? getFormat(format)
        : format;
  if (!found && !embeddingModels) return undefined;
  return {
    id,
    ...(checkpoints.length > 0 && { checkpoints }),
    format: found ?? wordless,
    ...(!found && { embeddingsOnly: true }),
    owner: typeof entry["owned_by"] === "string" ? entry["owned_by"] : upstream.name,
    ...(typeof contextLength === "number" && { contextLength }),
  };
}

function detectFormat(template: string | undefined, names: readonly string[]): Format | undefined {
  for (const model of names) {
    const found = detect({ model, ...(template !== undefined && { template }) });
    if (found) return found.format;
  }
  return undefined;
}
