import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadCheckpoint } from "../src/node.ts";

/**
 * A Hub of one model, as its API is documented: `/api/models/NAME/revision/REVISION?blobs=true` lists commit and files with
 * git's names of their contents, `/NAME/resolve/COMMIT/PATH` has them, large ones elsewhere. The real one has not been asked.
 */
const files: Record<string, string> = {
  "chat_template.jinja": "{{ messages[0].content }}",
  "tokenizer.json": '{"model": {"vocab": {}}}',
  "model.safetensors": "weights",
  "chat_templates/rag.jinja": "rag",
};
const sha = "0123456789abcdef0123456789abcdef01234567";
const large = "tokenizer.json";
const sha1 = (text: string): string => createHash("sha1").update(`blob ${text.length}\0${text}`).digest("hex");
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

let server: Server;
let hub: { endpoint: string; cacheDirectory: string; token?: string };
let asked: string[];
let authorized: (string | undefined)[];
let served: Record<string, string>;

beforeEach(async () => {
  asked = [];
  authorized = [];
  served = files;
  server = createServer((request, response) => {
    const path = decodeURIComponent(request.url!);
    asked.push(path);
    authorized.push(request.headers.authorization);
    if (path.startsWith("/api/models/org/gated")) return response.writeHead(401).end("{}");
    if (/^\/api\/models\/org\/model\/revision\/(?:main|refs\/pr\/1)\?blobs=true$/.test(path)) {
      const siblings = Object.entries(files).map(([rfilename, text]) => ({
        rfilename,
        blobId: sha1(text),
        ...(rfilename === large && { lfs: { sha256: sha256(text), size: text.length } }),
      }));
      return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ sha, siblings }));
    }
    if (path === `/org/model/resolve/${sha}/${large}`)
      return response.writeHead(302, { location: `/cdn/${large}` }).end();
    const name = path.replace(`/org/model/resolve/${sha}/`, "").replace("/cdn/", "");
    if (!Object.hasOwn(served, name)) return response.writeHead(404).end();
    return response.writeHead(200).end(served[name]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hub = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cacheDirectory: mkdtempSync(join(tmpdir(), "glossa-hub-")),
  };
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(hub.cacheDirectory, { recursive: true });
});

test("nothing is fetched unless asked for", async () => {
  await expect(loadCheckpoint("hf:org/model", { hub })).rejects.toThrow("is not in the cache");
  await expect(loadCheckpoint("hf:org/../model", { hub })).rejects.toThrow("is no name of a model");
  await expect(loadCheckpoint(hub.cacheDirectory, { hub, download: true })).rejects.toThrow("is no model of the Hub");
  for (const revision of ["../main", "", "/etc"])
    await expect(loadCheckpoint("hf:org/model", { hub, download: true, revision })).rejects.toThrow(
      "can't have a revision",
    );
  expect(asked).toEqual([]);
});

test("the small files come into the cache as other libraries have it, once", async () => {
  const checkpoint = await loadCheckpoint("hf:org/model", { hub: { ...hub, token: "secret" }, download: true });
  expect(checkpoint.templates).toEqual({ default: files["chat_template.jinja"], rag: "rag" });
  expect(checkpoint.tokenizer).toBe(files[large]);
  expect(asked.some((path) => path.includes("safetensors"))).toBe(false);
  expect(authorized.every((value) => value === "Bearer secret")).toBe(true);

  const directory = join(hub.cacheDirectory, "models--org--model");
  expect(readFileSync(join(directory, "refs/main"), "utf8")).toBe(sha);
  const expected = [sha1("rag"), sha1(files["chat_template.jinja"]!), sha256(files[large]!)].sort();
  expect(readdirSync(join(directory, "blobs")).sort()).toEqual(expected);
  expect(lstatSync(join(directory, "snapshots", sha, large)).isSymbolicLink()).toBe(process.platform !== "win32");

  const before = asked.length;
  expect((await loadCheckpoint("hf:org/model", { hub })).templates).toEqual(checkpoint.templates);
  expect(asked.length).toBe(before);
  await loadCheckpoint("hf:org/model", { hub, download: true, revision: "refs/pr/1" });
  expect(asked.length).toBe(before + 1);
  expect((await loadCheckpoint("hf:org/model", { hub, revision: "refs/pr/1" })).tokenizer).toBe(files[large]);
});

test("what goes wrong is told, and leaves nothing half done", async () => {
  const failing = (name: string, options: object = {}): Promise<unknown> =>
    loadCheckpoint(name, { hub: { ...hub, ...options }, download: true });
  await expect(failing("hf:org/gated")).rejects.toThrow("answered 401; it is private, gated or not there");
  await expect(failing("hf:org/none")).rejects.toThrow("answered 404");
  await expect(failing("hf:org/model", { endpoint: "http://127.0.0.1:9" })).rejects.toThrow("can't be reached");
  served = { ...files, [large]: "something else" };
  await expect(failing("hf:org/model")).rejects.toThrow("tokenizer.json did not come as the Hub lists it");
  await expect(loadCheckpoint("hf:org/model", { hub })).rejects.toThrow("has none of tokenizer.json");
  served = files;
  expect(await failing("hf:org/model")).toMatchObject({ tokenizer: files[large] });
});
