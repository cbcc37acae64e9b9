import OpenAI from "openai";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import {
  memoryResponseStore,
  replayEngine,
  ResponseStoreError,
  sqliteResponseStore,
  type ResponseStore,
  type ResponseStoreOptions,
} from "@glossa/server";
import { answerMessages } from "../src/protocols/responses/conversation.ts";
import { textPart } from "../src/protocols/responses/items.ts";
import { importSqlite } from "../src/protocols/responses/node-sqlite.ts";
import { newResponse, type ResponseObject } from "../src/protocols/responses/response.ts";
import { ownedBy } from "../src/protocols/responses/store.ts";
import { startGateway } from "./gateway.ts";

const sqlite = await importSqlite();
const node = `Node ${process.versions.node}`;

function keep(store: ResponseStore, id: string, text: string, previous?: string): void {
  const item = { type: "message", id: `msg_${id}`, role: "assistant", status: "completed" } as const;
  const response: ResponseObject = {
    ...newResponse(id, "m", { input: "?" }),
    output: [{ ...item, content: [textPart(text)] }],
  };
  const before = previous === undefined ? [] : store.conversation(previous)!;
  const conversation = [...before, { role: "user" as const, content: `${id}?` }, ...answerMessages(response.output)];
  store.keep(response, { input: [{ type: "message", id: `in_${id}`, content: `${id}?` }], conversation, previous });
}

/** Which of them are there, asked in every way. */
function kept(store: ResponseStore, ...ids: readonly string[]): string[] {
  return ids.filter((id) => {
    const found = store.response(id) !== undefined;
    expect(
      [store.input(id), store.conversation(id), store.item(`msg_${id}`)].map((each) => each !== undefined),
    ).toEqual([found, found, found]);
    return found;
  });
}

const said = (store: ResponseStore, id: string): unknown => store.conversation(id)?.map(({ content }) => content);

async function folderOfTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "glossa-store-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function openSqlite(options?: ResponseStoreOptions, file?: string): Promise<ResponseStore> {
  const store = await sqliteResponseStore(file ?? join(await folderOfTest(), "responses.db"), options);
  onTestFinished(() => store.close());
  return store;
}

const stores: readonly [string, (options?: ResponseStoreOptions) => Promise<ResponseStore>][] = [
  ["memory", async (options) => memoryResponseStore(options)],
  // A Node without SQLite has only the other.
  ...(sqlite ? [["sqlite", openSqlite] as [string, typeof openSqlite]] : []),
];

