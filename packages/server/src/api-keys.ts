import { ApiError } from "./error.ts";

/** A key that lets a client in, and how much it may ask. */
export interface ApiKey {
  readonly key: string;
  /** What logs call it; the key itself is in none. */
  readonly name?: string;
  /** More are refused with a 429 that says when to come again. A minute's worth may come at once. Default: no limit. */
  readonly requestsPerMinute?: number;
}

/** Lets a request pass that brings a known key, as `Authorization: Bearer` or `x-api-key`. Throws `ApiError` otherwise. */
export type KeyGuard = (http: Request) => Promise<void>;

interface Known extends ApiKey {
  readonly digest: Uint8Array;
  /** Requests that may come at once. */
  allowance: number;
  countedAt: number;
}

export function createKeyGuard(keys: readonly ApiKey[]): KeyGuard {
  const known = Promise.all(
    keys.map(async (each): Promise<Known> => {
      const allowance = each.requestsPerMinute ?? Infinity;
      return { ...each, digest: await digestOf(each.key), allowance, countedAt: Date.now() };
    }),
  );
  return async (http) => {
    const given = keyOf(http);
    if (given === undefined) throw refused("No API key was sent: send one as 'Authorization: Bearer KEY'.");
    const digest = await digestOf(given);
    let found: Known | undefined;
    // All are compared, each to its last byte: how long it takes tells nothing.
    for (const each of await known) if (isSame(each.digest, digest)) found = each;
    if (!found) throw refused("The API key is not known here.");
    spend(found);
  };
}

function keyOf({ headers }: Request): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer ?? headers.get("x-api-key") ?? undefined;
}

/** Digests are of one length, whatever the keys are. */
async function digestOf(key: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** A bucket that fills up again as the minute goes. */
function spend(key: Known): void {
  const { requestsPerMinute: limit } = key;
  if (limit === undefined) return;
  const now = Date.now();
  key.allowance = Math.min(limit, key.allowance + ((now - key.countedAt) / 60_000) * limit);
  key.countedAt = now;
  if (key.allowance < 1) {
    const retryAfter = String(Math.ceil(((1 - key.allowance) / limit) * 60));
    const message = `This API key may ask ${limit} times a minute.`;
    throw new ApiError(message, { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded", retryAfter });
  }
  key.allowance--;
}

function refused(message: string): ApiError {
  return new ApiError(message, { status: 401, type: "authentication_error", code: "invalid_api_key" });
}
