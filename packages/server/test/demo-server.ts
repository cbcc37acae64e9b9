import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDemoCheckpoint } from "./demo-checkpoint.ts";
import { freePort } from "./free-port.ts";

export interface DemoServer {
  readonly url: string;
  /** The folder of the checkpoint that it serves. */
  readonly checkpoint: string;
  stop(): Promise<void>;
}

export interface DemoServerOptions {
  readonly command: string;
  readonly argv: (checkpoint: string, port: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Runs a server with the demo model; resolves once `/health` answers, which takes half a minute or more. */
export async function startDemoServer({ command, argv, env }: DemoServerOptions): Promise<DemoServer> {
  const checkpoint = mkdtempSync(join(tmpdir(), "glossa-demo-"));
  await writeDemoCheckpoint(checkpoint);
  const port = await freePort();
  const child = spawn(command, argv(checkpoint, port), {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, OMP_NUM_THREADS: "1", ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const isHealthy = (): Promise<boolean> =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  for (let tries = 0; !(await isHealthy()); tries++) {
    if (child.exitCode !== null || tries > 700) {
      child.kill("SIGKILL");
      throw new Error(`${command} did not start:\n${output.slice(-4000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return {
    url,
    checkpoint,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(checkpoint, { recursive: true });
    },
  };
}
