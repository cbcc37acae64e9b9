import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compileGrammar, type Grammar, GrammarError } from "../src/index.ts";

/* JSONSchemaBench schemas with instances and the official test suite, beside the repository where they are; they are not ours to ship. */
const folder = new URL("../../../../shared/data/json_schemas/", import.meta.url);
const corpus = fileURLToPath(new URL("schemas.jsonl", folder));
const suite = fileURLToPath(new URL("json_schema_test_suite_2020-12.jsonl", folder));
const present = existsSync(corpus) && existsSync(suite);
if (!present) console.warn(`skipped: no schema corpus at ${corpus}`);

function readLines<T>(path: string): T[] {
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as T);
}

interface Entry {
  readonly id: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly valid: boolean; readonly data: unknown }[];
}

interface Group {
  readonly file: string;
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly valid: boolean; readonly data: unknown }[];
}

describe.skipIf(!present)("schemas of the field", () => {
  it("accepts what is valid and refuses what is not, for every schema that is not refused", { timeout: 60_000 }, () => {
    const entries = readLines<Entry>(corpus);
    const refused = new Map<string, number>();
    const wronglyAccepted: string[] = [];
    const wronglyRefused: string[] = [];
    let right = 0;
    for (const { id, schema, tests } of entries) {
      let grammar: Grammar;
      try {
        // The instances' keys are not always in the schema's order.
        grammar = compileGrammar({ jsonSchema: schema }, { anyOrder: true });
      } catch (error) {
        if (!(error instanceof GrammarError)) throw error;
        refused.set(error.keyword, (refused.get(error.keyword) ?? 0) + 1);
        continue;
      }
      const wrong = tests.filter((test) => grammar.accepts(JSON.stringify(test.data)) !== test.valid);
      if (wrong.length === 0) right++;
      for (const test of wrong)
        (test.valid ? wronglyRefused : wronglyAccepted).push(`${id} ${JSON.stringify(test.data).slice(0, 100)}`);
    }
    console.info(
      `schema corpus: ${right} of ${entries.length} right, refused ${JSON.stringify(Object.fromEntries(refused))}`,
    );
    expect(wronglyAccepted).toEqual([]);
    expect(wronglyRefused).toEqual([]);
    expect(right).toBeGreaterThanOrEqual(389);
  });

  it("accepts nothing that the official test suite calls invalid", { timeout: 60_000 }, () => {
    const wronglyAccepted: string[] = [];
    const wronglyRefused: string[] = [];
    const groups = { right: 0, refused: 0, wrong: 0 };
    for (const { file, description, schema, tests } of readLines<Group>(suite)) {
      let accepts: (text: string) => boolean;
      try {
        // Only the optional part of the suite takes `format` for more than an annotation.
        const assertFormat = file.startsWith("optional/format");
        accepts = compileGrammar({ jsonSchema: schema }, { anyOrder: true, assertFormat }).accepts;
      } catch (error) {
        if (!(error instanceof GrammarError)) throw error;
        groups.refused++;
        continue;
      }
      const wrong = tests.filter((test) => accepts(JSON.stringify(test.data)) !== test.valid);
      groups[wrong.length === 0 ? "right" : "wrong"]++;
      for (const test of wrong)
        (test.valid ? wronglyRefused : wronglyAccepted).push(`${file}: ${description}: ${test.description}`);
    }
    console.info(`official suite, groups: ${JSON.stringify(groups)}`);
    // What an automaton can't judge: regular expressions, Punycode, the tables of Unicode.
    const beyond = /^optional\/format\/(?:ecmascript-regex|regex|idn-hostname)|A-label \(punycode\) host names/;
    expect(wronglyAccepted.filter((each) => !beyond.test(each))).toEqual([]);
    expect(groups.right).toBeGreaterThanOrEqual(393);
    // A dialect of its own, described elsewhere, in which `minimum` says nothing.
    expect(wronglyRefused).toEqual([
      "vocabulary.json: schema that uses custom metaschema with with no validation vocabulary: no validation: invalid number, but it still validates",
    ]);
  });
});
