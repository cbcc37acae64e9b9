import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { InputError } from "../src/input-error.ts";
import { answerLines, type JsonObject } from "../src/jsonl.ts";
import { records } from "./run-glossa.ts";

async function answers(
  chunks: readonly (Uint8Array | string)[],
  answer: (record: JsonObject) => unknown = (record) => record,
) {
  const stdout = new PassThrough();
  const stdin = Readable.from([]);
  const pieces: Buffer[] = [];
  stdout.on("data", (piece: Buffer) => pieces.push(piece));
  const good = await answerLines(Readable.from(chunks), { stdin, stdout, stderr: new PassThrough() }, answer);
  return { good, lines: records(Buffer.concat(pieces).toString()) };
}

describe("answerLines", () => {
  test("answers line by line, with or without a line break at the end", async () => {
    expect(await answers(['{"a":1}\n{"a":2}\n'])).toEqual({ good: true, lines: [{ a: 1 }, { a: 2 }] });
    expect(await answers(['{"a":1}\r\n{"a":2}'])).toEqual({ good: true, lines: [{ a: 1 }, { a: 2 }] });
    expect(await answers([])).toEqual({ good: true, lines: [] });
  });

  test("takes the bytes in any pieces", async () => {
    const bytes = Buffer.from('{"a":"Zürich 🌍"}\n\n{"a":"大阪"}\n');
    for (const size of [1, 2, 3, 5, 7]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      expect(await answers(chunks)).toEqual({ good: true, lines: [{ a: "Zürich 🌍" }, { a: "大阪" }] });
    }
  });

  test("only LF ends a line: U+2028 may stand unescaped in a JSON string", async () => {
    expect((await answers(['{"a":"x\u2028y\u2029z\u0085"}\n'])).lines).toEqual([{ a: "x\u2028y\u2029z\u0085" }]);
  });

  test("answers a bad line in its place and goes on", async () => {
    const { good, lines } = await answers([
      Buffer.from('{"n":1}\n{oops\n\n[1]\n{"n":"\n"}\n'),
      Buffer.from([0x22, 0xff, 0x22, 0x0a]),
      Buffer.from('{"n":2}\n'),
    ]);
    expect(good).toBe(false);
    expect(lines.map((line) => line.error?.line ?? line.n)).toEqual([1, 2, 4, 5, 6, 7, 2]);
    expect(lines[1].error).toMatchObject({ field: null, message: expect.stringMatching(/^the line is not JSON: /) });
    expect(lines[2].error).toMatchObject({ field: "line", message: "found an array, expected a JSON object" });
    expect(lines[5].error).toEqual({ line: 7, field: null, message: "the line is not UTF-8 text" });
  });

  test("a fault while answering stays in its line", async () => {
    const { good, lines } = await answers(['{"n":1}\n{"n":2}\n{"n":3}\n'], ({ n }) => {
      if (n === 1) throw new InputError("n", "found 1, expected 2");
      if (n === 2) throw new RangeError("out of range");
      return { n };
    });
    expect(good).toBe(false);
    expect(lines).toEqual([
      { error: { line: 1, field: "n", message: "found 1, expected 2" } },
      { error: { line: 2, field: null, message: "out of range" } },
      { n: 3 },
    ]);
  });

  test("a line of megabytes in small pieces is read in linear time", async () => {
    const text = "x".repeat(16 * 1024 * 1024);
    const bytes = Buffer.from(`${JSON.stringify({ text })}\n`);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 4096) }, (_, index) =>
      bytes.subarray(index * 4096, (index + 1) * 4096),
    );
    const { lines } = await answers(chunks, (record) => ({ length: (record["text"] as string).length }));
    expect(lines).toEqual([{ length: text.length }]);
  });
});
