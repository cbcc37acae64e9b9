import { invalidRequest } from "../error.ts";

export type Check = (value: unknown) => boolean;

/** Known fields that ask for something that would not happen: for which values that is so, and why. */
export type Unsupported = Readonly<Record<string, { readonly when: Check; readonly why: string }>>;

export const given: Check = (value) => value !== undefined && value !== null;

/** Throws `ApiError` for the first field that asks for something that would not happen. */
export function refuseUnsupported(request: Readonly<Record<string, unknown>>, fields: Unsupported): void {
  for (const [field, { when, why }] of Object.entries(fields)) {
    if (!Object.hasOwn(request, field) || !when(request[field])) continue;
    throw invalidRequest(`Unsupported parameter: '${field}': ${why}.`, field, "unsupported_parameter");
  }
}
