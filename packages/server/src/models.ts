import type { Engine, Model } from "./engines/engine.ts";
import { ApiError, invalidRequest } from "./error.ts";

export interface ServedModel {
  readonly model: Model;
  readonly engine: Engine;
}

export interface ModelsState {
  readonly served: readonly ServedModel[];
  readonly missing: readonly string[];
}

/** The models of all engines, as clients see them. */
export interface Models {
  /** Throws `ApiError` if no engine can be asked. */
  list(): Promise<readonly ServedModel[]>;
  /** The same, with the names of the engines that can't be asked; throws nothing. */
  state(): Promise<ModelsState>;
  /** The model of that name, or the only one there is where the request names none. Throws `ApiError`. */
  find(id: string | undefined): Promise<ServedModel>;
  /** From now on these engines are asked; turns under way go on with theirs. */
  replace(engines: readonly Engine[]): void;
}

/** A list is this old at most before the engines are asked again, in milliseconds. */
const freshFor = 10_000;
/** A model that is not in the list may have come since; asking again is worth it from this age on. */
const staleFrom = 1000;
const askTimeout = 10_000;

export function createModels(engines: readonly Engine[]): Models {
  let listed: (Answers & { readonly at: number }) | undefined;
  let asking: Promise<Answers> | undefined;

  /** Requests that come at once share one question. */
  function ask(): Promise<Answers> {
    if (asking) return asking;
    const asked = engines;
    const answer = askEngines(asked)
      .then((answers) => {
        // With no engine up, the next request asks again.
        if (asked === engines && (answers.served.length > 0 || answers.missing.length === 0))
          listed = { ...answers, at: Date.now() };
        return answers;
      })
      .finally(() => {
        if (asking === answer) asking = undefined;
      });
    return (asking = answer);
  }

  async function state(): Promise<Answers> {
    return listed && Date.now() - listed.at < freshFor ? listed : ask();
  }

  async function list(): Promise<readonly ServedModel[]> {
    return modelsOf(await state());
  }

  return {
    list,
    state,
    replace(others) {
      engines = others;
      listed = asking = undefined;
    },
    async find(id) {
      let models = await list();
      if (id === undefined) {
        const [only] = models;
        if (only && models.length === 1) return only;
        throw invalidRequest("Missing required parameter: 'model'.", "model", "missing_required_parameter");
      }
      let found = models.find(({ model }) => model.id === id);
      if (!found && listed && Date.now() - listed.at > staleFrom) {
        models = modelsOf(await ask());
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

interface Answers extends ModelsState {
  /** What the first of the missing engines said. */
  readonly reason?: unknown;
}

/** One engine that is down must not hide the others; with none up, its error says more than an empty list. */
function modelsOf({ served, missing, reason }: Answers): readonly ServedModel[] {
  if (missing.length > 0 && served.length === 0) throw reason;
  return served;
}

async function askEngines(engines: readonly Engine[]): Promise<Answers> {
  const signal = AbortSignal.timeout(askTimeout);
  const answers = await Promise.allSettled(
    engines.map(async (engine) => (await engine.models(signal)).map((model) => ({ model, engine }))),
  );
  const served = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  const missing = engines.filter((_, index) => answers[index]!.status === "rejected").map(({ name }) => name);
  const failed = answers.find((answer) => answer.status === "rejected");
  return { served, missing, ...(failed && { reason: failed.reason }) };
}
