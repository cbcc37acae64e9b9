import { spawn } from "node:child_process";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "../src/program.ts";

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Input = string | readonly Uint8Array[];

/** Runs the sources in this process. */
export async function runGlossa(argv: readonly string[], input: Input = ""): Promise<Outcome> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const out = collect(stdout);
  const err = collect(stderr);
  const stdin = Readable.from(typeof input === "string" ? [Buffer.from(input)] : input);
  const status = await run(argv, { stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  return { status, stdout: await out, stderr: await err };
}

export const builtCommand: string = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/** Runs the built command as a process of its own. */
export async function runBuilt(argv: readonly string[], input = ""): Promise<Outcome> {
  const child = spawn(process.execPath, [builtCommand, ...argv]);
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const out = collect(child.stdout);
  const err = collect(child.stderr);
  const status = await new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  return { status, stdout: await out, stderr: await err };
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString();
}

/** The records of a JSONL text. */
export function records(text: string): any[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

export function jsonl(...lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
}
