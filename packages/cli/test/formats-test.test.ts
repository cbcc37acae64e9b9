import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseFormat, type Format } from "@glossa/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkSample } from "../src/laws/check-sample.ts";
import { cuts, steps, stops } from "../src/laws/cuts.ts";
import { partsDifference } from "../src/laws/difference.ts";
import { violations } from "../src/laws/reading.ts";
import { readSamples, type Sample } from "../src/laws/samples.ts";
import { jsonl, runGlossa } from "./run-glossa.ts";

const example = fileURLToPath(new URL("../../../examples/format.json", import.meta.url));

let folder: string;
let declaration: Record<string, any>;
let format: Format;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "glossa-"));
  declaration = JSON.parse(await readFile(example, "utf8"));
  const { $schema: _, samples: __, ...rest } = declaration;
  format = parseFormat(rest);
});
afterAll(() => rm(folder, { recursive: true }));

async function testFile(content: unknown, ...argv: string[]): ReturnType<typeof runGlossa> {
  const file = join(folder, "format.json");
  await writeFile(file, JSON.stringify(content));
  return runGlossa(["formats", "test", file, ...argv]);
}

describe("glossa formats test", () => {
  test("--help", async () => {
    const { status, stdout, stderr } = await runGlossa(["formats", "test", "--help"]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: glossa formats test \[options\] <file>/);
  });

  test("the example is right", async () => {
    const { status, stdout, stderr } = await runGlossa(["formats", "test", example]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.match(/^right {2}/gm)).toHaveLength(5);
    expect(stdout).toMatch(/^acorn: 5 of 5 samples right\n$/m);
    expect(stdout).toContain("note: tolerance at 36: <|/do|> is left out: the turn may end without it");
  });

  test("the first difference of a wrong sample is told in context, and the exit status is 1", async () => {
    const samples = structuredClone(declaration["samples"]);
    samples[0].parts[0].text = "Two tows.";
    samples[1].diagnostics = [];
    const { status, stdout } = await testFile({ ...declaration, samples });
    expect(status).toBe(1);
    expect(stdout).toContain("WRONG  a plan, a word and two calls (129 characters)\n");
    expect(stdout).toContain('       whole: parts[0].text: at 7 expected "Two tows.", found "Two towns."\n');
    expect(stdout).toContain("       whole: diagnostics: expected none, found tolerance\n");
    expect(stdout).toMatch(/^acorn: 3 of 5 samples right\n$/m);
  });

  test("samples from a file beside, a line each", async () => {
    const { samples, ...rest } = declaration;
    const file = join(folder, "samples.jsonl");
    await writeFile(file, `${jsonl(...samples)}\n`);
    const { status, stdout } = await testFile(rest, "--samples", file);
    expect(status).toBe(0);
    expect(stdout).toMatch(/5 of 5/);
    await writeFile(file, jsonl(samples[0], { raw: 1, parts: [] }));
    const { status: bad, stderr } = await testFile(rest, "--samples", file);
    expect(bad).toBe(2);
    expect(stderr).toBe(`glossa: ${file}: line 2.raw: found 1, expected a string\n`);
  });

  test.each<[what: string, samples: unknown, message: string]>([
    ["none", undefined, "--samples: found no samples"],
    ["an empty list", [], "--samples: found no samples"],
    ["no list", {}, "samples: found an object, expected an array"],
    ["no parts", [{ raw: "x" }], "samples[0].parts: found nothing, expected an array"],
    ["an unknown field", [{ raw: "x", part: [] }], 'samples[0]: found the unknown field "part"'],
    ["an unknown part", [{ raw: "x", parts: [{ type: "tool" }] }], 'samples[0].parts[0].type: found "tool"'],
    [
      "no arguments",
      [{ raw: "x", parts: [{ type: "call", name: "f" }] }],
      "samples[0].parts[0].arguments: found nothing",
    ],
    [
      "an unknown diagnostic",
      [{ raw: "x", parts: [], diagnostics: ["odd"] }],
      'samples[0].diagnostics[0]: found "odd"',
    ],
  ])("%s is refused", async (_, samples, message) => {
    const { status, stderr } = await testFile({ ...declaration, samples });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe("the laws", () => {
  const sample = (raw: string, parts: Sample["parts"], more: Partial<Sample> = {}): Sample => ({
    title: "sample",
    raw,
    parts,
    ...more,
  });

  test("what a clean output says has to be written again", () => {
    // Text in front of a lead of its own white space: the renderer's line break is then the text's.
    const { calls, ...rest } = structuredClone(declaration) as any;
    delete rest.$schema;
    delete rest.samples;
    const odd = parseFormat({ ...rest, calls: { ...calls, lead: "; " } });
    const raw = 'So.<|do|>\n@f {"a": 1}\n<|/do|>';
    const verdict = checkSample(
      odd,
      sample(raw, [
        { type: "text", text: "So." },
        { type: "call", name: "f", arguments: { a: 1 }, status: "complete" },
      ]),
    );
    expect(verdict.faults).toEqual([]);
    expect(verdict.notes).toEqual([expect.stringMatching(/^another layout when written again: at 3 expected/)]);
  });

  test("a fault that many cuts show is told once, with how many", () => {
    const verdict = checkSample(format, sample("text", [{ type: "text", text: "other" }]));
    expect(verdict.faults).toEqual([
      { law: "whole", difference: 'parts[0].text: at 0 expected "other", found "text"' },
    ]);
  });

  test("cuts: by character, in two at every place, at random; each is the text", () => {
    const all = [...cuts("a 🌍 b")];
    expect(all.filter(({ how }) => how.startsWith("in two"))).toHaveLength(5);
    expect(all.length).toBe(1 + 5 + 20);
    for (const { pieces } of all) expect(pieces.join("")).toBe("a 🌍 b");
    const long = "x".repeat(10_000);
    expect([...cuts(long)].length).toBeLessThanOrEqual(2021);
    expect([...stops("abc")]).toEqual([0, 1, 2]);
    expect([...stops(long)].length).toBeLessThanOrEqual(2000);
    for (const text of ["", "a", "abc", long, `${long}y`]) expect(steps(text).join("")).toBe(text);
    expect(steps("abc")).toEqual(["a", "b", "c"]);
  });

  test("what breaks a law is found", () => {
    const reading = {
      parts: [{ type: "text", text: "ab" }] as const,
      events: [{ type: "text", text: "" }] as const,
      diagnostics: [],
      spans: [{ kind: "text", start: 1, end: 2 }] as const,
    };
    expect(violations("abc", reading)).toEqual([
      "the spans have a gap or overlap at 0",
      "the spans end at 2 of 3",
      "the spans of text are not what the parts say",
      "the events do not add up to the message",
      "an empty delta of text",
    ]);
  });

  test("arguments: values in any order, text in its own, the rest to the letter", () => {
    const [expected] = readSamples([{ raw: "", parts: [{ type: "call", name: "f", arguments: { a: 1, b: 2 } }] }], "s");
    const found = (json: string, status: "complete" | "truncated" = "complete"): string | undefined =>
      partsDifference(expected!.parts, [{ type: "call", id: "x", name: "f", arguments: json, status }]);
    expect(found('{"b": 2.0, "a": 1}')).toBeUndefined();
    expect(found('{"a": 1, "b": 3}')).toMatch(/^parts\[0\]\.arguments: at 11 expected/);
    expect(found('{"a": 1', "truncated")).toMatch(/^parts\[0\]\.status/);
    const [big] = readSamples(
      [{ raw: "", parts: [{ type: "call", name: "f", arguments: '{"n": 9007199254740993}' }] }],
      "s",
    );
    const call = { type: "call", id: "x", name: "f", status: "complete" } as const;
    expect(partsDifference(big!.parts, [{ ...call, arguments: '{"n":9007199254740993}' }])).toBeUndefined();
    expect(partsDifference(big!.parts, [{ ...call, arguments: '{"n": 9007199254740992}' }])).toMatch(/\.arguments/);
  });
});
