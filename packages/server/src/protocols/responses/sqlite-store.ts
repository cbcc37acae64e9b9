import { open } from "node:fs/promises";
import type { ChatMessage } from "../../engines/engine.ts";
import { importSqlite, isSqliteError, type Database, type Row, type Statement, type Value } from "./node-sqlite.ts";
import type { ResponseObject } from "./response.ts";
import { defaultMaxAge, type ResponseStore, type ResponseStoreOptions } from "./store.ts";

/** What is wrong with the file of a store, or with this Node, in words for whoever runs the gateway. */
export class ResponseStoreError extends Error {
  override name = "ResponseStoreError";
}

/** How long a gateway waits for another that writes; a write takes milliseconds. All of its streams wait with it. */
const busyTimeout = 2000;

/** What marks the file as ours in its head, `glos`, and how its tables are laid out. */
const applicationId = 0x676c6f73;
const layout = 2;
/** What makes the second layout of the first, whose responses are nobody's. */
const fromFirst = "ALTER TABLE response ADD COLUMN owner TEXT; PRAGMA user_version = 2";

/**
 * A conversation is a chain of what each response added to it, so that a long one is not written anew with each turn. A link
 * stays while a response or another link needs it.
 */
const tables = `
  CREATE TABLE link (
    id INTEGER PRIMARY KEY,
    previous INTEGER REFERENCES link,
    messages TEXT NOT NULL,
    length INTEGER NOT NULL -- messages up to here
  );
  CREATE INDEX link_previous ON link (previous);
  CREATE TABLE response (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kept_at INTEGER NOT NULL, -- in milliseconds since 1970
    link INTEGER NOT NULL REFERENCES link,
    input TEXT NOT NULL,
    response TEXT NOT NULL,
    owner TEXT
  );
  CREATE INDEX response_link ON response (link);
  CREATE TABLE item (
    id TEXT PRIMARY KEY,
    response INTEGER NOT NULL REFERENCES response ON DELETE CASCADE
  ) WITHOUT ROWID;
  CREATE INDEX item_response ON item (response);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${layout};
`;

/**
 * Responses in a file, by the SQLite of Node (22.13 or newer): they outlive the gateway, and the gateways of one machine may
 * share it. Default: 10,000 of them, 1 GiB. The file does not become smaller again; what is dropped makes room in it.
 * Throws `ResponseStoreError` where there is no such file to be had.
 */
