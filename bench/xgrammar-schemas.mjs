/**
 * Writes the shared schemas as tags for xgrammar, as they are (`tag`) and lowered (`xgrammar`), with their instances and whether
 * each is valid: a line of JSON each, for `check_lowerings.py tag` and `check_lowerings.py xgrammar` to put before the engine.
 *
 *     npm run build && node bench/xgrammar-schemas.mjs > schemas.jsonl
 */
import { readFileSync } from "node:fs";
import { lower, LoweringError } from "@glossa/core";

const version = process.argv[2] ?? "0.2.8";
const shared = new URL("../../shared/data/json_schemas/schemas.jsonl", import.meta.url);

for (const line of readFileSync(shared, "utf8").trim().split("\n")) {
  const { id, schema, tests } = JSON.parse(line);
  const tag = { type: "structural_tag", format: { type: "json_schema", json_schema: schema } };
  const lowered = (options) => {
    try {
      return lower(tag, "xgrammar", { version, ...options }).lowered;
    } catch (error) {
      if (!(error instanceof LoweringError)) throw error;
      return { refused: error.message };
    }
  };
  const lowerings = { tag, xgrammar: lowered({}), lenient: lowered({ lenient: true }) };
  const texts = tests.map(({ data, valid }) => [JSON.stringify(data), valid]);
  console.log(JSON.stringify({ format: id, cell: lowerings.xgrammar.format?.type ?? "refused", lowerings, texts }));
}
