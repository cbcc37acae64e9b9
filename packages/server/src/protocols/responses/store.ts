import type { ChatMessage } from "../../engines/engine.ts";
import { ApiError, invalidRequest } from "../../error.ts";
import type { ReceivedItem } from "./input-items.ts";
import type { OutputItem } from "./items.ts";
import type { ResponseObject } from "./response.ts";

/**
 * Responses that a client may come back to: the oldest go when there are too many of them or when they are too old. What is
 * asked for and not there, or not that owner's, is undefined. Nothing that a client sends makes a store throw; a store that
 * fails does. Without an owner a response is nobody's, and found by whoever has none either.
 */
export interface ResponseStore {
  keep(response: ResponseObject, context: ResponseContext): void;
  response(id: string, owner?: string): ResponseObject | undefined;
  /** What its request sent. */
  input(id: string, owner?: string): readonly ReceivedItem[] | undefined;
  /** What was said up to the end of it. */
  conversation(id: string, owner?: string): readonly ChatMessage[] | undefined;
  /** The item of that name in any of them. */
  item(id: string, owner?: string): OutputItem | undefined;
  /** What follows a response keeps what was said in it. */
  delete(id: string, owner?: string): void;
  close(): void;
}

export interface ResponseContext {
  readonly input: readonly ReceivedItem[];
  /** Up to the response and with it. */
  readonly conversation: readonly ChatMessage[];
  /** The response whose conversation this one begins with. */
  readonly previous?: string | undefined;
  /** Who alone may come back to it: the name of an API key. */
  readonly owner?: string | undefined;
}

export interface ResponseStoreOptions {
  /** How many are kept. */
  readonly maxResponses?: number;
  /** For how long, in milliseconds. Default 30 days. */
  readonly maxAge?: number;
  /** How much all of them may take, conversations and all, in bytes. */
  readonly maxBytes?: number;
}

export const defaultMaxAge: number = 30 * 24 * 3600 * 1000;

/** The store as one of those who keep something in it sees it. */
export function ownedBy(owner: string | undefined, store: ResponseStore): ResponseStore {
  return {
    keep: (response, context) => store.keep(response, { ...context, owner }),
    response: (id) => store.response(id, owner),
    input: (id) => store.input(id, owner),
    conversation: (id) => store.conversation(id, owner),
    item: (id) => store.item(id, owner),
    delete: (id) => store.delete(id, owner),
    close: () => store.close(),
  };
}

/** What the store has. Throws the `ApiError` of an address that names nothing. */
export function stored<T>(found: T | undefined, id: string): T {
  if (found !== undefined) return found;
  throw new ApiError(`Response with id '${id}' not found.`, {
    status: 404,
    type: "invalid_request_error",
    param: "id",
    code: "response_not_found",
  });
}

/** The conversation that a request goes on with. Throws `ApiError` if it is not there. */
export function earlierConversation(store: ResponseStore, id: string): readonly ChatMessage[] {
  const found = store.conversation(id);
  if (found) return found;
  const message = `Invalid value for 'previous_response_id': there is no response '${id}' here; it was not stored, or is no longer.`;
  throw invalidRequest(message, "previous_response_id", "previous_response_not_found");
}
