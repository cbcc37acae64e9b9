/**
 * Runs the model on a set of requests and counts.
 *
 *   node evaluation/evaluate.mjs FILE.jsonl [--think] [--grammar] [--verbose]
 *
 * A line: { id, tools, messages, acceptable: lists of calls }; an empty list means that no call may be made. Greedy
 * decoding. --grammar: the output must follow the format and the tools' schemas (@glossa/core and @glossa/grammar).
 */
import { readFileSync } from "node:fs";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { loadDemoEngine } from "../dist/index.js";

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { think: { type: "boolean" }, grammar: { type: "boolean" }, verbose: { type: "boolean" } },
});
const cases = readFileSync(positionals[0], "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const engine = await loadDemoEngine();
const constraintFor = flags.grammar ? (await import("./constraint.mjs")).constraintFor(engine) : () => undefined;

/** The calls of an answer; undefined if one of them is not JSON of the right form. */
function callsOf(text) {
  const answer = text.slice(text.lastIndexOf("</think>") + 1);
  const calls = [];
  for (const [, body] of answer.matchAll(/<tool_call>\n?(.*?)\n?(?:<\/tool_call>|$)/gs)) {
    try {
      const { name, arguments: given } = JSON.parse(body);
      calls.push({ name, arguments: given });
    } catch {
      return undefined;
    }
  }
  return calls;
}

const names = (calls) => calls.map((call) => call.name);
const score = { cases: 0, names: 0, exact: 0, unreadable: 0, tooLong: 0 };
const kinds = new Map();
const time = { prompt: 0, prefill: 0, tokens: 0, decode: 0 };

for (const {
  id,
  tools,
  messages,
  acceptable,
  kind = acceptable[0]?.length === 0 ? "no tool" : `${acceptable[0]?.length ?? 0} call(s)`,
} of cases) {
  const prompt = engine.encodePrompt(messages, { tools, enableThinking: flags.think ?? false });
  let text = "";
  try {
    const start = performance.now();
    let first;
    const steps = engine.generate(prompt, { sampling: { maxTokens: 400 }, ...constrained(tools) });
    for (;;) {
      const step = await steps.next();
      first ??= performance.now();
      if (step.done) {
        time.prompt += prompt.length - step.value.cachedTokens;
        time.tokens += step.value.completionTokens;
        break;
      }
      text += step.value.text;
    }
    time.prefill += first - start;
    time.decode += performance.now() - first;
  } catch (error) {
    if (error.name !== "ContextLengthError") throw error;
    score.tooLong++;
  }
  const calls = callsOf(text);
  const rightNames = calls !== undefined && acceptable.some((list) => isDeepStrictEqual(names(list), names(calls)));
  const exact = calls !== undefined && acceptable.some((list) => isDeepStrictEqual(list, calls));
  score.cases++;
  score.names += rightNames;
  score.exact += exact;
  score.unreadable += calls === undefined;
  const row = kinds.get(kind) ?? { cases: 0, names: 0, exact: 0 };
  kinds.set(kind, { cases: row.cases + 1, names: row.names + rightNames, exact: row.exact + exact });
  if (flags.verbose && !exact)
    console.log(id, messages.at(-1).content, "\n  ", text, "\n  ", JSON.stringify(acceptable[0]));
}

function constrained(tools) {
  const constraint = constraintFor(tools, flags.think ?? false);
  return constraint === undefined ? {} : { constraint };
}

const percent = (n, of) => `${((100 * n) / of).toFixed(1)} %`;
console.log(
  `${positionals[0]}: ${score.cases} cases${flags.think ? ", thinking" : ""}${flags.grammar ? ", under the grammar" : ""}`,
);
console.log(
  `  right tools ${percent(score.names, score.cases)}, exact calls ${percent(score.exact, score.cases)}, unreadable ${score.unreadable}, too long ${score.tooLong}`,
);
for (const [kind, row] of kinds)
  console.log(
    `  ${kind}: ${row.cases} cases, tools ${percent(row.names, row.cases)}, exact ${percent(row.exact, row.cases)}`,
  );
console.log(
  `  prefill ${((1000 * time.prompt) / time.prefill).toFixed(0)} tokens/s, decode ${((1000 * time.tokens) / time.decode).toFixed(0)} tokens/s`,
);
