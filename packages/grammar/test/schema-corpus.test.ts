import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compileGrammar, type Grammar, GrammarError } from "../src/index.ts";

/* JSONSchemaBench schemas with instances, beside the repository where they are; they are not ours to ship. */
const corpus = fileURLToPath(new URL("../../../../shared/data/json_schemas/schemas.jsonl", import.meta.url));
const present = existsSync(corpus);
if (!present) console.warn(`skipped: no schema corpus at ${corpus}`);

interface Entry {
  readonly id: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly valid: boolean; readonly data: unknown; readonly format_only?: boolean }[];
}

describe.skipIf(!present)("schemas of the field", () => {
  it("accepts what is valid and refuses what is not, for every schema that is not refused", { timeout: 60_000 }, () => {
    const entries = readFileSync(corpus, "utf8").trim().split("\n").map((line) => JSON.parse(line) as Entry);
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
      const wrong = tests.filter((test) => test.format_only !== true && grammar.accepts(JSON.stringify(test.data)) !== test.valid);
      if (wrong.length === 0) right++;
      for (const test of wrong) (test.valid ? wronglyRefused : wronglyAccepted).push(`${id} ${JSON.stringify(test.data).slice(0, 100)}`);
    }
    console.info(`schema corpus: ${right} of ${entries.length} right, refused ${JSON.stringify(Object.fromEntries(refused))}`);
    expect(wronglyAccepted).toEqual([]);
    expect(wronglyRefused).toEqual([]);
    expect(right).toBeGreaterThanOrEqual(370);
  });
});
