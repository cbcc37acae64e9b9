import { detect, getFormat, type Format } from "@glossa/core";
import { engineError } from "../error.ts";
import type { Model } from "./engine.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/**
 * The models of an endpoint that has `GET /v1/models`; their format by option, or else by their names. A model whose format
 * nobody knows is left out: it could only be misread. Throws `ApiError` if none is left.
 */
export async function remoteModels(
  upstream: Upstream,
  format: string | Format | undefined,
  signal?: AbortSignal,
): Promise<Model[]> {
  const body = await requestJson(upstream, "/v1/models", signal ? { signal } : {});
  const data = isRecord(body) ? body["data"] : undefined;
  if (!Array.isArray(data)) throw engineError(`The engine ${upstream.name} lists no models.`, "engine_protocol");
  const listed = data.filter((entry) => isRecord(entry) && typeof entry["id"] === "string");
  const models = listed.flatMap((entry) => modelOf(upstream, entry, format) ?? []);
  if (models.length === 0 && listed.length > 0) {
    const names = listed.map(({ id }) => id).join(", ");
    throw engineError(
      `No format is known for ${names}: name one with --format; \`glossa formats\` lists them.`,
      "unknown_format",
      { status: 500 },
    );
  }
  return models;
}

function modelOf(
  upstream: Upstream,
  entry: Record<string, unknown>,
  format: string | Format | undefined,
): Model | undefined {
  const id = String(entry["id"]);
  // vLLM names the checkpoint as `root` where the model is served under another name.
  const root = typeof entry["root"] === "string" ? entry["root"] : id;
  const found =
    format === undefined
      ? (detect({ model: id }) ?? detect({ model: root }))?.format
      : typeof format === "string"
        ? getFormat(format)
        : format;
  if (!found) return undefined;
  const contextLength = entry["max_model_len"];
  return {
    id,
    format: found,
    owner: typeof entry["owned_by"] === "string" ? entry["owned_by"] : upstream.name,
    ...(typeof contextLength === "number" && { contextLength }),
  };
}
