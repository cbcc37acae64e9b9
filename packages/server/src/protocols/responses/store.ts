import type { ChatMessage } from "../../engines/engine.ts";
import { ApiError, invalidRequest } from "../../error.ts";
import type { ReceivedItem } from "./input-items.ts";
import type { OutputItem } from "./items.ts";
import type { ResponseObject } from "./response.ts";

/** Responses that a client may come back to, in memory: the oldest go when there are too many, all when the gateway ends. */
export interface ResponseStore {
  keep(response: ResponseObject, context: ResponseContext): void;
  /** Throws `ApiError` if it is not there. */
  get(id: string): ResponseObject;
  delete(id: string): void;
  /** What was said up to the end of a response. Throws `ApiError` if it is not there. */
  conversation(id: string): readonly ChatMessage[];
  item(id: string): OutputItem | undefined;
  /** What its request sent. Throws `ApiError` if it is not there. */
  input(id: string): readonly ReceivedItem[];
}

export interface ResponseContext {
  readonly input: readonly ReceivedItem[];
  /** Up to the response and with it. */
  readonly conversation: readonly ChatMessage[];
  readonly previous?: string | undefined;
}

export interface ResponseStoreOptions {
  readonly maxResponses: number;
  /** How much all of them may be long, conversations and all, in UTF-16 units of their JSON. */
  readonly maxLength: number;
}

interface Entry {
  readonly response: ResponseObject;
  readonly input: readonly ReceivedItem[];
  readonly conversation: readonly ChatMessage[];
  readonly length: number;
}

export function createResponseStore({ maxResponses, maxLength }: ResponseStoreOptions): ResponseStore {
  const entries = new Map<string, Entry>();
  const items = new Map<string, OutputItem>();
  let length = 0;

  function drop(id: string, entry: Entry): void {
    entries.delete(id);
    length -= entry.length;
    for (const item of entry.response.output) items.delete(item.id);
  }

  function find(id: string): Entry {
    const entry = entries.get(id);
    if (entry) return entry;
    throw new ApiError(`Response with id '${id}' not found.`, {
      status: 404,
      type: "invalid_request_error",
      param: "id",
      code: "response_not_found",
    });
  }

  return {
    keep(response, { input, conversation, previous }) {
      // What was said before is counted once more, as it may be all that is left of it.
      const before = previous === undefined ? undefined : entries.get(previous);
      const fresh = before ? conversation.slice(before.conversation.length) : conversation;
      const own = [response, input, fresh].reduce((sum, part) => sum + JSON.stringify(part).length, 0);
      const entry: Entry = { response, input, conversation, length: own + (before?.length ?? 0) };
      entries.set(response.id, entry);
      length += entry.length;
      for (const item of response.output) items.set(item.id, item);
      for (const [id, oldest] of entries) {
        if (entries.size <= maxResponses && length <= maxLength) break;
        drop(id, oldest);
      }
    },
    get: (id) => find(id).response,
    input: (id) => find(id).input,
    delete(id) {
      const entry = entries.get(id);
      if (entry) drop(id, entry);
    },
    conversation(id) {
      const entry = entries.get(id);
      if (entry) return entry.conversation;
      const message = `Invalid value for 'previous_response_id': there is no response '${id}' here; it was not stored, or is no longer.`;
      throw invalidRequest(message, "previous_response_id", "previous_response_not_found");
    },
    item: (id) => items.get(id),
  };
}
