import { ApiError } from "./error.ts";

/** A key that lets a client in, and how much it may ask. */
export interface ApiKey {
  readonly key: string;
  /** Whose it is: keys of one name reach the same stored responses. Default: one that is the key's alone. */
  readonly name?: string;
  /** More are refused with a 429 that says when to come again. A minute's worth may come at once. Default: no limit. */
  readonly requestsPerMinute?: number;
}

export interface KeyGuard {
  /**
   * Lets a request pass that brings a known key, as `Authorization: Bearer` or `x-api-key`, and returns whose it is. Throws
   * `ApiError` otherwise.
   */
  admit(http: Request): Promise<string>;
  /** How much of its minute a key has left. */
  left(key: string): Left | undefined;
}

interface Left {
  /** Requests that may come at once. */
  allowance: number;
  countedAt: number;
}

interface Known extends ApiKey {
  readonly digest: Promise<Uint8Array>;
  readonly left: Left;
}

/** Guards by these keys; one that the guard before knew keeps what is left of its minute. */
export function createKeyGuard(keys: readonly ApiKey[], former?: KeyGuard): KeyGuard {
  const known = keys.map((each): Known => {
    const left = former?.left(each.key) ?? { allowance: each.requestsPerMinute ?? Infinity, countedAt: Date.now() };
    return { ...each, digest: digestOf(each.key), left };
  });
  return {
    async admit(http) {
      const given = keyOf(http);
      if (given === undefined) throw refused("No API key was sent: send one as 'Authorization: Bearer KEY'.");
      const digest = await digestOf(given);
      let found: Known | undefined;
      // All are compared, each to its last byte: how long it takes tells nothing.
      for (const each of known) if (isSame(await each.digest, digest)) found = each;
      if (!found) throw refused("The API key is not known here.");
      spend(found);
      return found.name ?? `key ${hexOf(digest).slice(0, 32)}`;
    },
    left: (key) => known.find((each) => each.key === key)?.left,
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

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}

/** A bucket that fills up again as the minute goes. */
function spend({ requestsPerMinute: limit, left }: Known): void {
  if (limit === undefined) return;
  const now = Date.now();
  left.allowance = Math.min(limit, left.allowance + ((now - left.countedAt) / 60_000) * limit);
  left.countedAt = now;
  if (left.allowance < 1) {
    const retryAfter = String(Math.ceil(((1 - left.allowance) / limit) * 60));
    const message = `This API key may ask ${limit} times a minute.`;
    throw new ApiError(message, { status: 429, type: "rate_limit_error", code: "rate_limit_exceeded", retryAfter });
  }
  left.allowance--;
}

function refused(message: string): ApiError {
  return new ApiError(message, { status: 401, type: "authentication_error", code: "invalid_api_key" });
}
