import type { Engine, Model } from "./engines/engine.ts";
import { ApiError, engineError, invalidRequest } from "./error.ts";
import { late, within } from "./within.ts";

export interface ServedModel {
  readonly model: Model;
  readonly engine: Engine;
}

export interface ModelsState {
  readonly served: readonly ServedModel[];
  readonly missing: readonly string[];
}

/**
 * The models of all engines, as clients see them. Engines are asked again while what they said before is served: one that
 * hangs delays nobody who does not ask for a model of its own.
 */
export interface Models {
  /** Of the engines that answer. Throws `ApiError` if none does. */
  list(): Promise<readonly ServedModel[]>;
  /** The same, with the names of the engines that can't be asked; throws nothing. */
  state(): Promise<ModelsState>;
  /** The model of that name, or the only one there is where the request names none. Throws `ApiError`. */
  find(id: string | undefined): Promise<ServedModel>;
  /** The same for what is to be said: one that makes embeddings only is none. */
  findSpeaker(id: string | undefined): Promise<ServedModel>;
  /** As last heard of, without asking anybody. */
  known(): readonly ServedModel[];
  /** From now on these engines are asked; turns under way go on with theirs. */
  replace(engines: readonly Engine[]): void;
}

/** An engine's list is this old before it is asked again, in milliseconds. */
const freshFor = 10_000;
/** One that failed, or that has not the model that is wanted, is asked again from this age on. */
const staleFrom = 1000;
/** A list older than that is waited for, since another model may have come under the old name; but not for long. */
const oldFrom = 60_000;
const patience = 1000;
const askTimeout = 10_000;

export function createModels(engines: readonly Engine[]): Models {
  let listings = engines.map(createListing);

  const answered = (): readonly ServedModel[] => listings.flatMap(({ failure, served }) => (failure ? [] : served));

  async function list(): Promise<readonly ServedModel[]> {
    const asked = listings;
    const news = await Promise.all(asked.map((listing) => listing.upToDate(oldFrom)));
    if (answered().length > 0) return answered();
    // With no engine up, each request asks again.
    await Promise.all(asked.filter((_, index) => !news[index]).map((listing) => listing.ask()));
    const failed = listings.find(({ failure }) => failure);
    if (failed && answered().length === 0) throw failed.failure;
    return answered();
  }

  /** Asks the engines that may have got the model since; the first to have it ends the wait. */
  async function ask(id: string): Promise<ServedModel | undefined> {
    const waits = listings.map((listing) => listing.upToDate(staleFrom));
    return new Promise((resolve) => {
      let left = waits.length;
      const settled = (): void => {
        left--;
        const found = knownAs(id);
        if (found || left === 0) resolve(found);
      };
      for (const wait of waits) void wait.then(settled);
      if (left === 0) resolve(undefined);
    });
  }

  /** The model as last heard of, also from an engine that fails at present: what it says to a turn is nearer the truth. */
  function knownAs(id: string): ServedModel | undefined {
    const named = ({ model }: ServedModel): boolean => model.id === id;
    return answered().find(named) ?? listings.flatMap(({ served }) => served).find(named);
  }

  async function find(id: string | undefined, eligible: (served: ServedModel) => boolean): Promise<ServedModel> {
    if (id === undefined) {
      const [only, ...others] = (await list()).filter(eligible);
      if (only && others.length === 0) return only;
      throw invalidRequest("Missing required parameter: 'model'.", "model", "missing_required_parameter");
    }
    const engine = knownAs(id)?.engine;
    await listings.find((listing) => listing.engine === engine)?.upToDate(oldFrom);
    const found = knownAs(id) ?? (await ask(id));
    if (found) return found;
    const absent = listings.find((listing) => listing.failure && listing.engine.modelNames?.includes(id));
    if (absent) throw absent.failure;
    const names = (await list()).map(({ model }) => model.id).join(", ");
    const risen = knownAs(id);
    if (risen) return risen;
    throw new ApiError(`The model '${id}' does not exist here; there is: ${names || "none"}.`, {
      status: 404,
      type: "invalid_request_error",
      param: "model",
      code: "model_not_found",
    });
  }

  return {
    list,
    async state() {
      await Promise.all(listings.map((listing) => listing.upToDate(freshFor)));
      if (answered().length === 0) await list().catch(() => undefined);
      const missing = listings.filter(({ failure }) => failure).map(({ engine }) => engine.name);
      return { served: answered(), missing };
    },
    known: () => listings.flatMap(({ served }) => served),
    replace(others) {
      listings = others.map((engine) => listings.find((each) => each.engine === engine) ?? createListing(engine));
    },
    find: (id) => find(id, () => true),
    async findSpeaker(id) {
      const found = await find(id, speaks);
      if (speaks(found)) return found;
      const message =
        `The model ${found.model.id} makes embeddings only. For conversations its format has to be named ` +
        "where the gateway is configured.";
      throw invalidRequest(message, "model", "unsupported_endpoint");
    },
  };
}

const speaks = ({ model }: ServedModel): boolean => !model.embeddingsOnly;

/** What an engine said of its models when it was last asked. */
interface Listing {
  readonly engine: Engine;
  /** As it last told them. */
  readonly served: readonly ServedModel[];
  /** Why it could not be asked the last time. */
  readonly failure: unknown;
  /** Asks the engine now; what comes at once shares one question. Throws nothing. */
  ask(): Promise<void>;
  /**
   * Waits for an answer that is no older than that: as long as it takes if there has been none, else for `patience` at most.
   * What is older than `freshFor` is asked for without waiting. True if the engine has just been asked.
   */
  upToDate(age: number): Promise<boolean>;
}

function createListing(engine: Engine): Listing {
  let served: readonly ServedModel[] = [];
  let failure: unknown;
  let at: number | undefined;
  let asking: Promise<void> | undefined;

  async function ask(): Promise<void> {
    const own = new AbortController();
    try {
      const models = await within(engine.models(own.signal), askTimeout);
      if (models === late) throw silent(engine);
      served = models.map((model) => ({ model, engine }));
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    own.abort();
    at = Date.now();
  }

  const askOnce = (): Promise<void> => (asking ??= ask().finally(() => (asking = undefined)));

  return {
    engine,
    get served() {
      return served;
    },
    get failure() {
      return failure;
    },
    ask: askOnce,
    async upToDate(age) {
      const passed = at === undefined ? Infinity : Date.now() - at;
      if (passed < (failure ? staleFrom : Math.min(age, freshFor))) return false;
      const asked = askOnce();
      if (at === undefined) return asked.then(() => true);
      return passed >= age && (await within(asked, patience)) !== late;
    },
  };
}

function silent({ name }: Engine): ApiError {
  const message = `The engine ${name} did not say in ${askTimeout / 1000} seconds which models it has.`;
  return engineError(message, "engine_timeout", { status: 504 });
}
