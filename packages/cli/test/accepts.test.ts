import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runGlossa } from "./run-glossa.ts";

const folder = mkdtempSync(join(tmpdir(), "glossa-accepts-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const room = {
  type: "object",
  properties: { beds: { type: "integer", minimum: 1 }, view: { enum: ["sea", "yard"] } },
  required: ["beds"],
  additionalProperties: false,
};
const tag = {
  type: "structural_tag",
  format: { type: "tag", begin: "<a>", content: { type: "any_text" }, end: "</a>" },
};

async function judge(...lines: readonly object[]): Promise<unknown[]> {
  const input = lines.map((line) => JSON.stringify(line)).join("\n");
  const { stdout } = await runGlossa(["accepts", "--jsonl"], input);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("accepts --jsonl", () => {
  test.each([
    ["a schema", { schema: room, text: '{"beds": 2, "view": "sea"}' }],
    ["keys in any order", { schema: room, text: '{"view": "sea", "beds": 2}', any_order: true }],
    ["a boolean schema", { schema: true, text: "[1, {}]" }],
    ["a structural tag", { structural_tag: tag, text: "<a>b</a>" }],
    ["a regular expression", { regex: "[ab]+c?", text: "abac" }],
    ["a grammar", { grammar: 'root ::= "(" root ")" | "x"', text: "((x))" }],
    ["Lark", { lark: 'start: "(" start ")" | /x+/', text: "((xx))" }],
    ["a choice", { choice: ["yes", "no"], text: "no" }],
  ])("accepts: %s", async (_, line) => {
    expect(await judge(line)).toEqual([{ accepted: true }]);
  });

  test.each([
    ["a schema", { schema: room, text: '{"beds": 0}' }, 10, "an integer in range"],
    ["keys in another order", { schema: room, text: '{"view": "sea", "beds": 2}' }, 2, '"beds'],
    ["what is missing", { schema: room, text: '{"beds": 2' }, 10, "found the end of the text"],
    ["a structural tag", { structural_tag: tag, text: "<b>" }, 1, '"a>"'],
    ["a regular expression", { regex: "[ab]+", text: "abcd" }, 2, '"c'],
    ["a choice", { choice: ["yes", "no"], text: "nope" }, 2, "the end of the text"],
  ])("tells where it goes wrong and why: %s", async (_, line, at, why) => {
    const [verdict] = await judge(line);
    expect(verdict).toMatchObject({ accepted: false, at, why: expect.stringContaining(why) });
  });

  test("what can't be judged is refused with its place, or left out by name", async () => {
    const schema = { properties: { a: { uniqueItems: true } } };
    expect(
      await judge(
        { schema, text: "{}" },
        { schema, text: "{}", lenient: true },
        { structural_tag: { type: "structural_tag", format: { type: "tagg" } }, text: "" },
        { regex: "(", text: "" },
        { choice: [], text: "" },
      ),
    ).toEqual([
      { refused: expect.stringMatching(/^\/properties\/a: uniqueItems: /) },
      { accepted: true, relaxed: [{ path: "/properties/a", keyword: "uniqueItems" }] },
      { refused: expect.stringMatching(/^format\.type: found "tagg", allowed: any_text/) },
      { refused: expect.stringContaining("an unclosed group") },
      { refused: expect.stringContaining("nothing to choose from") },
    ]);
  });

  test("a line that says nothing, or two things, is an error of its own", async () => {
    const { stdout, status } = await runGlossa(
      ["accepts", "--jsonl"],
      '{"text": "a"}\n{"regex": "a", "schema": {}, "text": "a"}\n{"regex": "a"}\n{"regex": "a", "text": "a"}',
    );
    expect(status).toBe(1);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { error: { line: 1, message: expect.stringContaining("found none of these") } },
      { error: { line: 2, message: expect.stringContaining("found schema and regex") } },
      { error: { line: 3, field: "text" } },
      { accepted: true },
    ]);
  });
});

describe("accepts", () => {
  test("judges a file or standard input; the last line break is not part of it", async () => {
    const schema = file("room.json", JSON.stringify(room));
    const good = await runGlossa(["accepts", "--schema", schema], '{"beds": 1}\n');
    expect([good.status, JSON.parse(good.stdout)]).toEqual([0, { accepted: true }]);
    const bad = await runGlossa(["accepts", "--schema", schema, file("bad.txt", '{"beds": 1,')]);
    expect([bad.status, JSON.parse(bad.stdout)]).toMatchObject([1, { accepted: false, at: 11 }]);
    const grammar = file("a.ebnf", 'root ::= "a" root | "b"');
    expect((await runGlossa(["accepts", "--grammar", grammar], "aab")).status).toBe(0);
    expect(
      (await runGlossa(["accepts", "--structural-tag", file("tag.json", JSON.stringify(tag))], "<a></a>")).status,
    ).toBe(0);
    expect((await runGlossa(["accepts", "--regex", "a+"], "b")).status).toBe(1);
  });

  test.each([
    [[], "--schema: found nothing to judge by, expected --schema, --structural-tag, --regex, --grammar or --lark"],
    [["--regex", "a", "--grammar", "b"], "--grammar: found a second one"],
    [["--jsonl", "--regex", "a"], "--regex: says nothing with --jsonl"],
    [["--jsonl", "--structural-tag", "a"], "--structural-tag: says nothing with --jsonl"],
  ])("%j is a mistake", async (flags, message) => {
    const { status, stderr } = await runGlossa(["accepts", ...flags], "");
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
