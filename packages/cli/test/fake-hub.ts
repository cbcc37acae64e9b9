import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeHub {
  readonly url: string;
  /** The addresses that were asked for, with the method. */
  readonly asked: readonly string[];
  close(): void;
}

const commit = "a".repeat(40);

/**
 * The Hub's side of a download, for one repository with these files: the list of a revision's files, a file of a revision, whole or a range
 * of it, and the manifest by which llama.cpp asks for a quantisation (https://huggingface.co/docs/hub/gguf-llamacpp).
 */
export async function startFakeHub(files: Readonly<Record<string, Buffer>>): Promise<FakeHub> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://hub");
    asked.push(`${request.method} ${pathname}`);
    const json = (value: unknown): unknown => response.end(JSON.stringify(value));
    if (pathname.startsWith("/api/models/")) {
      const siblings = Object.entries(files).map(([rfilename, content]) => ({ rfilename, blobId: gitId(content) }));
      return json({ sha: commit, siblings });
    }
    if (pathname.startsWith("/v2/")) {
      const [rfilename, { length: size }] = Object.entries(files).find(([name]) => name.endsWith(".gguf"))!;
      return json({ ggufFile: { rfilename, size } });
    }
    const content = files[/^\/me\/[^/]+\/resolve\/(?:main|a{40})\/(.+)$/.exec(pathname)?.[1] ?? ""];
    if (content === undefined) {
      response.statusCode = 404;
      return response.end("Entry not found");
    }
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const part = first === undefined ? content : content.subarray(Number(first), Number(last) + 1);
    response.setHeader("accept-ranges", "bytes");
    response.setHeader("content-length", part.length);
    if (first !== undefined) {
      response.statusCode = 206;
      response.setHeader("content-range", `bytes ${first}-${last}/${content.length}`);
    }
    return response.end(part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => void server.close(),
  };
}

function gitId(content: Buffer): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
