import { once } from "node:events";
import type { Readable, Writable } from "node:stream";

/** The streams that a command reads and writes, so that a test can hand in its own. */
export interface Terminal {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable;
}

/** Writes and waits until the reader keeps up, so that memory stays constant however slow it is. */
export async function write(output: Writable, text: string): Promise<void> {
  if (text !== "" && !output.write(text)) await once(output, "drain");
}
