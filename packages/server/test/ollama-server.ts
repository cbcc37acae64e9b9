import { execFile, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./free-port.ts";
import { demoModel } from "./llama-server.ts";

/** Ollama: the binary that GLOSSA_OLLAMA names. One on the path is not taken: it would be somebody's own. */
export const ollama: string | undefined = process.env["GLOSSA_OLLAMA"] || undefined;

if (ollama === undefined) {
  console.info("the tests with the real Ollama are skipped: GLOSSA_OLLAMA does not name its binary");
}

export interface RunningOllama {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a server with a folder of its own for models, and the demo model in it: as `demo`, and as `short` with less context. */
export async function startOllama(): Promise<RunningOllama> {
  const folder = mkdtempSync(join(tmpdir(), "glossa-ollama-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const env = { ...process.env, HOME: folder, OLLAMA_MODELS: join(folder, "models"), OLLAMA_HOST: url };
  const child = spawn(ollama!, ["serve"], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for (let tries = 0; !(await answers(url)); tries++) {
    if (child.exitCode !== null || tries > 300) throw new Error(`ollama did not start:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  // One thread: several wait for each other at every layer, and for long where the cores are busy.
  const file = `FROM ${demoModel}\nPARAMETER num_thread 1\n`;
  const files = { demo: file, short: `${file}PARAMETER num_ctx 512\n` };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    await promisify(execFile)(ollama!, ["create", name, "-f", join(folder, name)], { env });
  }
  return {
    url,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/api/version`).then(
    ({ ok }) => ok,
    () => false,
  );
}