describe.each(stores)("a store in %s", (_, open) => {
  afterEach(() => void vi.useRealTimers());

  test("has what was kept, and nothing else", async () => {
    const store = await open();
    keep(store, "a", "One.");
    expect(store.response("a")).toMatchObject({ id: "a", model: "m", output: [{ id: "msg_a" }] });
    expect(store.input("a")).toEqual([{ type: "message", id: "in_a", content: "a?" }]);
    expect(store.item("msg_a")).toEqual(store.response("a")!.output[0]);
    expect(kept(store, "a", "b")).toEqual(["a"]);
    expect(kept(store, "'; DROP TABLE response; --", "__proto__", "")).toEqual([]);
  });

  test("a conversation is what was said before and what came, also where it forks", async () => {
    const store = await open();
    keep(store, "a", "1");
    keep(store, "b", "2", "a");
    keep(store, "c", "3", "b");
    keep(store, "fork", "4", "a");
    expect(said(store, "c")).toEqual(["a?", "1", "b?", "2", "c?", "3"]);
    expect(said(store, "fork")).toEqual(["a?", "1", "fork?", "4"]);
    expect(said(store, "a")).toEqual(["a?", "1"]);
  });

  test("what follows a response that is deleted keeps what was said in it", async () => {
    const store = await open();
    keep(store, "a", "1");
    keep(store, "b", "2", "a");
    store.delete("a");
    store.delete("nowhere");
    expect(kept(store, "a", "b")).toEqual(["b"]);
    expect(said(store, "b")).toEqual(["a?", "1", "b?", "2"]);
    keep(store, "c", "3", "b");
    store.delete("b");
    expect(said(store, "c")).toEqual(["a?", "1", "b?", "2", "c?", "3"]);
  });

  test("one whose beginning is gone while it is written is whole all the same", async () => {
    const store = await open();
    keep(store, "a", "1");
    const conversation = [...store.conversation("a")!, { role: "user" as const, content: "b?" }];
    store.delete("a");
    store.keep(newResponse("b", "m", { input: "?" }), { input: [], conversation, previous: "a" });
    expect(said(store, "b")).toEqual(["a?", "1", "b?"]);
  });

  test("what has an owner is there for nobody else", async () => {
    const store = await open();
    keep(ownedBy("ann", store), "a", "1");
    keep(ownedBy("ann", store), "b", "2", "a");
    keep(store, "free", "3");
    const owned = (owner?: string): string[] => kept(ownedBy(owner, store), "a", "b", "free");
    expect([owned("ann"), owned("bob"), owned()]).toEqual([["a", "b"], [], ["free"]]);
    expect(said(ownedBy("ann", store), "b")).toEqual(["a?", "1", "b?", "2"]);
    store.delete("a");
    ownedBy("bob", store).delete("b");
    expect(owned("ann")).toEqual(["a", "b"]);
    ownedBy("ann", store).delete("a");
    expect(owned("ann")).toEqual(["b"]);
  });

  test("a key's responses are no other key's", async () => {
    const responseStore = await open();
    const keys = [{ key: "k1", name: "ann" }, { key: "k2", name: "ann" }, { key: "k3" }, { key: "k4" }];
    const engine = replayEngine({ recordings: [{ raw: "Yes.", model: "m" }] });
    const { url } = await startGateway(engine, { responseStore, keys });
    const clientOf = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });
    for (const [own, same, others] of [
      ["k1", "k2", ["k3", "k4"]],
      ["k3", "k3", ["k1", "k4"]],
    ] as const) {
      const asked = await clientOf(own).responses.create({ model: "m", input: "?" });
      const [item] = asked.output;
      for (const { responses } of others.map(clientOf)) {
        const previous = { model: "m", input: "?", previous_response_id: asked.id };
        const reference = { model: "m", input: [{ type: "item_reference" as const, id: item!.id! }] };
        await expect(responses.retrieve(asked.id)).rejects.toMatchObject({ status: 404 });
        await expect(responses.inputItems.list(asked.id)).rejects.toMatchObject({ status: 404 });
        await expect(responses.delete(asked.id)).rejects.toMatchObject({ status: 404 });
        await expect(responses.create(previous)).rejects.toMatchObject({ code: "previous_response_not_found" });
        await expect(responses.create(reference)).rejects.toMatchObject({ status: 400 });
      }
      const { responses } = clientOf(same);
      await responses.create({ model: "m", input: "?", previous_response_id: asked.id });
      expect((await responses.retrieve(asked.id)).output_text).toBe("Yes.");
      await responses.delete(asked.id);
    }
  });

  test("the oldest go when there are too many", async () => {
    const store = await open({ maxResponses: 2 });
    keep(store, "a", "1");
    keep(store, "b", "2", "a");
    keep(store, "c", "3", "b");
    expect(kept(store, "a", "b", "c")).toEqual(["b", "c"]);
    expect(said(store, "c")).toEqual(["a?", "1", "b?", "2", "c?", "3"]);
    store.delete("b");
    keep(store, "d", "4");
    expect(kept(store, "a", "b", "c", "d")).toEqual(["c", "d"]);
    const none = await open({ maxResponses: 0 });
    keep(none, "a", "1");
    expect(kept(none, "a")).toEqual([]);
  });

  test("and when they are too old, whether anything else is kept or not", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const store = await open({ maxAge: 60_000 });
    keep(store, "a", "1");
    vi.setSystemTime(Date.now() + 40_000);
    keep(store, "b", "2", "a");
    expect(kept(store, "a", "b")).toEqual(["a", "b"]);
    vi.setSystemTime(Date.now() + 30_000);
    expect(kept(store, "a", "b")).toEqual(["b"]);
    expect(said(store, "b")).toEqual(["a?", "1", "b?", "2"]);
    vi.setSystemTime(Date.now() + 60_000);
    expect(kept(store, "b")).toEqual([]);
  });

  test("and when they are too long together; one that is too long by itself is not kept, and none is no fault", async () => {
    const store = await open({ maxBytes: 400_000 });
    for (const id of ["a", "b", "c", "d", "e", "f"]) keep(store, id, "x".repeat(40_000));
    const left = kept(store, "a", "b", "c", "d", "e", "f");
    expect(left.length).toBeGreaterThan(0);
    expect(left.length).toBeLessThan(6);
    expect(left.at(-1)).toBe("f");
    keep(store, "long", "x".repeat(1_000_000));
    expect(kept(store, "long")).toEqual([]);
    keep(store, "g", "y");
    expect(kept(store, "g")).toEqual(["g"]);
  });

  test("a response of many megabytes is there as it was", async () => {
    const store = await open();
    const text = "é\0\ud83d\ude00x".repeat(2_000_000);
    keep(store, "a", text);
    expect(said(store, "a")).toEqual(["a?", text]);
    expect(JSON.stringify(store.item("msg_a"))).toContain(JSON.stringify(text));
  });

  test("a long conversation, turn by turn", async () => {
    const store = await open();
    keep(store, "0", "first");
    for (let turn = 1; turn < 400; turn++) keep(store, `${turn}`, `${turn}`, `${turn - 1}`);
    expect(store.conversation("399")).toHaveLength(800);
    expect((said(store, "399") as string[]).slice(-2)).toEqual(["399?", "399"]);
  });
});

