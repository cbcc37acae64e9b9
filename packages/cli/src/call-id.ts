import type { IdPolicy } from "@glossa/core";

/** An id for a call that came without one: of the shape that the format asks for, and the same in every run. */
export function createCallId(policy: IdPolicy, name: string, ordinal: number): string {
  if (policy.kind === "pattern") return policy.pattern.replace("{name}", () => name).replace("{n}", String(ordinal));
  return policy.prefix + String(ordinal).padStart(policy.length, "0");
}
