import { findProfile } from "@glossa/models";
import type { Model } from "./engines/engine.ts";

/**
 * The model with what its profile knows of it, where neither its engine nor whoever runs the gateway says so. The length of a
 * context is taken for a checkpoint of which the name is known, not for its family: prompts are refused by it.
 */
export function withProfile(model: Model): Model {
  for (const name of [...(model.checkpoints ?? []), model.id]) {
    const found = findProfile(name);
    if (!found) continue;
    const { contextLength, toolsSoftCap, size } = found;
    return { ...(size && contextLength !== undefined && { contextLength }), toolsSoftCap, ...model };
  }
  return model;
}
