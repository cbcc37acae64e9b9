import { getFormat } from "@glossa/core";
import { engineError } from "../error.ts";
import type { Model } from "./engine.ts";
import { formatOfModel } from "./format-of-model.ts";
import { isRecord, requestJson, type Upstream } from "./upstream.ts";

/** The models of an endpoint that has `GET /v1/models`; their format by option, or else by their name. */
export async function remoteModels(
  upstream: Upstream,
  format: string | undefined,
  signal?: AbortSignal,
): Promise<Model[]> {
  const body = await requestJson(upstream, "/v1/models", signal ? { signal } : {});
  const data = isRecord(body) ? body["data"] : undefined;
  if (!Array.isArray(data)) throw engineError(`The engine ${upstream.name} lists no models.`, "engine_protocol");
  return data.flatMap((entry: unknown): Model[] => {
    if (!isRecord(entry) || typeof entry["id"] !== "string") return [];
    const id = entry["id"];
    // vLLM names the checkpoint as `root` where the model is served under another name.
    const root = typeof entry["root"] === "string" ? entry["root"] : id;
    const found = format === undefined ? (formatOfModel(id) ?? formatOfModel(root)) : getFormat(format);
    if (!found) {
      throw engineError(
        `No format is known for the model ${id}: name one with --format, \`glossa formats\` lists them.`,
        "unknown_format",
        { status: 500 },
      );
    }
    const contextLength = entry["max_model_len"];
    return [
      {
        id,
        format: found,
        owner: typeof entry["owned_by"] === "string" ? entry["owned_by"] : upstream.name,
        ...(typeof contextLength === "number" && { contextLength }),
      },
    ];
  });
}
