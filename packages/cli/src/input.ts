import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { InputError } from "./input-error.ts";
import type { Terminal } from "./terminal.ts";

/** A file, or standard input for `-` and for no name at all. */
export async function openInput(path: string | undefined, terminal: Terminal): Promise<Readable> {
  if (path === undefined || path === "-") return terminal.stdin;
  await checkFile(path, "file");
  return createReadStream(path);
}

/** The input as text, piece by piece; a character is never cut in two. Throws `InputError` where it is not UTF-8. */
export async function* readText(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<string, void> {
  // The byte order mark stays: the output of a model is taken to the letter.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (error) {
      throw new InputError("file", "is not UTF-8 text", error);
    }
  };
  for await (const chunk of input) {
    const text = typeof chunk === "string" ? chunk : decode(chunk);
    if (text !== "") yield text;
  }
  const rest = decode();
  if (rest !== "") yield rest;
}

export async function readWhole(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of readText(input)) pieces.push(piece);
  return pieces.join("");
}

/** The text of the file that an option names. */
export async function readTextFile(path: string, option: string): Promise<string> {
  await checkFile(path, option);
  return readFile(path, "utf8");
}

export async function readJsonFile(path: string, option: string): Promise<unknown> {
  return parseJson(await readTextFile(path, option), option, path);
}

/** JSON from a person: a fault says where it stood. */
export function parseJson(text: string, field: string | null, source: string): unknown {
  try {
    // A byte order mark is what some editors put in front, and no JSON.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new InputError(field, `${source} is not JSON: ${(error as Error).message}`, error);
  }
}

export async function checkFile(path: string, field: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory())
      throw new InputError(field, `${JSON.stringify(path)} is a directory, expected a file`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT" ? "there is no such file" : code === "EACCES" ? "it may not be read" : String(code);
    throw new InputError(field, `can't read ${JSON.stringify(path)}: ${reason}`, error);
  }
}
