import { open, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CheckpointError } from "./checkpoint/checkpoint-error.ts";
import { checkpointFileNames, readCheckpoint, type Checkpoint, type CheckpointFiles } from "./checkpoint/checkpoint.ts";
import { GgufTruncatedError, readGguf } from "./checkpoint/gguf.ts";
import { cacheDirectoryOf, download, exists, hubName, type HubOptions } from "./node/hub.ts";

export type { HubOptions };

export interface LoadCheckpointOptions {
  /** A branch, a tag or a commit, of the Hub or of a directory of its cache. Default `main`. */
  readonly revision?: string | undefined;
  /** Fetches the small files of `hf:org/name` from the Hub; without it, nothing is fetched. Default false. */
  readonly download?: boolean | undefined;
  readonly hub?: HubOptions | undefined;
}

/**
 * A checkpoint from the disk, or from the contents of its files. The path is a directory with a model's files, a
 * directory of the Hugging Face cache (`models--org--name`), or a GGUF file. `hf:org/name` is a model in that cache, and
 * with `download` on the Hub. Throws `CheckpointError`.
 */
export async function loadCheckpoint(
  source: string | CheckpointFiles,
  options: LoadCheckpointOptions = {},
): Promise<Checkpoint> {
  if (typeof source !== "string") return readCheckpoint(source);
  const name = hubName(source);
  if (name !== undefined) return loadFromHub(name, options);
  if (options.download === true) throw new CheckpointError(source, "is no model of the Hub, such as hf:Qwen/Qwen3-8B");
  if (!(await isDirectory(source))) {
    if (source.endsWith(".gguf")) return readCheckpoint({ [basename(source)]: await readHeader(source) });
    throw new CheckpointError(source, "is neither a directory nor a .gguf file");
  }
  const directory = await resolveSnapshot(source, options.revision);
  const files = await readFiles(directory);
  if (Object.keys(files).length === 0) {
    throw new CheckpointError(directory, `has none of ${checkpointFileNames.join(", ")}, and no .gguf file`);
  }
  return readCheckpoint(files);
}

async function loadFromHub(
  name: string,
  { revision, download: mayFetch, hub }: LoadCheckpointOptions,
): Promise<Checkpoint> {
  const directory = cacheDirectoryOf(name, hub);
  if (mayFetch === true) return loadCheckpoint(directory, { revision: await download(name, revision ?? "main", hub) });
  if (await exists(directory)) return loadCheckpoint(directory, { revision });
  throw new CheckpointError(
    `hf:${name}`,
    `is not in the cache: there is no ${directory}, and nothing is fetched unasked`,
  );
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CheckpointError(
      path,
      code === "ENOENT" ? "there is no such file or directory" : `can't be read: ${code}`,
    );
  }
}

/** In the cache, `refs/NAME` holds the commit whose files are in `snapshots/COMMIT`. */
async function resolveSnapshot(path: string, revision: string | undefined): Promise<string> {
  const entries = await readdir(path);
  if (!entries.includes("snapshots")) {
    if (revision === undefined) return path;
    throw new CheckpointError(
      path,
      `is no directory of the Hugging Face cache, and has no revision ${JSON.stringify(revision)}`,
    );
  }
  const name = revision ?? "main";
  const snapshots = await readdir(join(path, "snapshots"));
  if (snapshots.includes(name)) return join(path, "snapshots", name);
  const commit = (await readOptional(join(path, "refs", ...name.split("/"))))?.toString("utf8").trim();
  if (commit !== undefined && snapshots.includes(commit)) return join(path, "snapshots", commit);
  // A copied cache may have lost its refs; one snapshot leaves no doubt.
  if (revision === undefined && snapshots.length === 1) return join(path, "snapshots", snapshots[0]!);
  const known = snapshots.length === 0 ? "it has no snapshots" : `its snapshots are ${snapshots.join(", ")}`;
  throw new CheckpointError(path, `has no snapshot of ${JSON.stringify(name)}; ${known}`);
}

async function readFiles(directory: string): Promise<CheckpointFiles> {
  const files: Record<string, Uint8Array> = {};
  const entries = await readdir(directory);
  for (const name of checkpointFileNames) {
    if (entries.includes(name)) files[name] = await readFile(join(directory, name));
  }
  if (entries.includes("chat_templates")) {
    for (const name of await readdir(join(directory, "chat_templates"))) {
      const path = `chat_templates/${name}`;
      if (name.endsWith(".jinja")) files[path] = await readFile(join(directory, path));
    }
  }
  // A model in several parts has its header in the first.
  const gguf = entries.filter((name) => name.endsWith(".gguf")).sort()[0];
  if (gguf !== undefined) files[gguf] = await readHeader(join(directory, gguf));
  return files;
}

async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch {
    return undefined;
  }
}

/** As much of a GGUF file as its header takes: nobody knows how much that is before it is read. */
async function readHeader(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let length = Math.min(size, 4 * 1024 * 1024); ; length = Math.min(size, length * 4)) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
      const bytes = buffer.subarray(0, bytesRead);
      try {
        readGguf(bytes, path);
        return bytes;
      } catch (error) {
        if (!(error instanceof GgufTruncatedError) || length >= size) throw error;
      }
    }
  } finally {
    await file.close();
  }
}
