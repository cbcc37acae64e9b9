import { findProfile } from "@glossa/models";
import type { Model } from "./engines/engine.ts";

/** What a prompt is held to. */
export type ModelLimits = Pick<Model, "contextLength" | "toolsSoftCap">;

const known = new WeakMap<Model, ModelLimits>();

/**
 * What the engine or whoever runs the gateway says of the model, and where they say nothing, its profile. How long a context
 * the profile knows is the most that the checkpoint holds: an engine may have been started with less, so that it is no more
 * than a bound, and clients are not told it.
 */
export function limitsOf(model: Model): ModelLimits {
  let limits = known.get(model);
  if (!limits) known.set(model, (limits = find(model)));
  return limits;
}

function find(model: Model): ModelLimits {
  for (const name of [...(model.checkpoints ?? []), model.id]) {
    const found = findProfile(name);
    if (!found) continue;
    const { contextLength = found.contextLength, toolsSoftCap = found.toolsSoftCap } = model;
    return { ...(contextLength !== undefined && { contextLength }), toolsSoftCap };
  }
  return model;
}
