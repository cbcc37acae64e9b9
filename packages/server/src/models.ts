import type { Engine, Model } from "./engines/engine.ts";
import { ApiError, invalidRequest } from "./error.ts";

export interface ServedModel {
  readonly model: Model;
  readonly engine: Engine;
}

/** The models of all engines, as clients see them. */
export interface Models {
  /** Throws `ApiError` if no engine can be asked. */
  list(signal?: AbortSignal): Promise<readonly ServedModel[]>;
  /** The model of that name, or the only one there is where the request names none. Throws `ApiError`. */
  find(id: string | undefined, signal?: AbortSignal): Promise<ServedModel>;
}

/** A list is this old at most before the engines are asked again. */
const freshFor = 10_000;

export function createModels(engines: readonly Engine[]): Models {
  let listed: { readonly at: number; readonly models: readonly ServedModel[] } | undefined;

  async function ask(signal?: AbortSignal): Promise<readonly ServedModel[]> {
    const answers = await Promise.allSettled(
      engines.map(async (engine) => (await engine.models(signal)).map((model) => ({ model, engine }))),
    );
    const models = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    // One engine that is down must not hide the others; with none up, its error says more than an empty list.
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed && models.length === 0) throw failed.reason;
    listed = { at: Date.now(), models };
    return models;
  }

  async function list(signal?: AbortSignal): Promise<readonly ServedModel[]> {
    return listed && Date.now() - listed.at < freshFor ? listed.models : ask(signal);
  }

  return {
    list,
    async find(id, signal) {
      let models = await list(signal);
      if (id === undefined) {
        const [only] = models;
        if (only && models.length === 1) return only;
        throw invalidRequest("Missing required parameter: 'model'.", "model", "missing_required_parameter");
      }
      let found = models.find(({ model }) => model.id === id);
      if (!found && listed && Date.now() - listed.at > 1000) {
        models = await ask(signal);
        found = models.find(({ model }) => model.id === id);
      }
      if (found) return found;
      const names = models.map(({ model }) => model.id).join(", ");
      throw new ApiError(`The model '${id}' does not exist here; there is: ${names || "none"}.`, {
        status: 404,
        type: "invalid_request_error",
        param: "model",
        code: "model_not_found",
      });
    },
  };
}
