import type { ChatMessage } from "../../engines/engine.ts";
import type { ReceivedItem } from "./input-items.ts";
import type { OutputItem } from "./items.ts";
import type { ResponseObject } from "./response.ts";
import { defaultMaxAge, type ResponseStore, type ResponseStoreOptions } from "./store.ts";

interface Entry {
  readonly response: ResponseObject;
  readonly input: readonly ReceivedItem[];
  readonly conversation: readonly ChatMessage[];
  /** In UTF-16 units of its JSON. */
  readonly length: number;
  readonly keptAt: number;
  readonly owner: string | undefined;
}

/** Responses in memory: all are gone when the gateway ends. Default: 1,000 of them, 256 MiB. */
export function memoryResponseStore(options: ResponseStoreOptions = {}): ResponseStore {
  const { maxResponses = 1000, maxAge = defaultMaxAge, maxBytes = 256 * 1024 * 1024 } = options;
  const entries = new Map<string, Entry>();
  const items = new Map<string, { readonly item: OutputItem; readonly owner: string | undefined }>();
  let length = 0;

  function drop(id: string, entry: Entry): void {
    entries.delete(id);
    length -= entry.length;
    for (const item of entry.response.output) items.delete(item.id);
  }

  /** The first entries are the oldest. */
  function dropOld(): void {
    const oldest = Date.now() - maxAge;
    for (const [id, entry] of entries) {
      if (entry.keptAt > oldest && entries.size <= maxResponses && length * 2 <= maxBytes) break;
      drop(id, entry);
    }
  }

  function find(id: string, owner: string | undefined): Entry | undefined {
    dropOld();
    const entry = entries.get(id);
    return entry?.owner === owner ? entry : undefined;
  }

  return {
    keep(response, { input, conversation, previous, owner }) {
      // What was said before is counted once more, as it may be all that is left of it.
      const before = previous === undefined ? undefined : entries.get(previous);
      const fresh = before ? conversation.slice(before.conversation.length) : conversation;
      const own = [response, input, fresh].reduce((sum, part) => sum + JSON.stringify(part).length, 0);
      const all = own + (before?.length ?? 0);
      entries.set(response.id, { response, input, conversation, length: all, keptAt: Date.now(), owner });
      length += all;
      for (const item of response.output) items.set(item.id, { item, owner });
      dropOld();
    },
    response: (id, owner) => find(id, owner)?.response,
    input: (id, owner) => find(id, owner)?.input,
    conversation: (id, owner) => find(id, owner)?.conversation,
    item(id, owner) {
      dropOld();
      const found = items.get(id);
      return found?.owner === owner ? found?.item : undefined;
    },
    delete(id, owner) {
      const entry = find(id, owner);
      if (entry) drop(id, entry);
    },
    close() {
      entries.clear();
      items.clear();
      length = 0;
    },
  };
}