test.skipIf(sqlite)(
  `a store in a file needs a newer Node, and says so${sqlite ? ` (skipped: ${node} has SQLite)` : ""}`,
  async () => {
    await expect(sqliteResponseStore("responses.db")).rejects.toEqual(
      new ResponseStoreError(`a store in a file needs Node 22.13 or newer, which has SQLite, and this is ${node}`),
    );
  },
);

/** What is skipped says why. */
const skipped = sqlite ? "" : ` (skipped: ${node} has no SQLite, Node 22.13 and newer have)`;

describe.skipIf(!sqlite)(`a store in a file${skipped}`, () => {
  test("is as it was when it is opened again, for its owner alone", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const before = await sqliteResponseStore(file);
    keep(before, "a", "1");
    keep(before, "b", "2", "a");
    before.close();
    const after = await openSqlite({}, file);
    expect(kept(after, "a", "b")).toEqual(["a", "b"]);
    expect(said(after, "b")).toEqual(["a?", "1", "b?", "2"]);
    keep(after, "c", "3", "b");
    expect(said(after, "c")).toEqual(["a?", "1", "b?", "2", "c?", "3"]);
    expect((await stat(file)).mode & 0o077).toBe(0);
  });

  test("of the first layout has what was in it, which is nobody's", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const before = await sqliteResponseStore(file);
    keep(before, "a", "1");
    before.close();
    const database = new sqlite!.DatabaseSync(file);
    database.exec("ALTER TABLE response DROP COLUMN owner; PRAGMA user_version = 1");
    database.close();
    const after = await openSqlite({}, file);
    keep(ownedBy("ann", after), "b", "2");
    expect([kept(after, "a", "b"), kept(ownedBy("ann", after), "a", "b")]).toEqual([["a"], ["b"]]);
  });

  test("has smaller bounds from the next response on", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const before = await sqliteResponseStore(file);
    for (let index = 0; index < 50; index++) keep(before, `${index}`, "x");
    before.close();
    const after = await openSqlite({ maxResponses: 3 }, file);
    keep(after, "new", "x");
    expect(kept(after, "0", "46", "47", "48", "49", "new")).toEqual(["48", "49", "new"]);
  });

  test("is shared by several gateways", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const [one, other] = await Promise.all([openSqlite({}, file), openSqlite({}, file)]);
    keep(one, "a", "1");
    keep(other, "b", "2", "a");
    keep(one, "c", "3", "b");
    expect(said(other, "c")).toEqual(["a?", "1", "b?", "2", "c?", "3"]);
    other.delete("c");
    expect(kept(one, "a", "b", "c")).toEqual(["a", "b"]);
  });

  test("leaves nothing of what was dropped", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const store = await openSqlite({}, file);
    keep(store, "a", "1");
    keep(store, "b", "2", "a");
    keep(store, "c", "3", "b");
    for (const id of ["b", "a", "c"]) store.delete(id);
    const database = new sqlite!.DatabaseSync(file);
    onTestFinished(() => database.close());
    const rows = (table: string): unknown => database.prepare(`SELECT count(*) AS count FROM ${table}`).get()!["count"];
    expect(["link", "response", "item"].map(rows)).toEqual([0, 0, 0]);
  });

  test("that can't be one is refused, and left as it is", async () => {
    const folder = await folderOfTest();
    const text = join(folder, "text.db");
    await writeFile(text, "no database. ".repeat(500));
    await expect(sqliteResponseStore(text)).rejects.toThrow(`${text}: it is no SQLite database`);
    expect(await readFile(text, "utf8")).toBe("no database. ".repeat(500));

    const nowhere = join(folder, "nowhere", "responses.db");
    await expect(sqliteResponseStore(nowhere)).rejects.toThrow(`${nowhere}: it can't be opened or made`);
    await expect(sqliteResponseStore(folder)).rejects.toThrow(`${folder}: it can't be opened or made`);

    const other = join(folder, "other.db");
    const database = new sqlite!.DatabaseSync(other);
    database.exec("CREATE TABLE response (id TEXT)");
    database.close();
    await expect(sqliteResponseStore(other)).rejects.toThrow(`${other} is an SQLite database of something else`);

    const newer = join(folder, "newer.db");
    (await sqliteResponseStore(newer)).close();
    const changed = new sqlite!.DatabaseSync(newer);
    changed.exec("PRAGMA user_version = 99");
    changed.close();
    await expect(sqliteResponseStore(newer)).rejects.toThrow(`${newer} is of another version of Glossa (layout 99`);
  });

  test("that is damaged is told by name", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const store = await sqliteResponseStore(file);
    for (let index = 0; index < 100; index++) keep(store, `${index}`, "x".repeat(5000));
    store.close();
    const bytes = await readFile(file);
    // Its head stays; what the tables hold does not.
    bytes.fill(0x5a, 4096);
    await writeFile(file, bytes);
    await expect(sqliteResponseStore(file)).rejects.toThrow(`${file}: the database is damaged`);
  });

  test("that can't be written to costs no client its answer", { timeout: 20_000 }, async () => {
    const file = join(await folderOfTest(), "responses.db");
    const errors: unknown[] = [];
    const responseStore = await openSqlite({}, file);
    const engine = replayEngine({ recordings: [{ raw: "Yes.", model: "m" }] });
    const { client } = await startGateway(engine, { responseStore, onError: (error) => errors.push(error) });
    const other = new sqlite!.DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const answer = await client.responses.create({ model: "m", input: "?" });
    expect(answer.output_text).toBe("Yes.");
    const message = `${file}: another process has been writing to it for more than 2 seconds`;
    expect(errors).toMatchObject([{ name: "ResponseStoreError", message }]);
    other.exec("COMMIT");
    other.close();
    const next = await client.responses.create({ model: "m", input: "?" });
    expect((await client.responses.retrieve(next.id)).output_text).toBe("Yes.");
  });

  test("serves the real client across a restart", async () => {
    const file = join(await folderOfTest(), "responses.db");
    const engine = replayEngine({ recordings: [{ raw: "Yes.", model: "m" }] });
    const first = await sqliteResponseStore(file);
    const before = await startGateway(engine, { responseStore: first });
    const asked = await before.client.responses.create({ model: "m", input: "One?" });
    await before.server.close();
    first.close();

    const { client } = await startGateway(engine, { responseStore: await openSqlite({}, file) });
    const stream = client.responses.stream({ model: "m", input: "Two?", previous_response_id: asked.id });
    const next = await stream.finalResponse();
    expect(next.previous_response_id).toBe(asked.id);
    expect((await client.responses.retrieve(asked.id)).output_text).toBe("Yes.");
    const { data } = await client.responses.inputItems.list(next.id);
    expect(data).toMatchObject([{ role: "user", content: [{ text: "Two?" }] }]);
    await client.responses.delete(asked.id);
    await expect(client.responses.retrieve(asked.id)).rejects.toMatchObject({ status: 404 });
    await client.responses.create({ model: "m", input: "Three?", previous_response_id: next.id });
  });
});