export async function sqliteResponseStore(file: string, options: ResponseStoreOptions = {}): Promise<ResponseStore> {
  const sqlite = await importSqlite();
  if (!sqlite) {
    const message = `a store in a file needs Node 22.13 or newer, which has SQLite, and this is Node ${process.versions.node}`;
    throw new ResponseStoreError(message);
  }
  // What was said is for nobody else on this machine; the files beside it take its rights.
  const made = await open(file, "a", 0o600).catch(() => undefined);
  await made?.close();
  const database = explaining(file, () => new sqlite.DatabaseSync(file));
  try {
    await prepare(database, file);
    return storeOf(database, file, options);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Makes the tables in a database that has none. */
async function prepare(database: Database, file: string): Promise<void> {
  explaining(file, () => database.exec(`PRAGMA busy_timeout = ${busyTimeout}`));
  await usingLog(database, file);
  explaining(file, () => {
    // What is lost when the machine, and not the gateway, stops all at once: the last moments, never the file.
    database.exec("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON");
    inTransaction(database, () => {
      const id = numberOf(database, "application_id");
      const version = numberOf(database, "user_version");
      if (id === applicationId && version === layout) return;
      if (id === applicationId && version === 1) return database.exec(fromFirst);
      if (id === applicationId) {
        throw new ResponseStoreError(`${file} is of another version of Glossa (layout ${version}, expected ${layout})`);
      }
      const { count } = database.prepare("SELECT count(*) AS count FROM sqlite_schema").get()!;
      if (count !== 0) throw new ResponseStoreError(`${file} is an SQLite database of something else`);
      database.exec(tables);
    });
    check(database, file);
  });
}

/** What is damaged is told at the start and not in the midst of a day; a gigabyte is read in a fifth of a second. */
function check(database: Database, file: string): void {
  const { quick_check: found } = database.prepare("PRAGMA quick_check(1)").get()!;
  if (found !== "ok") throw new ResponseStoreError(`${file}: ${faults[corrupt]}`);
}

/**
 * With a write-ahead log those who read don't wait for the one who writes. The change to it, which the file remembers, is not
 * covered by the timeout: two gateways that start at once on a new file meet here.
 */
async function usingLog(database: Database, file: string): Promise<void> {
  const deadline = Date.now() + busyTimeout;
  for (;;) {
    try {
      return database.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      if (primaryCode(error) !== busy || Date.now() > deadline) throw explained(error, file);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function storeOf(database: Database, file: string, options: ResponseStoreOptions): ResponseStore {
  const { maxResponses = 10_000, maxAge = defaultMaxAge, maxBytes = 1024 * 1024 * 1024 } = options;
  const sql = (text: string): Statement => database.prepare(text);

  // Behind the id that is asked for.
  const own = "kept_at > ? AND owner IS ?";
  const responseOf = sql(`SELECT response FROM response WHERE id = ? AND ${own}`);
  const inputOf = sql(`SELECT input FROM response WHERE id = ? AND ${own}`);
  const linkOf = sql(`SELECT link AS id, length FROM response JOIN link ON link.id = link WHERE response.id = ?`);
  const chainOf = sql(`
    WITH RECURSIVE chain (previous, messages, length) AS (
      SELECT previous, messages, length FROM link WHERE id = (SELECT link FROM response WHERE id = ? AND ${own})
      UNION ALL SELECT link.previous, link.messages, link.length FROM chain JOIN link ON link.id = chain.previous
    )
    SELECT messages FROM chain ORDER BY length`);
  const responseOfItem = sql(`
    SELECT response.response FROM item JOIN response ON number = item.response WHERE item.id = ? AND ${own}`);
  const addLink = sql("INSERT INTO link (previous, messages, length) VALUES (?, ?, ?) RETURNING id");
  const addResponse = sql(
    "INSERT INTO response (id, kept_at, link, input, response, owner) VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
  );
  const addItem = sql("INSERT INTO item (id, response) VALUES (?, ?)");
  const oldest = sql("SELECT number, link, kept_at FROM response ORDER BY number LIMIT 1");
  const numberOfResponses = sql("SELECT count(*) AS count FROM response");
  const placeOf = sql(`SELECT number, link FROM response WHERE id = ? AND ${own}`);
  const dropResponse = sql("DELETE FROM response WHERE number = ?");
  const dropLink = sql(`
    DELETE FROM link WHERE id = ? AND NOT EXISTS (SELECT 1 FROM response WHERE response.link = link.id)
    AND NOT EXISTS (SELECT 1 FROM link AS next WHERE next.previous = link.id) RETURNING previous`);
  const usedBytes = sql(`
    SELECT (page_count - freelist_count) * page_size AS bytes FROM pragma_page_count, pragma_freelist_count, pragma_page_size`);

  function drop({ number, link }: Row): void {
    dropResponse.run(number!);
    let unused: Value | undefined = link;
    while (typeof unused === "number") unused = dropLink.get(unused)?.["previous"];
  }

  function dropOld(): void {
    let count = Number(numberOfResponses.get()!["count"]);
    for (; count > 0; count--) {
      const first = oldest.get()!;
      const fits = count <= maxResponses && Number(usedBytes.get()!["bytes"]) <= maxBytes;
      if (fits && Number(first["kept_at"]) > Date.now() - maxAge) return;
      drop(first);
    }
  }

  const jsonOf = <T>(found: Row | undefined, column: string): T | undefined =>
    found && (JSON.parse(String(found[column])) as T);
  const asked = <T>(ask: () => T): T => explaining(file, ask);
  const sought = (id: string, owner: string | undefined): [string, number, string | null] => [
    id,
    Date.now() - maxAge,
    owner ?? null,
  ];
  const changed = (change: () => void): void => asked(() => inTransaction(database, change));

  return {
    keep(response, { input, conversation, previous, owner }) {
      changed(() => {
        const before = previous === undefined ? undefined : linkOf.get(previous);
        const fresh = JSON.stringify(conversation.slice(before ? Number(before["length"]) : 0));
        const link = addLink.get(before?.["id"] ?? null, fresh, conversation.length)!["id"]!;
        const texts = [JSON.stringify(input), JSON.stringify(response)] as const;
        const number = addResponse.get(response.id, Date.now(), link, ...texts, owner ?? null)!["number"]!;
        for (const { id } of response.output) addItem.run(id, number);
        dropOld();
      });
    },
    response: (id, owner) => asked(() => jsonOf(responseOf.get(...sought(id, owner)), "response")),
    input: (id, owner) => asked(() => jsonOf(inputOf.get(...sought(id, owner)), "input")),
    conversation(id, owner) {
      const links = asked(() => chainOf.all(...sought(id, owner)));
      if (links.length === 0) return undefined;
      return links.flatMap(({ messages }) => JSON.parse(String(messages)) as ChatMessage[]);
    },
    item(id, owner) {
      const row = asked(() => responseOfItem.get(...sought(id, owner)));
      return jsonOf<ResponseObject>(row, "response")?.output.find((item) => item.id === id);
    },
    delete(id, owner) {
      changed(() => {
        const place = placeOf.get(...sought(id, owner));
        if (place) drop(place);
      });
    },
    close: () => database.close(),
  };
}

function numberOf(database: Database, pragma: string): number {
  return Number(database.prepare(`PRAGMA ${pragma}`).get()![pragma]);
}

/** All of it or none; from its start nobody else writes. */
function inTransaction(database: Database, change: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    change();
    database.exec("COMMIT");
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch {
      // Some failures have rolled it back already.
    }
    throw error;
  }
}

const busy = 5;
const corrupt = 11;

/** SQLite's primary result codes (sqlite.org/rescode.html) that can be said better than SQLite does. */
const faults: Readonly<Record<number, string>> = {
  [busy]: `another process has been writing to it for more than ${busyTimeout / 1000} seconds`,
  8: "it may not be written to",
  [corrupt]: "the database is damaged; move the file away, and a new one is made",
  13: "the disk is full",
  14: "it can't be opened or made; its folder must be there, and this user allowed to write to it",
  26: "it is no SQLite database; another file, or none, is expected",
};

/** The lower eight bits of a result code say what it is, the upper ones where it happened. */
function primaryCode(error: unknown): number | undefined {
  return isSqliteError(error) ? error.errcode & 0xff : undefined;
}

/** What SQLite says of a file, as whoever runs the gateway can use it. */
function explained(error: unknown, file: string): unknown {
  const code = primaryCode(error);
  if (code === undefined) return error;
  return new ResponseStoreError(`${file}: ${faults[code] ?? (error as Error).message}`, { cause: error });
}

function explaining<T>(file: string, ask: () => T): T {
  try {
    return ask();
  } catch (error) {
    throw explained(error, file);
  }
}
