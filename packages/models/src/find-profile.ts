import { modelMatcher } from "@glossa/core";
import { bundledProfiles } from "./bundled.ts";
import type { ModelProfile, ModelSize } from "./profile.ts";

/** A profile and what it says of one model. */
export interface FoundProfile {
  readonly profile: ModelProfile;
  /** The checkpoint, where the name tells it. */
  readonly size?: ModelSize;
  /** The checkpoint's: a name that only looks like the family may be that of a model with another. */
  readonly contextLength?: number;
  /** The number of tools from which on a warning is due; where the name does not tell the size, the family's lowest. */
  readonly toolsSoftCap: number;
}

/** Finds the profile of a model by its name; `undefined` where there is none. */
export type ProfileFinder = (model: string) => FoundProfile | undefined;

/**
 * A finder over these profiles. A name is read as `detect` reads it: `Qwen/Qwen3-8B`, `qwen3:8b` and
 * `/models/Qwen3-8B-Q4_K_M.gguf` are one model. A checkpoint's own name comes before a pattern, then the longer pattern.
 */
export function profileFinder(profiles: readonly ModelProfile[]): ProfileFinder {
  const bySize = modelMatcher(
    profiles.flatMap((profile) =>
      profile.sizes.flatMap((size) =>
        [size.model, ...(size.aliases ?? [])].map((pattern) => ({ pattern, profile, size })),
      ),
    ),
  );
  const byFamily = modelMatcher(
    profiles.flatMap((profile) => profile.models.map((pattern) => ({ pattern, profile, size: undefined }))),
  );
  return (model) => {
    const row = bySize(model)[0] ?? byFamily(model)[0];
    if (!row) return undefined;
    const { profile, size } = row;
    const contextLength = size && (size.contextLength ?? profile.contextLength);
    return {
      profile,
      ...(size && { size }),
      ...(contextLength !== undefined && { contextLength }),
      toolsSoftCap: size?.toolsSoftCap ?? Math.min(...profile.sizes.map((each) => each.toolsSoftCap)),
    };
  };
}

let bundled: ProfileFinder | undefined;

/** Finds the profile of a model among those that come with the package. */
export function findProfile(model: string): FoundProfile | undefined {
  return (bundled ??= profileFinder(bundledProfiles))(model);
}
