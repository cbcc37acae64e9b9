export { bundledProfiles } from "./bundled.ts";
export { findProfile, profileFinder, type FoundProfile, type ProfileFinder } from "./find-profile.ts";
export { parseProfile, ProfileError } from "./parse-profile.ts";
export type {
  Attention,
  CacheLayers,
  EngineFlags,
  ModelProfile,
  ModelSize,
  ReasoningSupport,
  Sampling,
  ToolSupport,
  WeightType,
} from "./profile.ts";
export { profileSchema } from "./schema.ts";
