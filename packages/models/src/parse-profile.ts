import { formats } from "@glossa/core";
import * as v from "valibot";
import type { ModelProfile } from "./profile.ts";
import { profileSchema } from "./schema.ts";

/** A profile that is none: names the field, what stands there and what may. */
export class ProfileError extends Error {
  override readonly name = "ProfileError";
  /** `sizes[0].attention.heads`; empty for the profile itself. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(`${path === "" ? "the profile" : path}: ${message}`);
    this.path = path;
  }
}

/** Checks a profile that somebody wrote, every field and no other. Throws `ProfileError`. */
export function parseProfile(value: unknown): ModelProfile {
  if (Array.isArray(value)) throw new ProfileError("", "found a list, allowed: an object");
  const result = v.safeParse(profileSchema, value, { abortEarly: true });
  if (!result.success) throw explain(result.issues[0]);
  const { $schema: _, ...profile } = result.output;
  checkTogether(profile);
  return profile;
}

/** What fields say of each other. */
function checkTogether({ format, reasoning }: ModelProfile): void {
  if (format !== undefined && !formats.some(({ name }) => name === format)) {
    throw new ProfileError("format", `found ${JSON.stringify(format)}, allowed: the name of a registered format`);
  }
  const { mode, kwarg, values, default: usual } = reasoning;
  const switched = mode === "switch" || mode === "level";
  for (const [field, given] of Object.entries({ kwarg, values })) {
    if (switched && given === undefined) {
      throw new ProfileError(`reasoning.${field}`, `found nothing, required for the mode ${mode}`);
    }
    if (!switched && given !== undefined) {
      throw new ProfileError(`reasoning.${field}`, `says nothing to the mode ${mode}`);
    }
  }
  if (mode === "switch" && values?.length !== 2) {
    throw new ProfileError("reasoning.values", `found ${values?.length} values, allowed: two, on and off`);
  }
  if (usual !== undefined && !values?.includes(usual)) {
    throw new ProfileError("reasoning.default", `found ${JSON.stringify(usual)}, allowed: one of reasoning.values`);
  }
}

function explain(issue: v.BaseIssue<unknown>): ProfileError {
  let path = "";
  for (const { key } of issue.path ?? []) {
    path += typeof key === "number" ? `[${key}]` : `${path === "" ? "" : "."}${String(key)}`;
  }
  if (issue.expected === "never") return new ProfileError(path, "there is no such field");
  if (issue.input === undefined) return new ProfileError(path, "found nothing, and it is required");
  const found = short(issue.input);
  const allowed = issue.kind === "validation" ? issue.message : (issue.expected ?? "something else");
  return new ProfileError(path, `found ${found}, allowed: ${allowed.replaceAll(" | ", ", ").replaceAll(/[()]/g, "")}`);
}

function short(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
