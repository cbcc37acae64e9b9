import { createHash, randomUUID } from "node:crypto";
import { access, copyFile, mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, relative } from "node:path";
import { CheckpointError } from "../checkpoint/checkpoint-error.ts";
import { checkpointFileNames } from "../checkpoint/checkpoint.ts";

/** Where models are asked for, and where they are kept. */
export interface HubOptions {
  /** Default: `HF_ENDPOINT`, or https://huggingface.co. */
  readonly endpoint?: string | undefined;
  /** For private and gated models. Default: `HF_TOKEN`. */
  readonly token?: string | undefined;
  /** The folder of `models--org--name`. Default: `HF_HUB_CACHE`, `HF_HOME`/hub, or ~/.cache/huggingface/hub. */
  readonly cacheDirectory?: string | undefined;
  /** Milliseconds for each file. Default 120,000. */
  readonly timeout?: number | undefined;
}

const PREFIX = "hf:";
const repository = /^[\w.-]+(?:\/[\w.-]+)?$/;

/** `org/name` of `hf:org/name`; undefined for any other source. Throws `CheckpointError`. */
export function hubName(source: string): string | undefined {
  if (!source.startsWith(PREFIX)) return undefined;
  const name = source.slice(PREFIX.length);
  if (repository.test(name) && !name.includes("..")) return name;
  throw new CheckpointError(source, "is no name of a model such as hf:Qwen/Qwen3-8B");
}

/** The model's directory in the cache, whether it is there or not. */
export function cacheDirectoryOf(name: string, { cacheDirectory }: HubOptions = {}): string {
  const { HF_HUB_CACHE: hub, HF_HOME: home, XDG_CACHE_HOME: caches } = process.env;
  const folder = cacheDirectory ?? hub ?? join(home ?? join(caches ?? join(homedir(), ".cache"), "huggingface"), "hub");
  return join(folder, `models--${name.replace("/", "--")}`);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** A file of a repository as the Hub lists it with `?blobs=true`. */
interface Sibling {
  readonly rfilename: string;
  readonly blobId?: string;
  readonly lfs?: { readonly sha256?: string };
}

/**
 * Fetches the small files of a model (templates, tokenizer, configuration; never weights) into the cache, where other
 * libraries find them as well: `blobs` by content, `snapshots/COMMIT` with links to them, `refs/REVISION`. Files that are
 * there already are not fetched. Returns the commit. Throws `CheckpointError`.
 */
export async function download(name: string, revision: string, options: HubOptions = {}): Promise<string> {
  const source = `${PREFIX}${name}`;
  if (!/^[^/]/.test(revision) || revision.includes(".."))
    throw new CheckpointError(source, `can't have a revision ${JSON.stringify(revision)}`);
  const directory = cacheDirectoryOf(name, options);
  const answer = await ask(source, `api/models/${name}/revision/${encodeURIComponent(revision)}?blobs=true`, options);
  const { sha, siblings } = (await answer.json()) as { sha?: string; siblings?: readonly Sibling[] };
  if (sha === undefined || !/^[0-9a-f]{40}$/.test(sha) || !Array.isArray(siblings))
    throw new CheckpointError(source, "the Hub's answer names no commit and files");
  const wanted = siblings.filter(({ rfilename }) => isWanted(rfilename));
  if (wanted.length === 0)
    throw new CheckpointError(source, `has none of ${checkpointFileNames.join(", ")} at ${JSON.stringify(revision)}`);
  const blobs: [blob: string, path: string][] = [];
  for (const file of wanted) {
    const blob = await fetchBlob(source, `${name}/resolve/${sha}`, file, join(directory, "blobs"), options);
    blobs.push([blob, file.rfilename]);
  }
  // A snapshot is there when all of it is.
  for (const [blob, path] of blobs) await link(blob, join(directory, "snapshots", sha, path));
  if (revision !== sha) await write(join(directory, "refs", ...revision.split("/")), sha);
  return sha;
}

function isWanted(path: string): boolean {
  return checkpointFileNames.includes(path) || /^chat_templates\/[\w.-]+\.jinja$/.test(path);
}

/** The file's content, in the cache by its name. */
async function fetchBlob(
  source: string,
  address: string,
  { rfilename: path, lfs, blobId }: Sibling,
  blobs: string,
  options: HubOptions,
): Promise<string> {
  const id = lfs?.sha256 ?? blobId;
  if (id === undefined || !/^[0-9a-f]{40,64}$/.test(id))
    throw new CheckpointError(source, `the Hub names no content of ${path}`);
  const blob = join(blobs, id);
  if (await exists(blob)) return blob;
  const content = new Uint8Array(await (await ask(source, `${address}/${path}`, options)).arrayBuffer());
  if (contentId(content, lfs?.sha256 !== undefined) !== id)
    throw new CheckpointError(source, `${path} did not come as the Hub lists it`);
  await write(blob, content);
  return blob;
}

async function link(blob: string, place: string): Promise<void> {
  if (await exists(place)) return;
  await mkdir(dirname(place), { recursive: true });
  try {
    await symlink(relative(dirname(place), blob), place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Somebody else was faster, or the file system has no links, as Windows mostly.
    if (code !== "EEXIST") await copyFile(blob, place);
  }
}

/** What the Hub and its caches call a content: git's name of it, or its SHA-256 where it lies in large file storage. */
function contentId(content: Uint8Array, isLarge: boolean): string {
  return isLarge
    ? createHash("sha256").update(content).digest("hex")
    : createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** Whole or not at all, whoever else writes the same. */
async function write(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}.incomplete`;
  await writeFile(unfinished, content);
  await rename(unfinished, path);
}

async function ask(source: string, path: string, options: HubOptions): Promise<Response> {
  const { HF_ENDPOINT, HF_TOKEN } = process.env;
  const { endpoint = HF_ENDPOINT ?? "https://huggingface.co", token = HF_TOKEN, timeout = 120_000 } = options;
  const address = `${endpoint.replace(/\/+$/, "")}/${path}`;
  let response: Response;
  try {
    response = await fetch(address, {
      headers: token === undefined || token === "" ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeout),
    });
  } catch (error) {
    const { message, cause } = error as Error;
    throw new CheckpointError(
      source,
      `${address} can't be reached: ${cause instanceof Error ? cause.message : message}`,
    );
  }
  if (response.ok) return response;
  await response.body?.cancel();
  const hint =
    response.status === 401 || response.status === 403
      ? "; it is private, gated or not there: HF_TOKEN names who asks"
      : "";
  throw new CheckpointError(source, `${address} answered ${response.status}${hint}`);
}
