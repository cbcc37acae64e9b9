/** A tag for an answer that has begun: the message that a model goes on with is the start of what the tag describes. */
import { bnfOfRules } from "./lower/bnf.ts";
import { ebnf } from "./lower/ebnf.ts";
import { readEbnf } from "./lower/ebnf-reader.ts";
import { isNothing } from "./lower/expression.ts";
import { Refusals } from "./lower/lowering-error.ts";
import { restBehind } from "./lower/rest.ts";
import type { Format, StructuralTag } from "./structural-tag.ts";

/** As in the grammars that it is made of. */
const mostRepeated = 1_999;

/**
 * The tag of what may follow `written`, a text that the tag's own begin with: a `grammar`, or the tag itself where that text is
 * free text of which nothing is left open. Undefined if no text of the tag begins like that. Throws a `LoweringError` where the
 * tag can't be written as a grammar.
 */
export function behind(tag: StructuralTag, written: string): StructuralTag | undefined {
  if (written === "" || isFreeText(tag.format, written)) return tag;
  const refusals = new Refusals(false);
  const rules = readEbnf(ebnf(tag, refusals));
  const rest = restBehind(rules.get("root")!, rules, written);
  if (isNothing(rest)) return undefined;
  return {
    type: "structural_tag",
    format: { type: "grammar", grammar: bnfOfRules(rest, rules, { refusals, mostRepeated }) },
  };
}

/** Whether a format that begins as free text stands where it began: no trigger, no excluded text, and not the start of one. */
function isFreeText(format: Format, written: string): boolean {
  if (format.type !== "triggered_tags" || format.at_least_one) return false;
  return [...format.triggers, ...(format.excludes ?? [])].every(
    (word) => !written.includes(word) && !endsInStart(written, word),
  );
}

function endsInStart(written: string, word: string): boolean {
  for (let length = Math.min(word.length - 1, written.length); length > 0; length--)
    if (written.endsWith(word.slice(0, length))) return true;
  return false;
}
