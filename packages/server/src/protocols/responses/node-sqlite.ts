/**
 * As much of `node:sqlite` as is used here. Written down and not imported: it came with Node 22.13, and the types of the oldest
 * Node that is served here have none of it.
 */
export interface NodeSqlite {
  readonly DatabaseSync: new (file: string) => Database;
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  get(...values: readonly Value[]): Row | undefined;
  all(...values: readonly Value[]): readonly Row[];
  run(...values: readonly Value[]): unknown;
}

export type Value = string | number | null;
export type Row = Readonly<Record<string, Value>>;

/** What Node throws for whatever SQLite says. */
export interface SqliteError extends Error {
  /** SQLite's result code; its lower eight bits are the primary one. */
  readonly errcode: number;
}

export function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && "errcode" in error && typeof error.errcode === "number";
}

/** Undefined where this runtime has none. */
export async function importSqlite(): Promise<NodeSqlite | undefined> {
  // A name that is not written out, which no compiler and no bundler looks for.
  const name = "node:sqlite";
  try {
    return (await import(/* @vite-ignore */ name)) as NodeSqlite;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_BUILTIN_MODULE") return undefined;
    throw error;
  }
}
