import { ApiError } from "../error.ts";
import type { Engine, Model } from "./engine.ts";

/**
 * The engine with some of its models, under the names that clients know them by: `{ "gpt-4o": "Qwen/Qwen3-8B" }`. A model may
 * have several names; one that is not named is not served. Throws `ApiError` where the engine has none of them.
 */
export function renamedModels(engine: Engine, names: Readonly<Record<string, string>>): Engine {
  /** The engine's own models, by the names they have here. */
  let own: ReadonlyMap<string, Model> = new Map();
  const { tokenizer, countTokens, embeddings } = engine;

  /** A request by the model's own name. */
  function owned<T extends { readonly model: Model }>(request: T): T {
    return { ...request, model: own.get(request.model.id) ?? request.model };
  }

  return {
    ...engine,
    modelNames: Object.keys(names),
    async models(signal) {
      const all = await engine.models(signal);
      own = new Map(
        Object.entries(names).flatMap(([name, id]) => {
          const model = all.find((each) => each.id === id);
          return model ? [[name, model]] : [];
        }),
      );
      if (own.size > 0) {
        return [...own].map(([id, model]) =>
          Object.assign({}, model, { id, checkpoints: [...(model.checkpoints ?? []), model.id] }),
        );
      }
      const wanted = [...new Set(Object.values(names))].join(", ");
      const found = all.map(({ id }) => id).join(", ");
      throw new ApiError(`The engine ${engine.name} has no model ${wanted}; it has ${found || "none"}.`, {
        status: 502,
        type: "engine_error",
        code: "model_not_found",
      });
    },
    generate: (request, signal) => engine.generate(owned(request), signal),
    ...(embeddings && { embeddings: (request, signal) => embeddings(owned(request), signal) }),
    ...(countTokens && { countTokens: (prompt) => countTokens(owned(prompt)) }),
    ...(tokenizer && {
      tokenizer: {
        promptTokens: (prompt, signal) => tokenizer.promptTokens(owned(prompt), signal),
        encode: (request, signal) => tokenizer.encode(owned(request), signal),
        decode: (request, signal) => tokenizer.decode(owned(request), signal),
      },
    }),
  };
}
