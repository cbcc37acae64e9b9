import { spawn } from "node:child_process";
import { accessSync, constants, mkdtempSync } from "node:fs";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.ts";

/** llama.cpp's server: the binary that GLOSSA_LLAMA_SERVER names, or the one on the path. */
export const llamaServer: string | undefined = process.env["GLOSSA_LLAMA_SERVER"] ?? onPath("llama-server");

if (llamaServer === undefined) {
  console.info(
    "the tests with the real llama-server are skipped: GLOSSA_LLAMA_SERVER does not name it, nor is it on PATH",
  );
}

function onPath(name: string): string | undefined {
  return process.env["PATH"]
    ?.split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** The demo model as a GGUF file. */
export const demoModel: string = fileURLToPath(
  new URL("../../demo-engine/model/glossa-demo.Q8_0.gguf", import.meta.url),
);

/**
 * The demo model with its markers as control tokens, whose text llama.cpp leaves out: a copy of the file in which the types of
 * the first nine tokens are others.
 */
export async function writeControlModel(path: string): Promise<void> {
  const file = await readFile(demoModel);
  const key = "tokenizer.ggml.token_type";
  // Behind the key: the value's type (array), its items' type (int32), their count.
  const types = file.indexOf(key) + key.length + 4 + 4 + 8;
  for (let id = 0; id < 9; id++) file.writeInt32LE(3, types + 4 * id);
  await writeFile(path, file);
}

export interface RunningLlamaServer {
  readonly url: string;
  /** What it has written of itself so far. */
  log(): string;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** A folder with the demo model as `demo`, and as `control` with control tokens; for the router. */
export async function writeModels(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "glossa-models-"));
  await copyFile(demoModel, join(folder, "demo.gguf"));
  await writeControlModel(join(folder, "control.gguf"));
  return folder;
}

/** Starts the server and waits until it has its model. */
export async function startLlamaServer(...argv: readonly string[]): Promise<RunningLlamaServer> {
  const port = await freePort();
  const child = spawn(
    llamaServer!,
    [...argv, "--port", String(port), "--threads", "1", "--ctx-size", "2048", "--parallel", "2"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; !(await isHealthy(url)); tries++) {
    if (child.exitCode !== null || tries > 300) throw new Error(`llama-server did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    log: () => output,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}

export const removeModels = (folder: string): Promise<void> => rm(folder, { recursive: true });
