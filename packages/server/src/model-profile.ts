import { findProfile } from "@glossa/models";
import type { Model } from "./engines/engine.ts";

/** The model with what its profile knows of it, where neither its engine nor whoever runs the gateway says so. */
export function withProfile(model: Model): Model {
  for (const name of [...(model.checkpoints ?? []), model.id]) {
    const found = findProfile(name);
    if (!found) continue;
    const { contextLength, toolsSoftCap } = found;
    return { ...(contextLength !== undefined && { contextLength }), toolsSoftCap, ...model };
  }
  return model;
}
