import { readdirSync, readFileSync } from "node:fs";
import { formats } from "@glossa/core";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { documents } from "../src/docs/documents.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");
const declarations = "packages/core/src/formats/";
const sources = readdirSync(new URL(declarations, root)).map((name) => read(declarations + name));
const pages = documents(formats, sources);

/** Whether a document is there as it would be written; JSON in whatever layout. */
function isFresh(path: string, text: string): boolean {
  try {
    const there = read(`docs/${path}`);
    return path.endsWith(".json")
      ? JSON.stringify(JSON.parse(there)) === JSON.stringify(JSON.parse(text))
      : there === text;
  } catch {
    return false;
  }
}

describe("docs/formats", () => {
  test("is what the declarations say", () => {
    const stale = [...pages].filter(([path, text]) => !isFresh(path, text)).map(([path]) => `docs/${path}`);
    const left = readdirSync(new URL("docs/formats/", root))
      .filter((name) => name.endsWith(".md") && !pages.has(`formats/${name}`))
      .map((name) => `docs/formats/${name}`);
    expect([...stale, ...left], "out of date: run `npm run docs:formats`").toEqual([]);
  });

  test.each(formats.map((format) => [format.name, format] as const))("%s has a page", (name, format) => {
    const page = pages.get(`formats/${name}.md`)!;
    expect(page).toContain(`# ${name}\n`);
    for (const text of [...(format.aliases ?? []), ...(format.models ?? [])]) expect(page).toContain(`\`${text}\``);
    // Tables keep their columns whatever the markup has in it.
    const rows = page.split("\n").filter((line) => line.startsWith("| "));
    for (const row of rows) expect([3, 4]).toContain(row.match(/(?<!\\)\|/g)!.length);
    expect(pages.get("formats/README.md")).toContain(`| [${name}](${name}.md) |`);
  });

  test("the page of a format says where its wire strings come from, and why it tolerates what it does", () => {
    const page = pages.get("formats/hermes.md")!;
    expect(page).toContain("\nSource: the chat templates of Hermes 2 Pro");
    expect(page).toContain("| `</tool_call>` | may be left out: the last block may end with the turn | yes |");
    expect(page).toContain('| `"arguments"` | the key may be `"parameters"` |');
    expect(page).toMatch(/^name +"get_weather"$/m);
  });
});

describe("docs/format.schema.json", () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(pages.get("format.schema.json")!));

  test("takes the example", () => {
    expect(validate(JSON.parse(read("examples/format.json"))), JSON.stringify(validate.errors)).toBe(true);
  });

  test("refuses a file with a field too many", () => {
    expect(validate({ ...JSON.parse(read("examples/format.json")), tools: [] })).toBe(false);
  });
});
