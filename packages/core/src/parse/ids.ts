import type { IdPolicy } from "../format.ts";

const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Web Crypto is there in every runtime; its types come with a library that not every consumer has. */
const random = (globalThis as unknown as { crypto: { getRandomValues(bytes: Uint8Array): Uint8Array } }).crypto;

function randomText(length: number): string {
  let text = "";
  while (text.length < length)
    for (const byte of random.getRandomValues(new Uint8Array(length)))
      // A byte past the last whole multiple of the alphabet would favour its first letters.
      if (byte < 248 && text.length < length) text += alphabet[byte % 62]!;
  return text;
}

/** The id of a call whose model wrote none. `ordinal` counts over the conversation. */
export const createId = (policy: IdPolicy, name: string, ordinal: number): string =>
  policy.kind === "random"
    ? policy.prefix + randomText(policy.length)
    : policy.pattern.replace("{name}", () => name).replace("{n}", String(ordinal));
